"""One block of a LevelDB table: entries whose keys leave out what they share with the one before, and restart points.

After `xla/tsl/lib/io/block.cc`: a key is found by binary search over the restart points, not by looking at every entry.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from analyzer.records import NamedTuple


class TableError(ValueError):
    """A table or block that TensorFlow does not read. `message` is TensorFlow's own, `byte` where in the file it stands."""

    def __init__(self, kind: str, message: str, byte: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.byte = byte


class BlockEntries(NamedTuple):
    """The entries of a block: keys, values, offsets of those that share nothing with the key before, and what ended them."""

    keys: list[bytes]
    values: list[bytes]
    whole: list[int]
    error: TableError | None


class Block:
    """The decoded contents of a block. Raises TableError when it has no room for its restart points."""

    __slots__ = ("byte", "data", "limit", "restarts")

    def __init__(self, data: bytes, byte: int) -> None:
        if len(data) < 4:
            raise TableError("block-entry", "bad block contents", byte)
        count = int.from_bytes(data[-4:], "little")
        if count > len(data) // 4 - 1:
            raise TableError("block-entry", "bad block contents", byte)
        self.data = data
        self.byte = byte
        self.limit = len(data) - 4 * (count + 1)
        self.restarts = struct.unpack_from(f"<{count}I", data, self.limit)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values from the first restart point on. Raises TableError at an entry that does not decode."""
        found = self.read(self.restarts[0]) if self.restarts else BlockEntries([], [], [], None)
        yield from zip(found.keys, found.values, strict=True)
        if found.error is not None:
            raise found.error

    def first(self) -> tuple[bytes, bytes] | None:
        """The first entry, None in an empty block. Raises TableError."""
        return self._at(self.restarts[0], b"") if self.restarts else None

    def _at(self, position: int, target: bytes) -> tuple[bytes, bytes] | None:
        found = self.read(position, target)
        if found.keys and found.keys[-1] >= target:
            return found.keys[-1], found.values[-1]
        if found.error is not None:
            raise found.error
        return None

    def read(self, position: int, until: bytes | None = None) -> BlockEntries:
        """All entries from an offset on, up to one that does not decode or the first key at or after `until`."""
        data, limit = self.data, self.limit
        keys: list[bytes] = []
        values: list[bytes] = []
        whole: list[int] = []
        key = b""
        error = None
        while position < limit:
            start = position
            try:
                if limit - position < 3:
                    raise self._bad_entry(start)
                shared, fresh, length = data[position], data[position + 1], data[position + 2]
                if (shared | fresh | length) < 128:
                    position += 3
                else:
                    shared, position = self._varint(position)
                    fresh, position = self._varint(position)
                    length, position = self._varint(position)
                middle = position + fresh
                position = middle + length
                if position > limit or shared > len(key):
                    raise self._bad_entry(start)
            except TableError as found:
                error = found
                break
            if shared:
                key = key[:shared] + data[middle - fresh : middle]
            else:
                key = data[middle - fresh : middle]
                whole.append(start)
            keys.append(key)
            values.append(data[middle:position])
            if until is not None and key >= until:
                break
        return BlockEntries(keys, values, whole, error)

    def _bad_entry(self, position: int) -> TableError:
        return TableError("block-entry", "bad entry in block", self.byte + position)

    def seek(self, target: bytes) -> tuple[bytes, bytes] | None:
        """The first key at or after `target` that the binary search comes to (block.cc, Iter::Seek). Raises TableError."""
        if not self.restarts:
            return None
        left, right = 0, len(self.restarts) - 1
        while left < right:
            middle = left + (right - left + 1) // 2
            if self._restart_key(self.restarts[middle]) < target:
                left = middle
            else:
                right = middle - 1
        return self._at(self.restarts[left], target)

    def _restart_key(self, position: int) -> bytes:
        start = position
        if self.limit - position < 3:
            raise self._bad_entry(start)
        shared, position = self._varint(position)
        fresh, position = self._varint(position)
        length, position = self._varint(position)
        if shared or position + fresh + length > self.limit:
            raise self._bad_entry(start)
        return self.data[position : position + fresh]

    def _varint(self, position: int) -> tuple[int, int]:
        value = shift = 0
        while shift <= 28 and position < self.limit:
            byte = self.data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFF, position
            shift += 7
        raise self._bad_entry(position)
