"""Which artifacts a path names: itself, the artifact it is a part of, or those found below it.

A path that is an artifact or claims to be one gives exactly one candidate, whatever state it is in; any other folder is
searched. What a candidate really is, its content decides later (`analyzer.readers.identify`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from analyzer.records import NamedTuple
from analyzer.stores.claims import is_index, is_meta_graph, is_model, is_table

_SAVED_MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt", "saved_model.cpb")
_SAVED_MODEL_PARTS = ("keras_metadata.pb", "fingerprint.pb")
_KERAS_WEIGHTS = ("model.weights.h5", "model.weights.npz")  # beside a config.json, which alone is of many tools
_METADATA = 4096  # bytes of a metadata.json that are looked at
_CHECKPOINT_PART = r"(?P<prefix>.+?)(?:\.index|\.meta|\.data-\d{5}-of-\d{5})"
_V1_SHARD = r"(?P<prefix>.+)-\d{5}-of-\d{5}"
_MODEL_SUFFIXES = (".h5", ".hdf5", ".keras", ".pb", ".pbtxt", ".ckpt")
_DEPTH = 4  # folders between a SavedModel and its deepest file that TensorFlow writes (assets.extra/x/y)
_SKIPPED = {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv"}


class Candidate(NamedTuple):
    """A path that may hold an artifact. `path` is how reports name it; `name` is empty for a folder."""

    path: str
    folder: str
    name: str
    kind: str  # `saved_model`, `keras_folder`, `checkpoint`, `checkpoint_folder` or `file`


def find(path: str) -> Iterator[Candidate]:
    """The candidates that a path names. Yields nothing for a folder without any; raises FileNotFoundError."""
    named = _named(path)
    if named is not None:
        yield named
    elif os.path.isdir(path):
        yield from _search(path, frozenset())
    else:
        raise FileNotFoundError(path)


def owner(path: str) -> Candidate | None:
    """The artifact that a file belongs to: the SavedModel around it, else the checkpoint or file it names itself.

    None for a file that no artifact would claim, such as a text file beside a model.
    """
    folder = os.path.dirname(os.path.abspath(path))
    relative = os.path.dirname(path)
    for _ in range(_DEPTH):
        kind = _kind_of_folder(folder, _names(folder))
        if kind:
            return Candidate(relative or ".", folder, "", kind)
        folder, relative = os.path.dirname(folder), os.path.dirname(relative)
    folder, name = os.path.split(os.path.abspath(path))
    prefix = _prefix(folder, name, *_listed(_names(folder)))
    if prefix and prefix != name:  # loaders take the prefix, and its files that changed are one artifact
        return Candidate(os.path.join(os.path.dirname(path), prefix), folder, prefix, "checkpoint")
    if prefix or (prefix is None and name.lower().endswith(_MODEL_SUFFIXES) and is_model(path)):
        return _named(path)
    return None


def _named(path: str) -> Candidate | None:
    """The one candidate of a path that is an artifact, a part of one, or a checkpoint's prefix."""
    folder, name = os.path.split(os.path.abspath(path))
    if os.path.isdir(path):
        names = _names(path)
        named = _has_folders(names) or _is_one_level_up(path, names)
        kind = "saved_model" if named else _kind_of_folder(path, names)
        if kind:
            return Candidate(path, os.path.abspath(path), "", kind)
        has_state = "checkpoint" in names and not os.path.isdir(os.path.join(path, "checkpoint"))
        return Candidate(path, os.path.abspath(path), "", "checkpoint_folder") if has_state else None
    if not os.path.lexists(path):
        return Candidate(path, folder, name, "checkpoint") if _is_prefix(_names(folder), name) else None
    if name in _SAVED_MODEL_FILES:
        return Candidate(path, folder, "", "saved_model")
    part = _part(name)
    if part is not None:
        return Candidate(path, folder, part["prefix"], "checkpoint")
    return Candidate(path, folder, name, "checkpoint" if _is_beside_its_index(folder, name) else "file")


def _is_beside_its_index(folder: str, name: str) -> bool:
    """Whether a file is named like the prefix of a checkpoint beside it, which `CheckpointReader` reads and not the file.

    KerasTuner and AutoKeras call the prefix `checkpoint`, which is the name of the state file as well.
    """
    if name.lower().endswith((".pb", ".pbtxt")):
        return False
    index = os.path.join(folder, f"{name}.index")
    if os.path.lexists(os.path.join(folder, f"{name}.meta")) and _has_meta_graph(folder, name):
        return True
    if name == "checkpoint":
        return _is_prefix(_names(folder), name)
    return not name.lower().endswith(_MODEL_SUFFIXES[:-1]) and os.path.lexists(index) and is_index(index)


def _has_meta_graph(folder: str, prefix: str) -> bool:
    """Whether PREFIX.meta is a checkpoint's, which it is beside a V1 checkpoint whatever it holds."""
    path = os.path.join(folder, prefix)
    return is_meta_graph(f"{path}.meta") or (os.path.isfile(path) and is_table(path))


def _part(name: str) -> re.Match[str] | None:
    """The name as a part of a V2 checkpoint; few names are, and compiling the pattern costs more than looking first."""
    likely = ".index" in name or ".meta" in name or ".data-" in name
    return re.fullmatch(_CHECKPOINT_PART, name) if likely else None


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _kind_of_folder(folder: str, names: set[str]) -> str:
    """What a folder with these names is as a whole; empty where it is a folder of artifacts, or of something else."""
    if not names.isdisjoint(_SAVED_MODEL_FILES) or not names.isdisjoint(_SAVED_MODEL_PARTS):
        return "saved_model"
    inside = _names(os.path.join(folder, "variables")) if "variables" in names else ()
    if any(name.startswith(("variables.index", "variables.data-")) for name in inside):
        return "saved_model"
    keras = "config.json" in names and (not names.isdisjoint(_KERAS_WEIGHTS) or _has_keras_metadata(folder, names))
    return "keras_folder" if keras else ""


def _has_keras_metadata(folder: str, names: set[str]) -> bool:
    """Whether a metadata.json is that of an archive of Keras, whose weights may be missing."""
    if "metadata.json" not in names:
        return False
    try:
        with open(os.path.join(folder, "metadata.json"), "rb") as stream:
            return b'"keras_version"' in stream.read(_METADATA)
    except OSError:
        return False


def _is_one_level_up(path: str, names: set[str]) -> bool:
    """Whether a folder that somebody names has nothing but a model's: one version of it, `model` where loaders take `model/1`, or
    the folder that unpacking put into another of its name, `model/model`."""
    shown = [name for name in names if not name.startswith(".")]
    if len(shown) != 1 or not (shown[0].isdecimal() or shown[0] == os.path.basename(os.path.abspath(path))):
        return False
    return not _names(os.path.join(path, shown[0])).isdisjoint(_SAVED_MODEL_FILES)


def _has_folders(names: set[str]) -> bool:
    """Whether a folder that somebody names has those of a SavedModel. Found by a search, they are anybody's."""
    return "variables" in names or ("assets" in names and names <= {"assets", "assets.extra", "debug"})


def _is_prefix(names: Iterable[str], prefix: str) -> bool:
    for name in names:
        part = _part(name) or re.fullmatch(_V1_SHARD, name)
        if part is not None and part["prefix"] == prefix:
            return True
    return False


def _search(folder: str, above: frozenset[tuple[int, int]]) -> Iterator[Candidate]:
    """Candidates below a folder, in name order; symbolic links are followed, loops are not."""
    try:
        status = os.stat(folder)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        return
    names = {entry.name for entry in entries}
    kind = _kind_of_folder(folder, names) if above else ""
    if kind:
        yield Candidate(folder, os.path.abspath(folder), "", kind)
        return
    yield from _files(folder, [entry.name for entry in entries if not _is_folder(entry)])
    for entry in entries:
        if _is_folder(entry) and entry.name not in _SKIPPED:
            yield from _search(entry.path, above | {identity})


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _files(folder: str, names: list[str]) -> Iterator[Candidate]:
    listed, sharded = _listed(names)
    prefixes: set[str] = set()
    for name in names:
        prefix = _prefix(folder, name, listed, sharded)
        if prefix:
            if prefix not in prefixes:
                prefixes.add(prefix)
                yield Candidate(os.path.join(folder, prefix), os.path.abspath(folder), prefix, "checkpoint")
        elif prefix is None and name.lower().endswith(_MODEL_SUFFIXES):
            path = os.path.join(folder, name)
            if is_model(path):
                yield Candidate(path, os.path.abspath(folder), name, "file")


def _listed(names: Iterable[str]) -> tuple[set[str], set[str]]:
    """The names of a folder, and those prefixes among them that have data files."""
    listed = set(names)
    return listed, {name.rpartition(".data-")[0] for name in listed if ".data-" in name}


def _prefix(folder: str, name: str, listed: set[str], sharded: set[str]) -> str | None:
    """The checkpoint that a file is a part of; None for a part of none, empty for one that is only named like a part."""
    part = _part(name)
    if part is None and (shard := re.fullmatch(_V1_SHARD, name)) and f"{shard['prefix']}.meta" in listed:
        part = shard
    prefix = part["prefix"] if part is not None else name
    if part is None and (f"{name}.meta" not in listed or name.endswith(_MODEL_SUFFIXES[:-1])):
        return None
    if prefix in sharded:
        return prefix
    if f"{prefix}.index" in listed:
        alone = f"{prefix}.meta" not in listed
        return prefix if not alone or is_index(os.path.join(folder, f"{prefix}.index")) else ""
    if f"{prefix}.meta" in listed and not _has_meta_graph(folder, prefix):
        return "" if part is not None else None
    return prefix
