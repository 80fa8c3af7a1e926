"""The protobuf wire format, as far as the parser's verdict is not enough: where it stops, and how much it would build."""

from __future__ import annotations


def stops_at(data: bytes) -> int | None:
    """Where a lenient parser stops: the offset of the first top-level tag that is 0 or ends a group, else None.

    The parsers in the protobuf releases of TensorFlow up to 2.11 take such a tag for the end of the message and report
    success; later ones refuse it (google/protobuf, ParseContext and `InternalParse`: "tag == 0 or WT_END_GROUP").
    """
    position, end = 0, len(data)
    while position < end:
        start = position
        tag, position = varint(data, position)
        kind = tag & 7
        if tag == 0 or kind == 4:
            return start
        if kind == 0:
            _, position = varint(data, position)
        elif kind == 1:
            position += 8
        elif kind == 5:
            position += 4
        elif kind == 2:
            length, position = varint(data, position)
            position += length
        else:
            return None
        if position < 0 or tag < 0:
            return None
    return None


def encoded(value: int) -> bytes:
    """A varint."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def varint(data: bytes, position: int) -> tuple[int, int]:
    """A varint and the position behind it; (-1, beyond the end) when it is cut off or too long."""
    value = shift = 0
    while position < len(data) and shift < 70:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    return -1, len(data) + 1
