"""A Git LFS pointer where a model's bytes should be.

## Why it matters

A clone without `git lfs pull`, a zip download, or a spent bandwidth quota leaves small text files that begin with
`version https://git-lfs.github.com/spec/v1`. Loaders call them corrupt: "Cannot parse file ...: Error parsing message",
"Unable to open file (file signature not found)", "not an sstable (bad magic number)".

## How to fix

Fetch the content: `git lfs pull`, or download the file itself from the store.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.file_roles import role
from analyzer.findings import Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.files._errors import error_of
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN)

_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"0" * 64)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each file that is a pointer."""
    for damage in artifact.damage:
        if damage.kind == "lfs-pointer":
            part = role(artifact, damage.file)
            yield rule.found(
                f"{damage.file} is a Git LFS pointer, not the file itself; its {damage.facts['size']} bytes were not fetched",
                Location(damage.file),
                phase=part.phase,
                check=part.check,
                severity=part.severity,
                remedy="run `git lfs pull`, or download the file's content",
                **{"tensorflow_error": error_of(artifact, target, damage.file, empty=False), **damage.facts},
            )


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    bad("saved_model.pb is a Git LFS pointer", files={"saved_model.pb": _POINTER}),
    bad("12345 bytes were not fetched", files={"model.h5": _POINTER}),
)
