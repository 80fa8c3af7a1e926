"""Edits of graphs: attributes that are missing, unknown, of another kind or of a value that is not allowed (catalogue rows C08 to C11)."""

from __future__ import annotations

from typing import Any

from bases import FROZEN, NESTED, RESOURCE, SAVER, V1, V2
from recipe import add_node, constant, first, graph_edit, scalar

FLOAT, INT32, STRING = 1, 3, 7


@graph_edit("g_missing_attr", "C09", V1, FROZEN, SAVER)
def g_missing_attr(graph: Any) -> None:
    del first(graph.node, "MatMul").attr["T"]


@graph_edit("g_missing_attr_placeholder", "C09", V1)
def g_missing_attr_placeholder(graph: Any) -> None:
    del first(graph.node, "Placeholder").attr["dtype"]


@graph_edit("g_missing_attr_variable", "C09", RESOURCE)
def g_missing_attr_variable(graph: Any) -> None:
    del first(graph.node, "VarHandleOp").attr["shape"]


@graph_edit("x_missing_default_attr", None, V1, FROZEN, RESOURCE)
def x_missing_default_attr(graph: Any) -> None:
    """Attributes that have a default may be absent."""
    node = first(graph.node, "MatMul")
    del node.attr["transpose_a"]
    del node.attr["transpose_b"]
    del first(graph.node, "BiasAdd").attr["data_format"]


@graph_edit("g_extra_attr", "C08", V1, FROZEN, SAVER, V2)
def g_extra_attr(graph: Any) -> None:
    op = "MatMul" if any(node.op == "MatMul" for node in graph.node) else "SaveV2"
    node = next((node for node in graph.node if node.op == op), graph.node[-1])
    node.attr["grad_accumulate"].b = True


@graph_edit("x_underscore_attr", None, V1, FROZEN, SAVER, V2)
def x_underscore_attr(graph: Any) -> None:
    for node in graph.node:
        node.attr["_note"].s = b"anything"
        node.attr["_count"].i = 7


@graph_edit("g_attr_wrong_kind", "C11", V1, FROZEN)
def g_attr_wrong_kind(graph: Any) -> None:
    first(graph.node, "MatMul").attr["T"].i = 1


@graph_edit("g_attr_wrong_kind_bool", "C11", V1)
def g_attr_wrong_kind_bool(graph: Any) -> None:
    first(graph.node, "MatMul").attr["transpose_a"].s = b"true"


@graph_edit("g_attr_empty", "C11", V1)
def g_attr_empty(graph: Any) -> None:
    first(graph.node, "MatMul").attr["transpose_a"].ClearField("value")


@graph_edit("g_unknown_dtype", "C11", V1, FROZEN)
def g_unknown_dtype(graph: Any) -> None:
    first(graph.node, "Placeholder").attr["dtype"].type = 77


for _name, _code in (("float8", 24), ("int4", 29), ("resource_ref", 120), ("half", 19), ("uint64", 23), ("invalid", 0)):

    @graph_edit(f"g_placeholder_{_name}", "C11", FROZEN)
    def g_placeholder(graph: Any, code: int = _code) -> None:
        """A placeholder of another type, which nothing reads."""
        add_node(graph.node, "other", "Placeholder", dtype=("type", code))


@graph_edit("g_attr_not_allowed", "C10", V1, FROZEN)
def g_attr_not_allowed(graph: Any) -> None:
    first(graph.node, "Softmax").attr["T"].type = STRING


@graph_edit("g_enum_not_allowed", "C10", FROZEN)
def g_enum_not_allowed(graph: Any) -> None:
    first(graph.node, "MaxPool").attr["padding"].s = b"REFLECT"


@graph_edit("g_data_format_not_allowed", "C10", FROZEN)
def g_data_format_not_allowed(graph: Any) -> None:
    first(graph.node, "Conv2D").attr["data_format"].s = b"NHCW"


@graph_edit("g_list_too_short", "C10", FROZEN)
def g_list_too_short(graph: Any) -> None:
    del first(graph.node, "MaxPool").attr["ksize"].list.i[2:]


@graph_edit("g_below_minimum", "C10", V1)
def g_below_minimum(graph: Any) -> None:
    """N of a ConcatV2 has to be two."""
    scalar(graph.node, "one")
    constant(graph.node, "axis", [0])
    add_node(graph.node, "joined", "ConcatV2", ["one", "axis"], N=("i", 1), T=("type", FLOAT), Tidx=("type", INT32))


@graph_edit("g_negative_number", "C10", V1)
def g_negative_number(graph: Any) -> None:
    add_node(graph.node, "joined", "AddN", [], N=("i", -1), T=("type", FLOAT))


@graph_edit("g_data_format_nchw", "D07", V1)
def g_data_format_nchw(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["data_format"].s = b"NCHW"


# every attribute without a default that the nodes of a session model have
for _op, _attr, _base in (
    ("Const", "dtype", V1),
    ("Const", "value", V1),
    ("VariableV2", "dtype", V1),
    ("VariableV2", "shape", V1),
    ("Assign", "T", V1),
    ("Identity", "T", V1),
    ("Pack", "N", V1),
    ("RestoreV2", "dtypes", V1),
    ("SaveV2", "dtypes", V1),
    ("StringJoin", "N", V1),
    ("PlaceholderWithDefault", "dtype", V1),
    ("PlaceholderWithDefault", "shape", V1),
    ("VarHandleOp", "dtype", RESOURCE),
    ("AssignVariableOp", "dtype", RESOURCE),
    ("Conv2D", "strides", FROZEN),
    ("Conv2D", "padding", FROZEN),
    ("MaxPool", "ksize", FROZEN),
    ("Reshape", "T", FROZEN),
):

    @graph_edit(f"g_without_{_op}_{_attr}", "C09", _base)
    def g_without(graph: Any, op: str = _op, attr: str = _attr) -> None:
        node = next(node for node in graph.node if node.op == op and attr in node.attr)
        del node.attr[attr]


# every kind of value where a type is wanted, and a type where something else is
for _field, _value in (("s", b"DT_FLOAT"), ("f", 1.0), ("b", True), ("placeholder", "later")):

    @graph_edit(f"g_type_as_{_field}", "C11", FROZEN)
    def g_type_as(graph: Any, field: str = _field, value: Any = _value) -> None:
        setattr(first(graph.node, "MatMul").attr["T"], field, value)


for _name, _op, _attr, _field, _value in (
    ("strides_scalar", "Conv2D", "strides", "i", 1),
    ("padding_number", "Conv2D", "padding", "i", 1),
    ("padding_case", "Conv2D", "padding", "s", b"same"),
    ("shape_number", "Placeholder", "shape", "i", 4),
    ("value_number", "Const", "value", "i", 4),
    ("transpose_type", "MatMul", "transpose_a", "type", 1),
):

    @graph_edit(f"g_kind_{_name}", "C11", FROZEN)
    def g_kind(graph: Any, op: str = _op, attr: str = _attr, field: str = _field, value: Any = _value) -> None:
        setattr(first(graph.node, op).attr[attr], field, value)


@graph_edit("g_strides_zero", "C10", FROZEN)
def g_strides_zero(graph: Any) -> None:
    first(graph.node, "Conv2D").attr["strides"].list.i[:] = [1, 0, 0, 1]


@graph_edit("g_strides_short", "C10", FROZEN)
def g_strides_short(graph: Any) -> None:
    first(graph.node, "Conv2D").attr["strides"].list.i[:] = [1, 2]


@graph_edit("g_types_list_longer", "B12", V1)
def g_types_list_longer(graph: Any) -> None:
    """SaveV2 is said to take one tensor more."""
    first(graph.node, "SaveV2").attr["dtypes"].list.type.append(1)


@graph_edit("g_pack_count", "B12", V1)
def g_pack_count(graph: Any) -> None:
    first(graph.node, "Pack").attr["N"].i = 2


@graph_edit("g_shared_names_clash", "G10", RESOURCE)
def g_shared_names_clash(graph: Any) -> None:
    """Two variables that are one resource, with different shapes."""
    for node in graph.node:
        if node.op == "VarHandleOp":
            node.attr["shared_name"].s = b"one_for_all"


@graph_edit("x_debug_info", None, V1, V2)
def x_debug_info(graph: Any) -> None:
    """What optimizers note of a node's origin."""
    for node in graph.node:
        node.experimental_debug_info.original_node_names.append("before")
        node.experimental_debug_info.original_func_names.append("somewhere")


@graph_edit("g_full_type_bare", "B16", V1, V2)
def g_full_type_bare(graph: Any) -> None:
    """Every node is said to be a tensor, of nothing: releases that infer full types end the process."""
    for node in graph.node:
        node.experimental_type.type_id = 1000


@graph_edit("g_full_type_unknown", None, FROZEN, NESTED)
def g_full_type_unknown(graph: Any) -> None:
    """A type constructor that no release has."""
    for node in [*graph.node, *(node for function in graph.library.function for node in function.node_def)]:
        node.experimental_type.type_id = 7777
