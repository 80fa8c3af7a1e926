"""Edits of variables, assets, constants, slots and tables in the object graph of SavedModels (catalogue rows G09 to G11, H01, H03)."""

from __future__ import annotations

from typing import Any

from bases import SLOTS_MODULE, TABLE, V1, V2, V2_NEW, V2_OLD
from objects import kind, objects_edit
from recipe import proto_edit


@objects_edit("o_var_dtype_mismatch", "G11", V2, V2_OLD, V2_NEW)
def o_var_dtype_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 2


@objects_edit("o_var_shape_mismatch", "G10", V2, V2_OLD, V2_NEW)
def o_var_shape_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.shape.dim[0].size += 3


@objects_edit("o_var_rank_mismatch", "G10", V2)
def o_var_rank_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.shape.dim.add(size=7)


@objects_edit("o_var_shape_unknown", None, V2, V2_NEW)
def o_var_shape_unknown(graph: Any) -> None:
    """A variable of any width takes what was saved."""
    kind(graph, "variable").variable.shape.dim[0].size = -1


@objects_edit("o_var_unknown_dtype", "C11", V2)
def o_var_unknown_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 99


@objects_edit("o_var_no_dtype", "C11", V2)
def o_var_no_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 0


@objects_edit("o_var_resource_dtype", "C11", V2)
def o_var_resource_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 20


@objects_edit("o_var_synchronization", "C11", V2)
def o_var_synchronization(graph: Any) -> None:
    kind(graph, "variable").variable.synchronization = 9


@objects_edit("o_var_aggregation", "C11", V2)
def o_var_aggregation(graph: Any) -> None:
    kind(graph, "variable").variable.aggregation = 9


@objects_edit("o_var_device", None, V2, V2_NEW)
def o_var_device(graph: Any) -> None:
    """A device that is not here: read only under a variable policy."""
    for node in graph.nodes:
        if node.WhichOneof("kind") == "variable":
            node.variable.device = "/job:worker/replica:0/task:3/device:GPU:0"


@objects_edit("o_var_name", None, V2)
def o_var_name(graph: Any) -> None:
    kind(graph, "variable").variable.name = ""


@objects_edit("x_var_not_trainable", None, V2)
def x_var_not_trainable(graph: Any) -> None:
    kind(graph, "variable").variable.trainable = False


@objects_edit("o_asset_index_bad", "H03", TABLE)
def o_asset_index_bad(graph: Any) -> None:
    for node in graph.nodes:
        if node.WhichOneof("kind") == "asset":
            node.asset.asset_file_def_index = 9


@objects_edit("o_constant_missing", "F04", TABLE)
def o_constant_missing(graph: Any) -> None:
    """A captured constant whose node is not in the graph."""
    kind(graph, "constant").constant.operation = "gone"


@objects_edit("o_captured_tensor", "H04", TABLE)
def o_captured_tensor(graph: Any) -> None:
    """A tensor captured from a function that did not say which."""
    node = kind(graph, "constant")
    node.captured_tensor.name = "gone:0"
    node.captured_tensor.concrete_function = "__inference_gone_1"


# --- slots and resources


@objects_edit("o_slot_on_module", "H01", V2, V2_NEW)
def o_slot_on_module(graph: Any) -> None:
    """A slot variable of an object that is no optimizer."""
    made = graph.nodes[1].slot_variables.add(slot_name="m")
    made.original_variable_node_id = 4 if graph.nodes[4].HasField("variable") else variables(graph)[0]
    made.slot_variable_node_id = variables(graph)[1]


def variables(graph: Any) -> list[int]:
    return [index for index, node in enumerate(graph.nodes) if node.HasField("variable")]


def slotted(graph: Any) -> Any:
    return next(node for node in graph.nodes if node.slot_variables)


@objects_edit("o_slot_bad_id", "H03", SLOTS_MODULE)
def o_slot_bad_id(graph: Any) -> None:
    slotted(graph).slot_variables[0].slot_variable_node_id = 9999


@objects_edit("o_slot_bad_original", "H03", SLOTS_MODULE)
def o_slot_bad_original(graph: Any) -> None:
    slotted(graph).slot_variables[0].original_variable_node_id = 9999


@objects_edit("o_slot_removed", "G09", SLOTS_MODULE)
def o_slot_removed(graph: Any) -> None:
    del slotted(graph).slot_variables[0]


@objects_edit("o_slot_name", None, SLOTS_MODULE)
def o_slot_name(graph: Any) -> None:
    slotted(graph).slot_variables[0].slot_name = "renamed"


@objects_edit("o_optimizer_unknown", "H01", SLOTS_MODULE)
def o_optimizer_unknown(graph: Any) -> None:
    """Slots of an object that does not say it is an optimizer."""
    slotted(graph).user_object.identifier = "_generic_user_object"


@objects_edit("o_resource_no_create", "H03", TABLE)
def o_resource_no_create(graph: Any) -> None:
    """A table without the function that makes it."""
    node = kind(graph, "resource")
    at = next(index for index, child in enumerate(node.children) if child.local_name == "_create_resource")
    del node.children[at]


@objects_edit("o_resource_no_initialize", None, TABLE)
def o_resource_no_initialize(graph: Any) -> None:
    node = kind(graph, "resource")
    at = next(index for index, child in enumerate(node.children) if child.local_name == "_initialize")
    del node.children[at]


@objects_edit("o_saveable_missing", "E02", V2)
def o_saveable_missing(graph: Any) -> None:
    """Functions to save and restore an object that are not there."""
    saveable = graph.nodes[1].saveable_objects["thing"]
    saveable.save_function = 9999
    saveable.restore_function = 9999


@proto_edit("o_no_object_graph", None, V2, TABLE, V2_NEW)
def o_no_object_graph(proto: Any) -> None:
    """Without its objects the model is loaded as one of TensorFlow 1."""
    proto.meta_graphs[0].ClearField("object_graph_def")


@proto_edit("o_object_graph_on_v1", "H03", V1)
def o_object_graph_on_v1(proto: Any) -> None:
    """An empty object graph turns a session model into one of TensorFlow 2."""
    proto.meta_graphs[0].object_graph_def.nodes.add().user_object.identifier = "_generic_user_object"
