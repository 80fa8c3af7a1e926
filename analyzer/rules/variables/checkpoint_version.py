"""A checkpoint that says it is too new for its reader.

## Why it matters

The index's header holds a version: its producer, the lowest consumer that may read it, and consumers known to be wrong.
TensorFlow is consumer 1 and refuses with "Checkpoint min consumer version 2 above current version 1 for TensorFlow X. Please
upgrade TensorFlow" (core/framework/versions.cc `CheckVersions`, from tensor_bundle.cc `BundleReader` and tensor_slice_reader.cc).
All releases up to 2.21 are consumer 1.

## How to fix

Use the release that wrote the checkpoint, or a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.graph import GraphVersions
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

CONSUMER = 1  # kTensorBundleVersion and TF_CHECKPOINT_VERSION


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """What CheckVersions would say."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    error = _refusal(checkpoint.versions, target.tensorflow)
    if error:
        yield rule.found(
            f"{checkpoint.index_file}: {error}",
            Location(checkpoint.index_file),
            tensorflow_error=error,
            remedy="read it with the release that wrote it, or a newer one",
            producer=checkpoint.versions.producer,
            min_consumer=checkpoint.versions.min_consumer,
        )


def _refusal(versions: GraphVersions, tensorflow: str) -> str:
    if versions.producer < 0:
        return (
            f"Checkpoint producer version {versions.producer} below min producer 0 supported by TensorFlow {tensorflow}.  "
            "Please regenerate your checkpoint."
        )
    if versions.min_consumer > CONSUMER:
        return (
            f"Checkpoint min consumer version {versions.min_consumer} above current version {CONSUMER} for TensorFlow "
            f"{tensorflow}.  Please upgrade TensorFlow."
        )
    if CONSUMER in versions.bad_consumers:
        return f"Checkpoint disallows consumer version {CONSUMER}.  Please upgrade TensorFlow: this version is likely buggy."
    return ""


rule.examples(
    ok(checkpoint={"w": ("float32", (2,))}),
    ok(
        checkpoint={"w": ("float32", (2,))},
        header={"text": "version { producer: 99 min_consumer: 1 bad_consumers: 2 }"},
    ),
    bad(
        "min consumer version 2 above current version 1",
        checkpoint={"w": ("float32", (2,))},
        header={"text": "version { min_consumer: 2 }"},
    ),
    bad(
        "disallows consumer version 1",
        checkpoint={"w": ("float32", (2,))},
        header={"text": "version { bad_consumers: 1 }"},
    ),
)
