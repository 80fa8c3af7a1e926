"""Whether a file that a search finds, and that only its suffix calls a checkpoint's, is one by its content.

`.index` and `.meta` are common suffixes: search engines write the one, Unity the other for every file of a project.
A file with its checkpoint around it needs no proof, nor does a path that somebody names.
"""

from __future__ import annotations

import os
import re

from analyzer.readers.magic import HEAD, recognize

_TABLE_MAGIC = bytes.fromhex("57fb808b247547db")  # lib/io/table_format: the footer's end, as in LevelDB
_META_GRAPH = rb"\s*(#[^\n]*\n\s*)*(meta_info_def|graph_def|saver_def|collection_def|signature_def|asset_file_def|object_graph_def)\s*[:{]"
_IN_ITS_PLACE = ("empty", "lfs-pointer", "html")  # what stands where a file should be


def is_index(path: str) -> bool:
    """Whether a lone `.index` is a checkpoint's: a table, or what was left in the place of one."""
    head, tail = _ends(path)
    return recognize(head) in _IN_ITS_PLACE or tail.endswith(_TABLE_MAGIC)


def is_meta_graph(path: str) -> bool:
    """Whether a `.meta` without an index may be a MetaGraphDef: binary, its text form, or what was left in its place."""
    head, _ = _ends(path)
    kind = recognize(head)
    return kind in ("", *_IN_ITS_PLACE) or re.match(_META_GRAPH, head) is not None


def _ends(path: str) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file; nothing where it cannot be read, which a scan then says."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(HEAD)
            stream.seek(-min(len(_TABLE_MAGIC), os.fstat(stream.fileno()).st_size), os.SEEK_END)
            return head, stream.read()
    except OSError:
        return b"", b""
