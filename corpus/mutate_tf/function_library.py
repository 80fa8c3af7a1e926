"""Edits of the function library: calls, missing and doubled functions, gradients, kernels (catalogue rows E01 to E05 and D01)."""

from __future__ import annotations

from typing import Any

from bases import (
    DATASET,
    DEFUN,
    FLOW,
    FROZEN_FUNCTION,
    GRADIENT,
    NESTED,
    NESTED_NEW,
    SAVED_GRADIENT,
    TABLE,
    V1_CALLS,
    V2,
)
from functions import names, role
from recipe import add_node, drop, first, graph_edit, proto_edit

FLOAT = 1


@graph_edit("f_recursive", "E01", NESTED)
def f_recursive(graph: Any) -> None:
    """A function that calls itself."""
    function = role(graph, "caller")
    first(function.node_def, "StatefulPartitionedCall").attr["f"].func.name = function.signature.name


@graph_edit("f_calls_nobody", "E01", NESTED)
def f_calls_nobody(graph: Any) -> None:
    first(role(graph, "caller").node_def, "StatefulPartitionedCall").attr["f"].func.name = "__inference_nobody_1"


@graph_edit("f_calls_empty_name", "E01", NESTED)
def f_calls_empty_name(graph: Any) -> None:
    first(role(graph, "caller").node_def, "StatefulPartitionedCall").attr["f"].func.name = ""


@graph_edit("f_toplevel_calls_nobody", "E02", V2)
def f_toplevel_calls_nobody(graph: Any) -> None:
    first(graph.node, "StatefulPartitionedCall").attr["f"].func.name = "__inference_nobody_1"


@graph_edit("f_no_library", "E02", NESTED, DEFUN, FROZEN_FUNCTION, V1_CALLS)
def f_no_library(graph: Any) -> None:
    graph.ClearField("library")


@graph_edit("f_missing_branch", "E01", FLOW, FROZEN_FUNCTION)
def f_missing_branch(graph: Any) -> None:
    name = next(
        value.func.name
        for node in [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
        if node.op in ("If", "StatelessIf")
        for value in (node.attr["else_branch"],)
    )
    drop(graph.library.function, lambda function: function.signature.name == name)


@graph_edit("f_missing_case_branch", "E01", FLOW)
def f_missing_case_branch(graph: Any) -> None:
    """A branch in a list of functions."""
    for function in graph.library.function:
        for node in function.node_def:
            if node.op in ("Case", "StatelessCase"):
                name = node.attr["branches"].list.func[1].name
                drop(graph.library.function, lambda item: item.signature.name == name)
                return
    raise LookupError("no Case in the base")


@graph_edit("f_unknown_op_branch", "C01", FLOW)
def f_unknown_op_branch(graph: Any) -> None:
    next(item for item in graph.library.function if "body" in item.signature.name).node_def.add(
        name="u", op="Unknowable"
    )


@graph_edit("f_missing_map_function", "E01", DATASET)
def f_missing_map_function(graph: Any) -> None:
    for function in graph.library.function:
        for node in function.node_def:
            if node.op.startswith("MapDataset"):
                name = node.attr["f"].func.name
                drop(graph.library.function, lambda item: item.signature.name == name)
                return
    raise LookupError("no MapDataset in the base")


@graph_edit("f_unknown_op_defun", "C01", DEFUN, V1_CALLS, FROZEN_FUNCTION)
def f_unknown_op_defun(graph: Any) -> None:
    add_node(graph.library.function[0].node_def, "dangling_unknown", "NobodyKnowsThis")


@graph_edit("f_bad_input_defun", "E04", DEFUN, FROZEN_FUNCTION)
def f_bad_input_defun(graph: Any) -> None:
    next(node for node in graph.library.function[0].node_def if node.input).input[0] = "nope:output:0"


@graph_edit("f_duplicate_same", "E01", NESTED)
def f_duplicate_same(graph: Any) -> None:
    """The same function twice: TensorFlow's Python counts it twice and speaks of a cycle."""
    graph.library.function.add().CopyFrom(graph.library.function[0])


@graph_edit("f_duplicate_other", "B14", NESTED, DEFUN)
def f_duplicate_other(graph: Any) -> None:
    """Two different functions of one name."""
    other = graph.library.function.add()
    other.CopyFrom(graph.library.function[0])
    add_node(other.node_def, "difference", "NoOp")


@graph_edit("f_named_like_op", "B14", DEFUN)
def f_named_like_op(graph: Any) -> None:
    """A function with the name of a registered op."""
    function = graph.library.function.add()
    function.signature.name = "MatMul"
    add_node(function.node_def, "nothing", "NoOp")


@graph_edit("f_gradient_of_missing", "E02", DEFUN, NESTED)
def f_gradient_of_missing(graph: Any) -> None:
    graph.library.gradient.add(function_name="nobody", gradient_func="nobody_too")


@graph_edit("f_gradient_func_missing", "E02", DEFUN)
def f_gradient_func_missing(graph: Any) -> None:
    graph.library.gradient.add(function_name=graph.library.function[0].signature.name, gradient_func="nobody_too")


@graph_edit("f_gradient_type_unknown", "E05", NESTED, V1_CALLS)
def f_gradient_type_unknown(graph: Any) -> None:
    """A custom gradient that nobody registered: a warning, until a gradient is asked for."""
    node = first(graph.library.function[0].node_def, "Identity")
    node.attr["_gradient_op_type"].s = b"CustomGradient-999"


@graph_edit("k_fn_gpu_only", None, NESTED)
def k_fn_gpu_only(graph: Any) -> None:
    """A GPU-only op in a function that nothing runs while loading."""
    gpu_only(role(graph, "leaf"))


@graph_edit("k_fn_gpu_only_init", "D01", TABLE)
def k_fn_gpu_only_init(graph: Any) -> None:
    """The same in a function that the load runs; pruned there unless something depends on it."""
    gpu_only(role(graph, "init"))


@graph_edit("k_fn_gpu_only_init_needed", "D01", TABLE)
def k_fn_gpu_only_init_needed(graph: Any) -> None:
    function = role(graph, "init")
    gpu_only(function)
    next(node for node in function.node_def if node.op == "Identity").input.append("^params_size")


@graph_edit("k_fn_gpu_only_restore_needed", "D01", V2)
def k_fn_gpu_only_restore_needed(graph: Any) -> None:
    """In the restore function, which the session and serving loaders run."""
    function = role(graph, "restore")
    gpu_only(function)
    next(node for node in function.node_def if node.op == "NoOp").input.append("^params_size")


def gpu_only(function: Any) -> None:
    for index, value in enumerate((1, 4, 3)):
        node = add_node(function.node_def, f"size_{index}", "Const", dtype=("type", 3))
        node.attr["value"].tensor.dtype = 3
        node.attr["value"].tensor.tensor_shape.SetInParent()
        node.attr["value"].tensor.int_val.append(value)
    inputs = [f"size_{index}:output:0" for index in range(3)]
    add_node(function.node_def, "params_size", "CudnnRNNParamsSize", inputs, T=("type", FLOAT), S=("type", 3))


@graph_edit("x_fn_underscore_attr", None, NESTED, TABLE, GRADIENT)
def x_fn_underscore_attr(graph: Any) -> None:
    for function in graph.library.function:
        for node in function.node_def:
            node.attr["_note"].s = b"anything"


@graph_edit("f_function_attr_unknown", "C08", NESTED, NESTED_NEW)
def f_function_attr_unknown(graph: Any) -> None:
    """An attribute of the function itself: newer releases have a list of those that they take."""
    for function in graph.library.function:
        function.attr["_note"].s = b"anything"


@graph_edit("x_duplicate_same", None, DEFUN)
def x_duplicate_same(graph: Any) -> None:
    """In a session model the second of two equal functions is no other function."""
    graph.library.function.add().CopyFrom(graph.library.function[0])


@graph_edit("x_fn_reversed", None, NESTED, TABLE, FLOW)
def x_fn_reversed(graph: Any) -> None:
    """Neither the order of functions nor of their nodes matters."""
    functions = [type(item).FromString(item.SerializeToString()) for item in reversed(graph.library.function)]
    for function in functions:
        nodes = [type(node).FromString(node.SerializeToString()) for node in reversed(function.node_def)]
        del function.node_def[:]
        function.node_def.extend(nodes)
    del graph.library.function[:]
    graph.library.function.extend(functions)


@graph_edit("x_fn_devices_cpu", None, NESTED, TABLE)
def x_fn_devices_cpu(graph: Any) -> None:
    for function in graph.library.function:
        for node in function.node_def:
            node.device = "/device:CPU:0"


@graph_edit("x_fn_dangling", None, NESTED)
def x_fn_dangling(graph: Any) -> None:
    add_node(role(graph, "leaf").node_def, "spare", "NoOp")


@graph_edit("x_fn_colocation_unknown", None, NESTED)
def x_fn_colocation_unknown(graph: Any) -> None:
    """Colocation is not validated inside functions."""
    first(role(graph, "leaf").node_def, "Mul").attr["_class"].list.s.append(b"loc:@nowhere")


@graph_edit("x_fn_jit", None, NESTED)
def x_fn_jit(graph: Any) -> None:
    role(graph, "leaf").attr["_XlaMustCompile"].b = True


# --- gradients of functions that a SavedModel carries


@proto_edit("f_gradient_unknown_op", "C01", SAVED_GRADIENT)
def f_gradient_unknown_op(proto: Any) -> None:
    """An unknown op in the gradient function, which no forward pass runs."""
    library = proto.meta_graphs[0].graph_def.library
    name = library.registered_gradients[0].gradient_func
    function = next(item for item in library.function if item.signature.name == name)
    add_node(function.node_def, "dangling_unknown", "NobodyKnowsThis")


@proto_edit("f_gradient_function_missing", "E02", SAVED_GRADIENT)
def f_gradient_function_missing(proto: Any) -> None:
    library = proto.meta_graphs[0].graph_def.library
    name = library.registered_gradients[0].gradient_func
    drop(library.function, lambda function: function.signature.name == name)


@proto_edit("f_gradient_unregistered", "E05", SAVED_GRADIENT)
def f_gradient_unregistered(proto: Any) -> None:
    del proto.meta_graphs[0].graph_def.library.registered_gradients[:]


@graph_edit("f_input_shapes_wrong", "B17", V2)
def f_input_shapes_wrong(graph: Any) -> None:
    """The function's arguments are said to be of a shape that its MatMul does not take."""
    function = next(item for item in graph.library.function if "MatMul" in names(item))
    shapes = function.attr["_input_shapes"].list
    del shapes.shape[:]
    for argument in function.signature.input_arg:
        shape = shapes.shape.add()
        if argument.type == FLOAT:
            shape.dim.add(size=2)
            shape.dim.add(size=9)


@graph_edit("f_output_shapes_wrong", "B17", V2)
def f_output_shapes_wrong(graph: Any) -> None:
    function = next(item for item in graph.library.function if "MatMul" in names(item))
    shapes = first(function.node_def, "Relu").attr["_output_shapes"].list
    del shapes.shape[:]
    shapes.shape.add().dim.add(size=77)


@graph_edit("x_no_argument_attributes", None, V2, NESTED)
def x_no_argument_attributes(graph: Any) -> None:
    for function in graph.library.function:
        function.arg_attr.clear()
        function.attr.clear()


@graph_edit("f_unknown_op_all_calls", "C01", V1_CALLS)
def f_unknown_op_all_calls(graph: Any) -> None:
    """In every function of a session model with tf.function."""
    for function in graph.library.function:
        add_node(function.node_def, "dangling_unknown", "NobodyKnowsThis")


@graph_edit("f_unknown_attr_defun", "C08", DEFUN, V1_CALLS)
def f_unknown_attr_defun(graph: Any) -> None:
    for function in graph.library.function:
        function.node_def[0].attr["later_attribute"].i = 3


@graph_edit("f_too_few_arguments", "B12", V2)
def f_too_few_arguments(graph: Any) -> None:
    """The top level calls the signature with less than it takes."""
    node = next(node for node in graph.node if node.op == "StatefulPartitionedCall" and len(node.input) > 2)
    del node.input[-1:]


@graph_edit("f_call_types", "B16", NESTED)
def f_call_types(graph: Any) -> None:
    """A call says that it hands over doubles."""
    first(role(graph, "caller").node_def, "StatefulPartitionedCall").attr["Tin"].list.type[0] = 2


@graph_edit("f_call_results", "B16", NESTED)
def f_call_results(graph: Any) -> None:
    first(role(graph, "caller").node_def, "StatefulPartitionedCall").attr["Tout"].list.type[0] = 2
