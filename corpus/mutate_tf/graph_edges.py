"""Edits of graphs: inputs, names, duplicates, cycles and colocation (catalogue rows B12 to B16 and B18)."""

from __future__ import annotations

from typing import Any

from bases import FROZEN, LOOP, SAVER, V1, V2
from recipe import add_node, drop, first, graph_edit

FLOAT, INT32 = 1, 3


@graph_edit("g_too_many_inputs", "B12", V1, FROZEN)
def g_too_many_inputs(graph: Any) -> None:
    node = first(graph.node, "MatMul")
    node.input.append(node.input[1])


@graph_edit("g_too_few_inputs", "B12", V1, FROZEN, SAVER)
def g_too_few_inputs(graph: Any) -> None:
    del first(graph.node, "MatMul").input[1:]


@graph_edit("g_no_inputs", "B12", FROZEN)
def g_no_inputs(graph: Any) -> None:
    del first(graph.node, "Relu6").input[:]


@graph_edit("g_unknown_input", "B13", V1, FROZEN, SAVER, V2)
def g_unknown_input(graph: Any) -> None:
    node = next(node for node in graph.node if node.op in ("MatMul", "ReadVariableOp"))
    node.input[0] = "nowhere"


@graph_edit("g_unknown_control_input", "B13", V1, FROZEN)
def g_unknown_control_input(graph: Any) -> None:
    first(graph.node, "MatMul").input.append("^nowhere")


@graph_edit("g_node_removed", "B13", V1, FROZEN)
def g_node_removed(graph: Any) -> None:
    drop(graph.node, lambda node: node.op == "BiasAdd")


@graph_edit("g_bad_output_index", "B13", V1, FROZEN)
def g_bad_output_index(graph: Any) -> None:
    node = first(graph.node, "BiasAdd")
    node.input[0] = node.input[0] + ":3"


@graph_edit("g_negative_output", "B13", FROZEN)
def g_negative_output(graph: Any) -> None:
    node = first(graph.node, "BiasAdd")
    node.input[0] = node.input[0] + ":-2"


@graph_edit("x_explicit_output_zero", None, V1, FROZEN)
def x_explicit_output_zero(graph: Any) -> None:
    node = first(graph.node, "BiasAdd")
    node.input[0] = node.input[0] + ":0"


@graph_edit("g_control_before_data", "B14", V1, FROZEN)
def g_control_before_data(graph: Any) -> None:
    node = first(graph.node, "MatMul")
    inputs = list(node.input)
    node.input[:] = ["^" + graph.node[0].name, *inputs]


@graph_edit("g_input_type_mismatch", "B16", FROZEN, V1)
def g_input_type_mismatch(graph: Any) -> None:
    first(graph.node, "Placeholder").attr["dtype"].type = INT32


@graph_edit("g_reference_expected", "B16", FROZEN)
def g_reference_expected(graph: Any) -> None:
    """An Assign left over by freezing."""
    constants = [node.name for node in graph.node if node.op == "Const"]
    attrs = {"T": ("type", FLOAT), "use_locking": ("b", True), "validate_shape": ("b", True)}
    add_node(graph.node, "assign", "Assign", [constants[0], constants[0]], **attrs)


@graph_edit("g_resource_expected", "B16", FROZEN)
def g_resource_expected(graph: Any) -> None:
    constants = [node.name for node in graph.node if node.op == "Const"]
    add_node(graph.node, "read", "ReadVariableOp", [constants[0]], dtype=("type", FLOAT))


@graph_edit("g_reference_given", None, V1)
def g_reference_given(graph: Any) -> None:
    """A reference where a value is wanted: always allowed."""
    variable = first(graph.node, "VariableV2")
    add_node(graph.node, "copy", "Identity", [variable.name], T=("type", FLOAT))


@graph_edit("g_duplicate_node", "B14", V1, FROZEN, SAVER)
def g_duplicate_node(graph: Any) -> None:
    graph.node.add().CopyFrom(first(graph.node, "BiasAdd"))


for _name, _bad in (
    ("space", "a b"),
    ("empty", ""),
    ("leading_slash", "/a"),
    ("caret", "^a"),
    ("colon", "a:0"),
    ("backslash", "a\\b"),
    ("unicode", "größe"),
):

    @graph_edit(f"g_name_{_name}", "B14", FROZEN)
    def g_name(graph: Any, bad: str = _bad) -> None:
        add_node(graph.node, bad, "NoOp")


for _name, _good in (("dots", "a.b-c/d_e"), ("leading_dot", ".a"), ("digit", "1/2/3"), ("arrow", "a>b")):

    @graph_edit(f"x_name_{_name}", None, FROZEN)
    def x_name(graph: Any, good: str = _good) -> None:
        add_node(graph.node, good, "NoOp")


@graph_edit("g_no_op_name", "B14", FROZEN)
def g_no_op_name(graph: Any) -> None:
    add_node(graph.node, "nothing_at_all", "")


@graph_edit("g_cycle_v1", "B15", V1, FROZEN)
def g_cycle(graph: Any) -> None:
    first(graph.node, "BiasAdd").input[0] = first(graph.node, "Softmax").name


@graph_edit("g_self_input", "B15", FROZEN)
def g_self_input(graph: Any) -> None:
    node = first(graph.node, "Relu6")
    node.input[0] = node.name


@graph_edit("g_control_cycle", "B15", FROZEN)
def g_control_cycle(graph: Any) -> None:
    first(graph.node, "Conv2D").input.append("^" + first(graph.node, "Softmax").name)


@graph_edit("g_loop_broken", "B15", LOOP)
def g_loop_broken(graph: Any) -> None:
    """A NextIteration became an Identity: the loop is a plain cycle."""
    first(graph.node, "NextIteration").op = "Identity"


@graph_edit("x_nodes_reversed", None, V1, FROZEN, LOOP)
def x_nodes_reversed(graph: Any) -> None:
    """The order of nodes does not matter."""
    nodes = [type(node).FromString(node.SerializeToString()) for node in reversed(graph.node)]
    del graph.node[:]
    graph.node.extend(nodes)


@graph_edit("g_colocation_unknown", "B18", V1, FROZEN)
def g_colocation_unknown(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"loc:@nowhere")


@graph_edit("x_colocation_known", None, V1, FROZEN)
def x_colocation_known(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"loc:@" + graph.node[0].name.encode())


@graph_edit("x_class_other", None, FROZEN)
def x_class_other(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"note:@nowhere")
