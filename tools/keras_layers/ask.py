"""Make models under an installed Keras, and say what became of each.

    ask.py PACKAGE MODELS ANSWERS

MODELS has one configuration a line; ANSWERS gets one line each: {"outputs": [shape], "weights": [shape]}, or
{"error": text}. PACKAGE is `tf.keras`, `keras` or `tf_keras`. Runs under Python 3.6 and later, by itself.
"""

import importlib
import json
import signal
import sys

SECONDS = 30


class TooLongError(Exception):
    """A release computes for long what it would refuse in the end."""


def main():
    """Answer every line."""
    package, asked, answered = sys.argv[1:]
    keras = importlib.import_module("tensorflow").keras if package == "tf.keras" else importlib.import_module(package)

    def late(*_):
        raise TooLongError

    signal.signal(signal.SIGALRM, late)
    with open(asked) as questions, open(answered, "w") as answers:
        for line in questions:
            keras.backend.clear_session()
            signal.alarm(SECONDS)
            try:
                answer = described(made(keras, json.loads(line)))
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"[-400:]}
            signal.alarm(0)
            answers.write(json.dumps(answer) + "\n")


def made(keras, config):
    """The model, deserialized."""
    if "module" in config:
        return keras.saving.deserialize_keras_object(config)
    return keras.Model.from_config(config["config"])


def described(model):
    """Shapes of outputs and weights."""
    return {
        "outputs": [shape_of(tensor) for tensor in model.outputs],
        "weights": [shape_of(weight) for weight in model.weights],
    }


def shape_of(tensor):
    """Sizes, None where unknown; None for an unknown rank."""
    try:
        return [None if size is None else int(size) for size in tuple(tensor.shape)]
    except (TypeError, ValueError):
        try:
            return tensor.shape.as_list()
        except ValueError:
            return None


main()
