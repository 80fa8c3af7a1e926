"""A layer that TensorFlow 1 cannot place without a GPU.

## Why it matters

CuDNNLSTM and CuDNNGRU have kernels for GPUs only. TensorFlow 1 places the whole graph when load_model assigns the
weights: "No OpKernel was registered to support Op 'CudnnRNN'". TensorFlow 2 loads them and fails when they are
called.

## How to fix

Load the file where there is a GPU, or with TensorFlow 2, where LSTM and GRU take the weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.PLACE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """CuDNN layers without a GPU under TensorFlow 1."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.layer("CuDNNLSTM", units=2, batch_input_shape=[None, 3, 4])), target="tensorflow==2.4.1"),
    ok(
        h5={
            "config": {
                "class_name": "Sequential",
                "config": {"name": "m", "layers": [m.layer("CuDNNLSTM", units=2, batch_input_shape=[None, 3, 4])]},
            }
        },
        target="tensorflow==1.15.5",
        options={"devices": ("CPU:0", "GPU:0")},
    ),
    bad(
        "runs on a GPU only",
        h5={
            "config": {
                "class_name": "Sequential",
                "config": {"name": "m", "layers": [m.layer("CuDNNLSTM", units=2, batch_input_shape=[None, 3, 4])]},
            }
        },
        target="tensorflow==1.15.5",
    ),
)
