"""Two tensors of a checkpoint that share bytes of a data file.

## Why it matters

TensorFlow reads each tensor where its entry says and does not compare: the checkpoint loads when the checksums hold. No
release of TensorFlow writes such an index, so that it was made by another program, and a writer that appends would spoil one
of the two.

## How to fix

Save the checkpoint again with TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Finding, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import entry_place
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, severity=Severity.NOTE, reads=frozenset({"checkpoint"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for all pairs."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    if checkpoint.overlapping:
        first, second = checkpoint.overlapping[0]
        yield rule.found(
            f"{first} and {second} share bytes of their data file",
            [entry_place(checkpoint, key) for pair in checkpoint.overlapping for key in pair],
            remedy="save the checkpoint again with TensorFlow",
            pairs=len(checkpoint.overlapping),
        )


rule.examples(
    ok(checkpoint={"a": ("float32", (2,)), "b": ("float32", (2,))}),
    ok(checkpoint={"a": ("float32", (2,)), "b": {"dtype": "float32", "shape": (0,), "offset": 4}}),
    bad(
        "b and a share bytes",
        checkpoint={
            "a": {"dtype": "float32", "shape": (3,), "offset": 1},
            "b": {"dtype": "float32", "shape": (2,), "offset": 0},
        },
    ),
)
