"""Dataspaces, datatypes and the messages that are passed over in classic HDF5 files; see `analyzer.readers.hdf5_metadata`.

Most objects of a file share their messages byte for byte: each is decoded once.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from analyzer.records import NamedTuple

FILL_OLD, FILL, TIME = 0x04, 0x05, 0x12
_MOST_DIMENSIONS = 32  # H5S_MAX_RANK
_KEPT = 256  # decoded messages
# IEEE floats by size: bit offset and precision, exponent location, size, mantissa location, size, bias.
_IEEE = {
    2: (0, 16, 10, 5, 0, 10, 15),
    4: (0, 32, 23, 8, 0, 23, 127),
    8: (0, 64, 52, 11, 0, 52, 1023),
}
_CHARACTERS = (
    b"\x13\0\0\0\x01\0\0\0",
    b"\x13\x10\0\0\x01\0\0\0",
    b"\x13\x01\0\0\x01\0\0\0",
)


class UnusualError(Exception):
    """Something that is left to HDF5's library."""


class UnreadableError(UnusualError):
    """A value on which HDF5's library fails: it refuses it, crashes or never comes to an end."""


class Type(NamedTuple):
    """A datatype: numpy's type string, bytes of one element; `text` for variable-length strings says whether UTF-8."""

    numpy: str
    size: int
    text: bool | None = None


@lru_cache(_KEPT)
def dataspace(data: bytes) -> tuple[int, ...] | None:
    """Dimensions; None for a null dataspace."""
    version, rank, flags = data[0], data[1], data[2]
    if version == 1:
        start = 8
    elif version == 2:
        start = 4
        if data[3] == 2:
            return None
    else:
        raise UnusualError("dataspace")
    if rank > _MOST_DIMENSIONS or flags & ~1:
        raise UnusualError("dataspace")
    return struct.unpack_from(f"<{rank}Q", data, start)


@lru_cache(_KEPT)
def datatype(data: bytes) -> Type:
    """Whole numbers, IEEE floats, fixed and variable-length strings."""
    version, kind = data[0] >> 4, data[0] & 0x0F
    bits = data[1:4]
    (size,) = struct.unpack_from("<I", data, 4)
    if version not in (1, 3):
        raise UnusualError("datatype")
    if kind == 0:
        offset, precision = struct.unpack_from("<HH", data, 8)
        if size not in (1, 2, 4, 8) or offset or precision != 8 * size or bits[0] & ~0x09:
            raise UnusualError("integer")
        order = "|" if size == 1 else ">" if bits[0] & 1 else "<"
        return Type(f"{order}{'i' if bits[0] & 8 else 'u'}{size}", size)
    if kind == 1:
        fields = struct.unpack_from("<HHBBBBI", data, 8)
        if _IEEE.get(size) != fields or bits[0] & ~0x21 or not bits[0] & 0x20 or bits[1] != 8 * size - 1:
            raise UnusualError("float")
        return Type(f"{'>' if bits[0] & 1 else '<'}f{size}", size)
    if kind == 3 and size and bits[0] & 0x0F <= 2 and bits[0] >> 4 <= 1 and not any(bits[1:]):
        return Type(f"|S{size}", size)
    if kind == 9 and bits[0] & 0x0F == 1 and size == 16 and bits[1] <= 1 and not bits[2]:
        base = data[8:]
        character = base[:1] in (b"\x10", b"\x30") and base[4:8] == b"\x01\0\0\0" and base[8:12] == b"\0\0\x08\0"
        if not character and base[:8] not in _CHARACTERS:
            raise UnusualError("characters")
        return Type("|O", 16, text=bits[1] & 0x0F == 1)
    if kind == 9 and bits[0] & 0x0F > 1:
        raise UnreadableError(f"neither a sequence nor a string of variable length: {bits[0] & 0x0F}")
    raise UnusualError("datatype")


@lru_cache(_KEPT)
def pass_over(kind: int, data: bytes) -> None:
    """Messages that are passed over have to be well formed all the same: HDF5 decodes them. Raises UnusualError."""
    if kind == TIME:
        good = data[:4] == b"\x01\0\0\0" and len(data) == 8
    elif kind == FILL_OLD:
        good = struct.unpack_from("<I", data)[0] + 4 <= len(data)
    else:
        good = data[0] == 2 and data[1] in (1, 2, 3) and data[2] <= 2 and data[3] <= 1
        good = good and (not data[3] or struct.unpack_from("<I", data, 4)[0] + 8 <= len(data))
    if not good:
        raise UnusualError(f"message {kind}")
