"""A weight of another shape than the configuration makes.

## Why it matters

"Shape mismatch in layer #0 (named dense) for weight dense/kernel. Weight expects shape (4, 9). Received saved weight
with shape (4, 8)" (Keras 3), "Shape mismatch. The variable shape ..., and the assigned value shape ... are
incompatible" (Keras 2).

## How to fix

Configuration and weights come from different models: save them together again, or correct the sizes in the
configuration.
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
    """Each weight's shape against the file."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    bad("kernel is (4, 9)", h5=m.h5(m.dense(units=9))),
    bad("kernel is (4, 9)", archive=m.archive(m.serialized("Dense", name="dense", units=9)), target=m.KERAS_3),
)
