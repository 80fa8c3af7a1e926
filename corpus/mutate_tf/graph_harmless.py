"""Edits of graphs and of what is around them that must not matter."""

from __future__ import annotations

from typing import Any

from bases import FROZEN, V1, V2
from recipe import add_node, first, graph_edit, proto_edit, scalar

FLOAT = 1


@graph_edit("x_extra_nodes", None, V1, FROZEN, V2)
def x_extra_nodes(graph: Any) -> None:
    add_node(graph.node, "spare/nothing", "NoOp")
    scalar(graph.node, "spare/one")


@graph_edit("x_default_attrs_explicit", None, V1, FROZEN)
def x_default_attrs_explicit(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["data_format"].s = b"NHWC"


@proto_edit("x_unknown_fields", None, V1, V2, FROZEN)
def x_unknown_fields(proto: Any) -> None:
    """Field numbers of a later TensorFlow: a string in field 900 and a number in 901."""
    proto.MergeFromString(b"\xa2\x38\x05later\xa8\x38\x07")


@proto_edit("x_schema_version", None, V1, V2)
def x_schema_version(proto: Any) -> None:
    proto.saved_model_schema_version = 99


@proto_edit("x_written_by_future", None, V1, V2)
def x_written_by_future(proto: Any) -> None:
    proto.meta_graphs[0].meta_info_def.tensorflow_version = "3.1.0"
    proto.meta_graphs[0].meta_info_def.tensorflow_git_version = "v3.1.0"


@proto_edit("x_no_meta_info_version", None, V1, V2)
def x_no_meta_info_version(proto: Any) -> None:
    proto.meta_graphs[0].meta_info_def.ClearField("tensorflow_version")
    proto.meta_graphs[0].meta_info_def.ClearField("stripped_op_list")


@graph_edit("x_extra_function", None, V1, FROZEN, V2)
def x_extra_function(graph: Any) -> None:
    """A whole function that nothing calls."""
    function = graph.library.function.add()
    function.signature.name = "__inference_spare_999999"
    function.signature.input_arg.add(name="a", type=FLOAT)
    function.signature.output_arg.add(name="b", type=FLOAT)
    add_node(function.node_def, "same", "Identity", ["a"], T=("type", FLOAT))
    function.ret["b"] = "same:output:0"


@graph_edit("x_devices_cpu", None, V1, FROZEN)
def x_devices_cpu(graph: Any) -> None:
    for node in graph.node:
        node.device = "/job:localhost/replica:0/task:0/device:CPU:0"


@graph_edit("x_stripped_newer_attr", None, V1)
def x_stripped_newer_attr(graph: Any) -> None:
    """Equal to MatMul's later attributes at their defaults; known from 2.9 and 2.10 on."""
    node = first(graph.node, "MatMul")
    node.attr["grad_a"].b = False
    node.attr["grad_b"].b = False
