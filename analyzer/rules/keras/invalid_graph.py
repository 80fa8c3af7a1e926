"""Calls of a functional model that cannot be put together.

## Why it matters

Every layer of a functional model names the tensors that it is called on. A name that is not there ends in KeyError or
"Missing node", a call that never happens in "the graph of the Functional model either has loops or disconnected
nodes" (Keras 3) or in a load that does not return (Keras 2).

## How to fix

Save the model again. Where Keras 3 stumbles over a nested model of Keras 2, load it with tf_keras.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Nodes, inputs and outputs against the layers."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5={"config": m.functional("x"), "weights": m.WEIGHTS}),
    ok(h5={"config": m.functional("x"), "weights": m.WEIGHTS}, target=m.KERAS_3),
    bad("is no layer of the model", h5={"config": m.functional("y"), "weights": m.WEIGHTS}),
    bad("'y'", h5={"config": m.functional("y")}, target=m.KERAS_3),
)
