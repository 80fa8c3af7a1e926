"""Snappy decompression, for the few blocks of a table that are compressed.

Releases before 1.2 wrote compressed tables, later ones only read them. A block has some tens of kilobytes at most, so
plain Python is fast enough and no library has to be installed for it. The format is described in
`format_description.txt` of google/snappy.
"""

from __future__ import annotations


class SnappyError(ValueError):
    """The bytes are not what Snappy writes."""


def decompress(data: bytes, limit: int) -> bytes:
    """The uncompressed bytes; `limit` bounds their number. Raises SnappyError."""
    length, position = _length(data)
    if length > limit:
        raise SnappyError(f"claims {length} bytes uncompressed, more than the {limit} that are read")
    out = bytearray()
    end = len(data)
    while position < end:
        tag = data[position]
        position += 1
        if tag & 3 == 0:
            size, position = _literal_size(data, position, tag >> 2)
            if position + size > end:
                raise SnappyError("a literal runs past the end")
            out += data[position : position + size]
            position += size
            continue
        size, offset, position = _copy(data, position, tag)
        start = len(out) - offset
        if offset == 0 or start < 0:
            raise SnappyError("a copy starts before the beginning")
        if offset >= size:
            out += out[start : start + size]
        else:
            pattern = bytes(out[start:])
            out += (pattern * (size // offset + 1))[:size]
        if len(out) > length:
            raise SnappyError("more bytes than announced")
    if len(out) != length:
        raise SnappyError(f"{len(out)} bytes where {length} were announced")
    return bytes(out)


def _length(data: bytes) -> tuple[int, int]:
    """The length that the block starts with, and where its body starts."""
    value = 0
    for position, byte in enumerate(data[:5]):
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            if value >= 2**32:
                break
            return value, position + 1
    raise SnappyError("no length at the beginning")


def _literal_size(data: bytes, position: int, code: int) -> tuple[int, int]:
    """Length of a literal and where its bytes start."""
    if code < 60:
        return code + 1, position
    wide = code - 59
    if position + wide > len(data):
        raise SnappyError("a literal's length runs past the end")
    return int.from_bytes(data[position : position + wide], "little") + 1, position + wide


def _copy(data: bytes, position: int, tag: int) -> tuple[int, int, int]:
    """Length and offset of a copy, and where the next element starts."""
    wide = {1: 1, 2: 2, 3: 4}[tag & 3]
    if position + wide > len(data):
        raise SnappyError("a copy's offset runs past the end")
    offset = int.from_bytes(data[position : position + wide], "little")
    if wide == 1:
        return ((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | offset, position + wide
    return (tag >> 2) + 1, offset, position + wide
