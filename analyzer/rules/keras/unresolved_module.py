"""A module path of Keras that the target does not have.

## Why it matters

Archives name classes by module. Keras 2 wrote private paths for functional models (`keras.src.engine.functional`)
that Keras 3 does not have, and the other way round: "Could not deserialize class 'Functional' because its parent
module ... cannot be imported" (saving/serialization_lib.py `_retrieve_class_or_fn`).

## How to fix

Load the archive with the line of Keras that wrote it: tf_keras with TF_USE_LEGACY_KERAS=1 for Keras 2, TensorFlow
2.16 or newer for Keras 3.
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
    """Modules that the table of this Keras does not have."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(
        archive=m.archive(m.serialized("Dense", "keras.src.layers.core.dense", name="dense", units=8)), target=m.KERAS_3
    ),
    bad(
        "keras.src.engine",
        archive=m.archive(m.serialized("Dense", "keras.src.engine.dense", name="d", units=8)),
        target=m.KERAS_3,
    ),
)
