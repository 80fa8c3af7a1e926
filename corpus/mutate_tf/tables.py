"""Edits of the header and the table of a checkpoint index, and of slices (catalogue rows G03, G06, G17, G18)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from bases import OBJECTS, PARTITIONED, SAVER, SHARDED, V1, V2
from bundle import MAGIC, Bundle, masked, write_table
from entries import bundle_edit
from recipe import Mutant, mutation


@bundle_edit("c_header_more_shards", "G03", SAVER, V2)
def c_header_more_shards(bundle: Bundle) -> None:
    bundle.header.num_shards += 1


@bundle_edit("c_header_fewer_shards", "G03", SHARDED)
def c_header_fewer_shards(bundle: Bundle) -> None:
    bundle.header.num_shards -= 1


@bundle_edit("c_header_no_shards", "G03", SAVER, OBJECTS)
def c_header_no_shards(bundle: Bundle) -> None:
    bundle.header.num_shards = 0


@bundle_edit("c_header_endian", "G17", SAVER, V2)
def c_header_endian(bundle: Bundle) -> None:
    bundle.header.endianness = 1


@bundle_edit("c_header_min_consumer", "G18", SAVER, V1, V2)
def c_header_min_consumer(bundle: Bundle) -> None:
    bundle.header.version.min_consumer = 99


@bundle_edit("c_header_bad_consumer", "G18", SAVER)
def c_header_bad_consumer(bundle: Bundle) -> None:
    bundle.header.version.bad_consumers.extend([0, 1])


@bundle_edit("c_header_no_version", "G18", SAVER)
def c_header_no_version(bundle: Bundle) -> None:
    bundle.header.ClearField("version")


def table_edit(
    name: str, breaks: str | None, *bases: str
) -> Callable[[Callable[[Any], bytes]], Callable[[Any], bytes]]:
    """Register a change of the table's items or bytes, which returns the bytes of the index."""

    def register(edit: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        def apply(mutant: Mutant) -> None:
            bundle = Bundle(mutant.variables)
            bundle.index_file.write_bytes(edit(bundle.items()))

        mutation(name, breaks, *bases)(apply)
        return edit

    return register


@table_edit("c_index_no_header", "G06", SAVER, V2)
def c_index_no_header(items: Any) -> bytes:
    return write_table(items[1:])


@table_edit("c_index_header_garbage", "G06", SAVER)
def c_index_header_garbage(items: Any) -> bytes:
    return write_table([(b"", b"\xff\xff\xff"), *items[1:]])


@table_edit("c_index_entry_garbage", "G06", SAVER, OBJECTS)
def c_index_entry_garbage(items: Any) -> bytes:
    return write_table([*items[:-1], (items[-1][0], b"\xff\xff\xff")])


@table_edit("c_index_unsorted", "G06", SAVER)
def c_index_unsorted(items: Any) -> bytes:
    return write_table([items[0], *reversed(items[1:])])


@table_edit("c_index_duplicate_key", "G06", SAVER)
def c_index_duplicate_key(items: Any) -> bytes:
    return write_table([items[0], items[1], *items[1:]])


@table_edit("c_index_no_items", "G06", SAVER)
def c_index_no_items(items: Any) -> bytes:
    return write_table([])


@table_edit("c_index_bad_magic", "G06", SAVER, V1)
def c_index_bad_magic(items: Any) -> bytes:
    return write_table(items)[:-8] + struct.pack("<Q", MAGIC ^ 1)


@table_edit("c_index_block_crc", "G06", SAVER, V2)
def c_index_block_crc(items: Any) -> bytes:
    """One byte of a key changed and the block's checksum left."""
    data = bytearray(write_table(items))
    at = data.index(items[-1][0][-4:])
    data[at] ^= 1
    return bytes(data)


@table_edit("c_index_compression_unknown", "G06", SAVER)
def c_index_compression_unknown(items: Any) -> bytes:
    """A block that says it is compressed in a way that nobody knows, its checksum right."""
    data = write_table(items)
    size = first_block_size(data)
    changed = data[:size] + b"\x07"
    return changed + struct.pack("<I", masked(changed)) + data[size + 5 :]


def first_block_size(data: bytes) -> int:
    """The size of a table's only data block: where the checksum that follows it fits."""
    for size in range(8, len(data)):
        if struct.unpack_from("<I", data, size + 1)[0] == masked(data[: size + 1]):
            return size
    raise LookupError("no block")


@table_edit("c_index_trailing", "G06", SAVER)
def c_index_trailing(items: Any) -> bytes:
    """Bytes after the footer: the footer is not where it is looked for."""
    return write_table(items) + b"\0" * 16


# --- slices


@bundle_edit("c_slice_missing", "G08", PARTITIONED)
def c_slice_missing(bundle: Bundle) -> None:
    """One slice of a partitioned variable is gone."""
    entry = next(entry for _, entry in sorted(bundle.entries.items()) if entry.slices)
    del entry.slices[-1]


@bundle_edit("c_slice_data_missing", "G08", PARTITIONED)
def c_slice_data_missing(bundle: Bundle) -> None:
    """The full tensor lists its slices, but a slice's own entry is gone."""
    whole = {key for key, entry in bundle.entries.items() if entry.slices or entry.size}
    sliced = sorted(key for key in whole if key.startswith(b"\0"))
    del bundle.entries[sliced[0]]
