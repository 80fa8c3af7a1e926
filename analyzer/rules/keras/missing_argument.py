"""A constructor argument without which the class cannot be made.

## Why it matters

"__init__() missing 1 required positional argument: 'units'": the configuration was edited, or written by a Keras 1
that named its arguments otherwise (`output_dim`, `nb_filter`).

## How to fix

Add the argument to the configuration, or convert the file with the Keras that wrote it.
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
    """Required parameters that the configuration does not have."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    bad("needs units", h5=m.h5(m.layer("Dense", activation="relu"))),
)
