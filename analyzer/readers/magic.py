"""What the first bytes of a file show it to be, whatever its name says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.artifact import Damage
from analyzer.readers.wire import varint

HEAD = 4096  # bytes that `recognize` wants to see

_HDF5 = b"\x89HDF\r\n\x1a\n"
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (_HDF5, "hdf5"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x93NUMPY", "npy"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
)
_SAID = {
    "empty": "the file is empty (0 bytes)",
    "html": "the file is a web page, not a model: a download was answered with a login or error page",
    "zip": "the file is a zip archive",
    "hdf5": "the file is HDF5",
    "gzip": "the file is compressed with gzip",
    "tflite": "the file is a TensorFlow Lite model",
    "pickle": "the file is a Python pickle",
    "json": "the file is JSON",
    "text": "the file is plain text",
}


def recognize(head: bytes, size: int | None = None) -> str:
    """One word for what a file is by its first bytes: `hdf5`, `zip`, `lfs-pointer`, `html`, `empty`, ..., or empty.

    HDF5 may begin behind a user block of 512, 1024, 2048 ... bytes (H5F_locate_signature).
    """
    if size == 0 or not head:
        return "empty"
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return "lfs-pointer"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[4:8] == b"TFL3":
        return "tflite"
    if head[257:262] == b"ustar":
        return "tar"
    offset = 512
    while offset < len(head):
        if head[offset : offset + 8] == _HDF5:
            return "hdf5"
        offset *= 2
    start = head.lstrip()[:64].lower()
    if re.match(rb"<(!doctype|html|head|body|\?xml|!--)", start):
        return "html"
    if start[:1] in (b"{", b"[") and _is_text(head):
        return "json"
    return "text" if _is_text(head) else ""


_NODE_NAME = rb"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*"
_OP_NAME = rb"_?[A-Z][A-Za-z0-9_.>]*"
_TEXT_GRAPH = rb"\s*(#[^\n]*\n\s*)*(node|library|versions)\s*:?\s*[{<]"


def is_graph_def(head: bytes) -> bool:
    """Whether a file begins as a GraphDef does, whatever it is called: binary with a node of a name and an op, or text."""
    if _is_text(head):
        return re.match(_TEXT_GRAPH, head) is not None
    length, start = varint(head, 1)
    if head[:1] != b"\n" or length < 4:
        return False
    name, behind = _string(head, start, b"\n")
    op, _ = _string(head, behind, b"\x12")
    return re.fullmatch(_NODE_NAME, name) is not None and re.fullmatch(_OP_NAME, op) is not None


def _string(head: bytes, position: int, tag: bytes) -> tuple[bytes, int]:
    """The string field of that tag which stands at a position, empty without one, and where it ends."""
    if head[position : position + 1] != tag:
        return b"", position
    length, start = varint(head, position + 1)
    return head[start : start + max(length, 0)], start + length


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":  # the head may end within a character
            return False
        text = head[: error.start].decode("utf-8")
    return not any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)


def lfs_pointer(head: bytes) -> Mapping[str, Any]:
    """What a Git LFS pointer points to: `oid` and `size` in bytes (git-lfs docs/spec.md)."""
    oid = re.search(rb"oid sha256:([0-9a-f]{64})", head)
    size = re.search(rb"\nsize (\d+)", head)
    return {"oid": oid.group(1).decode() if oid else "", "size": int(size.group(1)) if size else -1}


def damage(file: str, kind: str, head: bytes) -> Damage:
    """The damage that stands for a file which is something else than its place calls for."""
    if kind == "lfs-pointer":
        facts = lfs_pointer(head)
        message = f"the file is a Git LFS pointer ({facts['size']} bytes are elsewhere)"
        return Damage(file, kind, message, 0, facts)
    known = kind in ("empty", "html")
    return Damage(
        file,
        kind if known else "wrong-format",
        _SAID.get(kind, f"the file is {kind or 'unknown'} data"),
        0,
        {"is": kind},
    )
