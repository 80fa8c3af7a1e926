"""Candidates on a local disk, read into artifacts."""

from __future__ import annotations

import os
from collections.abc import Callable

from analyzer.artifact import Artifact
from analyzer.readers import identify
from analyzer.readers.identify import Reading
from analyzer.sources.folder import FolderSource
from analyzer.stores.discovery import Candidate


def read(candidate: Candidate, reading: Reading) -> Artifact:
    """The artifact that a candidate holds. What is wrong with its content is in the artifact, never raised."""
    if candidate.kind == "saved_model":
        name = os.path.basename(candidate.folder)
        return identify.read_folder(FolderSource(candidate.folder), candidate.path, name, reading)
    if candidate.kind == "checkpoint":
        source = FolderSource(candidate.folder, _of_checkpoint(candidate.name), recursive=False)
        return identify.read_checkpoint_files(source, candidate.path, candidate.name, reading)
    if candidate.kind == "checkpoint_folder":
        return _read_latest(candidate, reading)
    if candidate.kind == "keras_folder":
        name = os.path.basename(candidate.folder)
        return identify.read_keras_folder(FolderSource(candidate.folder), candidate.path, name, reading)
    if candidate.name.endswith(identify.WEIGHTS_INDEX):
        source = FolderSource(candidate.folder, _of_index(candidate.name), recursive=False)
    else:
        source = FolderSource(candidate.folder, only=candidate.name)
    return identify.read_single_file(source, candidate.path, candidate.name, reading)


def _read_latest(candidate: Candidate, reading: Reading) -> Artifact:
    """The checkpoint that a folder's state file names, which may be in another folder than the state file."""
    from analyzer.readers.checkpoint_state import named_elsewhere

    source = FolderSource(candidate.folder, recursive=False)
    found = named_elsewhere(source, candidate.folder)
    if found is None:
        return identify.read_checkpoint_folder(source, candidate.path, os.path.basename(candidate.folder), reading)
    folder, prefix = found
    source = FolderSource(folder, _of_checkpoint(prefix), recursive=False)
    return identify.read_checkpoint_files(source, candidate.path, prefix, reading)


def _of_index(name: str) -> Callable[[str], bool]:
    """Whether a file is an index of weights, or may hold some of them: the index says which, and stands beside them."""
    return lambda file: file == name or file.endswith(".weights.h5")


def _of_checkpoint(prefix: str) -> Callable[[str], bool]:
    """Whether a file belongs to a checkpoint prefix, or is the state file."""

    def wanted(name: str) -> bool:
        rest = name.removeprefix(prefix)
        return name == "checkpoint" or (name.startswith(prefix) and (not rest or rest[0] in ".-"))

    return wanted
