"""Edits of one function by its role: unknown operations, attributes, names, inputs (catalogue families C and E)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bases import NESTED, NESTED_NEW, TABLE
from recipe import add_node, drop, graph_edit


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
