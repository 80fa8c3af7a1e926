"""Edits of the object graph in a checkpoint, and of the names that a graph restores (catalogue rows G08 to G14, G21)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bases import OBJECT_TYPES, OBJECTS, SAVER, SLOTS, V1, V2, V2_MIDDLE
from bundle import GRAPH_KEY, Bundle
from entries import bundle_edit
from recipe import first, graph_edit


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


@objects_edit("v_objects_other_key", "G09", V2, V2_MIDDLE)
def v_objects_other_key(graph: Any) -> None:
    """An object's key that has no entry."""
    keyed(graph).checkpoint_key = "gone/.ATTRIBUTES/VARIABLE_VALUE"


@objects_edit("v_objects_child_renamed", "G09", V2, V2_MIDDLE)
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


@objects_edit("v_objects_registered_saver", "G21", V2, V2_MIDDLE)
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
