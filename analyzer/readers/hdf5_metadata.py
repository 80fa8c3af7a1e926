"""The metadata of classic HDF5 files, read straight from their bytes.

HDF5's own library costs a tenth of a second to import and opens every object by itself. What Keras writes uses few of the
format's forms: superblock version 0, symbol tables, version 1 object headers, contiguous values. This reads exactly those
("HDF5 File Format Specification Version 3.0") and raises `UnusualError` on anything else, also on anything inconsistent:
the caller then asks the library, so that damage is judged by it alone.
"""

from __future__ import annotations

import struct
from typing import Any

from analyzer.parts.keras import Dataset, Group, Link
from analyzer.readers.hdf5_attributes import Attributes
from analyzer.readers.hdf5_types import FILL, FILL_OLD, TIME, Type, UnusualError, dataspace, datatype, pass_over

__all__ = ["UnusualError", "read"]

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_UNDEFINED = 0xFFFFFFFFFFFFFFFF
_DEPTH = 64
_MOST = 2_000_000  # objects
_NIL, _DATASPACE, _DATATYPE, _LAYOUT, _ATTRIBUTE, _CONTINUATION, _SYMBOLS = 0x00, 0x01, 0x03, 0x08, 0x0C, 0x10, 0x11
_PASSED_OVER = frozenset((FILL_OLD, FILL, TIME))
_NOT_LOOKED_AT = frozenset((_NIL, _CONTINUATION, *_PASSED_OVER))

_HEADER = struct.Struct("<BBHII4x")  # version, reserved, messages, references, bytes of the first block
_MESSAGE = struct.Struct("<HHI")  # kind, bytes, flags with three reserved bytes
_PAIR = struct.Struct("<QQ")
_ENTRY = struct.Struct("<QQII16s")  # offset of the name, address of the header, kind of cache, reserved, cache
_HEAP = struct.Struct("<8sQQQ")  # signature and version, size, first free block, address of the data
_TREE = struct.Struct("<4sBBH16x")  # signature, kind, level, entries

_Message = tuple[int, bytes]
_Entry = tuple[int, int, int, int, bytes]


def read(buffer: Any) -> Group:
    """The tree of groups and datasets in a file's bytes (any buffer). Raises UnusualError."""
    try:
        return _File(buffer).root()
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise UnusualError(str(error)) from None


def root_names(buffer: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the root group's attributes and members, nothing below them being read. Raises UnusualError."""
    try:
        return _File(buffer).root_names()
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise UnusualError(str(error)) from None


class _File:
    def __init__(self, buffer: Any) -> None:
        self.data = buffer
        self.size = len(buffer)
        self.attributes = Attributes(buffer, self.size)
        self.tables: dict[int, tuple[int, ...]] = {}  # B-tree and heap of each group
        self.objects = 0

    def _at(self, address: int, length: int) -> bytes:
        if address + length > self.size:
            raise UnusualError("beyond the end")
        return bytes(self.data[address : address + length])

    def root(self) -> Group:
        """The root group and all below it."""
        header, cache, reserved, tables = self._superblock()
        found = self._object(header, 0, frozenset())
        if not isinstance(found, Group) or cache != 1 or reserved or tables != self.tables[header]:
            raise UnusualError("root")
        return found

    def root_names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Names of attributes and members."""
        header, _, _, (tree, heap) = self._superblock()
        attributes = [self.attributes.read(data)[0] for kind, data in self._messages(header) if kind == _ATTRIBUTE]
        names = self._heap(heap)
        members = [_bytes_at(names, entry[0]).decode("utf-8") for entry in self._entries(tree, 0, names)]
        return frozenset(attributes), frozenset(members)

    def _superblock(self) -> tuple[int, int, int, tuple[int, int]]:
        """Of a superblock of version 0: the root's header, kind of cache, reserved bytes, B-tree and heap."""
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
        header, cache, reserved, tree, heap = struct.unpack_from("<QIIQQ", head, 64)
        return header, cache, reserved, (tree, heap)

    def _messages(self, address: int) -> list[_Message]:
        """A version 1 object header's messages."""
        version, reserved, count, references, length = _HEADER.unpack_from(self.data, address)
        if version != 1 or reserved or references < 1:
            raise UnusualError("object header")
        message_at = _MESSAGE.unpack_from
        blocks = [(address + 16, length)]
        found: list[_Message] = []
        for start, length in blocks:  # which grow meanwhile
            block = self._at(start, length)
            at = 0
            while at + 8 <= length:
                kind, size, flags = message_at(block, at)
                end = at + 8 + size
                if flags & ~0x05 or end > length or size & 7:
                    raise UnusualError("message")
                data = block[at + 8 : end]
                if kind in _PASSED_OVER:
                    pass_over(kind, data)
                elif kind == _CONTINUATION:
                    blocks.append(_PAIR.unpack_from(data))
                found.append((kind, data))
                at = end
            if at != length or not length or len(found) > count:
                raise UnusualError("gap")
        if len(found) != count:
            raise UnusualError("messages")
        return found

    def _object(self, address: int, depth: int, above: frozenset[int]) -> Group | Dataset:
        self.objects += 1
        if depth > _DEPTH or address in above or self.objects > _MOST:
            raise UnusualError("nesting")
        messages = self._messages(address)
        tables = [data for kind, data in messages if kind == _SYMBOLS]
        if not tables:
            return self._dataset(messages)
        if len(tables) > 1:
            raise UnusualError("two symbol tables")
        tree, heap = self.tables[address] = _PAIR.unpack_from(tables[0])
        attributes = self._attributes(messages) if len(messages) > 1 else {}
        return self._members(attributes, tree, self._heap(heap), depth, above | {address})

    # Groups ---------------------------------------------------------------------------------------------------------

    def _attributes(self, messages: list[_Message]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        for kind, data in messages:
            if kind == _ATTRIBUTE:
                name, value = self.attributes.read(data)
                attributes[name] = value
            elif kind not in _NOT_LOOKED_AT and kind != _SYMBOLS:
                raise UnusualError(f"message {kind}")
        return attributes

    def _members(self, attributes: dict[str, Any], tree: int, names: bytes, depth: int, above: frozenset[int]) -> Group:
        groups: dict[str, Group] = {}
        datasets: dict[str, Dataset] = {}
        links: dict[str, Link] = {}
        order = []
        last = None
        for name_at, header, cache, reserved, scratch in self._entries(tree, 0, names):
            raw = _bytes_at(names, name_at)
            if reserved or cache > 2 or (last is not None and raw <= last):
                raise UnusualError("symbol")
            last, name = raw, raw.decode("utf-8")
            order.append(name)
            if cache == 2:
                target = _bytes_at(names, int.from_bytes(scratch[:4], "little"))
                links[name] = Link("soft", "", target.decode("utf-8"))
                continue
            found = self._object(header, depth + 1, above)
            if isinstance(found, Group):
                if cache != 1 or _PAIR.unpack(scratch) != self.tables[header]:
                    raise UnusualError("symbol")
                groups[name] = found
            elif cache:
                raise UnusualError("symbol")
            else:
                datasets[name] = found
        return Group(attributes, groups, datasets, links, tuple(order))

    def _heap(self, address: int) -> bytes:
        """A local heap's data segment."""
        signature, size, free, data = _HEAP.unpack_from(self.data, address)
        if signature != b"HEAP\0\0\0\0" or size > 1 << 28:
            raise UnusualError("heap")
        segment = self._at(data, size)
        steps = 0
        while free != 1:  # H5HL_FREE_NULL ends the list of free blocks
            if free % 8 or free + 16 > size or steps > 10_000:
                raise UnusualError("free list")
            following, length = _PAIR.unpack_from(segment, free)
            if length < 16 or free + length > size:
                raise UnusualError("free list")
            free, steps = following, steps + 1
        return segment

    def _entries(self, address: int, depth: int, names: bytes) -> list[_Entry]:
        """Symbol table entries below a B-tree node, in order. Keys are the last names on their left."""
        signature, kind, level, used = _TREE.unpack_from(self.data, address)
        if signature != b"TREE" or kind or depth > 8 or level > 8 or used > 4096:
            raise UnusualError("tree")
        children = self._at(address + 24, 16 * used + 8)
        if not depth and children[:8] != b"\0\0\0\0\0\0\0\0":
            raise UnusualError("key")
        entries: list[_Entry] = []
        for child, right in _PAIR.iter_unpack(children[8:]):
            found = self._entries(child, depth + 1, names) if level else self._symbols(child)
            if not found or (found[-1][0] != right and _bytes_at(names, found[-1][0]) != _bytes_at(names, right)):
                raise UnusualError("key")
            entries += found
        return entries

    def _symbols(self, address: int) -> list[Any]:
        """The entries of one symbol table node."""
        node = self._at(address, 8)
        count = int.from_bytes(node[6:], "little")
        if node[:6] != b"SNOD\x01\0" or count > 4096:
            raise UnusualError("symbol node")
        return list(_ENTRY.iter_unpack(self._at(address + 8, 40 * count)))

    # Datasets -------------------------------------------------------------------------------------------------------

    def _dataset(self, messages: list[_Message]) -> Dataset:
        shape: tuple[int, ...] | None = None
        kind: Type | None = None
        layout: bytes | None = None
        for number, data in messages:
            if number == _DATASPACE:
                shape = dataspace(data)
            elif number == _DATATYPE:
                kind = datatype(data)
            elif number == _LAYOUT:
                layout = data
            elif number == _ATTRIBUTE:
                self.attributes.read(data)
            elif number not in _NOT_LOOKED_AT:
                raise UnusualError(f"message {number}")
        if shape is None or kind is None or layout is None:
            raise UnusualError("neither group nor dataset")
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
        address, length = _PAIR.unpack_from(layout, 2)
        if address == _UNDEFINED:
            return
        if length != size or address + length > self.size:
            raise UnusualError("contiguous")


def _bytes_at(heap: bytes, offset: int) -> bytes:
    """A name in a local heap."""
    end = heap.find(b"\0", offset)
    if offset >= len(heap) or end < 0:
        raise UnusualError("name")
    return heap[offset:end]
