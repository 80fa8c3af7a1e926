"""A file of weights where a whole model should be.

## Why it matters

`save_weights` writes no configuration, and load_model needs one: "No model config found in the file"
(legacy/saving/legacy_h5_format.py `load_model_from_hdf5`), "No model found in config file." up to TensorFlow 2.6.

## How to fix

Build the model in code and call `load_weights`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.PARSE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """An H5 file without model_config."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(), target=m.KERAS_3),
    bad("holds weights, but no model", h5={"weights": m.WEIGHTS, "without": ("model_weights",)}),
)
