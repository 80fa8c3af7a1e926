"""Write as one JSON document which values of which JSON types an installed Keras 2 refuses, argument by argument.

    keras_values.py PACKAGE OUT

Every class that a `deserialize` of this Keras finds is made from its own default config with one value changed to each
of VALUES; where the constructor takes the value, initializers are asked for values and optimizers for their slots. An
argument's row says by the letters of VALUES what `construct` refuses, what only `call` refuses in every way that the
default config serves in, and, for arguments that are words, which of WORDS are accepted.  Runs under the interpreter of the release, beside `keras_dump.py` (Python 3.6 and later).
"""

import json
import re
import signal
import sys

import keras_dump

VALUES = (
    ("n", None),
    ("t", True),
    ("f", False),
    ("0", 0),
    ("1", 1),
    ("2", 2),
    ("-", -1),
    ("o", 0.0),
    ("h", 0.5),
    ("r", 1.5),
    ("w", 2.0),
    ("m", -0.5),
    ("e", ""),
    ("s", "abc"),
    ("d", "2"),
    ("l", []),
    ("a", [1]),
    ("b", [2, 2]),
    ("z", [None]),
    ("x", ["a"]),
    ("y", [0.5]),
    ("j", {}),
    ("u", {"a": 1}),
)
WORDS = [
    "valid",
    "same",
    "causal",
    "channels_first",
    "channels_last",
    "sum",
    "mul",
    "ave",
    "concat",
    "nearest",
    "bilinear",
    "bicubic",
    "area",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "mitchellcubic",
    "fan_in",
    "fan_out",
    "fan_avg",
    "normal",
    "uniform",
    "truncated_normal",
    "untruncated_normal",
    "int",
    "one_hot",
    "multi_hot",
    "count",
    "tf_idf",
    "tf-idf",
    "binary",
    "float",
    "string",
    "constant",
    "reflect",
    "wrap",
    "horizontal",
    "vertical",
    "horizontal_and_vertical",
    "auto",
    "none",
    "None",
    "sum_over_batch_size",
    "mean",
    "mean_with_sample_weight",
    "lower",
    "strip_punctuation",
    "lower_and_strip_punctuation",
    "whitespace",
    "character",
    "ROC",
    "PR",
    "interpolation",
    "summation",
    "careful_interpolation",
    "minoring",
    "majoring",
    "macro",
    "micro",
    "weighted",
    "float16",
    "float32",
    "float64",
    "bfloat16",
    "int32",
    "int64",
    "bool",
    "mixed_float16",
    "mixed_bfloat16",
    "uint8",
    "dot",
    "relu",
    "tanh",
    "linear",
    "mse",
]
# What the emulation deserializes itself.
OBJECTS = re.compile(
    r"(_initializer|_regularizer|_constraint|activation)$|^(layer|cell|cells|backward_layer|function)$"
)
KINDS = ("layer", "initializer", "regularizer", "constraint", "loss", "metric", "schedule", "optimizer")
SECONDS = 20
CALLED = "n0-hwsdlbu"  # values that are tried in a call too, where the constructor takes them
FLAG = "nhslu"  # of those, for arguments that are true or false
NEVER_CALLED = ("name", "trainable")


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

    def __init__(self, era):
        import tensorflow as tf

        self.era, self.tf = era, tf
        self.keras = era.keras if era.public else tf.keras
        self.models = keras_dump.models_of(era)

    def uses(self, kind):
        """Ways to use an instance of a kind, one of which a value must survive that the default config survives in all."""
        if kind == "initializer":
            return [lambda made, s=shape: made(s, dtype=self.tf.float32) for shape in ((3, 3), (4,), (2, 3, 4))]
        if kind == "optimizer":
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
        with keras_dump.fresh_graph(self.tf):
            made = []
            if guarded(lambda: made.append(cls.from_config(keras_dump.copied(config)))) is not None:
                return "construct", None
            for number, use in enumerate(uses):
                try:
                    instance = cls.from_config(keras_dump.copied(config)) if number else made[0]
                except Exception:
                    continue
                if guarded(lambda u=use, i=instance: u(i)) is None:
                    return "", use
        return "call" if uses else "", None

    def describe(self, cls, kind):
        """Argument -> what it refuses; empty where no instance can be made."""
        try:
            with keras_dump.fresh_graph(self.tf):
                base = dict(keras_dump.sample(self.era, cls, self.models).get_config())
        except Exception:
            return {}
        self.keras.backend.clear_session()
        if self.attempt(cls, base, [])[0]:
            return {}
        fine = [use for use in self.uses(kind) if not self.attempt(cls, base, [use])[0]][:3]
        found = {}
        for key in self.arguments(cls, base):
            self.keras.backend.clear_session()
            row = self.argument(cls, base, key, fine)
            if row:
                found[key] = row
        return found

    def arguments(self, cls, base):
        """Keys of the default config, and what else the constructor of the class itself names."""
        named = [row[0] for row in keras_dump.arguments_of(cls) or [] if row[1] not in ("*", "**")]
        extra = ["batch_input_shape", "input_shape", "batch_size"] if issubclass(cls, self.keras.layers.Layer) else []
        keys = list(dict.fromkeys(list(base) + named + extra))
        return [key for key in keys if not OBJECTS.search(key)]

    def argument(self, cls, base, key, fine):
        refused = {"construct": "", "call": ""}
        for letter, value in VALUES:
            called = letter in (FLAG if isinstance(base.get(key), bool) else CALLED) and key not in NEVER_CALLED
            called = called and type(value) is not type(base.get(key))
            stage, _ = self.attempt(cls, dict(base, **{key: value}), fine if called else [])
            if stage:
                refused[stage] += letter
        if len(refused["construct"]) == len(VALUES):
            return {}  # nobody's argument
        row = {stage: letters for stage, letters in refused.items() if letters}
        if row:
            row["default"] = type_of(base[key]) if key in base else "?"
        if isinstance(base.get(key), str) and "s" in refused["construct"]:
            takes = [word for word in WORDS if not self.attempt(cls, dict(base, **{key: word}), [])[0]]
            row["words"] = " ".join(takes)
            if not self.attempt(cls, dict(base, **{key: base[key].upper()}), [])[0]:
                row["any_case"] = True
        return row


def main(package, out):
    signal.signal(signal.SIGALRM, alarmed)
    era = keras_dump.Era(package)
    tables = keras_dump.name_tables(era)
    trials = Trials(era)
    found, kinds = {}, {}
    for table, names in sorted(tables.items()):
        kind = "optimizer" if table.endswith("optimizer") else table
        if kind not in KINDS:
            continue
        for _, cls in sorted(names.items()):
            if not isinstance(cls, type) or keras_dump.kind_of(cls) == "model":
                continue
            address = keras_dump.address(cls)
            if address not in found:
                found[address] = trials.describe(cls, kind)
                kinds[address] = kind
                print(address, len(found[address]), file=sys.stderr, flush=True)
    document = {"package": package, "version": era.version, "root": era.root, "kinds": kinds, "values": found}
    with open(out, "w") as stream:
        json.dump(document, stream, sort_keys=True, indent=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
