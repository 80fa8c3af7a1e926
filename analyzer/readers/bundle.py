"""The index of a V2 checkpoint: its header and its entries, listed and looked up as TensorFlow does.

Sources: core/util/tensor_bundle/tensor_bundle.cc (`BundleReader`), core/util/tensor_bundle/naming.cc.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.artifact import FileEntry
from analyzer.parts.checkpoint import Entry, LostBlock
from analyzer.parts.graph import GraphVersions
from analyzer.readers.block import BlockEntries, TableError
from analyzer.readers.bundle_entry import EntryDecoder
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.protos import DecodeError, message
from analyzer.readers.table import Table
from analyzer.records import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """A BundleHeaderProto; `key` is that of the entry it was read from, empty when all is well."""

    key: bytes
    num_shards: int
    little_endian: bool
    versions: GraphVersions


class Bundle:
    """An opened index."""

    def __init__(self, table: Table, file: str, prefix: str, files: Mapping[str, FileEntry]) -> None:
        """Read the header. Raises TableError with TensorFlow's own message."""
        self.table = table
        self.prefix = prefix
        self.file = file
        self._files = files
        self.decoder = EntryDecoder()
        self.header = self._header()

    def _header(self) -> Header:
        found = self.table.seek(b"")
        corrupt = f"Unable to read file ({self.file}). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes"
        if found is None:
            fault = next(iter(self.table.faults.values()), None)
            kind, byte = (fault.kind, fault.byte) if fault is not None else ("no-entries", 0)
            why = f": {fault.message}" if fault is not None else ""
            raise TableError(kind, f"{corrupt} (failed to seek to header entry){why}", byte)
        key, value = found
        try:
            proto = message("tensorflow.BundleHeaderProto").FromString(value)
        except DecodeError:
            text = f"{corrupt} (unable to parse header): Entry for key {text_of(key)} not parseable."
            raise TableError("header", text, 0) from None
        version = proto.version
        versions = GraphVersions(version.producer, version.min_consumer, tuple(version.bad_consumers))
        return Header(key, proto.num_shards, proto.endianness != 1, versions)

    def file_of(self, shard: int) -> str:
        """DataFilename of core/util/tensor_bundle/naming.cc."""
        return f"{self.prefix}.data-{shard:05d}-of-{self.header.num_shards:05d}"

    def size_of(self, shard: int) -> int:
        """Size of a shard, -1 where it is missing."""
        entry = self._files.get(self.file_of(shard))
        return entry.size if entry is not None else -1

    def batches(self) -> Iterator[BlockEntries]:
        """Keys and values after the header, block by block."""
        batches = self.table.batches()
        for found in batches:
            yield BlockEntries(found.keys[1:], found.values[1:], found.whole, found.error)
            break
        yield from batches

    def raw(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values after the header, in file order."""
        for found in self.batches():
            yield from zip(found.keys, found.values, strict=True)

    def entries(self) -> Iterator[Entry]:
        """The tensors; slices, and what a look-up would not find or parse, are left out."""
        decode = self.decoder.entry
        pieces: dict[bytes, bytes] = {}
        orderly = True
        for key, value in self.raw():
            orderly = orderly and self.table.orderly
            found = value if orderly else self.table.get(key)
            if key[:1] == b"\0":
                pieces[key] = value
            elif found is not None and (entry := decode(text_of(key), found)) is not None:
                for part in entry.slices:
                    pieces.pop(slice_key(key, part), None)
                yield entry
        for key, value in pieces.items():
            if (entry := decode(text_of(key), value)) is not None:
                yield entry

    def stored(self) -> Iterator[Entry]:
        """Everything that has bytes of its own: tensors stored whole, and slices under the key of their tensor."""
        decode = self.decoder.entry
        pieces: dict[bytes, bytes] = {}
        for key, value in self.raw():
            if key[:1] == b"\0":
                pieces[key] = value
                continue
            entry = decode(text_of(key), value)
            if entry is not None and not entry.slices:
                yield entry
            for part in entry.slices if entry is not None else ():
                piece = decode(text_of(key), pieces.pop(slice_key(key, part), b"\xff"))
                if piece is not None:
                    yield piece
        for key, value in pieces.items():
            entry = decode(text_of(key), value)
            if entry is not None:
                yield entry

    def look_up(self, key: bytes) -> Entry | None:
        """A single entry as TensorFlow finds it."""
        value = self.table.get(key)
        return self.decoder.entry(text_of(key), value) if value is not None else None

    def find(self, keys: Iterable[str]) -> dict[str, Entry]:
        """The entries of some keys, without reading the blocks between them."""
        found = (self.look_up(key.encode("utf-8", "surrogateescape")) for key in sorted(set(keys)))
        return {entry.key: entry for entry in found if entry is not None}

    def decode(self, key: bytes, value: bytes) -> Entry | None:
        """The entry of a key and value."""
        return self.decoder.entry(text_of(key), value)

    def lost(self) -> tuple[LostBlock, ...]:
        """The blocks that were passed over."""
        return tuple(
            LostBlock(fault.kind, fault.message, fault.byte, fault.length, text_of(fault.after), text_of(fault.until))
            for _, fault in sorted(self.table.faults.items())
        )


def text_of(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")
