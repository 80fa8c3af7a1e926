"""Edits of checkpoints: index, entries, shards, state of objects and names in graphs (catalogue family G)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from bundle import GRAPH_KEY, MAGIC, Bundle, masked, write_table
from recipe import Mutant, first, graph_edit, mutation

V1, RESOURCE, V2, V2_NEW = "w1.15/v1_dense", "w2.4/v1_dense_resource", "w2.4/v2_dense", "w2.10/v2_dense"
SAVER, OBJECTS, SHARDED, MANY = "w1.15/saver_dense", "w2.4/object_module", "w1.15/saver_sharded", "w1.4/saver_many"
DTYPES, PARTITIONED, OBJECT_TYPES, SLOTS = (
    "w1.15/saver_dtypes",
    "w1.15/saver_partitioned",
    "w2.3/object_dtypes",
    "w2.4/object_optimizer",
)


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


@bundle_edit("v_key_renamed", "G08", V1, RESOURCE, V2, V2_NEW)
def v_key_renamed(bundle: Bundle) -> None:
    key = a_key(bundle)
    bundle.entries[key + b"_renamed"] = bundle.entries.pop(key)


@bundle_edit("v_key_removed", "G08", V1, V2)
def v_key_removed(bundle: Bundle) -> None:
    del bundle.entries[a_key(bundle)]


@bundle_edit("v_entry_dtype", "G11", V1, RESOURCE, V2, V2_NEW)
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


@bundle_edit("v_entry_shape", "G10", V1, RESOURCE, V2, V2_NEW)
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


@bundle_edit("v_no_object_graph", "G14", V2, V2_NEW)
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


# --- header


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


# --- object graphs in checkpoints


def objects_edit(name: str, breaks: str | None, *bases: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Register a change of the TrackableObjectGraph, whose string tensor is written again with its checksums."""

    def register(edit: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def change(bundle: Bundle) -> None:
            graph = bundle.object_graph()
            edit(graph)
            bundle.put_object_graph(graph)

        bundle_edit(name, breaks, *bases)(change)
        return edit

    return register


def keyed(graph: Any) -> Any:
    """The first attribute with a checkpoint key."""
    return next(attribute for node in graph.nodes for attribute in node.attributes if attribute.checkpoint_key)


@objects_edit("x_objects_rewritten", None, V2, OBJECTS, SLOTS)
def x_objects_rewritten(graph: Any) -> None:
    """The same graph, written again at the end of the shard."""


@objects_edit("v_objects_other_key", "G09", V2, V2_NEW)
def v_objects_other_key(graph: Any) -> None:
    """An object's key that has no entry."""
    keyed(graph).checkpoint_key = "gone/.ATTRIBUTES/VARIABLE_VALUE"


@objects_edit("v_objects_child_renamed", "G09", V2, V2_NEW)
def v_objects_child_renamed(graph: Any) -> None:
    graph.nodes[0].children[0].local_name = "renamed"


@objects_edit("v_objects_no_children", "G09", V2)
def v_objects_no_children(graph: Any) -> None:
    del graph.nodes[0].children[:]


@objects_edit("v_objects_bad_child", "H03", V2, OBJECTS)
def v_objects_bad_child(graph: Any) -> None:
    graph.nodes[0].children[0].node_id = 9999


@objects_edit("v_objects_no_nodes", "G09", V2)
def v_objects_no_nodes(graph: Any) -> None:
    del graph.nodes[:]


@objects_edit("v_objects_attribute_renamed", "G09", V2)
def v_objects_attribute_renamed(graph: Any) -> None:
    keyed(graph).name = "LATER_VALUE"


@objects_edit("v_objects_no_attributes", "G09", V2)
def v_objects_no_attributes(graph: Any) -> None:
    for node in graph.nodes:
        del node.attributes[:]


@objects_edit("v_objects_registered_saver", "G21", V2, V2_NEW)
def v_objects_registered_saver(graph: Any) -> None:
    graph.nodes[1].registered_saver.name = "Custom.somebody"
    graph.nodes[1].registered_saver.object_name = "thing"


@objects_edit("x_objects_full_name", None, V2)
def x_objects_full_name(graph: Any) -> None:
    keyed(graph).full_name = "another/name"


@objects_edit("x_objects_extra_node", None, V2, OBJECTS)
def x_objects_extra_node(graph: Any) -> None:
    """An object more in the checkpoint than in the program."""
    graph.nodes[0].children.add(local_name="more", node_id=len(graph.nodes))
    graph.nodes.add()


@bundle_edit("v_objects_garbage", "G09", V2, OBJECTS)
def v_objects_garbage(bundle: Bundle) -> None:
    """The string is whole, its content is no message."""
    bundle.put_text(GRAPH_KEY, b"\xff\xff\xff\xff")


@bundle_edit("c_string_lengths", "G05", OBJECTS, OBJECT_TYPES)
def c_string_lengths(bundle: Bundle) -> None:
    """A wrong length in a string tensor."""
    raw = bytearray(bundle.tensor(GRAPH_KEY))
    raw[0] ^= 1
    bundle.put(GRAPH_KEY, bytes(raw), bundle.entries[GRAPH_KEY].crc32c)


@bundle_edit("c_string_crc", "G05", OBJECTS)
def c_string_crc(bundle: Bundle) -> None:
    """The tensor's own checksum, over lengths and bytes."""
    bundle.entries[GRAPH_KEY].crc32c ^= 1


# --- names in the graph


@graph_edit("c_meta_other_names", "G08", SAVER, V1)
def c_meta_other_names(graph: Any) -> None:
    """RestoreV2 asks for a name that the checkpoint does not have."""
    names = next(node for node in graph.node if node.name.endswith("RestoreV2/tensor_names"))
    names.attr["value"].tensor.string_val[0] = b"renamed/kernel"


@graph_edit("c_meta_slices", "G10", SAVER, V1)
def c_meta_slices(graph: Any) -> None:
    """RestoreV2 asks for a slice of a larger tensor."""
    names = next(node for node in graph.node if node.name.endswith("RestoreV2/tensor_names"))
    slices = next(node for node in graph.node if node.name.endswith("RestoreV2/shape_and_slices"))
    held = slices.attr["value"].tensor.string_val
    count = len(names.attr["value"].tensor.string_val)
    values = [b""] * count if len(held) < count else list(held)
    values[0] = b"9 9 0,9:0,9"
    slices.attr["value"].tensor.ClearField("string_val")
    slices.attr["value"].tensor.string_val.extend(values)


@graph_edit("c_meta_slices_malformed", "G10", SAVER)
def c_meta_slices_malformed(graph: Any) -> None:
    slices = next(node for node in graph.node if node.name.endswith("RestoreV2/shape_and_slices"))
    count = slices.attr["value"].tensor.tensor_shape.dim[0].size
    slices.attr["value"].tensor.ClearField("string_val")
    slices.attr["value"].tensor.string_val.extend([b"nine nine"] * count)


@graph_edit("c_meta_dtypes", "G11", SAVER, V1)
def c_meta_dtypes(graph: Any) -> None:
    """RestoreV2 asks for another type, and so hands it to an Assign of floats."""
    first(graph.node, "RestoreV2").attr["dtypes"].list.type[0] = 2


@graph_edit("c_meta_dtypes_short", "B12", SAVER)
def c_meta_dtypes_short(graph: Any) -> None:
    del first(graph.node, "RestoreV2").attr["dtypes"].list.type[-1:]


@graph_edit("c_meta_names_short", "G08", SAVER)
def c_meta_names_short(graph: Any) -> None:
    """Fewer names than types."""
    names = next(node for node in graph.node if node.name.endswith("RestoreV2/tensor_names"))
    del names.attr["value"].tensor.string_val[-1:]
    names.attr["value"].tensor.tensor_shape.dim[0].size -= 1
