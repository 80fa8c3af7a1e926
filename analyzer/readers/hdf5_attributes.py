"""Attributes of groups in classic HDF5 files; see `analyzer.readers.hdf5_metadata`."""

from __future__ import annotations

import struct
from typing import Any

from analyzer.parts.keras import Unreadable
from analyzer.readers.hdf5_types import Type, UnreadableError, UnusualError, dataspace, datatype

_UNDEFINED = 0xFFFFFFFFFFFFFFFF
_SMALLEST_HEAP = 4096  # H5HG_MINSIZE
_REFERENCE = struct.Struct("<IQI")  # length, address of the collection, number of the object in it
_OBJECT = struct.Struct("<HHIQ")  # number, references, reserved, bytes
ENDLESS = "a free block of the global heap has no size: HDF5 never comes to its end"
_NUMBERS = {
    "i1": "b",
    "u1": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "i8": "q",
    "u8": "Q",
    "f2": "e",
    "f4": "f",
    "f8": "d",
}


class Attributes:
    """Reads attribute messages of one file, whose bytes are `buffer`."""

    def __init__(self, buffer: Any, size: int) -> None:
        self._buffer = buffer
        self._size = size
        self._heaps: dict[int, dict[int, bytes]] = {}

    def read(self, data: bytes) -> tuple[str, Any]:
        """Name and value: text as str where it is variable-length UTF-8, else as bytes; numbers; lists of these; or `Unreadable`."""
        version = data[0]
        if version not in (1, 3) or data[1]:
            raise UnusualError("attribute")
        name_size, type_size, space_size = struct.unpack_from("<HHH", data, 2)
        at = 8 if version == 1 else 9
        parts = []
        for size in (name_size, type_size, space_size):
            parts.append(data[at : at + size])
            at += (size + 7) // 8 * 8 if version == 1 else size
        if at > len(data):
            raise UnusualError("attribute")
        if parts[0].find(b"\0") != name_size - 1:
            raise UnusualError("name")
        name = parts[0][:-1].decode("utf-8")
        try:
            return name, self._value(parts[1], parts[2], data[at:])
        except UnreadableError as error:
            return name, Unreadable(str(error))

    def _value(self, kind_message: bytes, space: bytes, data: bytes) -> Any:
        kind, shape = datatype(kind_message), dataspace(space)
        if shape is None:
            return ""
        count = 1
        for dim in shape:
            count *= dim
        if not 0 <= len(data) - count * kind.size < 8:
            raise UnusualError("attribute")
        values = self._values(kind, data[: count * kind.size])
        if len(shape) > 1:
            raise UnusualError("attribute of several dimensions")
        return values[0] if not shape else values

    def _values(self, kind: Type, data: bytes) -> list[Any]:
        if kind.text is not None:
            return [self._text(kind.text, *reference) for reference in _REFERENCE.iter_unpack(data)]
        if kind.numpy[1] == "S":
            texts = [data[at : at + kind.size].rstrip(b"\0") for at in range(0, len(data), kind.size)]
            if any(b"\0" in text for text in texts):
                raise UnusualError("string")
            return texts
        return [
            value for (value,) in struct.iter_unpack(kind.numpy[0].replace("|", "<") + _NUMBERS[kind.numpy[1:]], data)
        ]

    def _text(self, unicode: bool, length: int, address: int, index: int) -> str | bytes:
        """A string of variable length, which stands in a global heap."""
        if not length and address in (0, _UNDEFINED):
            return "" if unicode else b""
        heap = self._heaps.get(address)
        if heap is None:
            heap = self._heaps[address] = self._heap(address)
        if index and index not in heap:
            raise UnreadableError(f"bad heap index, heap object = {{{address}, {index}}}")
        text = heap.get(index, b"")[:length]
        if len(text) != length or b"\0" in text:
            raise UnusualError("string")
        return text.decode("utf-8") if unicode else text

    def _heap(self, address: int) -> dict[int, bytes]:
        """A global heap collection's objects by index."""
        signature, size = struct.unpack_from("<8sQ", self._buffer, address)
        if signature[:4] != b"GCOL":
            raise UnreadableError("bad global heap collection signature")
        if signature != b"GCOL\x01\0\0\0" or not _SMALLEST_HEAP <= size <= self._size - address or size % 8:
            raise UnusualError("global heap")
        body = bytes(self._buffer[address : address + size])
        found: dict[int, bytes] = {}
        at = 16
        while at + 16 <= size:
            index, _, reserved, length = _OBJECT.unpack_from(body, at)
            if index == 0:
                if not length:
                    raise UnreadableError(ENDLESS)
                if length != size - at:
                    raise UnusualError("global heap")
                break
            if reserved or index in found or at + 16 + length > size:
                raise UnusualError("global heap")
            found[index] = body[at + 16 : at + 16 + length]
            at += 16 + (length + 7) // 8 * 8
        return found


def endless(buffer: Any) -> bool:
    """Whether any global heap of a file (a buffer with `find`) makes HDF5 go round for ever (H5HGcache.c `H5HG__cache_heap_deserialize`)."""
    heap = buffer.find(b"GCOL")
    while 0 <= heap <= len(buffer) - 16:
        (size,) = struct.unpack_from("<Q", buffer, heap + 8)
        at, end = heap + 16, min(heap + size, len(buffer))
        while at + 16 <= end:
            index, _, _, length = _OBJECT.unpack_from(buffer, at)
            if not index and not length:
                return True
            at += 16 + (length + 7) // 8 * 8 if index else length
        heap = buffer.find(b"GCOL", heap + 4)
    return False
