"""A tensor whose bytes are not those that were saved.

## Why it matters

Every tensor is stored with a CRC32C, which TensorFlow verifies whenever it reads the tensor: "TensorBundle at PREFIX shard 0 (12
bytes): Checksum does not match: stored A vs. calculated on the restored bytes B", DataLossError
(core/util/tensor_bundle/tensor_bundle.cc `BundleReader::GetValue`). Bits flip in transfer, text-mode FTP rewrites bytes, and an
index is paired with the data of another save.

Small checkpoints are always verified, larger ones under `--checksums`.

## How to fix

Copy index and data files again, from one save.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import by_shard, bytes_place, named, shard_file
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

_KINDS = ("checksum", "string-lengths", "variant")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each file with damaged tensors, at every one of them."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    pointers = {damage.file for damage in artifact.damage}
    for number, faults in sorted(by_shard(fault for fault in checkpoint.faults if fault.kind in _KINDS).items()):
        file = shard_file(checkpoint, number)
        if file in pointers:
            continue
        first = faults[0]
        where = f"bytes {first.offset} to {first.offset + first.size}"
        yield rule.found(
            f"{file}: the bytes of {named(faults)} do not match their checksums ({where})",
            [bytes_place(checkpoint, fault) for fault in faults],
            tensorflow_error=first.message,
            remedy=f"copy {file} and {checkpoint.index_file} again, both from one save",
            tensors=len(faults),
        )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,)), "s": {"dtype": "string", "value": [b"a", b"", b"bc"]}}),
    ok(checkpoint={"w": ("float32", (2,))}, header={"text": "endianness: BIG"}),
    ok(checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": [((0, 0), (2, -1)), ((2, 0), (2, -1))]}}),
    bad(
        "the bytes of w do not match their checksums (bytes 0 to 8)",
        checkpoint={"w": ("float32", (2,))},
        files={"model.ckpt.data-00000-of-00001": b"12345678"},
    ),
    bad("the bytes of w do not match", checkpoint={"w": {"dtype": "string", "value": [b"a", b"b"], "crc": 7}}),
)
