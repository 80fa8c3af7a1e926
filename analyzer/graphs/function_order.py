"""The order in which `tf.saved_model.load` imports functions, and those that it never gets to.

python/saved_model/function_deserialization.py `_list_function_deps`, `_sort_function_defs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analyzer.parts.graph import Graph, NodeKind, Nodes
from analyzer.target import Target

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def awaited(graph: Graph, target: Target) -> Mapping[NodeKind, Sequence[str]]:
    """The functions that nodes wait for where they stand in functions, in the library or not; the empty name is one too."""
    found: dict[NodeKind, Sequence[str]] | None = graph.derived.get((awaited, target.release))
    if found is None:
        gradients = _gradients(graph) if target.at_least("2.6") else {}
        every = ((kind, tuple(_awaited(kind, graph, gradients, target.at_least("2.3")))) for kind in graph.kinds)
        found = graph.derived[awaited, target.release] = {kind: names for kind, names in every if names}
    return found


def _awaited(kind: NodeKind, graph: Graph, gradients: Mapping[str, str], lists: bool) -> Iterator[str]:
    gradient = _gradient_op_type(kind) if gradients else ""
    if kind.op in graph.functions:
        yield kind.op
    elif gradient in gradients:
        yield gradients[gradient]
    else:
        for attr in kind.attrs.values():
            if attr.kind == "func":
                yield attr.value.name
            elif attr.element == "func" and lists:
                yield from (func.name for func in attr.value)


def _gradients(graph: Graph) -> Mapping[str, str]:
    """The gradient functions by the ops that they are registered for, the first of several (`_get_gradient_op_type`)."""
    return {op: function for function, op in reversed([*graph.registered_gradients.items()]) if op}


def _gradient_op_type(kind: NodeKind) -> str:
    attr = kind.attrs.get("_gradient_op_type")
    if attr is None or attr.kind != "s" or kind.op in _CALLS:
        return ""
    return attr.value.decode("utf-8", "replace") if isinstance(attr.value, bytes) else str(attr.value)


def dependencies(graph: Graph, target: Target) -> dict[str, set[str]]:
    """All that each function waits for."""
    return by_function(graph, awaited(graph, target))


def by_function(graph: Graph, named: Mapping[NodeKind, Sequence[str]]) -> dict[str, set[str]]:
    """The names that some kinds of nodes stand for, by function; functions of one definition share them."""
    found: dict[Nodes, set[str]] = {}
    for nodes in {function.nodes for function in graph.functions.values()}:
        found[nodes] = {name for kind in nodes.by_kind if kind in named for name in named[kind]}
    return {name: found[function.nodes] for name, function in graph.functions.items()}


def taken(waits: Mapping[str, set[str]], library: Sequence[str]) -> list[str]:
    """The functions in the order of the sort, which lacks those that it could not resolve.

    Of names that occur more than once in the library, those without dependencies come out as often as they stand there, and count as often
    for what waits for them; the others come out once.
    """
    edges: dict[str, list[str]] = {}
    count = {name: len(needs) for name, needs in waits.items()}
    for name, needs in waits.items():
        for need in needs:
            edges.setdefault(need, []).append(name)
    ready = [name for name in library if not count[name]]
    output: list[str] = []
    while ready:
        name = ready.pop()
        output.append(name)
        for follower in edges.get(name, ()):
            count[follower] -= 1
            if not count[follower]:
                ready.append(follower)
    return output


def too_early(waits: Mapping[str, set[str]], order: Sequence[str]) -> tuple[str, str]:
    """The first function that comes before one which it waits for, and that one; empty names where none does."""
    before: set[str] = set()
    for name in order:
        missing = waits[name] - before
        if missing:
            return name, min(missing)
        before.add(name)
    return "", ""
