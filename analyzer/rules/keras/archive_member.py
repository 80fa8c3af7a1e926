"""A member of a .keras archive that is missing or damaged.

## Why it matters

Loading reads config.json and model.weights.h5: "There is no item named 'config.json' in the archive", "Expected a
model.weights.h5 or model.weights.npz file.", "Bad CRC-32 for file". metadata.json is never read.

## How to fix

Pack the archive again without the folder above its files, or copy it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The members that a load reads."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(archive=m.archive(without=("metadata.json",), members={"__MACOSX/x": b""}), target=m.KERAS_3),
    bad("no config.json", archive=m.archive(without=("config.json",)), target=m.KERAS_3),
    bad("neither model.weights.h5", archive=m.archive(without=("model.weights.h5",)), target=m.KERAS_3),
)
