"""Edits of function libraries (catalogue families C, D and E): operations, attributes, calls and results, by the function's role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recipe import add_node, drop, first, graph_edit

NESTED, NESTED_NEW, TABLE, DENSE = (
    "w2.4/v2_nested_functions",
    "w2.10/v2_nested_functions",
    "w2.4/v2_table_file",
    "w2.4/v2_dense",
)
FLOW, DEFUN, FROZEN, V1_CALLS = (
    "w2.4/v2_control_flow",
    "w1.15/v1_defun",
    "w2.4/frozen_function",
    "w1.15/v1_function_tf2",
)
GRADIENT, DATASET = "w2.15/v2_train_step", "w2.4/v2_dataset"
FLOAT = 1


def names(function: Any) -> set[str]:
    return {node.op for node in function.node_def}


def called(graph: Any) -> set[str]:
    """The functions that some node of the graph or of a function names."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return {value.func.name for node in nodes for value in node.attr.values() if value.func.name}


def role(graph: Any, wanted: str) -> Any:
    """The first function of a role: save, restore, init, create, signature, leaf (called, calls none), caller, loose (called by none)."""
    calls = called(graph)
    special = ("_traced_save", "_traced_restore", "_initializer", "_creator", "_destroyer", "signature_wrapper")
    tests: dict[str, Callable[[Any], bool]] = {
        "save": lambda function: "_traced_save" in function.signature.name,
        "restore": lambda function: "_traced_restore" in function.signature.name,
        "init": lambda function: "_initializer" in function.signature.name,
        "create": lambda function: "_creator" in function.signature.name,
        "destroy": lambda function: "_destroyer" in function.signature.name,
        "signature": lambda function: "signature_wrapper" in function.signature.name,
        "leaf": lambda function: (
            plain(function) and function.signature.name in calls and "StatefulPartitionedCall" not in names(function)
        ),
        "caller": lambda function: (
            plain(function) and function.signature.name in calls and "StatefulPartitionedCall" in names(function)
        ),
        "loose": lambda function: plain(function) and function.signature.name not in calls,
    }

    def plain(function: Any) -> bool:
        return not any(word in function.signature.name for word in special)

    for function in graph.library.function:
        if tests[wanted](function):
            return function
    raise LookupError(f"no {wanted} function in the base")


def in_role(
    name: str, wanted: str, breaks: str | None, *bases: str
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register a change of the one function of that role."""

    def register(edit: Callable[[Any], None]) -> Callable[[Any], None]:
        graph_edit(name, breaks, *bases)(lambda graph: edit(role(graph, wanted)))
        return edit

    return register


def body_node(function: Any) -> Any:
    """A node of the body that computes: the one that results hang on would be too easy."""
    for node in function.node_def:
        if node.op not in ("Const", "Identity", "NoOp", "Placeholder"):
            return node
    return function.node_def[0]


ROLES = {
    "leaf": (NESTED, NESTED_NEW),
    "caller": (NESTED,),
    "loose": (NESTED,),
    "save": (NESTED,),
    "restore": (NESTED, NESTED_NEW),
    "signature": (NESTED,),
    "init": (TABLE,),
    "create": (TABLE,),
    "destroy": (TABLE,),
}

for _role, _bases in ROLES.items():

    @in_role(f"f_unknown_op_{_role}", _role, "C01", *_bases)
    def f_unknown_op(function: Any) -> None:
        add_node(function.node_def, "dangling_unknown", "NobodyKnowsThis")

    @in_role(f"f_extra_attr_{_role}", _role, "C08", *_bases[:1])
    def f_extra_attr(function: Any) -> None:
        body_node(function).attr["later_attribute"].i = 3

    @in_role(f"f_renamed_{_role}", _role, "E02", *_bases[:1])
    def f_renamed(function: Any) -> None:
        """The function has another name than those who use it say."""
        function.signature.name += "_renamed"

    if _role not in ("destroy", "create"):

        @graph_edit(f"f_missing_{_role}", "E01" if _role in ("leaf", "caller") else "E02", *_bases[:1])
        def f_missing(graph: Any, wanted: str = _role) -> None:
            name = role(graph, wanted).signature.name
            drop(graph.library.function, lambda function: function.signature.name == name)

        @in_role(f"f_missing_attr_{_role}", _role, "C09", *_bases[:1])
        def f_missing_attr(function: Any) -> None:
            """An attribute that has no default is gone."""
            for node in function.node_def:
                for key in ("T", "dtypes", "dtype", "key_dtype", "Tout"):
                    if key in node.attr:
                        del node.attr[key]
                        return
            raise LookupError("no attribute to remove")

        @in_role(f"f_bad_input_{_role}", _role, "E04", *_bases[:1])
        def f_bad_input(function: Any) -> None:
            next(node for node in function.node_def if node.input and not node.input[0].startswith("^")).input[0] = (
                "nope:output:0"
            )


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


@in_role("f_bad_control_ret", "restore", "E04", DENSE)
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


@graph_edit("f_matmul_transposed", "B17", DENSE)
def f_matmul_transposed(graph: Any) -> None:
    function = next(item for item in graph.library.function if "MatMul" in names(item))
    first(function.node_def, "MatMul").attr["transpose_b"].b = True


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


@graph_edit("f_toplevel_calls_nobody", "E02", DENSE)
def f_toplevel_calls_nobody(graph: Any) -> None:
    first(graph.node, "StatefulPartitionedCall").attr["f"].func.name = "__inference_nobody_1"


@graph_edit("f_no_library", "E02", NESTED, DEFUN, FROZEN, V1_CALLS)
def f_no_library(graph: Any) -> None:
    graph.ClearField("library")


@graph_edit("f_missing_branch", "E01", FLOW, FROZEN)
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


@graph_edit("f_unknown_op_defun", "C01", DEFUN, V1_CALLS, FROZEN)
def f_unknown_op_defun(graph: Any) -> None:
    add_node(graph.library.function[0].node_def, "dangling_unknown", "NobodyKnowsThis")


@graph_edit("f_bad_input_defun", "E04", DEFUN, FROZEN)
def f_bad_input_defun(graph: Any) -> None:
    next(node for node in graph.library.function[0].node_def if node.input).input[0] = "nope:output:0"


@graph_edit("f_duplicate_same", None, NESTED, DEFUN)
def f_duplicate_same(graph: Any) -> None:
    """The same function twice."""
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


@graph_edit("k_fn_gpu_only_restore_needed", "D01", DENSE)
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
        function.attr["_note"].s = b"anything"
        for node in function.node_def:
            node.attr["_note"].s = b"anything"


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
