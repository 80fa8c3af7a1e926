"""Edits of the entries of a checkpoint, against the graph, the objects and the shards (catalogue rows G03 to G11)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from bases import DTYPES, MANY, OBJECTS, PARTITIONED, RESOURCE, SAVER, V1, V2, V2_MIDDLE
from bundle import GRAPH_KEY, Bundle
from recipe import Mutant, mutation


def bundle_edit(
    name: str, breaks: str | None, *bases: str
) -> Callable[[Callable[[Bundle], Any]], Callable[[Bundle], Any]]:
    """Register a change of the entries of the base's checkpoint; the index is written again."""

    def register(edit: Callable[[Bundle], Any]) -> Callable[[Bundle], Any]:
        def apply(mutant: Mutant) -> None:
            bundle = Bundle(mutant.variables)
            edit(bundle)
            bundle.store()

        mutation(name, breaks, *bases)(apply)
        return edit

    return register


def a_key(bundle: Bundle) -> bytes:
    """A float variable of rank two, the same each time."""
    return next(key for key, entry in sorted(bundle.entries.items()) if entry.dtype == 1 and len(entry.shape.dim) == 2)


# --- the same content, written another way: must not matter


@bundle_edit("x_index_rewritten", None, V1, V2, SAVER, OBJECTS, DTYPES, PARTITIONED)
def x_index_rewritten(bundle: Bundle) -> None:
    """Nothing changed but the layout of the table."""


@mutation("x_index_small_blocks", None, V2, SAVER, MANY)
def x_index_small_blocks(mutant: Mutant) -> None:
    Bundle(mutant.variables).store(per_block=2)


@mutation("x_index_no_prefix_sharing", None, SAVER)
def x_index_no_prefix_sharing(mutant: Mutant) -> None:
    Bundle(mutant.variables).store(interval=1)


@bundle_edit("x_entry_unused", None, V1, V2, SAVER)
def x_entry_unused(bundle: Bundle) -> None:
    """One entry more, over bytes that are there."""
    bundle.entries[b"zz/unused"] = type(bundle.entries[a_key(bundle)]).FromString(
        bundle.entries[a_key(bundle)].SerializeToString()
    )


@bundle_edit("x_header_producer", None, V1, OBJECTS)
def x_header_producer(bundle: Bundle) -> None:
    bundle.header.version.producer = 99


@bundle_edit("x_entry_moved", None, V2, SAVER)
def x_entry_moved(bundle: Bundle) -> None:
    """A tensor copied to the end of its shard: a gap is left."""
    bundle.put(a_key(bundle), bundle.tensor(a_key(bundle)))


# --- entries against graph and objects


@bundle_edit("v_key_renamed", "G08", V1, RESOURCE, V2, V2_MIDDLE)
def v_key_renamed(bundle: Bundle) -> None:
    key = a_key(bundle)
    bundle.entries[key + b"_renamed"] = bundle.entries.pop(key)


@bundle_edit("v_key_removed", "G08", V1, V2)
def v_key_removed(bundle: Bundle) -> None:
    del bundle.entries[a_key(bundle)]


@bundle_edit("v_entry_dtype", "G11", V1, RESOURCE, V2, V2_MIDDLE)
def v_entry_dtype(bundle: Bundle) -> None:
    """Said to be int32: of the same size, of another type."""
    bundle.entries[a_key(bundle)].dtype = 3


@bundle_edit("v_entry_dtype_double", "G11", V1, V2)
def v_entry_dtype_double(bundle: Bundle) -> None:
    """Really double, in type, size and checksum."""
    key = a_key(bundle)
    values = struct.iter_unpack("<f", bundle.tensor(key))
    bundle.put(key, b"".join(struct.pack("<d", value) for (value,) in values))
    bundle.entries[key].dtype = 2


@bundle_edit("v_entry_shape", "G10", V1, RESOURCE, V2, V2_MIDDLE)
def v_entry_shape(bundle: Bundle) -> None:
    """Transposed: as many values, another shape."""
    dims = bundle.entries[a_key(bundle)].shape.dim
    dims[0].size, dims[1].size = dims[1].size, dims[0].size


@bundle_edit("v_entry_shape_wider", "G10", V1, V2)
def v_entry_shape_wider(bundle: Bundle) -> None:
    """Really wider."""
    key = a_key(bundle)
    entry = bundle.entries[key]
    entry.shape.dim[1].size += 2
    bundle.put(key, bytes(4 * entry.shape.dim[0].size * entry.shape.dim[1].size))


@bundle_edit("v_entry_rank", "G10", V1, V2)
def v_entry_rank(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].shape.dim.add(size=1)


@bundle_edit("v_no_object_graph", "G14", V2, V2_MIDDLE)
def v_no_object_graph(bundle: Bundle) -> None:
    del bundle.entries[GRAPH_KEY]


@bundle_edit("v_empty", "G08", V1, V2)
def v_empty(bundle: Bundle) -> None:
    bundle.entries.clear()


# --- entries against their shards


@bundle_edit("c_unknown_dtype", "G11", SAVER, OBJECTS, V2)
def c_unknown_dtype(bundle: Bundle) -> None:
    """A DataType of a later TensorFlow; some releases abort."""
    bundle.entries[a_key(bundle)].dtype = 99


@bundle_edit("c_dtype_zero", "G11", SAVER)
def c_dtype_zero(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].dtype = 0


@bundle_edit("c_dtype_reference", "G11", SAVER)
def c_dtype_reference(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].dtype = 101


@bundle_edit("c_dtype_string", "G11", SAVER)
def c_dtype_string(bundle: Bundle) -> None:
    """Numbers said to be strings."""
    bundle.entries[a_key(bundle)].dtype = 7


@bundle_edit("c_size_wrong", "G04", SAVER, OBJECTS, V1)
def c_size_wrong(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].size += 4


@bundle_edit("c_shape_too_big", "G04", SAVER, OBJECTS)
def c_shape_too_big(bundle: Bundle) -> None:
    """More values than bytes."""
    bundle.entries[a_key(bundle)].shape.dim[0].size += 1


@bundle_edit("c_shape_negative", "G04", SAVER, V2)
def c_shape_negative(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].shape.dim[0].size = -2


@bundle_edit("c_shape_unknown_rank", "G04", SAVER)
def c_shape_unknown_rank(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].shape.unknown_rank = True


@bundle_edit("c_offset_beyond", "G04", SAVER, OBJECTS, V1, V2)
def c_offset_beyond(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].offset += 1 << 20


@bundle_edit("c_offset_shifted", "G05", SAVER)
def c_offset_shifted(bundle: Bundle) -> None:
    """Inside the shard, over the bytes of another tensor."""
    entry = bundle.entries[a_key(bundle)]
    entry.offset = entry.offset - 4 if entry.offset >= 4 else entry.offset + 4


@bundle_edit("c_offset_negative", "G04", SAVER)
def c_offset_negative(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].offset = -8


@bundle_edit("c_crc_wrong", "G05", SAVER, OBJECTS, V1, V2)
def c_crc_wrong(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].crc32c ^= 1


@bundle_edit("c_shard_id_beyond", "G03", SAVER, OBJECTS, V2)
def c_shard_id_beyond(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].shard_id = 1


@bundle_edit("c_shard_id_negative", "G03", SAVER)
def c_shard_id_negative(bundle: Bundle) -> None:
    bundle.entries[a_key(bundle)].shard_id = -1
