"""An H5 file or archive that cannot be opened.

## Why it matters

Truncated downloads, web pages and other formats under the name of a model: "Unable to open file (truncated file: eof
= ...)", "Unable to open file (file signature not found)", "File is not a zip file", in Keras 3 "File not found:
filepath=... Please ensure the file is an accessible `.keras` zip file".

## How to fix

Download or copy the file again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Damage, Format
from analyzer.findings import Finding, Location, Phase
from analyzer.keras.h5_attributes import certainty
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN)

_ELSEWHERE = ("empty", "lfs-pointer")  # rules of the family `files` say so


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Damage that the readers found, and attributes that a load stumbles over."""
    yield from found(rule, artifact, target)
    if artifact.format not in (Format.KERAS_H5, Format.WEIGHTS_H5, Format.KERAS_ARCHIVE):
        return
    for damage in artifact.damage:
        if damage.kind not in _ELSEWHERE:
            yield rule.found(
                f"{damage.file} cannot be opened: {damage.message}",
                Location(damage.file, byte=damage.byte),
                confidence=certainty(damage.message, recent=target.checks_like_hdf5_1_14),
                tensorflow_error=_error(artifact, damage, target),
                remedy="download or copy the file again",
                kind=damage.kind,
                **damage.facts,
            )


def _error(artifact: Artifact, damage: Damage, target: Target) -> str:
    if target.is_keras_3 and artifact.name.endswith(".keras"):
        return f"File not found: filepath={artifact.name}. Please ensure the file is an accessible `.keras` zip file."
    if damage.kind in ("truncated", "garbage"):
        return damage.message
    return "Unable to open file (file signature not found)"


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    bad("cannot be opened", files={"model.h5": b"\x89HDF\r\n\x1a\n"}),
)
