"""A `checkpoint` file that names checkpoints which are not there.

## Why it matters

`tf.train.latest_checkpoint(folder)` reads the prefix in this text file and returns None where it does not lead to a checkpoint
("Couldn't match files for checkpoint", python/checkpoint/checkpoint_management.py); restoring then raises "Can't load save_path when
it is None". The usual cause is an absolute path of the machine that trained the model. Loading by prefix does not read the file.

## How to fix

Give the prefix itself, or write relative paths into the file: `model_checkpoint_path: "model.ckpt-1000"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, severity=Severity.NOTE)

_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|[a-z0-9]+://")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """A folder that leads to no checkpoint, a state file that does not parse, a path of another machine's."""
    for damage in artifact.damage:
        if damage.kind == "no-latest-checkpoint":
            prefixes = sorted(file.removesuffix(".index") for file in artifact.files if file.endswith(".index"))
            yield rule.found(
                damage.message,
                Location(damage.file),
                severity=Severity.ERROR,
                tensorflow_error=f"Couldn't find 'checkpoint' file or checkpoints in given directory {artifact.path}",
                remedy=f"give the prefix itself: {', '.join(prefixes[-3:])}"
                if prefixes
                else "give a checkpoint's prefix",
            )
        if damage.kind == "checkpoint-state":
            yield rule.found(
                f"{damage.file}: {damage.message}; tf.train.latest_checkpoint returns None",
                Location(damage.file),
                severity=Severity.WARNING,
                remedy=f'write model_checkpoint_path: "{artifact.name}" into it',
            )
    state = artifact.checkpoint.state if artifact.checkpoint is not None else None
    if state is not None and _ABSOLUTE.match(state.model_checkpoint_path):
        yield rule.found(
            f"{state.file} names {state.model_checkpoint_path}, an absolute path; elsewhere tf.train.latest_checkpoint does not find it",
            Location(state.file),
            remedy=f'write model_checkpoint_path: "{artifact.name}" into it',
            model_checkpoint_path=state.model_checkpoint_path,
        )


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(checkpoint={"w": ("float32", (2,))}, files={"checkpoint": b'model_checkpoint_path: "model.ckpt"\n'}),
    bad(
        "an absolute path",
        checkpoint={"w": ("float32", (2,))},
        files={"checkpoint": b'model_checkpoint_path: "/home/me/model.ckpt"\n'},
    ),
    bad("not a CheckpointState", checkpoint={"w": ("float32", (2,))}, files={"checkpoint": b"None\n"}),
    ok(
        folder=True, checkpoint={"w": ("float32", (2,))}, files={"checkpoint": b'model_checkpoint_path: "model.ckpt"\n'}
    ),
    bad("leads to no checkpoint", folder=True, files={"checkpoint": b'model_checkpoint_path: "/home/me/model.ckpt"\n'}),
)
