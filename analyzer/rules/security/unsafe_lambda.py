"""A lambda, or a layer that loads a SavedModel, which safe mode does not let through.

## Why it matters

Deserializing a lambda runs code that the file brings, so archives refuse it by default, from Keras 3.11 on H5 files
too: "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. This carries a potential risk
of arbitrary code execution". The same is said of a `TFSMLayer`, which loads a SavedModel from outside, by Keras 3.12.1, 3.13.2,
3.14.0 and later.

## How to fix

If you trust the file: load_model(..., safe_mode=False). Better, replace the lambda by a registered function or layer.
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
    """Lambdas, and layers of SavedModels, where safe mode holds."""
    yield from found(rule, artifact, target)


SAVED_MODEL = m.archive(m.serialized("TFSMLayer", name="t", filepath="/models/a", call_endpoint="serve"), weights={})

rule.examples(
    ok(h5=m.h5()),
    ok(archive=SAVED_MODEL, target=m.KERAS_3),
    ok(archive=SAVED_MODEL, target=m.KERAS_3_15, options={"safe_mode": False}),
    bad("TFSMLayer", archive=SAVED_MODEL, target=m.KERAS_3_15),
    ok(
        archive=m.archive(m.serialized("Lambda", name="l", function=m.LAMBDA), weights={}),
        options={"safe_mode": False},
        target=m.KERAS_3,
    ),
    bad(
        "safe mode",
        archive=m.archive(m.serialized("Lambda", name="l", function=m.LAMBDA), weights={}),
        target=m.KERAS_3,
    ),
)
