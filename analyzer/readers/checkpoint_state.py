"""The `checkpoint` file of a folder: a CheckpointState in text format."""

from __future__ import annotations

import os
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


def latest_prefix(source: Source, folder: str = "") -> tuple[str | None, str]:
    """The prefix that `tf.train.latest_checkpoint(folder)` gives, relative to the source; None and why not.

    python/checkpoint/checkpoint_management.py `latest_checkpoint`, which `tf.train.load_checkpoint(folder)` asks: without a
    state file that parses, or where its path leads to no checkpoint, it raises "Couldn't find 'checkpoint' file or checkpoints
    in given directory".
    """
    state, damage = read_checkpoint_state(source, folder)
    if state is None:
        return None, damage[0].message if damage else "there is no `checkpoint` file"
    path = state.model_checkpoint_path
    if not path:
        return None, "the `checkpoint` file names none"
    if posixpath.isabs(path):
        return None, f"the `checkpoint` file names {path}, an absolute path, and there is no checkpoint"
    prefix = posixpath.normpath(posixpath.join(folder, path))
    files = source.list()
    if f"{prefix}.index" in files or prefix in files:
        return prefix, ""
    return None, f"the `checkpoint` file names {path}, which is not there"


def named_elsewhere(source: Source, folder: str) -> tuple[str, str] | None:
    """Folder and prefix of the checkpoint that the state file of a local folder names, where the name is more than a prefix.

    python/checkpoint/checkpoint_management.py `get_checkpoint_state`: a path that is not absolute is one below the folder.
    None where the state file names a prefix of its own folder, or nothing, or what is not there.
    """
    state, _ = read_checkpoint_state(source)
    path = state.model_checkpoint_path if state is not None else ""
    if "/" not in path:
        return None
    where, prefix = os.path.split(os.path.normpath(os.path.join(folder, path)))
    there = any(os.path.exists(os.path.join(where, name)) for name in (f"{prefix}.index", prefix))
    return (where, prefix) if there else None
