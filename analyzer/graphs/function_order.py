"""The order in which `tf.saved_model.load` imports functions, and those that it never gets to.

python/saved_model/function_deserialization.py `_list_function_deps`, `_sort_function_defs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.parts.graph import Function, Graph, NodeKind
from analyzer.target import Target

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def depends_on(kind: NodeKind, graph: Graph, target: Target) -> Iterator[str]:
    """The functions that a node of a function waits for, in the library or not; the empty name is one too."""
    if kind.op in graph.functions:
        yield kind.op
        return
    gradient = _gradient(kind, graph) if target.at_least("2.6") else None
    if gradient is not None:
        yield gradient
        return
    for attr in kind.attrs.values():
        if attr.kind == "func":
            yield attr.value.name
        elif attr.kind == "list" and attr.element == "func" and target.at_least("2.3"):
            yield from (func.name for func in attr.value)


def _gradient(kind: NodeKind, graph: Graph) -> str | None:
    """The gradient function behind a node's `_gradient_op_type` (`_get_gradient_op_type`)."""
    attr = kind.attrs.get("_gradient_op_type")
    if attr is None or attr.kind != "s" or kind.op in _CALLS:
        return None
    wanted = attr.value.decode("utf-8", "replace") if isinstance(attr.value, bytes) else attr.value
    return next((function for function, op in graph.registered_gradients.items() if op and op == wanted), None)


def dependencies(function: Function, graph: Graph, target: Target) -> set[str]:
    """All that a function waits for."""
    known: dict[NodeKind, tuple[str, ...]] = graph.derived.setdefault((depends_on, target.release), {})
    found: set[str] = set()
    for kind in function.nodes.by_kind:
        names = known.get(kind)
        if names is None:
            names = known[kind] = tuple(depends_on(kind, graph, target))
        found.update(names)
    return found


def never_ready(waits: Mapping[str, set[str]], again: tuple[str, ...]) -> tuple[bool, list[str]]:
    """Whether the sort gives up, and the functions that it could not resolve.

    `again` has the names that occur more than once: those without dependencies come out as often as they stand in the library, the others
    once, so that the number of functions does not add up.
    """
    edges: dict[str, list[str]] = {}
    count = {name: len(needs) for name, needs in waits.items()}
    for name, needs in waits.items():
        for need in needs:
            edges.setdefault(need, []).append(name)
    ready = [name for name in (*waits, *again) if not count[name]]
    output: list[str] = []
    while ready:
        name = ready.pop()
        output.append(name)
        for follower in edges.get(name, ()):
            count[follower] -= 1
            if not count[follower]:
                ready.append(follower)
    return len(output) != len(waits) + len(again), sorted(set(waits) - set(output))
