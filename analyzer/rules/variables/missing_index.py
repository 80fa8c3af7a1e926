"""A checkpoint whose index is not there, or is not found under the prefix.

## Why it matters

A prefix stands for `PREFIX.index` and its data files; without the index TensorFlow takes the prefix for a V1 file:
"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for PREFIX" (core/util/tensor_slice_reader.cc),
and `Saver.restore` says "The passed save_path is not a valid checkpoint: PREFIX" (python/training/saver.py). The index is
written last, so an interrupted save lacks it. A sharded V1 checkpoint is found only under its pattern.

## How to fix

Copy the index too, use the save before, or give the pattern that the message names.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where nothing answers to the prefix."""
    if artifact.format not in (Format.CHECKPOINT, Format.CHECKPOINT_V1):
        return
    prefix = artifact.name
    if f"{prefix}.index" in artifact.files or prefix in artifact.files:
        return
    error = f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {prefix}"
    if artifact.checkpoint is not None:
        pattern = artifact.checkpoint.facts.get("pattern")
        yield rule.found(
            f"no file is named {prefix}: the checkpoint is sharded in the V1 format and answers to {pattern} only",
            Location(prefix),
            tensorflow_error=error,
            remedy=f"load {pattern}",
            pattern=pattern,
        )
        return
    near = next((file for file in artifact.files if file.lower() == f"{prefix}.index".lower()), "")
    there = f"; {near} is, which differs in case" if near else ""
    yield rule.found(
        f"{prefix}.index is not there{there}",
        Location(f"{prefix}.index"),
        tensorflow_error=error,
        remedy=f"rename {near} to {prefix}.index"
        if near
        else f"copy {prefix}.index from where the checkpoint was saved",
    )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"w": ("float32", (2,))}, v1=True),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    bad(
        "model.ckpt.index is not there",
        meta='meta_info_def { tags: "x" }',
        checkpoint={"w": ("float32", (2,))},
        drop=("model.ckpt.index",),
    ),
    bad(
        "answers to model.ckpt-?????-of-00001 only",
        meta='meta_info_def { tags: "x" }',
        checkpoint={"w": ("float32", (2,))},
        v1=True,
        v1_shard="model.ckpt-00000-of-00001",
    ),
)
