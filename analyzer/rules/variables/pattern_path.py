"""A path that TensorFlow takes for a pattern, which the checkpoint's own files do not match.

## Why it matters

Checkpoints are looked for with `GetMatchingPaths`: square brackets in the path are a set of characters and a backslash escapes the one
behind it, so `run[1]/model.ckpt` finds `run1/model.ckpt` and never itself. "Unsuccessful TensorSliceReader constructor: Failed to find
any matching files for run[1]/model.ckpt" (core/util/tensor_slice_reader.cc, c/checkpoint_reader.cc, core/kernels/restore_v2_ops.cc);
`Saver.restore` says "The passed save_path is not a valid checkpoint" (python/checkpoint/checkpoint_management.py `checkpoint_exists`).
Other files are opened by their names.

## How to fix

Rename the folder, or load from within it by a relative path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

_SPECIAL = re.compile(r"\\|\[[!^]?\]?[^/\]]*\]")  # fnmatch: an escape, or a set that is closed before the next slash


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where the path is not its own pattern."""
    assert artifact.checkpoint is not None
    inside = "variables/variables" if artifact.format is Format.SAVED_MODEL else artifact.name
    special = _SPECIAL.search(artifact.path)
    if special is None or not artifact.checkpoint.shards:
        return
    yield rule.found(
        f"the path has {special.group()!r}, which TensorFlow takes for a pattern when it looks for {inside}",
        Location(artifact.checkpoint.shards[0].file),
        tensorflow_error="Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
        f"{artifact.path}",
        remedy="rename the folder, or load from within it by a relative path",
    )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"w": ("float32", (2,))}, path="run (1)/model.ckpt"),
    ok(checkpoint={"w": ("float32", (2,))}, path="a*b?c{d,e}/model.ckpt"),
    ok(checkpoint={"w": ("float32", (2,))}, path="half[/model.ckpt"),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', path="run[1]"),
    bad("has '[1]'", checkpoint={"w": ("float32", (2,))}, path="run[1]/model.ckpt"),
    bad("has '[]a]'", checkpoint={"w": ("float32", (2,))}, path="run[]a]/model.ckpt"),
    bad("takes for a pattern", checkpoint={"w": ("float32", (2,))}, path="runs\\\\model.ckpt"),
)
