"""HDF5 files as Keras writes them: the tree of groups and datasets without their values, and the configuration.

What Keras writes is read by `analyzer.readers.hdf5_metadata`, in a tenth of the time; anything else by h5py, as it is for
Keras, so that what HDF5 refuses there it refuses here. Soft and external links are listed, never followed. Kinds of damage:
those of `analyzer.readers.magic`, `truncated` (the superblock's end-of-file address lies beyond the file), `garbage` (HDF5
refuses the file or an object that every load visits).
"""

from __future__ import annotations

import io
import json
import mmap
import os
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.keras import Group, KerasFile
from analyzer.readers import hdf5_metadata, magic
from analyzer.readers.hdf5_attributes import endless
from analyzer.readers.limits import Limits
from analyzer.sources import Source

_T = TypeVar("_T")


def read_h5(source: Source, file: str, limits: Limits) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
    """An HDF5 file with a model or with weights; None where HDF5 cannot open it."""
    try:
        stream = source.open(file)
    except PermissionError as error:
        return None, [], [Problem(file, "permission", f"cannot read it: {error.strerror or error}")]
    except OSError as error:
        return None, [Damage(file, "not-a-file", f"cannot read it: {error.strerror or error}")], []
    with stream:
        return read_stream(stream, file, limits)


def read_stream(stream: BinaryIO, file: str, limits: Limits) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
    """The same from an open stream; `file` is for messages."""
    damage: list[Damage] = []
    problems: list[Problem] = []
    head = stream.read(magic.HEAD)
    kind = magic.recognize(head)
    if kind != "hdf5" and not _signature_further_on(stream):
        return None, [magic.damage(file, kind, head)], problems
    try:
        tree = _mapped(stream, _quick)
        if tree is None:
            from analyzer.readers import hdf5_library

            tree = hdf5_library.read(stream, file, limits, problems, endless=_mapped(stream, endless))
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return None, [_refused(file, stream, error)], problems
    return _keras_file(tree, file, limits, problems), damage, problems


def read_tree(content: Any, file: str, limits: Limits, problems: list[Problem]) -> Group:
    """The tree of an HDF5 file in memory (any buffer). Raises OSError with HDF5's own words."""
    try:
        return hdf5_metadata.read(content)
    except hdf5_metadata.UnusualError:
        pass
    try:
        from analyzer.readers import hdf5_library

        data = bytes(content)
        return hdf5_library.read(io.BytesIO(data), file, limits, problems, endless=endless(data))
    except (RuntimeError, KeyError, ValueError) as error:
        raise OSError(str(error)) from None


def _mapped(stream: BinaryIO, read: Callable[[Any], _T]) -> _T:
    """What is read from the bytes of the stream, which are not copied if they are a file's."""
    try:
        number = stream.fileno()
    except (OSError, AttributeError):
        stream.seek(0)
        return read(stream.read())
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as buffer:
        return read(buffer)


def _quick(buffer: Any) -> Group | None:
    """The tree where the file is in the classic form, read without HDF5's library; None where it has to be asked."""
    try:
        return hdf5_metadata.read(buffer)
    except hdf5_metadata.UnusualError:
        return None


def plain_text(value: Any) -> str | None:
    """An attribute's text, None where it holds none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None


def _json_text(attributes: Mapping[str, Any], name: str) -> str | None:
    """An attribute that is JSON; empty where it is no text, which json.loads refuses too."""
    text = plain_text(attributes.get(name))
    return "" if text is None and name in attributes else text


def _keras_file(tree: Group, file: str, limits: Limits, problems: list[Problem]) -> KerasFile:
    attributes = tree.attributes
    config_text, training_text = _json_text(attributes, "model_config"), _json_text(attributes, "training_config")
    weights = tree.groups.get("model_weights")
    layout = "model_weights"
    if config_text is None or weights is None:
        weights, layout = tree, layout_of(tree)
    inner = weights.attributes if weights is not None else {}
    return KerasFile(
        container="h5",
        file=file,
        config=_json(config_text, file, limits, problems),
        config_text=config_text,
        training_config=_json(training_text, file, limits, problems),
        training_text=training_text,
        keras_version=plain_text(attributes.get("keras_version") or inner.get("keras_version")),
        backend=plain_text(attributes.get("backend") or inner.get("backend")),
        weights=weights,
        weights_file=file,
        layout=layout,
        root=tree,
    )


def layout_of(tree: Group) -> str:
    """Which of the layouts of weights a tree has: the attribute or group that its reader looks for first."""
    if "layer_names" in tree.attributes or "layer_names0" in tree.attributes:
        return "layer_names"
    for name in ("_layer_checkpoint_dependencies", "layers", "model_weights"):
        if name in tree.groups:
            return name
    return "vars" if "vars" in tree.groups else ""


def _json(text: str | None, file: str, limits: Limits, problems: list[Problem]) -> Any:
    """The parsed text; None where there is none or it does not parse, which the rules see from the text."""
    if text is None:
        return None
    if len(text) > limits.json:
        problems.append(Problem(file, "limit", f"a configuration of {len(text)} characters is over the limit"))
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _signature_further_on(stream: BinaryIO) -> bool:
    """Whether the HDF5 signature stands behind a user block (H5FD_locate_signature: 512, 1024, 2048 ...)."""
    size = stream.seek(0, os.SEEK_END)
    offset = 4096
    while offset < size:
        stream.seek(offset)
        if stream.read(8) == b"\x89HDF\r\n\x1a\n":
            return True
        offset *= 2
    return False


def _refused(file: str, stream: BinaryIO, error: Exception) -> Damage:
    text = str(error) or type(error).__name__
    kind = "truncated" if "truncated" in text else "garbage"
    size = stream.seek(0, os.SEEK_END) if not stream.closed else -1
    return Damage(file, kind, text, None, {"size": size})
