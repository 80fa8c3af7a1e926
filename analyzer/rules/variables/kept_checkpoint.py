"""The other checkpoints of a folder, one line each.

## Why it matters

A folder stands for the latest checkpoint that its `checkpoint` file names (`tf.train.latest_checkpoint`). Training keeps earlier ones
beside it (`max_to_keep`), and a copy or a full disk often leaves one of them half written. They stop no load of the folder, and
are what there is to go back to.

## How to fix

Delete what is damaged, or give the prefix of one that is whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.CALL, severity=Severity.NOTE)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a checkpoint: a note where it is whole, a warning where it is not."""
    for kept in artifact.kept:
        yield rule.found(
            f"{kept.prefix} is in the folder too" + (f", and damaged: {kept.fault}" if kept.fault else ", and whole"),
            Location(f"{kept.prefix}.index"),
            severity=Severity.WARNING if kept.fault else Severity.NOTE,
            remedy="delete it, or copy it again" if kept.fault else "",
            prefix=kept.prefix,
        )


_STATE = {"checkpoint": b'model_checkpoint_path: "model.ckpt"\n'}

rule.examples(
    ok(folder=True, checkpoint={"w": ("float32", (2,))}, files=_STATE),
    ok(checkpoint={"w": ("float32", (2,))}),
    bad(
        "model.ckpt-1 is in the folder too, and damaged",
        folder=True,
        checkpoint={"w": ("float32", (2,))},
        files={**_STATE, "model.ckpt-1.index": b"x"},
    ),
)
