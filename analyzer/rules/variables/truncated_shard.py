"""A data file of a checkpoint that ends before the tensors in it do.

## Why it matters

TensorFlow opens the checkpoint, and the first tensor that reaches past the end of its file fails with "Read less bytes than
requested" (core/util/tensor_bundle/tensor_bundle.cc `BundleReader::GetValue`), OutOfRangeError in graphs, IndexError from
`tf.train.load_checkpoint`. Interrupted downloads and full disks leave such files; so do an error page saved in a file's place,
and an index that belongs to another save.

## How to fix

Copy or download the data file again, whole, from the save that the index belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import by_shard, bytes_place, named, shard_file
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

_READS_AHEAD = "2.3"  # from then on a string tensor is read ahead to the size that its entry claims


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each file that is too short, at every tensor that reaches past its end."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    pointers = {damage.file for damage in artifact.damage}
    shards = {shard.file: shard for shard in checkpoint.shards}
    kinds = ("shard-truncated", "offset", "string-past-end")[: 3 if target.at_least(_READS_AHEAD) else 2]
    short = by_shard(fault for fault in checkpoint.faults if fault.kind in kinds)
    for number, faults in sorted(short.items()):
        shard = shards.get(shard_file(checkpoint, number))
        if shard is None or shard.file in pointers:
            continue
        what = f"is {shard.content}, not tensors" if shard.content else f"has {shard.size} of {shard.needed} bytes"
        yield rule.found(
            f"{shard.file} {what}; {named(faults)} cannot be read",
            [bytes_place(checkpoint, fault) for fault in faults],
            tensorflow_error=faults[0].message,
            remedy=f"copy or download {shard.file} again, {shard.needed} bytes",
            size=shard.size,
            needed=shard.needed,
        )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"w": ("float32", (0, 3)), "x": {"dtype": "float32", "shape": (0,), "offset": 100}}),
    ok(checkpoint={"w": ("float32", (2,))}, files={"model.ckpt.data-00000-of-00001": bytes(range(8)) + b"more"}),
    bad(
        "model.ckpt.data-00000-of-00001 has 7 of 8 bytes; w cannot be read",
        checkpoint={"w": ("float32", (2,))},
        files={"model.ckpt.data-00000-of-00001": b"1234567"},
    ),
    bad(
        "is html, not tensors",
        checkpoint={"w": ("float32", (20,))},
        files={"model.ckpt.data-00000-of-00001": b"<!DOCTYPE html><html>404</html>"},
    ),
    bad("has 8 of 16 bytes", checkpoint={"w": {"dtype": "float32", "shape": (2,), "offset": 8}}),
)
