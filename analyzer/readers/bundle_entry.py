"""BundleEntryProto messages to plain entries, fast: an index may hold a million of them.

Nearly all have the same form, fields in order and each at most once. A regular expression takes these apart, and what
repeats (shapes, sizes) is decoded once. Whatever does not match goes through protobuf's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyzer.parts.checkpoint import Entry, TensorSlice
from analyzer.readers import wire
from analyzer.readers.protos import DecodeError, message

VARINT = rb"([\x80-\xff]{0,8}[\x00-\x7f])"
_PLAIN = re.compile(
    rb"(?:\x08([\x01-\x7f]))?"  # dtype
    rb"(?:\x12([\x00-\x7f])((?:\x12[\x02-\x0a]\x08[\x80-\xff]{0,8}[\x00-\x7f]|\x12\x00)*))?"  # shape: its length, its dimensions
    rb"(?:\x18" + VARINT + rb")?"  # shard_id
    rb"(?:\x20" + VARINT + rb")?"  # offset
    rb"(?:\x28" + VARINT + rb")?"  # size
    rb"(?:\x35(.{4}))?",  # crc32c
    re.DOTALL,
).fullmatch
_REMEMBERED = 65536
_MAX_DIMENSIONS = 254  # TensorShape::MaxDimensions


class EntryDecoder:
    """Decodes the values of a bundle's index."""

    def __init__(self) -> None:
        self._shapes: dict[bytes | None, tuple[int, ...] | None] = {None: (), b"": ()}
        self._numbers: dict[bytes | None, int] = {None: 0}
        self._message: Any = message("tensorflow.BundleEntryProto")
        self._shape_message: Any = message("tensorflow.TensorShapeProto")

    def entry(self, key: str, value: bytes) -> Entry | None:
        """The entry, None where it does not parse."""
        plain = _PLAIN(value)
        if plain is None:
            return self._parsed(key, value)
        dtype, length, shape, shard, offset, size, crc = plain.groups()
        if length is not None and length[0] != len(shape):
            return self._parsed(key, value)
        if shape not in self._shapes and not self._shape(shape):
            return None
        shapes, numbers = self._shapes, self._numbers
        return Entry(
            key,
            dtype[0] if dtype is not None else 0,
            shapes[shape],
            numbers[shard] if shard in numbers else self._number(shard),
            varint(offset) if offset is not None else 0,
            numbers[size] if size in numbers else self._number(size),
            int.from_bytes(crc, "little") if crc is not None else 0,
        )

    def _parsed(self, key: str, value: bytes) -> Entry | None:
        try:
            proto = self._message.FromString(value)
        except DecodeError:
            return None
        shape = valid_shape(proto.shape)
        parts = tuple(map(tensor_slice, proto.slices))
        return Entry(key, proto.dtype, shape, proto.shard_id, proto.offset, proto.size, proto.crc32c, parts)

    def _shape(self, serialized: bytes) -> bool:
        """Remember the shape of that form; False where it does not parse."""
        if len(self._shapes) >= _REMEMBERED:
            self._shapes = {None: (), b"": ()}
        try:
            self._shapes[serialized] = valid_shape(self._shape_message.FromString(serialized))
        except DecodeError:
            return False
        return True

    def _number(self, serialized: bytes) -> int:
        number = varint(serialized)
        if len(self._numbers) < _REMEMBERED:
            self._numbers[serialized] = number
        return number


def inner_overrun(serialized: bytes) -> bool:
    """Whether all that is wrong with an entry may be a dimension that claims to be longer than its shape.

    The parsers up to TensorFlow 2.11 were seen to take such an entry, those from 2.12 on refuse it.
    """
    for number, inner in _fields(serialized):
        if number == 2 and inner is not None:
            position = 0
            while position + 1 < len(inner):
                if inner[position] != 0x12:
                    return False
                length, position = wire.varint(inner, position + 1)
                position += length
            return position > len(inner)
    return False


def _fields(serialized: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Numbers of a message's fields, with the bytes of those that have a length; ends at what is none."""
    position = 0
    while 0 <= position < len(serialized):
        tag, position = wire.varint(serialized, position)
        kind = tag & 7
        if tag <= 7 or kind in (3, 4, 6, 7):
            return
        if kind in (0, 2):
            value, position = wire.varint(serialized, position)
            if kind == 2 and position + value <= len(serialized):
                yield tag >> 3, serialized[position : position + value]
            position += value if kind == 2 else 0
        else:
            position += 8 if kind == 1 else 4


def varint(serialized: bytes) -> int:
    """The number that a whole varint stands for."""
    if len(serialized) <= 4:
        packed = int.from_bytes(serialized, "little")
        return packed & 0x7F | packed >> 1 & 0x3F80 | packed >> 2 & 0x1FC000 | packed >> 3 & 0xFE00000
    value = serialized[-1]
    for byte in serialized[-2::-1]:
        value = value << 7 | byte & 0x7F
    return value


def valid_shape(proto: Any) -> tuple[int, ...] | None:
    """The sizes of a TensorShapeProto, None where TensorShape::IsValid refuses it (core/framework/tensor_shape.cc).

    `unknown_rank` means nothing to a TensorShape: measured, an entry that has it set is read by its sizes.
    """
    sizes = tuple(dimension.size for dimension in proto.dim)
    if len(sizes) > _MAX_DIMENSIONS:
        return None
    elements = 1
    for size in sizes:
        elements *= size
        if size < 0 or elements >= 2**63:
            return None
    return sizes


def tensor_slice(proto: Any) -> TensorSlice:
    """A TensorSliceProto; an extent without a length is the whole dimension (core/framework/tensor_slice.cc)."""
    starts = tuple(extent.start for extent in proto.extent)
    lengths = tuple(extent.length if extent.HasField("length") else -1 for extent in proto.extent)
    return TensorSlice(starts, lengths)
