"""A data file under a checkpoint's prefix that no entry points into, or bytes that belong to no tensor.

## Why it matters

TensorFlow never opens such a file: nothing fails. It is left from a save with another number of shards, takes room, and is a
sign that files of two saves lie under one prefix; then the others may be the wrong ones too.

## How to fix

Delete it once the checkpoint is known to load.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, severity=Severity.NOTE, reads=frozenset({"checkpoint"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Surplus files, then bytes outside all tensors."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    if checkpoint.surplus and checkpoint.count:
        yield rule.found(
            f"{', '.join(checkpoint.surplus[:3])}: no tensor of the checkpoint is in it",
            [Location(file) for file in checkpoint.surplus],
            remedy="delete it; it is of another save",
        )
    loose = [
        shard
        for shard in checkpoint.shards
        if checkpoint.version == 2 and shard.size > shard.used and shard.size >= shard.needed
    ]
    if loose:
        size = sum(shard.size - shard.used for shard in loose)
        yield rule.found(
            f"{loose[0].file}: {size} bytes belong to no tensor",
            [Location(shard.file, byte=shard.needed, length=shard.size - shard.needed) for shard in loose],
            bytes=size,
        )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"a": ("float32", (2,)), "b": ("int64", ())}, shards=2),
    bad(
        "no tensor of the checkpoint is in it",
        checkpoint={"w": ("float32", (2,))},
        files={"model.ckpt.data-00001-of-00002": b"x"},
    ),
    bad(
        "3 bytes belong to no tensor",
        checkpoint={"w": ("float32", (2,))},
        files={"model.ckpt.data-00000-of-00001": bytes(range(11))},
    ),
)
