"""Edits of graphs: versions, operations that are unknown, newer, deprecated or without kernel (catalogue rows B08 to B11, C01 to C07, C12, D01)."""

from __future__ import annotations

from typing import Any

from bases import FROZEN, RESOURCE, SAVER, V1, V2
from recipe import add_node, constant, first, graph_edit, scalar

FLOAT, INT32 = 1, 3


def producer(value: int) -> Any:
    def edit(graph: Any) -> None:
        graph.versions.producer = value

    return edit


def min_consumer(value: int) -> Any:
    def edit(graph: Any) -> None:
        graph.versions.min_consumer = value

    return edit


graph_edit("g_min_consumer_99999", "B08", V1, FROZEN, SAVER)(min_consumer(99999))
graph_edit("g_min_consumer_v2", "B08", V2)(min_consumer(99999))
graph_edit("g_min_consumer_1000", "B08", V1, FROZEN)(min_consumer(1000))
graph_edit("x_min_consumer_12", None, V1, FROZEN)(min_consumer(12))
graph_edit("x_producer_future", None, V1, V2, FROZEN, SAVER)(producer(99999))
graph_edit("x_producer_zero", None, FROZEN)(producer(0))
graph_edit("x_no_versions", None, FROZEN)(lambda graph: graph.ClearField("versions"))


@graph_edit("g_bad_consumer", "B09", V1, FROZEN)
def g_bad_consumer(graph: Any) -> None:
    """Every consumer of the releases 2.4, 2.10 and 2.15."""
    graph.versions.bad_consumers.extend([561, 1205, 1645])


@graph_edit("g_future_and_unknown_op", "B11", FROZEN)
def g_future_and_unknown_op(graph: Any) -> None:
    graph.versions.producer = 99999
    first(graph.node, "Relu6").op = "Relu7"


@graph_edit("g_unknown_op", "C01", V1, FROZEN, SAVER)
def g_unknown_op(graph: Any) -> None:
    first(graph.node, "BiasAdd").op = "BiasAddQuickly"


@graph_edit("g_unknown_op_dangling", "C01", V1, FROZEN, V2)
def g_unknown_op_dangling(graph: Any) -> None:
    """A node that nothing uses."""
    add_node(graph.node, "dangling", "CompletelyUnknown")


for _op, _row in (
    ("CaseFoldUTF8", "C02"),
    ("SentencepieceOp", "C02"),
    ("SimpleMLInferenceOpWithHandle", "C03"),
    ("Addons>GeluOp", "C04"),
    ("IO>KafkaReadableInit", "C04"),
    ("TRTEngineOp", "C15"),
    ("_FusedMatMul", "D08"),
    ("_MklSoftmax", "D08"),
    ("matmul", "C01"),
):

    @graph_edit(f"g_op_{_op.replace('>', '_')}", _row, V1)
    def g_op(graph: Any, op: str = _op) -> None:
        first(graph.node, "Softmax").op = op


@graph_edit("g_newer_op", "C06", V1, FROZEN)
def g_newer_op(graph: Any) -> None:
    """An op that came with 2.4 (DenseBincount), dangling but whole."""
    constant(graph.node, "counted", [1, 2])
    size = add_node(graph.node, "size", "Const", dtype=("type", INT32))
    size.attr["value"].tensor.dtype = INT32
    size.attr["value"].tensor.tensor_shape.SetInParent()
    size.attr["value"].tensor.int_val.append(4)
    scalar(graph.node, "weight")
    shape = add_node(
        graph.node, "weights", "Fill", ["counted", "weight"], T=("type", FLOAT), index_type=("type", INT32)
    )
    attrs = {"Tidx": ("type", INT32), "T": ("type", FLOAT), "binary_output": ("b", False)}
    add_node(graph.node, "bins", "DenseBincount", ["counted", "size", shape.name], **attrs)


@graph_edit("g_clip_by_value_new", "C06", V1)
def g_newest_op(graph: Any) -> None:
    """DisableCopyOnRead, which came with 2.10."""
    add_node(graph.node, "held", "VarHandleOp", dtype=("type", FLOAT), shape=("shape", [2]))
    add_node(graph.node, "disabled", "DisableCopyOnRead", ["held"])


@graph_edit("k_gpu_only", "D01", V1, RESOURCE, SAVER, FROZEN, V2)
def k_gpu_only(graph: Any) -> None:
    """CudnnRNNParamsSize, dangling: no CPU kernel exists."""
    names = []
    for index, value in enumerate((1, 4, 3)):
        node = constant(graph.node, f"size_{index}", [value])
        del node.attr["value"].tensor.tensor_shape.dim[:]
        names.append(node.name)
    add_node(graph.node, "params_size", "CudnnRNNParamsSize", names, T=("type", FLOAT), S=("type", INT32))


@graph_edit("k_no_kernel_for_type", "D01", V1, RESOURCE)
def k_no_kernel_for_type(graph: Any) -> None:
    """BiasAdd of quantized values: allowed by the definition, implemented by nobody."""
    for name in ("q", "r"):
        add_node(graph.node, name, "Placeholder", dtype=("type", 11))
    add_node(graph.node, "q_bias", "BiasAdd", ["q", "r"], T=("type", 11))


@graph_edit("k_conv_nchw", None, FROZEN)
def k_conv_nchw(graph: Any) -> None:
    add_node(graph.node, "cx", "Placeholder", dtype=("type", FLOAT))
    add_node(graph.node, "ck", "Placeholder", dtype=("type", FLOAT))
    node = add_node(
        graph.node, "cc", "Conv2D", ["cx", "ck"], T=("type", FLOAT), padding=("s", b"SAME"), data_format=("s", b"NCHW")
    )
    node.attr["strides"].list.i.extend([1, 1, 1, 1])


def deprecated(graph: Any) -> None:
    """BatchFFT, which left with GraphDef version 15."""
    for part in ("in", "out"):
        add_node(
            graph.node,
            f"old_{part}",
            "Placeholder" if part == "in" else "BatchFFT",
            ["old_in"] if part == "out" else [],
        )
    graph.node[-2].attr["dtype"].type = 8


graph_edit("g_deprecated_op", "C12", V1, FROZEN, SAVER)(deprecated)


@graph_edit("g_deprecated_op_old_producer", None, FROZEN)
def g_deprecated_op_old_producer(graph: Any) -> None:
    deprecated(graph)
    graph.versions.producer = 12
