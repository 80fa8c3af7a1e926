"""A model configuration that is not of the form that Keras reads.

## Why it matters

Damaged or hand-edited JSON ends in JSONDecodeError, KeyError, or "Improperly format config" while the model is
deserialized (saving/legacy/serialization.py `class_and_config_for_serialized_keras_object`,
saving/serialization_lib.py `deserialize_keras_object`).

## How to fix

Save the model again, or restore the configuration from a copy.
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
    """What is not JSON, and objects without their parts."""
    yield from found(rule, artifact, target)


LISTED = {"class_name": "Sequential", "config": [m.dense(batch_input_shape=[None, 4])]}

rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(h5={"config": LISTED, "weights": m.WEIGHTS}),
    ok(h5={"config": LISTED, "weights": m.WEIGHTS}, target="tensorflow==2.0.4"),
    bad("is a list", h5={"config": LISTED, "weights": m.WEIGHTS}, target="tensorflow==2.2.0"),
    ok(h5={"config": LISTED, "weights": m.WEIGHTS}, target="tensorflow==2.3.0"),
    bad("is a list", h5={"config": LISTED, "weights": m.WEIGHTS}, target=m.KERAS_3),
    ok(archive=m.archive({**m.serialized_dense(), "registered_name": "mine>Dense"}), target=m.KERAS_3),
    ok(archive=m.archive({**m.serialized_dense(), "registered_name": "Dense"}), target=m.KERAS_3_15),
    bad(
        "registered_name 'mine>Dense'",
        archive=m.archive({**m.serialized_dense(), "registered_name": "mine>Dense"}),
        target=m.KERAS_3_15,
    ),
    ok(archive=m.archive({**m.serialized("ReLU"), "config": []}), target=m.KERAS_3),
    bad("config is list", archive=m.archive({**m.serialized("ReLU"), "config": []}), target=m.KERAS_3_15),
    bad(
        "without config",
        archive=m.archive(
            m.serialized_dense()
            | {"config": {"units": 8, "activation": {"class_name": "function", "module": "builtins"}}}
        ),
        target=m.KERAS_3,
    ),
    bad("is not JSON", h5={"config": "{", "weights": m.WEIGHTS}),
    bad("class_name and config", h5=m.h5({"class_name": "Dense"})),
    bad("without a name", h5={"config": {"class_name": "Sequential", "config": {"layers": []}}}),
)
