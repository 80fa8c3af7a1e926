"""A loss that the load has to be given.

## Why it matters

"Unknown loss function: my_loss": a custom loss, or one of another Keras. It stops the load although only training
needs it.

## How to fix

load_model(..., compile=False), or pass custom_objects={"my_loss": my_loss}.
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
    """Losses of the training configuration."""
    for finding in found(rule, artifact, target):
        yield with_sources(finding, target)


_LOSS = {"module": "builtins", "class_name": "function", "config": "mse", "registered_name": "function"}
_MODEL = m.serialized("Sequential", "keras", name="m", layers=[m.serialized_dense()])
_BY_NAME = m.archive(config={**_MODEL, "compile_config": {"optimizer": "adam", "loss": _LOSS}})

rule.examples(
    ok(h5=m.compiled("mse")),
    ok(archive=_BY_NAME, target="tensorflow==2.13.0"),
    bad("builtins does not hold it", archive=_BY_NAME, target="tensorflow==2.12.0"),
    ok(h5=m.compiled("my_loss"), options={"custom_objects": frozenset({"my_loss"})}),
    bad("'my_loss'", h5=m.compiled("my_loss")),
    bad("'my_loss'", h5=m.compiled("my_loss"), target=m.KERAS_3),
)
