"""Rewriting a field of a protobuf message, at some depth, without the message's definition."""

from __future__ import annotations

from collections.abc import Callable


def varint(data: bytes, place: int) -> tuple[int, int]:
    """The number at `place` and the place after it."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def encoded(value: int) -> bytes:
    """A number as a varint."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def rewrite(data: bytes, path: tuple[int, ...], edit: Callable[[bytes], bytes | None]) -> bytes:
    """`data` with every length-delimited field at `path` (field numbers, outermost first) replaced by `edit` of it, or dropped."""
    out = bytearray()
    place = 0
    while place < len(data):
        start = place
        tag, place = varint(data, place)
        kind = tag & 7
        if kind == 0:
            _, place = varint(data, place)
        elif kind == 1:
            place += 8
        elif kind == 5:
            place += 4
        elif kind == 2:
            size, place = varint(data, place)
            inner = data[place : place + size]
            place += size
            if tag >> 3 == path[0]:
                changed = rewrite(inner, path[1:], edit) if len(path) > 1 else edit(inner)
                if changed is not None:
                    out += encoded(tag) + encoded(len(changed)) + changed
                continue
        else:
            raise ValueError(f"wire type {kind}")
        out += data[start:place]
    return bytes(out)
