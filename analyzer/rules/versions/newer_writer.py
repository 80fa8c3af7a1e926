"""A writer newer than the target.

## Why it matters

By itself it breaks nothing: what fails is an op, an attribute, a class or a format that the older release does not know, and each of
these is a finding of its own. The note says why there may be several of them. TensorFlow's own words, "The binary trying to import
the GraphDef was built when GraphDef version was 1205. The GraphDef was produced by a binary built when GraphDef version was 1645"
(core/common_runtime/graph_constructor.cc `MaybeAppendVersionWarning`), come only beside another error.

## How to fix

Nothing, unless another finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, severity=Severity.NOTE)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One note for TensorFlow, one for Keras."""
    written = artifact.written_by
    for name, theirs, ours in (
        ("TensorFlow", written.tensorflow, target.tensorflow),
        ("Keras", written.keras, target.keras_api[1]),
    ):
        if theirs is not None and version_tuple(theirs)[:2] > version_tuple(ours)[:2]:
            yield rule.found(
                f"written by {name} {theirs}, which is newer than {ours}; that alone breaks nothing",
                Location(_file(artifact)),
                writer=theirs,
            )


def _file(artifact: Artifact) -> str:
    if artifact.saved_model is not None:
        return artifact.saved_model.file
    return artifact.keras.file if artifact.keras is not None else f"{artifact.name}.meta"


_WRITTEN = 'meta_graphs {{ meta_info_def {{ tensorflow_version: "{}" }} }}'

rule.examples(
    ok(saved_model=_WRITTEN.format("2.15.1")),
    ok(saved_model=_WRITTEN.format("1.4.0")),
    ok(saved_model=_WRITTEN.format("")),
    bad("written by TensorFlow 2.16.0-rc1, which is newer than 2.15.0", saved_model=_WRITTEN.format("2.16.0-rc1")),
)
