"""A weight whose values are of a type that Keras cannot assign.

## Why it matters

bfloat16 has no HDF5 type of its own: h5py writes it as two opaque bytes, which the H5 loaders do not take back: "No cast function
available." (saving/hdf5_format.py, legacy/saving/legacy_h5_format.py `load_weights_from_hdf5_group`, whose values go to
`Variable.assign` as numpy reads them). Not even the release that wrote the file loads it. Archives of Keras 3 note the type
beside the values. Text is no number either: "could not convert string to float".

## How to fix

Save the model again as a `.keras` archive or in float32; from this file, the values can be had with h5py and ml_dtypes.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each weight's type in the file."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5(dtype="float16")),
    ok(h5=m.h5(dtype="float64"), target=m.KERAS_3),
    ok(h5=m.h5(dtype="int64")),
    bad("opaque values", h5=m.h5(dtype="V2")),
    bad("opaque values", h5=m.h5(dtype="V2"), target=m.KERAS_3),
    bad("holds text (|S3)", h5=m.h5(dtype="S3")),
)
