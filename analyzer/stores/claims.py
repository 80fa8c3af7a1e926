"""Whether a file that a search finds, and that only its suffix calls a checkpoint's or a model's, is one by its content.

Others use these suffixes too: search engines `.index`, Unity `.meta`, label maps and schemas `.pbtxt`, ONNX, Caffe2 and anybody's
messages `.pb`, datasets `.h5`, PyTorch `.ckpt`.
A file with its checkpoint around it needs no proof, nor does a path that somebody names.
"""

from __future__ import annotations

import mmap
import os
import re

from analyzer.readers.magic import HEAD, is_graph_def, recognize

_TABLE_MAGIC = bytes.fromhex("57fb808b247547db")  # lib/io/table_format: the footer's end, as in LevelDB
_TEXT = rb"\s*(#[^\n]*\n\s*)*(%s)\s*[:{<]"  # a text proto that begins with one of some fields
_META_GRAPH = _TEXT % rb"meta_info_def|graph_def|saver_def|collection_def|signature_def|asset_file_def|object_graph_def"
_GRAPH = _TEXT % rb"node|library|versions?|debug_info|saved_model_schema_version|meta_graphs"
_KERAS_ATTRIBUTES = frozenset(
    ("model_config", "training_config", "keras_version", "backend", "layer_names", "layer_names0")
)
_KERAS_GROUPS = frozenset(
    ("model_weights", "optimizer_weights", "_layer_checkpoint_dependencies", "layers", "vars", "optimizer")
)
_SAVED_MODEL = b"\x08\x01\x12"  # schema version 1 and a meta graph
_NO_NODE = (b"\n\x00", b"\x12", b"\x18", b"\x22", b"\x2a")  # a GraphDef of an empty node, or without: library, versions
_WIRE_TYPES = (0, 1, 2, 5)
_IN_ITS_PLACE = ("empty", "lfs-pointer", "html")  # what stands where a file should be


def is_index(path: str) -> bool:
    """Whether a lone `.index` is a checkpoint's: a table, or what was left in the place of one."""
    head, tail = _ends(path)
    return recognize(head) in _IN_ITS_PLACE or tail.endswith(_TABLE_MAGIC)


def is_table(path: str) -> bool:
    """Whether a file is a table, as the one file of a V1 checkpoint is."""
    return _ends(path)[1].endswith(_TABLE_MAGIC)


def is_meta_graph(path: str) -> bool:
    """Whether a `.meta` without an index may be a MetaGraphDef: binary, its text form, or what was left in its place."""
    head, _ = _ends(path)
    kind = recognize(head)
    return kind in ("", *_IN_ITS_PLACE) or re.match(_META_GRAPH, head) is not None


def is_model(path: str) -> bool:
    """Whether a lone `.pbtxt`, `.h5` or other file with a model's suffix is one, or what was left in the place of one."""
    name = os.path.basename(path).lower()
    if name.endswith(".pbtxt"):
        head, _ = _ends(path)
        return recognize(head) in _IN_ITS_PLACE or any(re.match(text, head) for text in (_GRAPH, _META_GRAPH))
    if name.endswith(".xplane.pb"):  # TensorFlow's profiler
        return False
    if name.endswith(".pb"):
        return not _is_message_of_others(_ends(path)[0])
    if name.endswith(".ckpt"):
        return recognize(_ends(path)[0]) not in ("zip", "pickle")  # as PyTorch writes them
    return not name.endswith((".h5", ".hdf5")) or name.endswith(".weights.h5") or _is_keras(path)


def _is_message_of_others(head: bytes) -> bool:
    """Whether a `.pb` is well begun and no GraphDef: several lines of text, or a message with another first field.

    What is no message at all is a model that broke, and one line of text is what a server said in its place.
    """
    kind = recognize(head)
    if is_graph_def(head) or kind not in ("", "text"):
        return False
    if kind == "text":
        return b"\n" in head.strip() and re.match(_GRAPH, head) is None and re.match(_META_GRAPH, head) is None
    if head.startswith((_SAVED_MODEL, *_NO_NODE)):
        return False
    return head[0] >> 3 > 0 and head[0] & 7 in _WIRE_TYPES and head[0] < 0x80


def _is_keras(path: str) -> bool:
    """Whether an HDF5 file has the marks of Keras at its root; also where that cannot be read without HDF5's library."""
    from analyzer.readers.hdf5_metadata import UnusualError, root_names

    if not os.path.isfile(path):
        return True
    try:
        with open(path, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
            attributes, members = root_names(buffer)
    except (OSError, ValueError, UnusualError):
        return True
    return not (_KERAS_ATTRIBUTES.isdisjoint(attributes) and _KERAS_GROUPS.isdisjoint(members))


def _ends(path: str) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file; nothing where it cannot be read, which a scan then says."""
    if not os.path.isfile(path):  # opening a FIFO would never end
        return b"", b""
    try:
        with open(path, "rb") as stream:
            head = stream.read(HEAD)
            stream.seek(-min(len(_TABLE_MAGIC), os.fstat(stream.fileno()).st_size), os.SEEK_END)
            return head, stream.read()
    except OSError:
        return b"", b""
