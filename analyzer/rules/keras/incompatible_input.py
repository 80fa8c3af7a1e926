"""A layer that refuses the shape or the type of what it is called on.

## Why it matters

Loading calls every layer symbolically. Shapes that do not go together stop it there: "Input 0 of layer ... is
incompatible with the layer", "Negative dimension size caused by subtracting", "A `Concatenate` layer requires inputs
with matching shapes". Keras 2 casts floats to the type that a layer computes in, and nothing else: "Input 'b' of 'MatMul' Op has
type float32 that does not match type int32 of argument 'a'".

## How to fix

Correct the sizes and types in the configuration, or save the model again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """What building and shape inference find."""
    yield from found(rule, artifact, target)


_WHOLE = {
    "class_name": "InputLayer",
    "config": {"batch_input_shape": [None, 4], "dtype": "int32", "name": "x"},
}


def _on_integers(*layers: dict[str, Any]) -> dict[str, Any]:
    """A Sequential model whose input is of integers."""
    return {"config": {"class_name": "Sequential", "config": {"name": "m", "layers": [_WHOLE, *layers]}}}


rule.examples(
    ok(h5=_on_integers(m.layer("Dense", units=2))),
    ok(h5=_on_integers(m.layer("Dropout", rate=0.5))),
    bad("does not compute with its input, int32", h5=_on_integers(m.layer("Softmax"))),
    ok(h5=m.h5()),
    ok(h5={"config": m.sequential(m.layer("Reshape", target_shape=[2, 2]))}),
    bad("makes (3, 2)", h5={"config": m.sequential(m.layer("Reshape", target_shape=[3, 2]))}),
    bad("at least 4 dimensions", h5={"config": m.sequential(m.layer("Conv2D", filters=2, kernel_size=2))}),
)
