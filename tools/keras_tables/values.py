"""Write as one JSON document which values of which JSON types an installed Keras refuses, argument by argument.

    values.py PACKAGE OUT [--arguments=NAME,...] [CLASS...]

Every class that a `deserialize` of this Keras finds (of layers: those named, where any are) is made from its own default
config with one value changed to each of VALUES; where the constructor takes the value, initializers are asked for values and optimizers for their slots. An
argument's row says by the letters of VALUES what `construct` refuses, what only `call` refuses in every way that the
default config serves in, and, for arguments that are words, which of WORDS are accepted.  Under Keras 3 a refusal by the
constructor counts only where it is repeated beside other values of the other arguments (`Trials.others`), since no
refusal may hang on the rest of the configuration.  Runs under the interpreter of the release, beside `dump.py`
(Python 3.6 and later).
"""

import json
import random
import re
import signal
import sys

from era import Era, address, kind_of
from from_config import copied, fresh_graph
from names import name_tables
from samples import arguments_of, models_of, sample
from tried import VALUES, WORDS

# What the emulation deserializes itself.
OBJECTS = re.compile(
    r"(_initializer|_regularizer|_constraint|activation)$|^(layer|cell|cells|backward_layer|function)$"
)
KINDS = ("layer", "initializer", "regularizer", "constraint", "loss", "metric", "schedule", "optimizer")
SECONDS = 20
CALLED = "n0-hwsdlbu"  # values that are tried in a call too, where the constructor takes them
FLAG = "nhslu"  # of those, for arguments that are true or false
NEVER_CALLED = ("name", "trainable")
OTHERS = 5  # further configs beside which Keras 3 must refuse a value
OTHERS_OF_WORDS = 2  # of which words are tried beside


class LateError(Exception):
    """A trial that does not end."""


def alarmed(number, frame):
    raise LateError(f"no answer within {SECONDS} seconds")


def type_of(default):
    """The letter of a value of a default's type; `?` for objects."""
    return {type(None): "n", bool: "t", int: "2", float: "h", str: "s", list: "l", tuple: "l", dict: "u"}.get(
        type(default), "?"
    )


def guarded(call):
    """What a call raises, or None."""
    signal.alarm(SECONDS)
    try:
        call()
    except Exception as error:
        return error
    finally:
        signal.alarm(0)
    return None


class Trials:
    """Tries values on the classes of one Keras."""

    def __init__(self, era, only=()):
        import tensorflow as tf

        self.era, self.tf, self.only = era, tf, only
        self.keras = era.keras if era.public else tf.keras
        self.models = models_of(era)

    def uses(self, kind):
        """Ways to use an instance of a kind, one of which a value must survive that the default config survives in all.

        Optimizers of Keras 3 are not used: what an archive holds beside the configuration decides whether they are.
        """
        if kind == "initializer":
            return [lambda made, s=shape: made(s, dtype=self.tf.float32) for shape in ((3, 3), (4,), (2, 3, 4))]
        if kind == "optimizer" and self.era.major == 2:
            return [self.slots]
        return []

    def slots(self, optimizer):
        """What loading an H5 file with optimizer weights makes of an optimizer."""
        variables = [self.tf.Variable([[1.0, 2.0]])]
        if hasattr(optimizer, "_create_all_weights"):
            optimizer._create_all_weights(variables)
        elif hasattr(optimizer, "build"):
            optimizer.build(variables)

    def attempt(self, cls, config, uses):
        """`construct` or `call` where a config is refused, with the first use that it survives where it is not."""
        with fresh_graph(self.tf):
            made = []
            if guarded(lambda: made.append(cls.from_config(copied(config)))) is not None:
                return "construct", None
            for number, use in enumerate(uses):
                try:
                    instance = cls.from_config(copied(config)) if number else made[0]
                except Exception:
                    continue
                if guarded(lambda u=use, i=instance: u(i)) is None:
                    return "", use
        return "call" if uses else "", None

    def describe(self, cls, kind):
        """Argument -> what it refuses; empty where no instance can be made."""
        try:
            with fresh_graph(self.tf):
                base = self.config(sample(self.era, cls, self.models))
        except Exception:
            return {}
        self.keras.backend.clear_session()
        if self.attempt(cls, base, [])[0]:
            return {}
        fine = [use for use in self.uses(kind) if not self.attempt(cls, base, [use])[0]][:3]
        found = {}
        for key in self.arguments(cls, base):
            if self.era.major == 2:  # whose graph grows with every layer
                self.keras.backend.clear_session()
            row = self.argument(cls, base, key, fine)
            if row:
                found[key] = row
        if self.era.major == 3:
            self.confirm(cls, base, found)
        return found

    def config(self, instance):
        """The config of an instance as a file holds it."""
        if self.era.major == 2:
            return dict(instance.get_config())
        return json.loads(json.dumps(self.keras.saving.serialize_keras_object(instance)["config"]))

    def others(self, cls, base, found):
        """Configs that the constructor takes, with some arguments changed; switches and words singly too."""
        chance = random.Random(cls.__name__)
        fine = {}
        for key in self.arguments(cls, base):
            row = found.get(key, {})
            if key not in ("name", "dtype"):
                fine[key] = [value for letter, value in VALUES if letter not in row.get("construct", "")]
                fine[key] += row.get("words", "").split()
        fine = {key: values for key, values in fine.items() if values}
        others = []
        for key, values in fine.items():
            if isinstance(base.get(key), (bool, str)):
                taken = [each for each in values if type(each) is type(base[key]) and each not in ("", base[key])]
                others += [dict(base, **{key: each}) for each in chance.sample(taken, min(len(taken), 3))]
        for number in range(OTHERS * 3):
            changed = chance.sample(sorted(fine), min(len(fine), 2 + number % 3))
            others.append(dict(base, **{key: chance.choice(fine[key]) for key in changed}))
        return [config for config in others if not self.attempt(cls, config, [])[0]][:OTHERS]

    def confirm(self, cls, base, found):
        """Strike what the constructor takes beside other values of the other arguments."""
        values = dict(VALUES)
        for number, other in enumerate(self.others(cls, base, found) if found else []):
            for key, row in found.items():
                letters = [each for each in row.get("construct", "") if self.refuses(cls, other, key, values[each])]
                row["construct"] = "".join(letters)
                if "words" in row and number < OTHERS_OF_WORDS:
                    known = row["words"].split()
                    more = [each for each in WORDS if each not in known and not self.refuses(cls, other, key, each)]
                    row["words"] = " ".join(known + more)
        for row in found.values():
            if not row.get("construct"):
                row.pop("construct", None)
            if "s" not in row.get("construct", ""):
                row.pop("words", None)

    def refuses(self, cls, config, key, value):
        """Whether the constructor refuses one more value."""
        return bool(self.attempt(cls, dict(config, **{key: value}), [])[0])

    def arguments(self, cls, base):
        """Keys of the default config, and what else the constructor of the class itself names."""
        named = [row[0] for row in arguments_of(cls) or [] if row[1] not in ("*", "**")]
        extra = ["batch_input_shape", "input_shape", "batch_size"] if issubclass(cls, self.keras.layers.Layer) else []
        keys = list(dict.fromkeys(list(base) + named + extra))
        return [key for key in keys if not OBJECTS.search(key) and (not self.only or key in self.only)]

    def argument(self, cls, base, key, fine):
        refused = {"construct": "", "call": ""}
        for letter, value in VALUES:
            called = letter in (FLAG if isinstance(base.get(key), bool) else CALLED) and key not in NEVER_CALLED
            called = called and type(value) is not type(base.get(key))
            stage, _ = self.attempt(cls, dict(base, **{key: value}), fine if called else [])
            if stage:
                refused[stage] += letter
        if len(refused["construct"]) == len(VALUES) and key not in base:
            return {}  # nobody's argument
        row = {stage: letters for stage, letters in refused.items() if letters}
        if row:
            row["default"] = type_of(base[key]) if key in base else "?"
        if isinstance(base.get(key), (str, type(None))) and "s" in refused["construct"]:
            takes = [word for word in WORDS if not self.attempt(cls, dict(base, **{key: word}), [])[0]]
            row["words"] = " ".join(takes)
            word = base.get(key) or (takes[0] if takes else "")
            if word and not self.attempt(cls, dict(base, **{key: word.upper()}), [])[0]:
                row["any_case"] = True
        return row


def main(package, out, *wanted):
    signal.signal(signal.SIGALRM, alarmed)
    era = Era(package)
    tables = name_tables(era)
    only = [name for each in wanted if each.startswith("--arguments=") for name in each.partition("=")[2].split(",")]
    wanted = [each for each in wanted if not each.startswith("--")]
    trials = Trials(era, only)
    found, kinds = {}, {}
    for table, names in sorted(tables.items()):
        kind = "optimizer" if table.endswith("optimizer") else table
        if kind not in KINDS:
            continue
        for _, cls in sorted(names.items()):
            if not isinstance(cls, type) or kind_of(cls) == "model":
                continue
            if wanted and kind == "layer" and cls.__name__ not in wanted:
                continue
            place = address(cls)
            if place not in found:
                found[place] = trials.describe(cls, kind)
                kinds[place] = kind
                print(place, len(found[place]), file=sys.stderr, flush=True)
    document = {"package": package, "version": era.version, "root": era.root, "kinds": kinds, "values": found}
    with open(out, "w") as stream:
        json.dump(document, stream, sort_keys=True, indent=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
