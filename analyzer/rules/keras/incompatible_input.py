"""A layer that refuses the shape of what it is called on.

## Why it matters

Loading calls every layer symbolically. Shapes that do not go together stop it there: "Input 0 of layer ... is
incompatible with the layer", "Negative dimension size caused by subtracting", "A `Concatenate` layer requires inputs
with matching shapes".

## How to fix

Correct the sizes in the configuration, or save the model again.
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
    """What building and shape inference find."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5={"config": m.sequential(m.layer("Reshape", target_shape=[2, 2]))}),
    bad("makes (3, 2)", h5={"config": m.sequential(m.layer("Reshape", target_shape=[3, 2]))}),
    bad("at least 4 dimensions", h5={"config": m.sequential(m.layer("Conv2D", filters=2, kernel_size=2))}),
)
