"""What a candidate is, by its content, and the artifact read from it.

The name and the neighbours decide only where the content says nothing: a Git LFS pointer, an empty or truncated file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.artifact import Artifact, Damage, FileEntry, Format
from analyzer.findings import Problem, WrittenBy
from analyzer.readers import magic
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.readers.packed import packed_model
from analyzer.records import NamedTuple, replace

if TYPE_CHECKING:
    from analyzer.parts.checkpoint import KeptCheckpoint
    from analyzer.parts.keras import KerasFile
    from analyzer.parts.saved_model import MetaGraph
    from analyzer.sources import Source

WEIGHTS_INDEX = ".weights.json"  # of weights that Keras 3.10 and later save in several files
_TABLE_MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"  # the last bytes of a LevelDB table
_BY_NAME = {
    ".h5": Format.KERAS_H5,
    ".hdf5": Format.KERAS_H5,
    ".keras": Format.KERAS_ARCHIVE,
    ".pb": Format.GRAPH_DEF,
    ".pbtxt": Format.GRAPH_DEF,
    ".ckpt": Format.CHECKPOINT_V1,
}


class Reading(NamedTuple):
    """How to read: bounds, whether the tensors' own checksums are computed, and whether a SavedModel's variables matter."""

    limits: Limits = DEFAULT
    checksums: bool = False
    variables: bool = True
    progress: Callable[[int], None] | None = None  # told of bytes as checksums read them


def read_folder(source: Source, path: str, name: str, reading: Reading) -> Artifact:
    """A SavedModel folder, with its checkpoint. `name` is the folder's own name."""
    from analyzer.readers.saved_model import read_saved_model

    saved_model, damage, problems = read_saved_model(source, reading.limits)
    checkpoint = None
    files = source.list()
    if reading.variables and any(file.startswith("variables/") for file in files):
        from analyzer.readers.checkpoint import read_checkpoint

        checkpoint, more, trouble = read_checkpoint(
            source, "variables/variables", reading.limits, checksums=reading.checksums, progress=reading.progress
        )
        damage += more
        problems += trouble
    keras = None
    if "config.json" in files:  # for which Keras 3.4 and later take the folder for an unpacked archive
        from analyzer.readers import keras_folder

        keras, trouble = keras_folder.read_folder(source, reading.limits)
        problems += trouble
    return Artifact(
        path=path,
        format=Format.SAVED_MODEL,
        files=files,
        name=name,
        is_folder=True,
        written_by=_writer(saved_model.meta_graphs if saved_model else ()),
        saved_model=saved_model,
        checkpoint=checkpoint,
        keras=keras,
        damage=tuple(damage),
        problems=tuple(problems),
        asset_bytes=_assets(source, files, reading.limits),
    )


def _assets(source: Source, files: Mapping[str, FileEntry], limits: Limits) -> Callable[[str], bytes | None]:
    """What reads the assets of a SavedModel when a rule asks for one."""

    def content(name: str) -> bytes | None:
        entry = files.get(name)
        if entry is None or not 0 <= entry.size <= limits.asset:
            return None
        try:
            return source.read(name)
        except OSError:
            return None

    return content


def read_checkpoint_files(source: Source, path: str, prefix: str, reading: Reading) -> Artifact:
    """A checkpoint by prefix, with its `.meta` where there is one."""
    from analyzer.readers.checkpoint import read_checkpoint

    checkpoint, damage, problems = read_checkpoint(
        source, prefix, reading.limits, checksums=reading.checksums, progress=reading.progress
    )
    files = source.list()
    meta = _read_meta(source, f"{prefix}.meta", reading.limits, damage, problems) if f"{prefix}.meta" in files else None
    version_1 = (
        checkpoint.version == 1 if checkpoint else f"{prefix}.index" not in files and _has_v1_files(files, prefix)
    )
    return Artifact(
        path=path,
        format=Format.CHECKPOINT_V1 if version_1 else Format.CHECKPOINT,
        files=files,
        name=prefix,
        is_folder=False,
        written_by=_writer((meta,) if meta else ()),
        meta_graph=meta,
        checkpoint=checkpoint,
        damage=tuple(damage),
        problems=tuple(problems),
    )


def read_checkpoint_folder(source: Source, path: str, name: str, reading: Reading) -> Artifact:
    """The checkpoint that a folder's state file names last, which is what loaders take the folder for."""
    from analyzer.readers.checkpoint_state import latest_prefix

    prefix, why = latest_prefix(source)
    files = source.list()
    others = [file.removesuffix(".index") for file in files if file.endswith(".index") and file != f"{prefix}.index"]
    kept = tuple(_kept(source, other, reading.limits) for other in others)
    if prefix is not None:
        return replace(read_checkpoint_files(source, path, prefix, reading), kept=kept)
    damage = Damage(name, "no-latest-checkpoint", f"the folder leads to no checkpoint: {why}")
    return Artifact(
        path=path, format=Format.CHECKPOINT, files=files, name=name, is_folder=True, damage=(damage,), kept=kept
    )


def _kept(source: Source, prefix: str, limits: Limits) -> KeptCheckpoint:
    """A checkpoint by its index and the sizes of its shards."""
    from analyzer.parts.checkpoint import KeptCheckpoint
    from analyzer.readers.checkpoint import read_checkpoint

    checkpoint, damage, _ = read_checkpoint(source, prefix, limits)
    faults = [each.message for each in damage]
    for shard in checkpoint.shards if checkpoint is not None else ():
        if shard.size < 0:
            faults.append(f"{shard.file} is not there")
        elif shard.size < shard.needed:
            faults.append(f"{shard.file} has {shard.size} of {shard.needed} bytes")
    return KeptCheckpoint(prefix, faults[0] if faults else "")


def read_single_file(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    """A file that is an artifact by itself, or claims to be one."""
    try:
        size = source.list()[file].size
        head = source.read(file, magic.HEAD)
    except PermissionError as error:
        return _unreadable(
            source, path, file, Problem(file, "permission", f"cannot read it: {error.strerror or error}")
        )
    except FileNotFoundError:  # a link that leads nowhere
        damage = Damage(file, "not-a-file", "the link leads to no file")
        found = _unreadable(source, path, file, Problem(file, "not-a-file", damage.message))
        return found if found.format is Format.UNKNOWN else replace(found, problems=(), damage=(damage,))
    except (OSError, KeyError) as error:
        return _unreadable(source, path, file, Problem(file, "not-a-file", f"cannot read it: {error}"))
    kind = magic.recognize(head, size)
    if kind == "hdf5":
        return _read_h5(source, path, file, reading)
    claimed = _BY_NAME.get(os.path.splitext(file)[1].lower(), Format.UNKNOWN)
    if kind == "zip":
        archive = _read_archive(source, path, file, reading)
        if claimed is not Format.GRAPH_DEF or (archive.keras is not None and _configured(archive.keras)):
            return packed_model(archive, claimed)  # any other is no model of Keras that a graph's name could hide
    if claimed in (Format.CHECKPOINT_V1, Format.UNKNOWN) and _is_table(source, file, size):
        return read_checkpoint_files(source, path, file, reading)
    if file.endswith(WEIGHTS_INDEX):
        return _read_sharded(source, path, file, reading)
    if claimed is Format.UNKNOWN and magic.is_graph_def(head):
        claimed = Format.GRAPH_DEF
    return _CLAIMED[claimed](source, path, file, reading)


def _read_h5(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    from analyzer.readers.keras_h5 import read_h5

    keras, damage, problems = read_h5(source, file, reading.limits)
    full = keras is None or _configured(keras)
    return _keras_file(source, path, file, Format.KERAS_H5 if full else Format.WEIGHTS_H5, keras, damage, problems)


def _configured(keras: KerasFile) -> bool:
    return keras.config is not None or keras.config_text is not None


def _read_archive(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    from analyzer.readers.keras_archive import read_archive

    keras, damage, problems = read_archive(source, file, reading.limits)
    return _keras_file(source, path, file, Format.KERAS_ARCHIVE, keras, damage, problems)


def _read_sharded(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    from analyzer.readers.sharded_weights import read_index

    keras, problems = read_index(source, file, reading.limits)
    return _keras_file(source, path, file, Format.WEIGHTS_H5, keras, (), problems)


def read_keras_folder(source: Source, path: str, name: str, reading: Reading) -> Artifact:
    """A folder that holds what a `.keras` archive does."""
    from analyzer.readers.keras_folder import read_folder

    keras, problems = read_folder(source, reading.limits)
    artifact = _keras_file(source, path, name, Format.KERAS_ARCHIVE, keras, (), problems)
    return replace(artifact, is_folder=True)


def _keras_file(
    source: Source,
    path: str,
    file: str,
    kind: Format,
    keras: KerasFile | None,
    damage: Sequence[Damage],
    problems: Sequence[Problem],
) -> Artifact:
    return Artifact(
        path=path,
        format=kind,
        files=source.list(),
        name=file,
        is_folder=False,
        written_by=WrittenBy(keras=keras.keras_version if keras else None),
        keras=keras,
        damage=tuple(damage),
        problems=tuple(problems),
    )


def _read_graph_def(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    from analyzer.readers.graph_files import read_graph_def

    graph, damage, problems = read_graph_def(source, file, reading.limits)
    return Artifact(
        path=path,
        format=Format.GRAPH_DEF,
        files=source.list(),
        name=file,
        is_folder=False,
        written_by=WrittenBy(producer=graph.versions.producer if graph else None),
        graph_def=graph,
        damage=tuple(damage),
        problems=tuple(problems),
    )


def _read_meta(
    source: Source, file: str, limits: Limits, damage: list[Damage], problems: list[Problem]
) -> MetaGraph | None:
    from analyzer.readers.graph_files import read_meta_graph

    return read_meta_graph(source, file, limits, damage, problems)


def _unreadable(source: Source, path: str, file: str, problem: Problem) -> Artifact:
    claimed = _BY_NAME.get(os.path.splitext(file)[1].lower(), Format.UNKNOWN)
    return Artifact(path=path, format=claimed, files=source.list(), name=file, is_folder=False, problems=(problem,))


def _unknown(source: Source, path: str, file: str, reading: Reading) -> Artifact:
    """What is no artifact that we know: a problem, so that nobody takes silence for approval."""
    kind = magic.recognize(source.read(file, magic.HEAD), source.list()[file].size)
    problem = Problem(file, "unsupported", f"not an artifact of TensorFlow or Keras{f' ({kind})' if kind else ''}")
    return Artifact(
        path=path, format=Format.UNKNOWN, files=source.list(), name=file, is_folder=False, problems=(problem,)
    )


_CLAIMED: dict[Format, Callable[[Source, str, str, Reading], Artifact]] = {
    Format.KERAS_H5: _read_h5,
    Format.KERAS_ARCHIVE: _read_archive,
    Format.GRAPH_DEF: _read_graph_def,
    Format.CHECKPOINT_V1: read_checkpoint_files,
    Format.UNKNOWN: _unknown,
}


def _writer(meta_graphs: tuple[MetaGraph, ...]) -> WrittenBy:
    if not meta_graphs:
        return WrittenBy()
    first = meta_graphs[0]
    return WrittenBy(tensorflow=first.tensorflow_version or None, producer=first.graph.versions.producer or None)


def _is_table(source: Source, file: str, size: int) -> bool:
    if size < 48:
        return False
    with source.open(file) as stream:
        stream.seek(-8, os.SEEK_END)
        return stream.read(8) == _TABLE_MAGIC


def _has_v1_files(files: Iterable[str], prefix: str) -> bool:
    pattern = re.compile(re.escape(prefix) + r"(-\d{5}-of-\d{5})?")
    return any(pattern.fullmatch(name) for name in files)
