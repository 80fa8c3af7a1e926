"""A path that names a file of a checkpoint where loaders take the checkpoint's prefix.

## Why it matters

Where `PATH.index` is not there, TensorFlow reads PATH itself as a checkpoint of version 1, which neither a data file nor a `.meta` is:
"Unable to open table file model.ckpt.data-00000-of-00001: not an sstable (bad magic number)" (c/checkpoint_reader.cc
`CheckpointReader`, core/util/tensor_slice_reader.cc). An index is such a table and opens, without any tensor in it.

## How to fix

Give the name without `.data-00000-of-00001`, `.index` or `.meta`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.GET_TENSOR, reads=frozenset({"checkpoint"}))

_PART = re.compile(r"(?P<prefix>[^/\\]+)(?P<part>\.data-\d{5}-of-\d{5}|\.meta)")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where the path goes on behind the prefix that was found in it."""
    named = _PART.search(artifact.path)
    if artifact.format is not Format.CHECKPOINT or named is None or named.end() != len(artifact.path):
        return
    if named["prefix"] != artifact.name:
        return
    yield rule.found(
        f"the path names the checkpoint's {named['part']} file, and loaders take {artifact.name!r}",
        Location(f"{artifact.name}{named['part']}"),
        tensorflow_error="not an sstable (bad magic number): perhaps your file is in a different file format",
        remedy=f"give the path without {named['part']!r}",
    )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"w": ("float32", (2,))}, path="model.ckpt.index"),
    ok(checkpoint={"w": ("float32", (2,))}, path="old.data-00000-of-00001/model.ckpt"),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', path="model.meta"),
    bad("loaders take 'model.ckpt'", checkpoint={"w": ("float32", (2,))}, path="a/model.ckpt.data-00000-of-00001"),
    bad("names the checkpoint's .meta file", checkpoint={"w": ("float32", (2,))}, path="model.ckpt.meta"),
)
