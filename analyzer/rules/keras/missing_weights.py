"""Weights that the file names or needs and does not hold.

## Why it matters

"Unable to open object (object 'dense' doesn't exist)" for groups and datasets that the attributes of an H5 file name,
"Layer 'dense' expected 2 variables, but received 0 variables during loading" for archives.

## How to fix

Copy the file again, or save the model again.
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
    """Names in the file against what is there."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(h5={"config": m.sequential(m.layer("Flatten"))}),
    ok(h5={"config": m.sequential(m.layer("StringLookup", vocabulary=["a", "b"]))}),
    ok(h5={"config": m.sequential(m.layer("StringLookup", vocabulary=None))}, target=m.KERAS_3),
    ok(h5={"config": m.sequential(m.layer("Discretization", bin_boundaries=[0.0, 1.0]))}),
    bad("no group model_weights", h5={"config": m.sequential(m.DENSE), "without": ("model_weights",)}),
    bad("no vocabulary in its configuration", h5={"config": m.sequential(m.layer("StringLookup", vocabulary=None))}),
    bad("is not there", h5=m.h5(without=("dense/dense/bias:0",))),
    bad("the file 0 for it", archive=m.archive(weights={}), target=m.KERAS_3),
)
