"""Edits of graphs: constants, shapes and what follows from them (catalogue rows B17 and B19)."""

from __future__ import annotations

from typing import Any

from bases import FROZEN, V1
from recipe import constant, first, graph_edit

FLOAT = 1


@graph_edit("g_const_bad_content", "B17", FROZEN, V1)
def g_const_bad_content(graph: Any) -> None:
    """Fewer bytes than type and shape say."""
    tensor = constant(graph.node, "short", [1, 2]).attr["value"].tensor
    tensor.ClearField("int_val")
    tensor.tensor_content = bytes(5)


@graph_edit("g_const_too_many", "B17", FROZEN)
def g_const_too_many(graph: Any) -> None:
    node = constant(graph.node, "many", [1, 2])
    node.attr["value"].tensor.int_val.append(3)


@graph_edit("x_const_filled", None, FROZEN)
def x_const_filled(graph: Any) -> None:
    """Fewer values than the shape: the last is repeated."""
    node = constant(graph.node, "few", [1, 2])
    node.attr["value"].tensor.tensor_shape.dim[0].size = 7


@graph_edit("g_const_negative", "B19", FROZEN, V1)
def g_const_negative(graph: Any) -> None:
    node = constant(graph.node, "negative", [1, 2])
    node.attr["value"].tensor.tensor_shape.dim[0].size = -1


@graph_edit("g_const_unknown_rank", "B19", FROZEN)
def g_const_unknown_rank(graph: Any) -> None:
    node = constant(graph.node, "ranked", [1, 2])
    node.attr["value"].tensor.ClearField("tensor_shape")
    node.attr["value"].tensor.tensor_shape.unknown_rank = True


@graph_edit("g_const_no_value", "B19", FROZEN, V1)
def g_const_no_value(graph: Any) -> None:
    del constant(graph.node, "valueless", [1, 2]).attr["value"]


@graph_edit("g_const_type_differs", "B17", FROZEN)
def g_const_type_differs(graph: Any) -> None:
    constant(graph.node, "typed", [1, 2]).attr["dtype"].type = FLOAT


@graph_edit("g_const_tensor_untyped", "B17", FROZEN)
def g_const_tensor_untyped(graph: Any) -> None:
    constant(graph.node, "untyped", [1, 2]).attr["value"].tensor.dtype = 0


@graph_edit("g_shape_inference", "B17", FROZEN, V1)
def g_shape_inference(graph: Any) -> None:
    """The inner dimensions of a MatMul differ."""
    first(graph.node, "MatMul").attr["transpose_b"].b = True


@graph_edit("g_bias_shape", "B17", V1)
def g_bias_shape(graph: Any) -> None:
    """A BiasAdd with the other layer's bias."""
    nodes = [node for node in graph.node if node.op == "BiasAdd"]
    nodes[0].input[1] = nodes[1].input[1]


@graph_edit("g_placeholder_rank", "B17", FROZEN)
def g_placeholder_rank(graph: Any) -> None:
    del first(graph.node, "Placeholder").attr["shape"].shape.dim[3:]


@graph_edit("g_placeholder_channels", "B17", FROZEN)
def g_placeholder_channels(graph: Any) -> None:
    first(graph.node, "Placeholder").attr["shape"].shape.dim[3].size = 5


@graph_edit("x_placeholder_unknown", None, FROZEN)
def x_placeholder_unknown(graph: Any) -> None:
    shape = first(graph.node, "Placeholder").attr["shape"].shape
    del shape.dim[:]
    shape.unknown_rank = True


@graph_edit("g_kernel_too_big", "B17", FROZEN)
def g_kernel_too_big(graph: Any) -> None:
    """A VALID pool larger than what it gets."""
    first(graph.node, "MaxPool").attr["ksize"].list.i[:] = [1, 9, 9, 1]


@graph_edit("g_negative_shape", "B17", FROZEN)
def g_negative_shape(graph: Any) -> None:
    first(graph.node, "Placeholder").attr["shape"].shape.dim[1].size = -5


@graph_edit("g_output_shapes_wrong", "B17", V1, FROZEN)
def g_output_shapes_wrong(graph: Any) -> None:
    shape = first(graph.node, "Softmax").attr["_output_shapes"].list
    del shape.shape[:]
    shape.shape.add().dim.add(size=3)


@graph_edit("x_output_shapes_right", None, FROZEN)
def x_output_shapes_right(graph: Any) -> None:
    shape = first(graph.node, "Softmax").attr["_output_shapes"].list.shape.add()
    shape.dim.add(size=-1)
    shape.dim.add(size=2)


@graph_edit("g_variable_shape", "G10", V1)
def g_variable_shape(graph: Any) -> None:
    """The variable, and what initialises it, are said to be wider than what was saved."""
    for node in graph.node:
        if node.name.startswith("logits/kernel"):
            for shape in (node.attr["shape"].shape, node.attr["value"].tensor.tensor_shape):
                if len(shape.dim) == 2 and "shape" in node.attr:
                    shape.dim[1].size = 5
            if "_output_shapes" in node.attr:
                del node.attr["_output_shapes"]
