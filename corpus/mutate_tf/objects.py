"""Edits of the object graph of SavedModels (catalogue family H and rows E02, E03, E06, E08): ids, kinds, functions, variables, slots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recipe import proto_edit

DENSE, DENSE_OLD, DENSE_NEW, TABLE = "w2.4/v2_dense", "w2.0/v2_dense", "w2.15/v2_dense", "w2.4/v2_table_file"
NESTED, SLOTS = "w2.4/v2_nested_functions", "w2.4/v2_optimizer_slots"
RAGGED = "w2.7/v2_ragged_inputs"


def objects_edit(name: str, breaks: str | None, *bases: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Register a change of the SavedObjectGraph."""

    def register(edit: Callable[[Any], Any]) -> Callable[[Any], Any]:
        proto_edit(name, breaks, *bases)(lambda proto: edit(proto.meta_graphs[0].object_graph_def))
        return edit

    return register


def kind(graph: Any, wanted: str) -> Any:
    """The first SavedObject of that kind."""
    for node in graph.nodes:
        if node.WhichOneof("kind") == wanted:
            return node
    raise LookupError(f"no {wanted} in the base")


# --- ids


@objects_edit("o_bad_child_id", "H03", DENSE, DENSE_OLD, DENSE_NEW)
def o_bad_child_id(graph: Any) -> None:
    graph.nodes[0].children[0].node_id = 9999


@objects_edit("o_negative_child_id", "H03", DENSE)
def o_negative_child_id(graph: Any) -> None:
    """Python takes -1 for the last."""
    graph.nodes[0].children[0].node_id = -1


@objects_edit("o_bad_child_of_leaf", "H03", DENSE)
def o_bad_child_of_leaf(graph: Any) -> None:
    graph.nodes[1].children[0].node_id = len(graph.nodes)


@objects_edit("o_child_is_root", None, DENSE)
def o_child_is_root(graph: Any) -> None:
    """A cycle of children is no fault."""
    graph.nodes[1].children.add(local_name="parent", node_id=0)


@objects_edit("o_child_twice", None, DENSE)
def o_child_twice(graph: Any) -> None:
    """Two children of one name: the later stays."""
    graph.nodes[0].children.add(
        local_name=graph.nodes[0].children[0].local_name, node_id=graph.nodes[0].children[1].node_id
    )


@objects_edit("o_child_renamed", "G09", DENSE, DENSE_NEW)
def o_child_renamed(graph: Any) -> None:
    """The checkpoint knows the child by its old name."""
    graph.nodes[0].children[0].local_name = "renamed"


@objects_edit("o_child_removed", "G09", DENSE)
def o_child_removed(graph: Any) -> None:
    """The variables of that child are reached by none."""
    del graph.nodes[0].children[0]


@objects_edit("o_child_empty_name", None, DENSE)
def o_child_empty_name(graph: Any) -> None:
    graph.nodes[0].children.add(local_name="", node_id=1)


@objects_edit("o_dependency_bad", "H03", DENSE, DENSE_NEW)
def o_dependency_bad(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=9999)


@objects_edit("o_dependency_cycle", "H05", DENSE, DENSE_NEW)
def o_dependency_cycle(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=2)
    graph.nodes[2].dependencies.add(local_name="x", node_id=1)


@objects_edit("x_dependency", None, DENSE_NEW)
def x_dependency(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=2)


@objects_edit("x_unreachable_object", None, DENSE)
def x_unreachable_object(graph: Any) -> None:
    """An object that no other names."""
    graph.nodes.add().CopyFrom(graph.nodes[0])
    del graph.nodes[-1].children[:]


# --- kinds


@objects_edit("o_kind_none", "H04", DENSE, DENSE_OLD, DENSE_NEW)
def o_kind_none(graph: Any) -> None:
    graph.nodes[1].ClearField(graph.nodes[1].WhichOneof("kind"))


@objects_edit("o_kind_variable_none", "H04", DENSE)
def o_kind_variable_none(graph: Any) -> None:
    kind(graph, "variable").ClearField("variable")


@objects_edit("o_kind_function_none", "H04", DENSE)
def o_kind_function_none(graph: Any) -> None:
    kind(graph, "function").ClearField("function")


@objects_edit("o_root_is_variable", None, DENSE)
def o_root_is_variable(graph: Any) -> None:
    graph.nodes[0].variable.CopyFrom(kind(graph, "variable").variable)


@objects_edit("o_user_identifier_unknown", None, DENSE, DENSE_NEW)
def o_user_identifier_unknown(graph: Any) -> None:
    graph.nodes[1].user_object.identifier = "somebody_elses"


@objects_edit("o_user_identifier_empty", None, DENSE)
def o_user_identifier_empty(graph: Any) -> None:
    graph.nodes[1].user_object.identifier = ""


@objects_edit("o_user_version_future", "H04", DENSE, DENSE_NEW)
def o_user_version_future(graph: Any) -> None:
    graph.nodes[1].user_object.version.producer = 99
    graph.nodes[1].user_object.version.min_consumer = 99


@objects_edit("o_signature_map_missing", None, DENSE)
def o_signature_map_missing(graph: Any) -> None:
    child = next(child for child in graph.nodes[0].children if child.local_name == "signatures")
    graph.nodes[child.node_id].user_object.identifier = "_generic_user_object"


@objects_edit("o_no_signatures_child", None, DENSE)
def o_no_signatures_child(graph: Any) -> None:
    at = next(index for index, child in enumerate(graph.nodes[0].children) if child.local_name == "signatures")
    del graph.nodes[0].children[at]


@objects_edit("o_registered_name", None, DENSE, DENSE_NEW)
def o_registered_name(graph: Any) -> None:
    graph.nodes[1].registered_name = "acme.Special"


@objects_edit("o_registered_saver", "G21", DENSE_NEW)
def o_registered_saver(graph: Any) -> None:
    graph.nodes[1].registered_saver = "acme.Saver"


@objects_edit("o_keras_layer_without_keras", None, DENSE)
def o_keras_layer(graph: Any) -> None:
    """An object that says it is a Keras layer, with metadata that none reads here."""
    graph.nodes[1].user_object.identifier = "_tf_keras_layer"
    graph.nodes[1].user_object.metadata = "{}"


@objects_edit("o_resource_device", None, TABLE)
def o_resource_device(graph: Any) -> None:
    kind(graph, "resource").resource.device = "/job:worker/task:1/device:GPU:0"


@objects_edit("o_no_nodes", "H03", DENSE)
def o_no_nodes(graph: Any) -> None:
    """An object graph without objects: as if there were none."""
    del graph.nodes[:]
    graph.concrete_functions.clear()


# --- functions


@objects_edit("o_function_missing_concrete", "E02", DENSE, DENSE_NEW)
def o_function_missing_concrete(graph: Any) -> None:
    """A function lists a concrete function that is in no table."""
    kind(graph, "function").function.concrete_functions[:] = ["__inference_gone_1"]


@objects_edit("f_missing_concrete_in_og", "E03", DENSE, NESTED, DENSE_NEW)
def f_missing_concrete_in_og(graph: Any) -> None:
    name = kind(graph, "bare_concrete_function").bare_concrete_function.concrete_function_name
    del graph.concrete_functions[name]


@objects_edit("f_og_names_missing_fn", "E02", DENSE)
def f_og_names_missing_fn(graph: Any) -> None:
    made = graph.concrete_functions["__inference_gone_1"]
    made.canonicalized_input_signature.tuple_value.SetInParent()
    kind(graph, "bare_concrete_function").bare_concrete_function.concrete_function_name = "__inference_gone_1"


@objects_edit("o_concrete_unused_missing", "E02", DENSE)
def o_concrete_unused(graph: Any) -> None:
    """The table has an entry for a function that the library lacks; no object names it."""
    graph.concrete_functions["__inference_gone_1"].canonicalized_input_signature.tuple_value.SetInParent()


@objects_edit("o_concrete_cleared", "E03", DENSE)
def o_concrete_cleared(graph: Any) -> None:
    graph.concrete_functions.clear()


@objects_edit("o_bound_input_bad", "H03", DENSE, DENSE_NEW)
def o_bound_input_bad(graph: Any) -> None:
    next(item for item in graph.concrete_functions.values() if item.bound_inputs).bound_inputs[0] = 9999


@objects_edit("o_bound_inputs_fewer", "E08", DENSE, DENSE_NEW)
def o_bound_inputs_fewer(graph: Any) -> None:
    """Fewer captured values than the function takes."""
    del next(item for item in graph.concrete_functions.values() if item.bound_inputs).bound_inputs[-1:]


@objects_edit("o_bound_inputs_more", "E08", DENSE)
def o_bound_inputs_more(graph: Any) -> None:
    bound = next(item for item in graph.concrete_functions.values() if item.bound_inputs).bound_inputs
    bound.append(bound[0])


@objects_edit("o_bound_input_is_object", "E08", DENSE)
def o_bound_input_is_object(graph: Any) -> None:
    """A captured value that is a module."""
    next(item for item in graph.concrete_functions.values() if item.bound_inputs).bound_inputs[0] = 1


@objects_edit("o_bound_input_is_function", "E08", NESTED)
def o_bound_input_is_function(graph: Any) -> None:
    at = next(index for index, node in enumerate(graph.nodes) if node.WhichOneof("kind") == "function")
    next(item for item in graph.concrete_functions.values() if item.bound_inputs).bound_inputs[0] = at


@objects_edit("o_no_input_signature", None, DENSE, DENSE_NEW)
def o_no_input_signature(graph: Any) -> None:
    for item in graph.concrete_functions.values():
        item.ClearField("canonicalized_input_signature")


@objects_edit("o_no_output_signature", None, DENSE)
def o_no_output_signature(graph: Any) -> None:
    for item in graph.concrete_functions.values():
        item.ClearField("output_signature")


@objects_edit("o_no_function_spec", None, DENSE, DENSE_NEW)
def o_no_function_spec(graph: Any) -> None:
    for node in graph.nodes:
        if node.WhichOneof("kind") == "function":
            node.function.ClearField("function_spec")


@objects_edit("o_empty_structure", "E06", DENSE)
def o_empty_structure(graph: Any) -> None:
    """A structured value of no kind."""
    for item in graph.concrete_functions.values():
        item.output_signature.Clear()
        item.output_signature.SetInParent()


@objects_edit("o_type_spec_registered", "E06", RAGGED)
def o_type_spec_registered(graph: Any) -> None:
    """A type that a package would have to register."""
    for item in graph.concrete_functions.values():
        for value in item.canonicalized_input_signature.tuple_value.values[0].tuple_value.values:
            if value.WhichOneof("kind") == "type_spec_value":
                value.type_spec_value.type_spec_class = 14
                value.type_spec_value.type_spec_class_name = "acme.GraphTensorSpec"


@objects_edit("o_type_spec_unknown_class", "E06", RAGGED)
def o_type_spec_unknown_class(graph: Any) -> None:
    for item in graph.concrete_functions.values():
        for value in item.canonicalized_input_signature.tuple_value.values[0].tuple_value.values:
            if value.WhichOneof("kind") == "type_spec_value":
                value.type_spec_value.type_spec_class = 88


@objects_edit("o_bare_argument_count", None, DENSE)
def o_bare_argument_count(graph: Any) -> None:
    kind(graph, "bare_concrete_function").bare_concrete_function.allowed_positional_arguments = 7


@objects_edit("o_bare_no_keywords", None, DENSE)
def o_bare_no_keywords(graph: Any) -> None:
    del kind(graph, "bare_concrete_function").bare_concrete_function.argument_keywords[:]


# --- variables, assets, constants, captured tensors


@objects_edit("o_var_dtype_mismatch", "G11", DENSE, DENSE_OLD, DENSE_NEW)
def o_var_dtype_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 2


@objects_edit("o_var_shape_mismatch", "G10", DENSE, DENSE_OLD, DENSE_NEW)
def o_var_shape_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.shape.dim[0].size += 3


@objects_edit("o_var_rank_mismatch", "G10", DENSE)
def o_var_rank_mismatch(graph: Any) -> None:
    kind(graph, "variable").variable.shape.dim.add(size=7)


@objects_edit("o_var_shape_unknown", None, DENSE, DENSE_NEW)
def o_var_shape_unknown(graph: Any) -> None:
    """A variable of any width takes what was saved."""
    kind(graph, "variable").variable.shape.dim[0].size = -1


@objects_edit("o_var_unknown_dtype", "C11", DENSE)
def o_var_unknown_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 99


@objects_edit("o_var_no_dtype", "C11", DENSE)
def o_var_no_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 0


@objects_edit("o_var_resource_dtype", "C11", DENSE)
def o_var_resource_dtype(graph: Any) -> None:
    kind(graph, "variable").variable.dtype = 20


@objects_edit("o_var_synchronization", "C11", DENSE)
def o_var_synchronization(graph: Any) -> None:
    kind(graph, "variable").variable.synchronization = 9


@objects_edit("o_var_aggregation", "C11", DENSE)
def o_var_aggregation(graph: Any) -> None:
    kind(graph, "variable").variable.aggregation = 9


@objects_edit("o_var_device", None, DENSE, DENSE_NEW)
def o_var_device(graph: Any) -> None:
    """A device that is not here: read only under a variable policy."""
    for node in graph.nodes:
        if node.WhichOneof("kind") == "variable":
            node.variable.device = "/job:worker/replica:0/task:3/device:GPU:0"


@objects_edit("o_var_name", None, DENSE)
def o_var_name(graph: Any) -> None:
    kind(graph, "variable").variable.name = ""


@objects_edit("x_var_not_trainable", None, DENSE)
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


@objects_edit("o_slot_on_module", "H01", DENSE, DENSE_NEW)
def o_slot_on_module(graph: Any) -> None:
    """A slot variable of an object that is no optimizer."""
    made = graph.nodes[1].slot_variables.add(slot_name="m")
    made.original_variable_node_id = 4 if graph.nodes[4].HasField("variable") else variables(graph)[0]
    made.slot_variable_node_id = variables(graph)[1]


def variables(graph: Any) -> list[int]:
    return [index for index, node in enumerate(graph.nodes) if node.HasField("variable")]


def slotted(graph: Any) -> Any:
    return next(node for node in graph.nodes if node.slot_variables)


@objects_edit("o_slot_bad_id", "H03", SLOTS)
def o_slot_bad_id(graph: Any) -> None:
    slotted(graph).slot_variables[0].slot_variable_node_id = 9999


@objects_edit("o_slot_bad_original", "H03", SLOTS)
def o_slot_bad_original(graph: Any) -> None:
    slotted(graph).slot_variables[0].original_variable_node_id = 9999


@objects_edit("o_slot_removed", "G09", SLOTS)
def o_slot_removed(graph: Any) -> None:
    del slotted(graph).slot_variables[0]


@objects_edit("o_slot_name", None, SLOTS)
def o_slot_name(graph: Any) -> None:
    slotted(graph).slot_variables[0].slot_name = "renamed"


@objects_edit("o_optimizer_unknown", "H01", SLOTS)
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


@objects_edit("o_saveable_missing", "E02", DENSE)
def o_saveable_missing(graph: Any) -> None:
    """Functions to save and restore an object that are not there."""
    saveable = graph.nodes[1].saveable_objects["thing"]
    saveable.save_function = 9999
    saveable.restore_function = 9999


@proto_edit("o_no_object_graph", None, DENSE, TABLE, DENSE_NEW)
def o_no_object_graph(proto: Any) -> None:
    """Without its objects the model is loaded as one of TensorFlow 1."""
    proto.meta_graphs[0].ClearField("object_graph_def")


@proto_edit("o_object_graph_on_v1", "H03", "w1.15/v1_dense")
def o_object_graph_on_v1(proto: Any) -> None:
    """An empty object graph turns a session model into one of TensorFlow 2."""
    proto.meta_graphs[0].object_graph_def.nodes.add().user_object.identifier = "_generic_user_object"
