"""More or fewer weights of a layer than the configuration makes.

## Why it matters

"Weight count mismatch for layer #1 ... Layer expects 2 weight(s). Received 1" (H5), "Layer 'dense' expected 2
variables, but received 1 variables during loading" (archives).

## How to fix

Configuration and weights come from different models, or of different settings such as use_bias: save them together
again.
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
    """Each layer's weights against the file."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    bad("has 1 weights, the file 2", h5=m.h5(m.dense(use_bias=False))),
    bad("has 1 variables, the file 2", archive=m.archive(m.serialized_dense(use_bias=False)), target=m.KERAS_3),
)
