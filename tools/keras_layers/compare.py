"""Hold the models of layers against a real Keras: what it refuses, output shapes, weights.

    python -m tools.keras_layers.compare PYTHON TARGET [--count 500] [--seed 0] [--show 10] [--networks]

PYTHON is the interpreter of an environment, TARGET says which Keras that is (`tensorflow==2.13.0`). Prints what disagrees, by
class; exit 1 where a model is refused that Keras makes, or a shape differs. Set PYTHONPATH, TF_USE_LEGACY_KERAS as for a load.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.keras.model import UNKNOWN, Layer, flatten
from analyzer.target import Target, parse
from tools.keras_layers.draw import Drawing
from tools.keras_layers.networks import Networks

ASK = Path(__file__).with_name("ask.py")
# What a backend other than TensorFlow's lacks says nothing of the layer.
LACKING = ("requires TensorFlow", "backend: numpy", "unsupported in linalg", "numpy backend")


def main() -> None:
    """Draw, ask, compare, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("python")
    options.add_argument("target")
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--show", type=int, default=10)
    options.add_argument("--networks", action="store_true", help="models of several layers")
    given = options.parse_args()
    target = parse(given.target)
    drawing = Drawing(given.seed, keras_3=era_of(target).is_3)
    networks = Networks(given.seed).models(given.count) if era_of(target).is_3 else drawing.graphs(given.count)
    models = list(networks if given.networks else drawing.models(given.count))
    found = Counter[str]()
    for model, answer in zip(models, answers(given.python, target, models), strict=True):
        verdict, details = judge(model, answer, target)
        found[verdict] += 1
        if details and found[verdict] <= given.show:
            print(f"{verdict}: {json.dumps(model) if given.networks else described(model)}\n    {details}")
    print(dict(found))
    sys.exit(1 if found["false alarm"] or found["other shape"] else 0)


def answers(python: str, target: Target, models: list[Any]) -> Iterator[Any]:
    """What the interpreter's Keras says of each model."""
    package = "tf.keras" if not era_of(target).is_3 and not target.legacy_keras else "keras"
    package = "tf_keras" if target.legacy_keras else package
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "models.jsonl"), Path(folder, "answers.jsonl")
        asked.write_text("".join(f"{json.dumps(model)}\n" for model in models), encoding="utf-8")
        subprocess.run([python, str(ASK), package, str(asked), str(answered)], check=True, stderr=subprocess.DEVNULL)
        yield from map(json.loads, answered.read_text(encoding="utf-8").splitlines())


def judge(model: Any, answer: Any, target: Target) -> tuple[str, str]:
    """How emulation and Keras agree, and what to show where they do not."""
    out = Recorder(file="model")
    root = Deserializer(era_of(target), target, out, legacy=not era_of(target).is_3).root(model, "/config")
    error = answer.get("error", "")
    if error.startswith("TooLongError") or any(each in error for each in LACKING):
        return "not answered", ""
    if error:
        return ("refused by both", "") if out.events else ("miss", error)
    if out.events:
        return "false alarm", out.events[0].message
    assert root is not None
    for ours, real in zip(flatten(root.outputs), answer["outputs"], strict=False):
        if real is not None and not same(ours.shape, real):
            return "other shape", f"{ours.shape}, really {real}"
    weights = [each.shape for each in all_weights(root) if not each.table]
    if not root.all_known() or None in weights:
        return "made by both, weights not modelled", ""
    left = list(answer["weights"])
    for shape in weights:
        match = next((each for each in left if same(shape, each)), None)
        if match is None:
            return "other shape", f"a weight of {shape}, really {answer['weights']}"
        left.remove(match)
    tables = sum(each.table for each in all_weights(root))  # which some releases count among the weights
    return ("other shape", f"no weight of {left[0]}") if len(left) > tables else ("made by both", "")


def same(ours: Any, real: list[int | None]) -> bool:
    """Whether a shape is the other one, as far as it is known."""
    return ours is None or (len(ours) == len(real) and all(a in (UNKNOWN, b) for a, b in zip(ours, real, strict=True)))


def all_weights(layer: Layer) -> Iterator[Any]:
    """The weights of a layer and of all within it."""
    yield from (each for each in layer.own if not each.alias)
    for each in (*layer.parts.values(), *layer.cells, *layer.layers):
        yield from all_weights(each)


def described(model: Any) -> str:
    """The layers and shapes of a model in one line."""
    layers = model["config"]["layers"]
    shapes = [layer["config"].get("batch_shape") or layer["config"].get("batch_input_shape") for layer in layers]
    calls = (
        f"{each['class_name']}({json.dumps(each['config'])})" for each in layers if not each["name"].startswith("x")
    )
    return f"{' '.join(calls)} on {[shape for shape in shapes if shape]}"


if __name__ == "__main__":
    main()
