"""Construct objects under an installed Keras as `keras_verify.py` asks, and say what became of each.

    keras_try.py PACKAGE QUESTIONS ANSWERS

QUESTIONS is a JSON list of [kind, class name, argument or null, value]; each class is made from its own default
config plus that argument through the public `deserialize` of its kind.  ANSWERS gets one of `accepted`, `refused`,
`no sample: ...`, `failed: ...` for each.  Runs under Python 3.6 and later, beside `keras_dump.py`.
"""

import importlib
import inspect
import json
import sys

import keras_dump

FOLDERS = {"loss": "losses", "policy": "dtype_policies", "schedule": "optimizers.schedules"}


def deserializer(era, kind):
    """The `deserialize` of a kind, taking class name and config; of several ways the one that uses the table of names.

    Keras 3 has none for layers but that of H5 files, which changes the config first: there the class is named by its module.
    """
    keras = importlib.import_module(era.public) if era.public else importlib.import_module("tensorflow").keras
    if kind == "layer" and era.major == 3:
        table = keras_dump.name_tables(era)["layer"]
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
            call(name, keras_dump.copied(dict(base, **extra)))
        except Exception as error:
            return error
        return None

    error = attempt({key: value} if key else {})
    if error is None:
        return "accepted"
    if key:
        plain = attempt({})
        if plain is not None:
            return "failed: without it: " + keras_dump.text(plain)
        unknown = attempt({keras_dump.UNKNOWN: value})
    if keras_dump.refuses(error, unknown, key or ""):
        return "refused"
    return "failed: " + keras_dump.text(error)


def main(package, questions, answers):
    era = keras_dump.Era(package)
    tables = keras_dump.name_tables(era)
    models = keras_dump.models_of(era)
    import tensorflow as tf

    found = []
    for kind, name, key, value in keras_dump.read(questions):
        table = tables[kind]
        cls = table.get(name) or table[name.lower()]
        with keras_dump.fresh_graph(tf):
            try:
                base = dict(keras_dump.sample(era, cls, models).get_config())
            except Exception as error:
                found.append("no sample: " + keras_dump.text(error)[:100])
                continue
            found.append(outcome(deserializer(era, kind), name, base, key, value))
    with open(answers, "w") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
