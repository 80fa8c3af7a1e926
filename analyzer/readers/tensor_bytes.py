"""The bytes of a tensor in its shard: read and checked as BundleReader::GetValue does.

Source: core/util/tensor_bundle/tensor_bundle.cc, `GetValue`, `ReadStringTensor`, `ReadVariantTensor`. Memory is bounded
by a piece of a tensor, whatever its size; only the single string that is being read is held whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from analyzer.parts.checkpoint import STRING, VARIANT, Entry, EntryFault
from analyzer.readers.table import mask, unmask

PIECE = 4 * 2**20
_SHORT = "Read less bytes than requested"


class _CutOffError(Exception):
    """The file ends before what was asked for."""


class TensorFile:
    """A shard that is read from front to back; `progress` is told how many bytes were read."""

    def __init__(
        self, stream: BinaryIO, file: str, *, swap: bool = False, progress: Callable[[int], None] | None = None
    ) -> None:
        self._stream = stream
        self._file = file
        self._swap = swap
        self._progress = progress

    def check(self, entry: Entry) -> EntryFault | None:
        """What keeps TensorFlow from reading the tensor, None when it reads it. Raises OSError."""
        try:
            self._stream.seek(entry.offset)
            if entry.dtype == STRING:
                return self._strings(entry)
            if entry.dtype == VARIANT:
                return self._variants(entry)
            return self._checksum(entry, self._plain(entry.size))
        except _CutOffError:
            return self._fault(entry, "shard-truncated", _SHORT)

    def strings(self, entry: Entry, limit: int) -> list[bytes] | None:
        """The elements of a string tensor, None where they take more than `limit` bytes. Raises OSError, ValueError."""
        self._stream.seek(entry.offset)
        try:
            lengths, _ = self._lengths(entry)
            self._exactly(4)
            return [self._exactly(length) for length in lengths] if sum(lengths) <= limit else None
        except _CutOffError as error:
            raise ValueError(_SHORT) from error

    def _plain(self, left: int) -> int:
        import google_crc32c

        crc = 0
        while left > 0:
            crc = google_crc32c.extend(crc, self._exactly(min(left, PIECE)))
            left -= PIECE
        return int(crc)

    def _lengths(self, entry: Entry) -> tuple[list[int], int]:
        """The lengths of the strings and the checksum over them."""
        import google_crc32c

        lengths = [self._varint() for _ in range(entry.elements)]
        order = "big" if self._swap else "little"
        crc = 0
        for length in lengths:
            crc = google_crc32c.extend(crc, length.to_bytes(4 if length < 2**32 else 8, order))  # type: ignore[arg-type]
        return lengths, int(crc)

    def _strings(self, entry: Entry) -> EntryFault | None:
        import google_crc32c

        if entry.size == 0:
            return self._checksum(entry, 0)
        lengths, crc = self._lengths(entry)
        if self._stream.tell() > entry.offset + entry.size:
            text = f"String lengths longer than expected offset {entry.offset + entry.size}"
            return self._fault(entry, "string-lengths", text)
        raw = self._exactly(4)
        stored = unmask(int.from_bytes(raw, "big" if self._swap else "little"))
        if stored != crc:
            text = f"The length checksum does not match: expected {stored:08} but actual is {crc:08}"
            return self._fault(entry, "string-lengths", text)
        crc = google_crc32c.extend(crc, raw)
        for length in lengths:
            while length > 0:
                piece = self._exactly(min(length, PIECE))
                crc = google_crc32c.extend(crc, piece)
                length -= len(piece)
        return self._checksum(entry, int(crc))

    def _variants(self, entry: Entry) -> EntryFault | None:
        import google_crc32c

        crc = 0
        for number in range(entry.elements if entry.size else 0):
            length = self._varint()
            crc = google_crc32c.extend(crc, length.to_bytes(8, "little"))
            while length > 0:
                piece = self._exactly(min(length, PIECE))
                crc = google_crc32c.extend(crc, piece)
                length -= len(piece)
            raw = self._exactly(4)
            stored = unmask(int.from_bytes(raw, "little"))
            if stored != crc:
                text = f"The checksum after Variant {number} does not match. Expected: {stored:08} Actual: {crc:08}"
                return self._fault(entry, "variant", text)
            crc = google_crc32c.extend(crc, raw)
        return self._checksum(entry, int(crc))

    def _checksum(self, entry: Entry, actual: int) -> EntryFault | None:
        if mask(actual) == entry.crc32c:
            return None
        text = (
            f"TensorBundle at {self._file} shard {entry.shard} ({entry.size} bytes): Checksum does not match: "
            f"stored {unmask(entry.crc32c or 0):08} vs. calculated on the restored bytes {actual}"
        )
        return self._fault(entry, "checksum", text)

    def _fault(self, entry: Entry, kind: str, text: str) -> EntryFault:
        return EntryFault(kind, entry.key, text, entry.shard, entry.offset, entry.size)

    def _exactly(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise _CutOffError
        if self._progress is not None:
            self._progress(size)
        return data

    def _varint(self) -> int:
        value = shift = 0
        while shift <= 63:
            byte = self._exactly(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF
            shift += 7
        raise _CutOffError
