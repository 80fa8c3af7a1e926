"""A built-in loss or metric by name that Keras 3 cannot deserialize from an H5 file.

## Why it matters

Keras 3 turns the name into a serialized function and looks that up where it is not: "Could not locate function 'mse'"
up to 3.9, "Could not deserialize 'keras.metrics.mse' because it is not a KerasSaveable subclass" later. Files of the
same version fail alike.

## How to fix

load_model(..., compile=False), then compile the model again; save models as .keras.
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
    """Names that the table says fail."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.compiled("mse")),
    ok(h5=m.compiled(m.layer("MeanSquaredError")), target=m.KERAS_3),
    bad("'mse'", h5=m.compiled("mse"), target=m.KERAS_3),
)
