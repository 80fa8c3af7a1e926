"""A configuration key that the class of this Keras does not take.

## Why it matters

Keras adds and removes constructor arguments, and the configuration is handed to the constructor as it is:
"Unrecognized keyword arguments passed to LSTM: {'time_major': False}", "('Keyword argument not understood:',
'keepdims')", "__init__() got an unexpected keyword argument".

## How to fix

Load the file with the Keras that wrote it, or drop the key where its value is the default.
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
    """Keys that neither the constructor nor from_config takes."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.dense(dtype="float32", trainable=True, kernel_initializer={"class_name": "Zeros", "config": {}}))),
    ok(archive=m.archive(), target=m.KERAS_3),
    bad("does not take groups", h5=m.h5(m.layer("DepthwiseConv2D", kernel_size=3, groups=1)), target=m.KERAS_3),
    bad("does not take quantization_config", h5=m.h5(m.dense(quantization_config=None))),
    bad("does not take seeds", h5=m.h5(m.dense(kernel_initializer={"class_name": "HeNormal", "config": {"seeds": 1}}))),
)
