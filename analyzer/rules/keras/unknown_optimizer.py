"""An optimizer or schedule that this Keras does not have.

## Why it matters

"Unknown optimizer: 'Custom>Adam'", "Could not interpret optimizer identifier": optimizers were rewritten in Keras
2.11 and registered under `Custom>`, others are the user's own. It stops the load although only training needs it.

## How to fix

load_model(..., compile=False), then compile the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.custom._sources import with_sources
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The optimizer of the training configuration."""
    for finding in found(rule, artifact, target):
        yield with_sources(finding, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.compiled()),
    ok(h5=m.compiled(optimizer={"class_name": "Lion2", "config": {}}), options={"compile": False}),
    bad("'Lion2'", h5=m.compiled(optimizer={"class_name": "Lion2", "config": {}})),
    bad(
        "'Custom>Adam'",
        h5=m.compiled(optimizer={"class_name": "Custom>Adam", "config": {}}),
        target="tensorflow==2.4.1",
    ),
)
