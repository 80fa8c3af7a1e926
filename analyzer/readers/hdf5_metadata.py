"""The metadata of classic HDF5 files, read straight from their bytes.

HDF5's own library costs a tenth of a second to import and opens every object by itself. What Keras writes uses few of the
format's forms: superblock version 0, symbol tables, version 1 object headers, contiguous values. This reads exactly those
("HDF5 File Format Specification Version 3.0") and raises `UnusualError` on anything else, also on anything inconsistent:
the caller then asks the library, so that damage is judged by it alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from analyzer.parts.keras import Dataset, Group, Link

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_UNDEFINED = 0xFFFFFFFFFFFFFFFF
_DEPTH = 64
_MOST = 2_000_000  # objects
_NIL, _DATASPACE, _DATATYPE, _FILL_OLD, _FILL, _LAYOUT, _ATTRIBUTE, _CONTINUATION, _SYMBOLS, _TIME = (
    0x00,
    0x01,
    0x03,
    0x04,
    0x05,
    0x08,
    0x0C,
    0x10,
    0x11,
    0x12,
)
_PASSED = (_NIL, _FILL_OLD, _FILL, _TIME)
# IEEE floats by size: bit offset and precision, exponent location, size, mantissa location, size, bias.
_IEEE = {
    2: (0, 16, 10, 5, 0, 10, 15),
    4: (0, 32, 23, 8, 0, 23, 127),
    8: (0, 64, 52, 11, 0, 52, 1023),
}


class UnusualError(Exception):
    """Something that this module does not read."""


class _Type(NamedTuple):
    """A datatype: numpy's type string, bytes of one element; `text` for variable-length strings says whether UTF-8."""

    numpy: str
    size: int
    text: bool | None = None


class _Message(NamedTuple):
    kind: int
    data: bytes


def read(buffer: Any) -> Group:
    """The tree of groups and datasets in a file's bytes (any buffer). Raises UnusualError."""
    file = _File(buffer)
    try:
        return file.root()
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise UnusualError(str(error)) from None
    finally:
        file.data.release()


class _File:
    def __init__(self, buffer: Any) -> None:
        self.data = memoryview(buffer)
        self.size = len(self.data)
        self.heaps: dict[int, dict[int, bytes]] = {}
        self.tables: dict[int, tuple[int, ...]] = {}  # B-tree and heap of each group
        self.objects = 0

    def _at(self, address: int, length: int) -> bytes:
        if address < 0 or length < 0 or address + length > self.size:
            raise UnusualError("beyond the end")
        return bytes(self.data[address : address + length])

    def root(self) -> Group:
        """The superblock (version 0), and from there the root group."""
        head = self._at(0, 96)
        if head[:8] != _SIGNATURE or head[8:16] != b"\0\0\0\0\0\x08\x08\0":
            raise UnusualError("superblock")
        leaf, internal, flags, base, free, end, driver = struct.unpack_from("<HHIQQQQ", head, 16)
        if (
            (leaf, internal) != (4, 16)
            or flags
            or base
            or free != _UNDEFINED
            or driver != _UNDEFINED
            or end != self.size
        ):
            raise UnusualError("superblock")
        header, cache, reserved, *tables = struct.unpack_from("<QIIQQ", self._at(64, 32))
        found = self._object(header, 0, frozenset())
        if not isinstance(found, Group) or cache != 1 or reserved or tuple(tables) != self.tables[header]:
            raise UnusualError("root")
        return found

    def _messages(self, address: int) -> list[_Message]:
        """A version 1 object header's messages."""
        version, reserved, count, references, length = struct.unpack_from("<BBHII", self._at(address, 16))
        if version != 1 or reserved or references < 1:
            raise UnusualError("object header")
        blocks = [(address + 16, length)]
        found: list[_Message] = []
        while blocks:
            start, length = blocks.pop(0)
            block = self._at(start, length)
            at = 0
            while at + 8 <= length:
                kind, size, flags = struct.unpack_from("<HHB", block, at)
                if flags & ~0x05 or block[at + 5 : at + 8] != b"\0\0\0" or at + 8 + size > length or size % 8:
                    raise UnusualError("message")
                data = block[at + 8 : at + 8 + size]
                if kind == _CONTINUATION:
                    blocks.append(struct.unpack_from("<QQ", data))
                elif kind in (_FILL, _FILL_OLD, _TIME):
                    _passable(kind, data)
                found.append(_Message(kind, data))
                at += 8 + size
            if at != length or not length:
                raise UnusualError("gap")
        if len(found) != count or len(blocks) > 10_000:
            raise UnusualError("messages")
        return found

    def _object(self, address: int, depth: int, above: frozenset[int]) -> Group | Dataset:
        self.objects += 1
        if depth > _DEPTH or address in above or self.objects > _MOST:
            raise UnusualError("nesting")
        messages = self._messages(address)
        kinds = {message.kind for message in messages}
        if _SYMBOLS in kinds:
            symbols = next(message.data for message in messages if message.kind == _SYMBOLS)
            self.tables[address] = struct.unpack_from("<QQ", symbols)
            return self._group(messages, depth, above | {address})
        if not {_DATASPACE, _DATATYPE, _LAYOUT} <= kinds:
            raise UnusualError("neither group nor dataset")
        return self._dataset(messages)

    # Groups ---------------------------------------------------------------------------------------------------------

    def _group(self, messages: list[_Message], depth: int, above: frozenset[int]) -> Group:
        attributes: dict[str, Any] = {}
        tree = heap = -1
        for kind, data in messages:
            if kind == _SYMBOLS:
                if tree >= 0:
                    raise UnusualError("two symbol tables")
                tree, heap = struct.unpack_from("<QQ", data)
            elif kind == _ATTRIBUTE:
                name, value = self._attribute(data)
                attributes[name] = value
            elif kind not in _PASSED and kind != _CONTINUATION:
                raise UnusualError(f"message {kind}")
        groups: dict[str, Group] = {}
        datasets: dict[str, Dataset] = {}
        links: dict[str, Link] = {}
        order = []
        names = self._heap(heap)
        for entry in self._entries(tree, 0, names):
            name_at, header, cache, reserved = struct.unpack_from("<QQII", entry)
            name = _text_at(names, name_at)
            order.append(name)
            if reserved:
                raise UnusualError("symbol")
            if cache == 2:
                links[name] = Link("soft", "", _text_at(names, struct.unpack_from("<I", entry, 24)[0]))
                continue
            if cache not in (0, 1):
                raise UnusualError("symbol")
            found = self._object(header, depth + 1, above)
            if (cache == 1) != isinstance(found, Group):
                raise UnusualError("symbol")
            if cache == 1 and struct.unpack_from("<QQ", entry, 24) != self.tables[header]:
                raise UnusualError("symbol")
            if isinstance(found, Group):
                groups[name] = found
            else:
                datasets[name] = found
        if order != sorted(order, key=lambda name: name.encode()) or len(set(order)) != len(order):
            raise UnusualError("order")
        return Group(attributes, groups, datasets, links, tuple(order))

    def _heap(self, address: int) -> bytes:
        """A local heap's data segment."""
        head = self._at(address, 32)
        size, free, data = struct.unpack_from("<QQQ", head, 8)
        if head[:8] != b"HEAP\0\0\0\0" or size > 1 << 28:
            raise UnusualError("heap")
        segment = self._at(data, size)
        steps = 0
        while free != 1:  # H5HL_FREE_NULL ends the list of free blocks
            if free % 8 or free + 16 > size or steps > 10_000:
                raise UnusualError("free list")
            following, length = struct.unpack_from("<QQ", segment, free)
            if length < 16 or free + length > size:
                raise UnusualError("free list")
            free, steps = following, steps + 1
        return segment

    def _entries(self, address: int, depth: int, names: bytes) -> Iterator[bytes]:
        """Symbol table entries below a B-tree node, in order. Keys are the last names on their left."""
        head = self._at(address, 24)
        kind, level, used = struct.unpack_from("<BBH", head, 4)
        if head[:4] != b"TREE" or kind or depth > 8 or level > 8 or used > 4096:
            raise UnusualError("tree")
        children = self._at(address + 24, 16 * used + 8)
        if not depth and struct.unpack_from("<Q", children)[0]:
            raise UnusualError("key")
        for index in range(used):
            child, right = struct.unpack_from("<QQ", children, 16 * index + 8)
            last = b""
            for entry in self._entries(child, depth + 1, names) if level else self._symbols(child):
                last = entry
                yield entry
            if not last or _text_at(names, struct.unpack_from("<Q", last)[0]) != _text_at(names, right):
                raise UnusualError("key")

    def _symbols(self, address: int) -> Iterator[bytes]:
        """The entries of one symbol table node."""
        node = self._at(address, 8)
        (count,) = struct.unpack_from("<H", node, 6)
        if node[:6] != b"SNOD\x01\0" or count > 4096:
            raise UnusualError("symbol node")
        body = self._at(address + 8, 40 * count)
        for each in range(count):
            yield body[40 * each : 40 * each + 40]

    # Datasets -------------------------------------------------------------------------------------------------------

    def _dataset(self, messages: list[_Message]) -> Dataset:
        shape: tuple[int, ...] | None = ()
        kind: _Type | None = None
        layout: bytes | None = None
        for number, data in messages:
            if number == _DATASPACE:
                shape = _dataspace(data)
            elif number == _DATATYPE:
                kind = _datatype(data)
            elif number == _LAYOUT:
                layout = data
            elif number == _ATTRIBUTE:
                self._attribute(data)
            elif number not in _PASSED and number != _CONTINUATION:
                raise UnusualError(f"message {number}")
        if shape is None or kind is None or layout is None:
            raise UnusualError("dataset")
        size = kind.size
        for dim in shape:
            size *= dim
        self._stored(layout, size)
        return Dataset(shape, kind.numpy)

    def _stored(self, layout: bytes, size: int) -> None:
        """Contiguous or compact values that are where they say."""
        version, where = layout[0], layout[1]
        if version != 3 or where not in (0, 1):
            raise UnusualError("layout")
        if where == 0:
            if struct.unpack_from("<H", layout, 2)[0] != size:
                raise UnusualError("compact")
            return
        address, length = struct.unpack_from("<QQ", layout, 2)
        if address == _UNDEFINED:
            return
        if length != size or address + length > self.size:
            raise UnusualError("contiguous")

    # Attributes -----------------------------------------------------------------------------------------------------

    def _attribute(self, data: bytes) -> tuple[str, Any]:
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
        kind, shape = _datatype(parts[1]), _dataspace(parts[2])
        if shape is None:
            return name, ""
        count = 1
        for dim in shape:
            count *= dim
        if not 0 <= len(data) - at - count * kind.size < 8:
            raise UnusualError("attribute")
        values = [self._value(kind, data[at + kind.size * each : at + kind.size * (each + 1)]) for each in range(count)]
        if len(shape) > 1:
            raise UnusualError("attribute of several dimensions")
        return name, values[0] if not shape else values

    def _value(self, kind: _Type, raw: bytes) -> Any:
        if len(raw) != kind.size:
            raise UnusualError("value")
        if kind.text is not None:
            length, address, index = struct.unpack("<IQI", raw)
            if not length and address in (0, _UNDEFINED):
                return "" if kind.text else b""
            text = self._global(address).get(index, b"")[:length]
            if len(text) != length or b"\0" in text:
                raise UnusualError("string")
            return text.decode("utf-8") if kind.text else text
        if kind.numpy[1] == "S":
            text = raw.rstrip(b"\0")
            if b"\0" in text:
                raise UnusualError("string")
            return text
        return struct.unpack(kind.numpy[0] + _STRUCT[kind.numpy[1:]], raw)[0]

    def _global(self, address: int) -> dict[int, bytes]:
        """A global heap collection's objects by index."""
        if address not in self.heaps:
            head = self._at(address, 16)
            (size,) = struct.unpack_from("<Q", head, 8)
            if head[:8] != b"GCOL\x01\0\0\0" or not 4096 <= size <= self.size or size % 8:
                raise UnusualError("global heap")
            body = self._at(address, size)
            found: dict[int, bytes] = {}
            at = 16
            while at + 16 <= size:
                index, _, reserved, length = struct.unpack_from("<HHIQ", body, at)
                if index == 0:
                    if length != size - at:
                        raise UnusualError("global heap")
                    break
                if reserved or index in found or at + 16 + length > size:
                    raise UnusualError("global heap")
                found[index] = body[at + 16 : at + 16 + length]
                at += 16 + (length + 7) // 8 * 8
            self.heaps[address] = found
        return self.heaps[address]


_STRUCT = {
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


def _passable(kind: int, data: bytes) -> None:
    """Messages that are passed over have to be well formed all the same: HDF5 decodes them. Raises UnusualError."""
    if kind == _TIME:
        good = data[:4] == b"\x01\0\0\0" and len(data) == 8
    elif kind == _FILL_OLD:
        good = struct.unpack_from("<I", data)[0] + 4 <= len(data)
    else:
        good = data[0] == 2 and data[1] in (1, 2, 3) and data[2] <= 2 and data[3] <= 1
        good = good and (not data[3] or struct.unpack_from("<I", data, 4)[0] + 8 <= len(data))
    if not good:
        raise UnusualError(f"message {kind}")


def _dataspace(data: bytes) -> tuple[int, ...] | None:
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
    if rank > 32 or flags & ~1:
        raise UnusualError("dataspace")
    return struct.unpack_from(f"<{rank}Q", data, start)


def _datatype(data: bytes) -> _Type:
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
        return _Type(f"{order}{'i' if bits[0] & 8 else 'u'}{size}", size)
    if kind == 1:
        fields = struct.unpack_from("<HHBBBBI", data, 8)
        if _IEEE.get(size) != fields or bits[0] & ~0x21 or not bits[0] & 0x20 or bits[1] != 8 * size - 1:
            raise UnusualError("float")
        return _Type(f"{'>' if bits[0] & 1 else '<'}f{size}", size)
    if kind == 3 and size and bits[0] & 0x0F <= 2 and bits[0] >> 4 <= 1 and not any(bits[1:]):
        return _Type(f"|S{size}", size)
    if kind == 9 and bits[0] & 0x0F == 1 and size == 16 and bits[1] <= 1 and not bits[2]:
        base = data[8:]
        character = base[:1] in (b"\x10", b"\x30") and base[4:8] == b"\x01\0\0\0" and base[8:12] == b"\0\0\x08\0"
        if not character and base[:8] not in (
            b"\x13\0\0\0\x01\0\0\0",
            b"\x13\x10\0\0\x01\0\0\0",
            b"\x13\x01\0\0\x01\0\0\0",
        ):
            raise UnusualError("characters")
        return _Type("|O", 16, text=bits[1] & 0x0F == 1)
    raise UnusualError("datatype")


def _text_at(heap: bytes, offset: int) -> str:
    end = heap.find(b"\0", offset)
    if offset >= len(heap) or end < 0:
        raise UnusualError("name")
    return heap[offset:end].decode("utf-8")
