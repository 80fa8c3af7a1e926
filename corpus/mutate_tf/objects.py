"""Edits of the object graph of SavedModels: ids, kinds, identifiers (catalogue family H)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bases import TABLE, V2, V2_NEW, V2_OLD
from recipe import proto_edit


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


@objects_edit("o_bad_child_id", "H03", V2, V2_OLD, V2_NEW)
def o_bad_child_id(graph: Any) -> None:
    graph.nodes[0].children[0].node_id = 9999


@objects_edit("o_negative_child_id", "H03", V2)
def o_negative_child_id(graph: Any) -> None:
    """Python takes -1 for the last."""
    graph.nodes[0].children[0].node_id = -1


@objects_edit("o_bad_child_of_leaf", "H03", V2)
def o_bad_child_of_leaf(graph: Any) -> None:
    graph.nodes[1].children[0].node_id = len(graph.nodes)


@objects_edit("o_child_is_root", None, V2)
def o_child_is_root(graph: Any) -> None:
    """A cycle of children is no fault."""
    graph.nodes[1].children.add(local_name="parent", node_id=0)


@objects_edit("o_child_twice", "G10", V2)
def o_child_twice(graph: Any) -> None:
    """Two children of one name: the later stays."""
    graph.nodes[0].children.add(
        local_name=graph.nodes[0].children[0].local_name, node_id=graph.nodes[0].children[1].node_id
    )


@objects_edit("o_child_renamed", "G09", V2, V2_NEW)
def o_child_renamed(graph: Any) -> None:
    """The checkpoint knows the child by its old name."""
    graph.nodes[0].children[0].local_name = "renamed"


@objects_edit("o_child_removed", "G09", V2)
def o_child_removed(graph: Any) -> None:
    """The variables of that child are reached by none."""
    del graph.nodes[0].children[0]


@objects_edit("o_child_empty_name", None, V2)
def o_child_empty_name(graph: Any) -> None:
    graph.nodes[0].children.add(local_name="", node_id=1)


@objects_edit("o_dependency_bad", "H03", V2, V2_NEW)
def o_dependency_bad(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=9999)


@objects_edit("o_dependency_cycle", "H05", V2, V2_NEW)
def o_dependency_cycle(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=2)
    graph.nodes[2].dependencies.add(local_name="x", node_id=1)


@objects_edit("x_dependency", None, V2_NEW)
def x_dependency(graph: Any) -> None:
    graph.nodes[1].dependencies.add(local_name="x", node_id=2)


@objects_edit("x_unreachable_object", None, V2)
def x_unreachable_object(graph: Any) -> None:
    """An object that no other names."""
    graph.nodes.add().CopyFrom(graph.nodes[0])
    del graph.nodes[-1].children[:]


# --- kinds


@objects_edit("o_kind_none", "H04", V2, V2_OLD, V2_NEW)
def o_kind_none(graph: Any) -> None:
    graph.nodes[1].ClearField(graph.nodes[1].WhichOneof("kind"))


@objects_edit("o_kind_variable_none", "H04", V2)
def o_kind_variable_none(graph: Any) -> None:
    kind(graph, "variable").ClearField("variable")


@objects_edit("o_kind_function_none", "H04", V2)
def o_kind_function_none(graph: Any) -> None:
    kind(graph, "function").ClearField("function")


@objects_edit("o_root_is_variable", None, V2)
def o_root_is_variable(graph: Any) -> None:
    graph.nodes[0].variable.CopyFrom(kind(graph, "variable").variable)


@objects_edit("o_user_identifier_unknown", None, V2, V2_NEW)
def o_user_identifier_unknown(graph: Any) -> None:
    graph.nodes[1].user_object.identifier = "somebody_elses"


@objects_edit("o_user_identifier_empty", None, V2)
def o_user_identifier_empty(graph: Any) -> None:
    graph.nodes[1].user_object.identifier = ""


@objects_edit("o_user_version_future", "H04", V2, V2_NEW)
def o_user_version_future(graph: Any) -> None:
    graph.nodes[1].user_object.version.producer = 99
    graph.nodes[1].user_object.version.min_consumer = 99


@objects_edit("o_signature_map_missing", None, V2)
def o_signature_map_missing(graph: Any) -> None:
    child = next(child for child in graph.nodes[0].children if child.local_name == "signatures")
    graph.nodes[child.node_id].user_object.identifier = "_generic_user_object"


@objects_edit("o_no_signatures_child", None, V2)
def o_no_signatures_child(graph: Any) -> None:
    at = next(index for index, child in enumerate(graph.nodes[0].children) if child.local_name == "signatures")
    del graph.nodes[0].children[at]


@objects_edit("o_registered_name", None, V2, V2_NEW)
def o_registered_name(graph: Any) -> None:
    graph.nodes[1].registered_name = "acme.Special"


@objects_edit("o_registered_saver", "G21", V2_NEW)
def o_registered_saver(graph: Any) -> None:
    graph.nodes[1].registered_saver = "acme.Saver"


@objects_edit("o_keras_layer_without_keras", None, V2)
def o_keras_layer(graph: Any) -> None:
    """An object that says it is a Keras layer, with metadata that none reads here."""
    graph.nodes[1].user_object.identifier = "_tf_keras_layer"
    graph.nodes[1].user_object.metadata = "{}"


@objects_edit("o_resource_device", None, TABLE)
def o_resource_device(graph: Any) -> None:
    kind(graph, "resource").resource.device = "/job:worker/task:1/device:GPU:0"


@objects_edit("o_no_nodes", "H03", V2)
def o_no_nodes(graph: Any) -> None:
    """An object graph without objects: as if there were none."""
    del graph.nodes[:]
    graph.concrete_functions.clear()
