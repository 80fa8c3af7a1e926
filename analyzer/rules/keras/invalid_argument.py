"""A value that the constructor refuses.

## Why it matters

Constructors check their arguments: paddings, data formats, dtypes, rates, numbers of units, names with a slash in
Keras 3. The error is theirs, wrapped by Keras as "Error when deserializing class".

## How to fix

Correct the value in the configuration, or load the file with the Keras that took it.
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
    """Values that the sources refuse plainly."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.dense(dtype="float16"))),
    ok(h5=m.h5(m.layer("LeakyReLU", alpha=0.3)), target="tensorflow==1.15.5"),
    bad(
        "'ndarray'", h5=m.h5(m.layer("LeakyReLU", alpha={"type": "ndarray", "value": 0.3})), target="tensorflow==1.15.5"
    ),
    ok(h5=m.h5(m.dense(name="a/dense"))),
    ok(archive=m.archive(m.serialized_dense(trainable=1)), target=m.KERAS_3),
    bad("trainable=1", archive=m.archive(m.serialized_dense(trainable=1)), target=m.KERAS_3_15),
    ok(archive=m.archive(m.serialized("GaussianNoise", stddev=0.0, seed="auto", name="n")), target=m.KERAS_3),
    bad(
        "seed='auto'",
        archive=m.archive(m.serialized("GaussianNoise", stddev=0.5, seed="auto", name="n")),
        target=m.KERAS_3,
    ),
    ok(archive=m.archive(m.serialized("SpatialDropout1D", rate=0.5, seed=3, name="n")), target=m.KERAS_3_15),
    ok(archive=m.archive(m.serialized("SpatialDropout1D", rate=0.5, seed=False, name="n")), target=m.KERAS_3),
    bad(
        "seed=False",
        archive=m.archive(m.serialized("SpatialDropout1D", rate=0.5, seed=False, name="n")),
        target=m.KERAS_3_15,
    ),
    bad("'sideways'", h5=m.h5(m.layer("Conv1D", filters=2, kernel_size=2, padding="sideways"))),
    bad("no dtype", h5=m.h5(m.dense(dtype="float99"))),
    ok(h5=m.h5(m.layer("Attention", score_mode="dot")), target=m.KERAS_3),
    ok(h5=m.h5(m.layer("Attention", score_mode="concat")), target=m.KERAS_3_15),
    bad("for the function keras.layers.dot", h5=m.h5(m.layer("Attention", score_mode="dot")), target=m.KERAS_3_15),
)
