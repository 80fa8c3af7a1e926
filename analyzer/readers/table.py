"""The LevelDB table that checkpoint indexes and V1 checkpoints are written in.

A table is data blocks, a metaindex block, an index block and a footer of 48 bytes. Every block ends with its compression
type and a masked CRC32C. What is read and what is passed over here follows TensorFlow's reader to the letter
(`xla/tsl/lib/io/{table,format,block,two_level_iterator}.cc`, unchanged in substance since 1.0): a data block that cannot be
read is skipped without a word, a key is found by binary search and not by looking at every entry. So an index with a
damaged block opens, lacks the block's entries, and a key out of order is there for those who list and not for those who look up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from operator import ge
from typing import BinaryIO

from analyzer.readers.block import Block, BlockEntries, TableError
from analyzer.readers.snappy import SnappyError, decompress
from analyzer.records import NamedTuple

FOOTER = 48
TRAILER = 5
MAGIC = 0xDB4775248B80FB57
_MASK_DELTA = 0xA282EAD8


class TableLimitError(ValueError):
    """A block larger than the limit: we do not read it, TensorFlow might."""


class BlockHandle(NamedTuple):
    """A block by the key that bounds it from above, its offset and its size without trailer, in bytes."""

    bound: bytes
    offset: int
    size: int


class BlockFault(NamedTuple):
    """A data block that TensorFlow passes over: which one, where, and why, in TensorFlow's words."""

    number: int
    kind: str
    message: str
    byte: int
    length: int
    after: bytes  # the bound of the block before it: no key up to here is lost
    until: bytes  # its own bound: no key after this is lost


def unmask(masked: int) -> int:
    """The CRC32C that a masked one stands for (`tsl/lib/hash/crc32c.h`)."""
    rotated = (masked - _MASK_DELTA) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF


def mask(crc: int) -> int:
    """The masked form in which checksums are stored."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


class Table:
    """An opened table: its index block is read, data blocks are read as they are needed.

    `faults` holds the data blocks that were passed over so far, each once. `orderly` says after a whole `walk` whether
    every key it gave is also found by `get`: keys and bounds ascend, and restart points stand where they should.
    """

    def __init__(self, stream: BinaryIO, size: int, block_limit: int) -> None:
        """Read footer and index block. Raises TableError, TableLimitError, OSError."""
        self._stream = stream
        self._size = size
        self._block_limit = block_limit
        self.faults: dict[int, BlockFault] = {}
        self.orderly = True
        self._last: tuple[int, Block | None] = (-1, None)
        if size < FOOTER:
            raise TableError("too-short", "file is too short to be an sstable", size)
        self.index = self._open()
        self.handles = tuple(self._handles())

    def _open(self) -> Block:
        stream = self._stream
        stream.seek(self._size - FOOTER)
        footer = stream.read(FOOTER)
        if len(footer) < FOOTER:
            raise TableError("too-short", "file is too short to be an sstable", self._size)
        if int.from_bytes(footer[-8:], "little") != MAGIC:
            raise TableError("bad-magic", "not an sstable (bad magic number)", self._size - 8)
        position = 0
        handle = []
        for _ in range(4):
            value, position = _varint64(footer, position, self._size - FOOTER)
            handle.append(value)
        return self._block(handle[2], handle[3])

    def _handles(self) -> Iterator[BlockHandle]:
        """The data blocks in order; an entry of the index block that does not decode ends the table."""
        try:
            for bound, value in self.index:
                try:
                    offset, position = _varint64(value, 0, self.index.byte)
                    size, _ = _varint64(value, position, self.index.byte)
                except TableError:
                    offset, size = -1, -1
                yield BlockHandle(bound, offset, size)
        except TableError:
            self.orderly = False

    def _block(self, offset: int, size: int) -> Block:
        if offset < 0:
            raise TableError("block-handle", "bad block handle", self.index.byte)
        if offset + size + TRAILER > self._size:
            raise TableError("block-truncated", "Read less bytes than requested", offset)
        if size > self._block_limit:
            raise TableLimitError(f"a block of {size} bytes at {offset}; at most {self._block_limit} are read")
        stream = self._stream
        stream.seek(offset)
        data = stream.read(size + TRAILER)
        if len(data) < size + TRAILER:
            raise TableError("block-truncated", "Read less bytes than requested", offset)
        import google_crc32c

        stored = int.from_bytes(data[-4:], "little")
        if google_crc32c.value(data[:-4]) != unmask(stored):
            raise TableError("block-checksum", "block checksum mismatch", offset)
        kind = data[size]
        contents = data[:size]
        if kind == 1:
            try:
                contents = decompress(contents, self._block_limit)
            except SnappyError as error:
                raise TableError("block-compression", "corrupted compressed block contents", offset) from error
        elif kind != 0:
            raise TableError("block-type", "bad block type", offset)
        return Block(contents, offset)

    def _readable(self, number: int) -> Block | None:
        """The data block of that number, None where TensorFlow passes it over."""
        if self._last[0] == number:
            return self._last[1]
        handle = self.handles[number]
        try:
            block: Block | None = self._block(handle.offset, handle.size)
        except TableError as error:
            self._fault(number, error)
            block = None
        self._last = (number, block)
        return block

    def _fault(self, number: int, error: TableError) -> None:
        handle = self.handles[number]
        before = self.handles[number - 1].bound if number else b""
        self.orderly = False
        self.faults.setdefault(
            number,
            BlockFault(number, error.kind, error.message, handle.offset, handle.size + TRAILER, before, handle.bound),
        )

    def batches(self) -> Iterator[BlockEntries]:
        """Every block's entries in file order, without the blocks and ends of blocks that do not decode."""
        last: bytes | None = None
        for number, handle in enumerate(self.handles):
            block = self._readable(number)
            if block is None or not block.restarts:
                continue
            if not number:
                try:
                    block.seek(b"")  # the iterator comes to the first block by a search, to others by reading on
                except TableError as error:
                    self._fault(number, error)
                    continue
            found = block.read(block.restarts[0])
            if found.error is not None:
                self._fault(number, found.error)
            if not found.keys:
                continue
            keys = found.keys
            lowest = self.handles[number - 1].bound if number else None
            if (
                any(map(ge, keys, islice(keys, 1, None)))
                or (last is not None and keys[0] <= last)
                or (lowest is not None and keys[0] <= lowest)
                or keys[-1] > handle.bound
                or not set(block.restarts).issubset(found.whole)
            ):
                self.orderly = False
            last = keys[-1]
            yield found

    def walk(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key and value in file order."""
        for found in self.batches():
            yield from zip(found.keys, found.values, strict=True)

    def seek(self, target: bytes) -> tuple[bytes, bytes] | None:
        """The entry that TensorFlow's iterator stands on after seeking, None past the end."""
        first = self._first_block(target)
        for number in range(first, len(self.handles)):
            block = self._readable(number)
            if block is not None:
                try:
                    found = block.seek(target) if number == first else block.first()
                except TableError as error:
                    self._fault(number, error)
                    continue
                if found is not None:
                    return found
        return None

    def get(self, key: bytes) -> bytes | None:
        """The value of a key as TensorFlow finds it, or does not find it."""
        found = self.seek(key)
        return found[1] if found is not None and found[0] == key else None

    def _first_block(self, target: bytes) -> int:
        """The number of the first block whose bound is not below the target, as the index block's own search finds it."""
        try:
            wanted = self.index.seek(target)
        except TableError:
            return len(self.handles)
        if wanted is None:
            return len(self.handles)
        for number in range(self._bisect(wanted[0]), len(self.handles)):
            if self.handles[number].bound == wanted[0]:
                return number
        return next(
            (number for number, handle in enumerate(self.handles) if handle.bound == wanted[0]), len(self.handles)
        )

    def _bisect(self, bound: bytes) -> int:
        low, high = 0, len(self.handles)
        while low < high:
            middle = (low + high) // 2
            if self.handles[middle].bound < bound:
                low = middle + 1
            else:
                high = middle
        return low


def _varint64(data: bytes, position: int, byte: int) -> tuple[int, int]:
    """A varint and the position after it. Raises TableError."""
    value = shift = 0
    while shift <= 63 and position < len(data):
        item = data[position]
        position += 1
        value |= (item & 0x7F) << shift
        if item < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
    raise TableError("block-handle", "bad block handle", byte)
