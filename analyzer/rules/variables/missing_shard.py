"""A data file of a checkpoint that is not there.

## Why it matters

The index names its data files by number and count, `PREFIX.data-00000-of-00002`. Opening the checkpoint reads the index only;
the first tensor of the missing file fails with "PREFIX.data-00000-of-00002; No such file or directory"
(core/util/tensor_bundle/tensor_bundle.cc `BundleReader::GetValue`). Renamed files, a copy that was cut short, and shards of
another save, whose count differs, all end here.

## How to fix

Copy every file of the save, or rename the data file to the name that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import by_shard, bytes_place, named, shard_file
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each missing file, at every tensor in it."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    missing = by_shard(fault for fault in checkpoint.faults if fault.kind == "shard-missing")
    for number, faults in sorted(missing.items()):
        file = shard_file(checkpoint, number)
        instead = list(checkpoint.surplus)
        there = f"; {instead[0]} is there and belongs to no entry" if instead else ""
        yield rule.found(
            f"{file} is missing; it holds {named(faults)}{there}",
            [bytes_place(checkpoint, fault) for fault in faults],
            tensorflow_error=f"{file}; No such file or directory",
            remedy=f"copy {file} from where the checkpoint was saved",
            shard=number,
            shards=checkpoint.num_shards,
            surplus=instead,
        )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"a": ("float32", (2,)), "b": ("int64", ())}, shards=2),
    ok(
        checkpoint={"a": ("float32", (2,))},
        header={"text": "num_shards: 1"},
        files={"model.ckpt.data-00001-of-00002": b""},
    ),
    bad(
        "model.ckpt.data-00001-of-00002 is missing; it holds b",
        checkpoint={"a": ("float32", (2,)), "b": ("int64", ())},
        shards=2,
        drop=("model.ckpt.data-00001-of-00002",),
    ),
    bad(
        "model.ckpt.data-00000-of-00001 is there and belongs to no entry",
        checkpoint={"a": ("float32", (2,))},
        header={"text": "num_shards: 2"},
    ),
)
