"""Edits of the nodes and arguments of a function (catalogue rows B12 to B17, C07 to C12, E04)."""

from __future__ import annotations

from typing import Any

from bases import DEFUN, NESTED, NESTED_NEW, V2
from functions import in_role, names, role
from recipe import add_node, drop, first, graph_edit

FLOAT = 1


@in_role("f_deprecated_op_leaf", "leaf", "C12", NESTED, NESTED_NEW)
def f_deprecated_op(function: Any) -> None:
    node = add_node(function.node_def, "old_in", "Placeholder", dtype=("type", 8))
    add_node(function.node_def, "old_out", "BatchFFT", [node.name + ":output:0"])


@graph_edit("f_deprecated_op_old_producer", "C12", NESTED)
def f_deprecated_old_producer(graph: Any) -> None:
    f_deprecated_op(role(graph, "leaf"))
    graph.versions.producer = 12


@graph_edit("f_deprecated_v1", "C12", DEFUN)
def f_deprecated_v1(graph: Any) -> None:
    f_deprecated_op(graph.library.function[0])


@in_role("f_newer_op_save", "save", "C07", NESTED)
def f_newer_op_save(function: Any) -> None:
    """DisableCopyOnRead in the save function, as writers from 2.12 on leave it."""
    node = add_node(function.node_def, "held", "VarHandleOp", dtype=("type", FLOAT), shape=("shape", [2]))
    add_node(function.node_def, "disabled", "DisableCopyOnRead", [node.name + ":resource:0"])


@in_role("f_attr_wrong_kind", "leaf", "C11", NESTED)
def f_attr_wrong_kind(function: Any) -> None:
    first(function.node_def, "Mul").attr["T"].i = 1


@in_role("f_attr_not_allowed", "leaf", "C10", NESTED)
def f_attr_not_allowed(function: Any) -> None:
    first(function.node_def, "Mul").attr["T"].type = 7


@in_role("f_unknown_dtype", "leaf", "C11", NESTED)
def f_unknown_dtype(function: Any) -> None:
    first(function.node_def, "ReadVariableOp").attr["dtype"].type = 99


@in_role("f_type_mismatch", "leaf", "B16", NESTED)
def f_type_mismatch(function: Any) -> None:
    first(function.node_def, "ReadVariableOp").attr["dtype"].type = 2


@in_role("f_too_many_inputs", "leaf", "B12", NESTED)
def f_too_many_inputs(function: Any) -> None:
    node = first(function.node_def, "Mul")
    node.input.insert(0, node.input[0])


@in_role("f_too_few_inputs", "leaf", "B12", NESTED)
def f_too_few_inputs(function: Any) -> None:
    node = first(function.node_def, "Mul")
    del node.input[1:]


@in_role("f_unknown_control_input", "leaf", "B13", NESTED)
def f_unknown_control_input(function: Any) -> None:
    first(function.node_def, "Mul").input.append("^nowhere")


@in_role("f_bad_output_arg", "leaf", "E04", NESTED)
def f_bad_output_arg(function: Any) -> None:
    """An output name that the op does not have."""
    node = first(function.node_def, "Mul")
    node.input[:] = [name.replace(":value:0", ":nothing:0") for name in node.input]


@in_role("f_bad_output_index", "leaf", "E04", NESTED)
def f_bad_output_index(function: Any) -> None:
    node = first(function.node_def, "Mul")
    node.input[:] = [name.replace(":value:0", ":value:4") for name in node.input]


@in_role("f_duplicate_node", "leaf", "B14", NESTED)
def f_duplicate_node(function: Any) -> None:
    function.node_def.add().CopyFrom(first(function.node_def, "Mul"))


@in_role("f_node_removed", "leaf", "E04", NESTED)
def f_node_removed(function: Any) -> None:
    drop(function.node_def, lambda node: node.op == "Mul")


@in_role("f_no_nodes", "leaf", "E04", NESTED)
def f_no_nodes(function: Any) -> None:
    del function.node_def[:]


@in_role("f_no_ret", "leaf", "E04", NESTED)
def f_no_ret(function: Any) -> None:
    function.ret.clear()


@in_role("f_bad_ret", "leaf", "E04", NESTED)
def f_bad_ret(function: Any) -> None:
    for key in function.ret:
        function.ret[key] = "nowhere:output:0"


@in_role("f_bad_control_ret", "restore", "E04", V2)
def f_bad_control_ret(function: Any) -> None:
    function.control_ret["extra"] = "nowhere"


@in_role("f_result_type", "leaf", "B16", NESTED)
def f_result_type(function: Any) -> None:
    function.signature.output_arg[0].type = 2


@in_role("f_argument_type", "leaf", "B16", NESTED)
def f_argument_type(function: Any) -> None:
    function.signature.input_arg[0].type = 2


@in_role("f_argument_added", "leaf", "B12", NESTED)
def f_argument_added(function: Any) -> None:
    function.signature.input_arg.add(name="more", type=FLOAT)


@in_role("f_argument_removed", "leaf", "E04", NESTED)
def f_argument_removed(function: Any) -> None:
    del function.signature.input_arg[0]


@in_role("f_result_added", "leaf", "E04", NESTED)
def f_result_added(function: Any) -> None:
    function.signature.output_arg.add(name="more", type=FLOAT)


@in_role("f_cycle", "leaf", "B15", NESTED)
def f_cycle(function: Any) -> None:
    node = first(function.node_def, "Mul")
    node.input[0] = "Identity:output:0"


@graph_edit("f_matmul_transposed", "B17", V2)
def f_matmul_transposed(graph: Any) -> None:
    function = next(item for item in graph.library.function if "MatMul" in names(item))
    first(function.node_def, "MatMul").attr["transpose_b"].b = True
