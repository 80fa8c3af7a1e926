"""Tensor bundles (`PREFIX.index`, `PREFIX.data-*`) read whole and written again, so that an edit of one entry stays consistent.

Layout: tensorflow/core/lib/io/{table_builder,block_builder,format}.cc and core/util/tensor_bundle/tensor_bundle.cc.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import google_crc32c

from analyzer.readers.protos import message

MAGIC = 0xDB4775248B80FB57
GRAPH_KEY = b"_CHECKPOINTABLE_OBJECT_GRAPH"


def masked(data: bytes) -> int:
    """LevelDB's masked CRC32C."""
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def block_items(data: bytes, offset: int, size: int) -> list[tuple[bytes, bytes]]:
    """Keys and values of an uncompressed block."""
    block = data[offset : offset + size]
    (restarts,) = struct.unpack_from("<I", block, size - 4)
    end, at, key, items = size - 4 - 4 * restarts, 0, b"", []
    while at < end:
        shared, at = read_varint(block, at)
        fresh, at = read_varint(block, at)
        length, at = read_varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        items.append((key, block[at + fresh : at + fresh + length]))
        at += fresh + length
    return items


def read_table(data: bytes) -> list[tuple[bytes, bytes]]:
    """Every key and value of a table, in order."""
    footer = data[-48:]
    at = read_varint(footer, read_varint(footer, 0)[1])[1]
    offset, at = read_varint(footer, at)
    size, at = read_varint(footer, at)
    items = []
    for _, handle in block_items(data, offset, size):
        start, at = read_varint(handle, 0)
        items += block_items(data, start, read_varint(handle, at)[0])
    return items


def block(items: list[tuple[bytes, bytes]], interval: int) -> bytes:
    """A block with a restart point every `interval` keys."""
    out, restarts, previous = bytearray(), [], b""
    for count, (key, value) in enumerate(items):
        shared = 0
        if count % interval:
            while shared < min(len(previous), len(key)) and previous[shared] == key[shared]:
                shared += 1
        else:
            restarts.append(len(out))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        previous = key
    restarts = restarts or [0]
    return bytes(out) + b"".join(struct.pack("<I", item) for item in restarts) + struct.pack("<I", len(restarts))


def write_table(items: list[tuple[bytes, bytes]], interval: int = 16, per_block: int = 1 << 30) -> bytes:
    """The bytes of a table of these items, which are written in the order given."""
    out, handles = bytearray(), []

    def put(content: bytes) -> bytes:
        handle = varint(len(out)) + varint(len(content))
        out.extend(content + b"\0" + struct.pack("<I", masked(content + b"\0")))
        return handle

    for start in range(0, max(len(items), 1), per_block):
        part = items[start : start + per_block]
        handles.append(((part[-1][0] if part else b"") + b"\0", put(block(part, interval))))
    meta = put(block([], 1))
    index = put(block(handles, 1))
    return bytes(out) + (meta + index).ljust(40, b"\0") + struct.pack("<Q", MAGIC)


class Bundle:
    """A checkpoint: its header, its entries by key, and its shards' bytes. `store` writes it back."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        items = read_table(self.index_file.read_bytes())
        self.header = message("tensorflow.BundleHeaderProto").FromString(items[0][1])
        entry = message("tensorflow.BundleEntryProto")
        self.entries: dict[bytes, Any] = {key: entry.FromString(value) for key, value in items[1:]}

    @property
    def index_file(self) -> Path:
        return self.prefix.with_name(self.prefix.name + ".index")

    def shard(self, number: int = 0) -> Path:
        return self.prefix.with_name(f"{self.prefix.name}.data-{number:05d}-of-{self.header.num_shards:05d}")

    def items(self) -> list[tuple[bytes, bytes]]:
        entries = [(key, self.entries[key].SerializeToString()) for key in sorted(self.entries)]
        return [(b"", self.header.SerializeToString()), *entries]

    def store(self, **layout: int) -> None:
        self.index_file.write_bytes(write_table(self.items(), **layout))

    def tensor(self, key: bytes) -> bytes:
        entry = self.entries[key]
        data = self.shard(entry.shard_id).read_bytes()
        return data[entry.offset : entry.offset + entry.size]

    def put(self, key: bytes, content: bytes, checksum: int | None = None) -> None:
        """Append `content` to shard 0 and point the entry at it."""
        shard = self.shard()
        data = shard.read_bytes()
        entry = self.entries[key]
        entry.shard_id, entry.offset, entry.size = 0, len(data), len(content)
        entry.crc32c = masked(content) if checksum is None else checksum
        shard.write_bytes(data + content)

    def text(self, key: bytes) -> bytes:
        """The one element of a scalar string tensor."""
        raw = self.tensor(key)
        return raw[read_varint(raw, 0)[1] + 4 :]

    def put_text(self, key: bytes, text: bytes) -> None:
        """Replace a scalar string tensor: length, checksum of the length, bytes (WriteStringTensor of tensor_bundle.cc)."""
        length = struct.pack("<I", len(text))
        check = struct.pack("<I", masked(length))
        self.put(key, varint(len(text)) + check + text, masked(length + check + text))

    def object_graph(self) -> Any:
        return message("tensorflow.TrackableObjectGraph").FromString(self.text(GRAPH_KEY))

    def put_object_graph(self, graph: Any) -> None:
        self.put_text(GRAPH_KEY, graph.SerializeToString())
