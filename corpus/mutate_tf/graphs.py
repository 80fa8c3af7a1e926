"""Edits of graphs: validity, attributes, operations, versions (catalogue families B and C) on session models, frozen graphs and .meta."""

from __future__ import annotations

from typing import Any

from recipe import add_node, constant, drop, first, graph_edit, proto_edit

V1, V1_NEW, FROZEN, SAVER = "w1.15/v1_dense", "w2.4/v1_dense_resource", "w1.15/frozen_conv", "w1.15/saver_dense"
V2, V2_NEW, LOOP = "w2.4/v2_dense", "w2.10/v2_dense", "w1.15/v1_while"
FLOAT, INT32, STRING = 1, 3, 7


def scalar(graph: Any, name: str, value: float = 1.0) -> Any:
    """A float Const."""
    node = add_node(graph.node, name, "Const", dtype=("type", FLOAT))
    node.attr["value"].tensor.dtype = FLOAT
    node.attr["value"].tensor.tensor_shape.SetInParent()
    node.attr["value"].tensor.float_val.append(value)
    return node


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


# --- unknown operations


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
    scalar(graph, "weight")
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


# --- attributes


@graph_edit("g_missing_attr", "C09", V1, FROZEN, SAVER)
def g_missing_attr(graph: Any) -> None:
    del first(graph.node, "MatMul").attr["T"]


@graph_edit("g_missing_attr_placeholder", "C09", V1)
def g_missing_attr_placeholder(graph: Any) -> None:
    del first(graph.node, "Placeholder").attr["dtype"]


@graph_edit("g_missing_attr_variable", "C09", V1_NEW)
def g_missing_attr_variable(graph: Any) -> None:
    del first(graph.node, "VarHandleOp").attr["shape"]


@graph_edit("x_missing_default_attr", None, V1, FROZEN, V1_NEW)
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
    scalar(graph, "one")
    constant(graph.node, "axis", [0])
    add_node(graph.node, "joined", "ConcatV2", ["one", "axis"], N=("i", 1), T=("type", FLOAT), Tidx=("type", INT32))


@graph_edit("g_negative_number", "C10", V1)
def g_negative_number(graph: Any) -> None:
    add_node(graph.node, "joined", "AddN", [], N=("i", -1), T=("type", FLOAT))


@graph_edit("g_data_format_nchw", "D07", V1)
def g_data_format_nchw(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["data_format"].s = b"NCHW"


# --- inputs


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


# --- names, duplicates, cycles


@graph_edit("g_duplicate_node", "B14", V1, FROZEN, SAVER)
def g_duplicate_node(graph: Any) -> None:
    graph.node.add().CopyFrom(first(graph.node, "BiasAdd"))


for _name, _bad in (
    ("space", "a b"),
    ("empty", ""),
    ("leading_slash", "/a"),
    ("caret", "^a"),
    ("colon", "a:0"),
    ("unicode", "größe"),
):

    @graph_edit(f"g_name_{_name}", "B14", FROZEN)
    def g_name(graph: Any, bad: str = _bad) -> None:
        add_node(graph.node, bad, "NoOp")


for _name, _good in (("dots", "a.b-c/d\\e"), ("leading_dot", ".a"), ("digit", "1/2/3"), ("arrow", "a>b")):

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


# --- constants and shapes


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


# --- colocation and deprecation


@graph_edit("g_colocation_unknown", "B18", V1, FROZEN)
def g_colocation_unknown(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"loc:@nowhere")


@graph_edit("x_colocation_known", None, V1, FROZEN)
def x_colocation_known(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"loc:@" + graph.node[0].name.encode())


@graph_edit("x_class_other", None, FROZEN)
def x_class_other(graph: Any) -> None:
    first(graph.node, "BiasAdd").attr["_class"].list.s.append(b"note:@nowhere")


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


@graph_edit("g_deprecated_op_old_producer", None, V1, FROZEN)
def g_deprecated_op_old_producer(graph: Any) -> None:
    deprecated(graph)
    graph.versions.producer = 12


# --- kernels


@graph_edit("k_gpu_only", "D01", V1, V1_NEW, SAVER, FROZEN, V2)
def k_gpu_only(graph: Any) -> None:
    """CudnnRNNParamsSize, dangling: no CPU kernel exists."""
    names = []
    for index, value in enumerate((1, 4, 3)):
        node = constant(graph.node, f"size_{index}", [value])
        del node.attr["value"].tensor.tensor_shape.dim[:]
        names.append(node.name)
    add_node(graph.node, "params_size", "CudnnRNNParamsSize", names, T=("type", FLOAT), S=("type", INT32))


@graph_edit("k_no_kernel_for_type", "D01", V1, V1_NEW)
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


# --- mutations that must not matter


@graph_edit("x_extra_nodes", None, V1, FROZEN, V2)
def x_extra_nodes(graph: Any) -> None:
    add_node(graph.node, "spare/nothing", "NoOp")
    scalar(graph, "spare/one")


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
