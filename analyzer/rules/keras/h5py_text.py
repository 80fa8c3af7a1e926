"""A configuration that h5py hands over as text to a Keras that wants bytes.

## Why it matters

Keras up to 2.4 calls `.decode` on what h5py returns. h5py 3 returns str, and so does h5py 2 for attributes of
variable-length UTF-8 text: "'str' object has no attribute 'decode'" (saving/hdf5_format.py `load_model_from_hdf5`).

## How to fix

Install 'h5py<3', or load the file with TensorFlow 2.5 or newer.
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
    """h5py and the type of the attribute."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5(), target="tensorflow==2.4.1,h5py==2.10.0"),
    ok(h5=m.h5(), target="tensorflow==2.10.0,h5py==3.7.0"),
    bad("reads attributes as text", h5=m.h5(), target="tensorflow==2.4.1,h5py==3.1.0"),
)
