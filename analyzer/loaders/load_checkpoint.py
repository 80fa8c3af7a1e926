"""`tf.train.load_checkpoint(prefix)`, and every tensor that it lists read: what it visits.

Source: python/training/py_checkpoint_reader.py `NewCheckpointReader`, c/checkpoint_reader.cc `CheckpointReader` (V2 where
`PREFIX.index` exists, else V1), `BuildV2VarMaps` (every entry parsed), then `GetTensor` of each. The graph beside it, the state
file and surplus data files are not looked at.
"""

from __future__ import annotations

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Location, Phase
from analyzer.loaders import Visits
from analyzer.target import Target

_CHECKS = frozenset({Check.ANY, Check.TENSOR_BYTES, Check.VAR_MAPS, Check.GET_TENSOR})


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    aside = {f"{artifact.name}.meta", "checkpoint"}
    if artifact.format is Format.CHECKPOINT_V1:
        aside.discard(artifact.name)  # the state file is the table where its name is the prefix

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if where.file in aside:
            return check is Check.GET_TENSOR  # the path names that file
        return where.area in ("file", "entry") and check in _CHECKS

    return visits
