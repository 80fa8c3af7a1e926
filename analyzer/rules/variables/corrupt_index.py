"""A checkpoint index that is damaged or is no index at all.

## Why it matters

The index is a table of checksummed blocks. Without its footer it does not open: "not an sstable (bad magic number)", "file is too
short to be an sstable"; with a damaged index or first block neither: "block checksum mismatch", "Unable to read file (X).
Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes" (xla/tsl/lib/io/table.cc,
core/util/tensor_bundle/tensor_bundle.cc). A later block that is damaged is worse: TensorFlow passes it over without a word
(two_level_iterator.cc), lists the checkpoint without its tensors, and a restore misses their keys.

## How to fix

Copy the index again. It was cut short, converted on the way (line ends, character sets), or is another file under this name.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Damage, Format
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES)

_ELSEWHERE = ("empty", "lfs-pointer", "checkpoint-state", "object-graph")  # other rules speak of these
_FORMATS = (Format.CHECKPOINT, Format.CHECKPOINT_V1, Format.SAVED_MODEL)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """An index that does not open, and blocks that are passed over."""
    for damage in artifact.damage if artifact.format in _FORMATS else ():
        if damage.kind not in _ELSEWHERE and _is_table(artifact, damage.file):
            yield _finding(damage)
    checkpoint = artifact.checkpoint
    if checkpoint is not None and checkpoint.lost:
        first = checkpoint.lost[0]
        yield rule.found(
            f"{checkpoint.index_file}: {first.message}; TensorFlow passes over the tensors from {first.after!r} to {first.until!r}",
            [Location(checkpoint.index_file, byte=block.byte, length=block.length) for block in checkpoint.lost],
            check=Check.LOST_BLOCK,
            remedy="copy the index again; restoring would miss these tensors",
            blocks=len(checkpoint.lost),
        )


def _is_table(artifact: Artifact, file: str) -> bool:
    if artifact.format is Format.SAVED_MODEL:
        return file.startswith("variables/variables") and ".data-" not in file
    if file == artifact.name:
        return True  # a data file or a .meta given as the prefix is taken for a V1 table
    return not file.endswith(".meta") and file != "checkpoint" and ".data-" not in file


def _finding(damage: Damage) -> Finding:
    error = str(damage.facts.get("tensorflow_error", damage.message))
    said = damage.message if damage.message == error else f"{damage.message} ({error})"
    return rule.found(
        f"{damage.file} is no readable checkpoint index: {said}",
        Location(damage.file, byte=damage.byte),
        tensorflow_error=error,
        remedy=f"copy or download {damage.file} again",
        kind=damage.kind,
    )


_MANY = {f"{number:03d}": ("float32", (1,)) for number in range(40)}

rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint=_MANY, block_size=200),
    ok(checkpoint={"w": ("float32", (2,))}, v1=True),
    bad("not an sstable (bad magic number)", checkpoint={}, files={"model.ckpt.index": bytes(60)}),
    bad("file is too short to be an sstable", checkpoint={}, files={"model.ckpt.index": b"\0\1\2"}),
    bad("the file is a web page", checkpoint={}, files={"model.ckpt.index": b"<!DOCTYPE html>" + b" " * 60}),
)
