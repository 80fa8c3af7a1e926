"""The `checkpoint` file of a folder: a CheckpointState in text format."""

from __future__ import annotations

import posixpath

from analyzer.artifact import Damage
from analyzer.parts.checkpoint import CheckpointState
from analyzer.readers.protos import message
from analyzer.sources import Source

_LIMIT = 16 * 2**20


def read_checkpoint_state(source: Source, folder: str = "") -> tuple[CheckpointState | None, list[Damage]]:
    """The state file of a folder of the source, None without one; get_checkpoint_state of checkpoint_management.py."""
    from google.protobuf import text_format

    name = posixpath.join(folder, "checkpoint") if folder else "checkpoint"
    try:
        content = source.read(name, _LIMIT)
    except OSError:
        return None, []
    proto = message("tensorflow.CheckpointState")()
    try:
        text_format.Merge(content.decode(), proto)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        return None, [Damage(name, "checkpoint-state", f"not a CheckpointState in text format: {error}")]
    return CheckpointState(proto.model_checkpoint_path, tuple(proto.all_model_checkpoint_paths), name), []
