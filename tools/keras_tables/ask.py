"""Construct objects under an installed Keras as `verify.py` asks, and say what became of each.

    ask.py PACKAGE QUESTIONS ANSWERS

QUESTIONS is a JSON list of [kind, class name, argument or null, value]; each class is made from its own default
config plus that argument through the public `deserialize` of its kind.  ANSWERS gets one of `accepted`, `refused`,
`no sample: ...`, `failed: ...` for each.  Runs under Python 3.6 and later, beside `dump.py`.
"""

import importlib
import inspect
import json
import sys
from pathlib import Path

from era import Era
from from_config import UNKNOWN, copied, fresh_graph, refuses, text
from names import name_tables
from samples import models_of, sample

FOLDERS = {"loss": "losses", "policy": "dtype_policies", "schedule": "optimizers.schedules"}


def deserializer(era, kind):
    """The `deserialize` of a kind, taking class name and config; of several ways the one that uses the table of names.

    Keras 3 has none for layers but that of H5 files, which changes the config first: there the class is named by its module.
    """
    keras = importlib.import_module(era.public) if era.public else importlib.import_module("tensorflow").keras
    if kind == "layer" and era.major == 3:
        table = name_tables(era)["layer"]
        return lambda name, config: keras.saving.deserialize_keras_object(
            {"module": table[name].__module__, "class_name": table[name].__name__, "config": config}, safe_mode=False
        )
    folder = era.module("layers.serialization") if kind == "layer" else keras  # not public in TensorFlow 1.13
    for part in () if kind == "layer" else FOLDERS.get(kind, kind + "s").split("."):
        folder = getattr(folder, part)
    legacy = {}
    if era.major == 2 and "use_legacy_format" in inspect.signature(folder.deserialize).parameters:
        legacy = {"use_legacy_format": True}
    return lambda name, config: folder.deserialize({"class_name": name, "config": config}, **legacy)


def outcome(call, name, base, key, value):
    """What the release says to `base` with one more key, or without where `key` is None."""
    unknown = None

    def attempt(extra):
        try:
            call(name, copied(dict(base, **extra)))
        except Exception as error:
            return error
        return None

    error = attempt({key: value} if key else {})
    if error is None:
        return "accepted"
    if key:
        plain = attempt({})
        if plain is not None:
            return "failed: without it: " + text(plain)
        unknown = attempt({UNKNOWN: value})
    if refuses(error, unknown, key or ""):
        return "refused"
    return "failed: " + text(error)


def main(package, questions, answers):
    era = Era(package)
    tables = name_tables(era)
    models = models_of(era)
    import tensorflow as tf

    found = []
    for kind, name, key, value in json.loads(Path(questions).read_text()):
        table = tables[kind]
        cls = table.get(name) or table[name.lower()]
        with fresh_graph(tf):
            try:
                base = dict(sample(era, cls, models).get_config())
            except Exception as error:
                found.append("no sample: " + text(error)[:100])
                continue
            found.append(outcome(deserializer(era, kind), name, base, key, value))
    with open(answers, "w") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
