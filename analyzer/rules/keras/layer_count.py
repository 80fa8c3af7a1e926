"""More or fewer layers with weights than the configuration makes.

## Why it matters

Weights are matched to layers by order, so their number has to be the same: "Layer count mismatch when loading weights
from file. Model expected A layers, found B saved layers" (up to 2.5: "You are trying to load a weight file containing
B layers into a model with A layers").

## How to fix

Configuration and weights come from different models: save them together again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The configuration's layers against layer_names."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.DENSE, m.layer("Dropout", rate=0.1))),
    bad("has 2 layers with weights, the file holds weights of 1", h5=m.h5(m.DENSE, m.dense(name="second"))),
)
