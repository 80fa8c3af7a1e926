"""Edits of what loading runs: the attributes and surroundings of table initialisers, and the contexts of v1 loops (rows G20, F07, B15)."""

from __future__ import annotations

from typing import Any

from bases import COND, LOOP, TABLE, TABLE_V1, V1
from recipe import add_node, first, graph_edit, proto_edit


def initialiser(graph: Any) -> list[Any]:
    """Every node that fills a table from a text file, in the graph or a function."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    found = [node for node in nodes if node.op == "InitializeTableFromTextFileV2"]
    if not found:
        raise LookupError("no table from a file in the base")
    return found


for _name, _attr, _field, _value in (
    ("vocab_size_more", "vocab_size", "i", 9),
    ("vocab_size_fewer", "vocab_size", "i", 2),
    ("vocab_size_zero", "vocab_size", "i", 0),
    ("key_index_below", "key_index", "i", -5),
    ("value_index_column", "value_index", "i", 3),
    ("key_is_line_number", "key_index", "i", -1),
    ("delimiter_long", "delimiter", "s", b"ab"),
    ("delimiter_empty", "delimiter", "s", b""),
    ("offset", "offset", "i", 1),
):

    @graph_edit(f"i_{_name}", "G20", TABLE, TABLE_V1)
    def i_attr(graph: Any, attr: str = _attr, field: str = _field, value: Any = _value) -> None:
        for node in initialiser(graph):
            setattr(node.attr[attr], field, value)


@graph_edit("i_table_value_type", "G20", TABLE_V1)
def i_table_value_type(graph: Any) -> None:
    """The table holds strings where the file's line numbers are to go."""
    for node in graph.node:
        if node.op == "HashTableV2":
            node.attr["value_dtype"].type = 7


@graph_edit("i_assertion", "G20", TABLE)
def i_assertion(graph: Any) -> None:
    """The initialiser depends on an assertion that does not hold."""
    for function in graph.library.function:
        if "_initializer" in function.signature.name:
            for name, field, value in (("no", "bool_val", False), ("why", "string_val", b"because")):
                node = add_node(function.node_def, name, "Const", dtype=("type", 10 if name == "no" else 7))
                node.attr["value"].tensor.dtype = node.attr["dtype"].type
                node.attr["value"].tensor.tensor_shape.SetInParent()
                getattr(node.attr["value"].tensor, field).append(value)
            add_node(function.node_def, "assert", "Assert", ["no:output:0", "why:output:0"], T=("list(type)", [7]))
            first(function.node_def, "Identity").input.append("^assert")


def add_callback(function: Any) -> None:
    """A node that calls a Python function of the process that wrote it."""
    add_node(
        function.node_def,
        "python",
        "PyFunc",
        [],
        token=("s", b"pyfunc_7"),
        Tin=("list(type)", []),
        Tout=("list(type)", []),
    )


@graph_edit("i_callback", "C13", TABLE)
def i_callback(graph: Any) -> None:
    """The initialiser depends on a Python function of another process."""
    for function in graph.library.function:
        if "_initializer" in function.signature.name:
            add_callback(function)
            first(function.node_def, "Identity").input.append("^python")


@graph_edit("x_callback_unused", None, TABLE)
def x_callback_unused(graph: Any) -> None:
    """The same, but nothing depends on it: a function prunes it unless it is stateful."""
    function = next(item for item in graph.library.function if "_traced_save" in item.signature.name)
    add_callback(function)


# A context names nodes and tensors; each is replaced by one as long, so that the message around it stays whole.
for _name, _key, _old, _new, _base in (
    ("while_context_pivot", "while_context", b"LoopCond", b"LoopGone", LOOP),
    ("while_context_exit", "while_context", b"/Exit", b"/Gone", LOOP),
    ("while_context_enter", "while_context", b"/Enter", b"/Outer", LOOP),
    ("cond_context_predicate", "cond_context", b"pred_id", b"gone_id", COND),
):

    @proto_edit(f"g_{_name}", "B15", _base)
    def g_context(proto: Any, key: str = _key, old: bytes = _old, new: bytes = _new) -> None:
        held = proto.meta_graphs[0].collection_def[key].bytes_list
        if old not in held.value[0]:
            raise LookupError("the context does not name that")
        held.value[0] = held.value[0].replace(old, new)


@proto_edit("g_while_context_garbage", "B15", LOOP)
def g_while_context_garbage(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["while_context"].bytes_list.value[0] = b"\xff\xff\xff"


@proto_edit("x_no_while_context", None, LOOP)
def x_no_while_context(proto: Any) -> None:
    """Only gradients of the loop would need it."""
    proto.meta_graphs[0].collection_def.pop("while_context")


@proto_edit("s_variables_garbage", "F07", V1)
def s_variables_garbage(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["variables"].bytes_list.value[0] = b"\xff\xff\xff"


@proto_edit("s_sparse_signature", "F04", V1)
def s_sparse_signature(proto: Any) -> None:
    """A sparse input whose parts are not in the graph."""
    info = proto.meta_graphs[0].signature_def["serving_default"].inputs["s"]
    info.coo_sparse.values_tensor_name = "gone:0"
    info.coo_sparse.indices_tensor_name = "gone:1"
    info.coo_sparse.dense_shape_tensor_name = "gone:2"
    info.dtype = 1
