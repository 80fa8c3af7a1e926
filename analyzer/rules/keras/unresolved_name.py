"""A built-in class or function that this Keras does not have.

## Why it matters

Classes come, go and are renamed: `Functional` (2.3), `TFOpLambda` and `ThresholdedReLU` (gone in Keras 3), `L2`
(2.2), keras.ops operations in H5 files. Keras 3 looks the layer within a wrapper up by its module, which H5 files of Keras 2
do not name. Keras says "Unknown layer: 'X'", "Could not locate class 'X'", "Unknown initializer: X".

## How to fix

Load the file with a Keras that has it; for Keras 2 files under Keras 3 install tf_keras and set
TF_USE_LEGACY_KERAS=1.
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
    """Names that resolve in another Keras."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.dense(kernel_initializer="he_normal"))),
    ok(h5=m.h5(m.layer("CuDNNLSTM", units=2)), options={"custom_objects": frozenset({"CuDNNLSTM"})}, target=m.KERAS_3),
    bad("CuDNNLSTM", h5=m.h5(m.layer("CuDNNLSTM", units=2)), target=m.KERAS_3),
    ok(
        h5=m.h5(m.layer("TimeDistributed", layer=m.dense())),
        target=m.KERAS_3.replace("keras==3.6.0", "tf-keras==2.18.0,TF_USE_LEGACY_KERAS=1"),
    ),
    bad("the configuration names none", h5=m.h5(m.layer("TimeDistributed", layer=m.dense())), target=m.KERAS_3),
    bad("'gelu'", h5=m.h5(m.dense(activation="gelu")), target="tensorflow==2.2.0"),
)
