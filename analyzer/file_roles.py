"""What a file is for within an artifact: in which phase a loader needs it, and which check stumbles over it."""

from __future__ import annotations

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Phase, Severity
from analyzer.records import NamedTuple


class Role(NamedTuple):
    """When a file is read, by which check, and how bad it is when it cannot be."""

    phase: Phase
    check: Check
    severity: Severity


_OPTIONAL = Role(Phase.OPEN, Check.ANY, Severity.NOTE)
_SAVED_MODEL = {
    "keras_metadata.pb": Role(Phase.PARSE, Check.KERAS, Severity.ERROR),
    "debug/saved_model_debug_info.pb": Role(Phase.PARSE, Check.DEBUG_INFO, Severity.ERROR),
    "fingerprint.pb": _OPTIONAL,  # python/saved_model/fingerprinting.py: problems are logged, never raised
}


def role(artifact: Artifact, file: str) -> Role:
    """The role of a file of the artifact, by its name."""
    if artifact.format is Format.SAVED_MODEL:
        if file in _SAVED_MODEL:
            return _SAVED_MODEL[file]
        if file.startswith("variables/"):
            return Role(Phase.RESTORE, Check.TENSOR_BYTES, Severity.ERROR)
        if file.startswith("assets/"):
            return Role(Phase.RUN, Check.INITIALIZER, Severity.ERROR)
        return Role(Phase.PARSE, Check.ANY, Severity.ERROR)
    if artifact.format in (Format.CHECKPOINT, Format.CHECKPOINT_V1):
        if file.endswith(".meta"):
            return Role(Phase.PARSE, Check.GRAPH_CONSTRUCTOR, Severity.ERROR)
        if file == "checkpoint":
            return _OPTIONAL
        return Role(Phase.RESTORE, Check.TENSOR_BYTES, Severity.ERROR)
    return Role(Phase.OPEN, Check.ANY, Severity.ERROR)
