"""A partitioned tensor in a V1 checkpoint, which can be restored but not read whole.

## Why it matters

`tf.train.load_checkpoint(...).get_tensor(name)` raises "Sliced checkpoints are not supported"
(core/util/tensor_slice_reader.cc `TensorSliceReader::GetTensor`) for a tensor that a V1 checkpoint holds in several
slices. Restore operations ask for single slices and get them.

## How to fix

Restore it with the graph that saved it, and save again in the V2 format.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import entry_place
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.GET_TENSOR, reads=frozenset({"checkpoint"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for all such tensors."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    keys = [entry.key for entry in checkpoint.entries if len(entry.slices) > 1] if checkpoint.version == 1 else []
    if keys:
        yield rule.found(
            f"{keys[0]} is stored in slices, which cannot be read as one tensor from a V1 checkpoint",
            [entry_place(checkpoint, key) for key in keys],
            tensorflow_error="Sliced checkpoints are not supported",
            remedy="restore it with the graph that saved it, then save in the V2 format",
        )


_HALVES = [((0, 0), (2, -1)), ((2, 0), (2, -1))]

rule.examples(
    ok(checkpoint={"w": ("float32", (4, 2))}, v1=True),
    ok(checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": _HALVES}}),
    bad("w is stored in slices", checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": _HALVES}}, v1=True),
)
