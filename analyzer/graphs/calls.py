"""Which functions nodes call: by op, and by attributes that hold functions (FunctionDefLibrary, NameAttrList)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from analyzer.parts.graph import Attr, Function, Graph, NodeKind, Nodes


def named_by(kind: NodeKind) -> Iterator[str]:
    """The functions that a node's attributes name, whether or not they exist; those inside their attributes too."""
    for attr in kind.attrs.values():
        yield from _named_by_attr(attr)


def _named_by_attr(attr: Attr) -> Iterator[str]:
    if attr.kind == "func":
        yield attr.value.name
        for inner in attr.value.attrs.values():
            yield from _named_by_attr(inner)
    elif attr.kind == "list" and attr.element == "func":
        for func in attr.value:
            yield func.name
            for inner in func.attrs.values():
                yield from _named_by_attr(inner)


def called_by(kind: NodeKind, functions: Mapping[str, Function]) -> Iterator[str]:
    """The functions of the library that a node calls: its op when that is a function, and those it names."""
    if kind.op in functions:
        yield kind.op
    for name in named_by(kind):
        if name in functions:
            yield name


class CallGraph:
    """The calls of one graph; each body is looked at once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._callees: dict[str, tuple[str, ...]] = {}

    def callees(self, function: str) -> tuple[str, ...]:
        """The functions that a function of the library calls."""
        found = self._callees.get(function)
        if found is None:
            found = self._callees[function] = tuple(called_in(self._graph.functions[function].nodes, self._graph))
        return found

    def reachable(self, functions: Iterable[str]) -> set[str]:
        """The functions, and all that they call."""
        pending = [name for name in functions if name in self._graph.functions]
        found: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(self.callees(name))
        return found

    def from_nodes(self, positions: Iterable[int]) -> set[str]:
        """All functions that top-level nodes reach."""
        kinds = self._graph.nodes.kinds
        wanted = {kinds[position] for position in positions}
        return self.reachable(name for kind in wanted for name in called_by(kind, self._graph.functions))

    def from_top_level(self) -> set[str]:
        """All functions that any top-level node reaches."""
        return self.reachable(called_in(self._graph.nodes, self._graph))


_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def call_of(kind: NodeKind, functions: Mapping[str, Function]) -> str | None:
    """The function that a node calls as such: by its op, or as the `f` of a PartitionedCall (core/graph/graph.h
    `IsFunctionCall`); None for other nodes, branches and loop bodies among them. It need not be in the library.
    """
    if kind.op in functions:
        return kind.op
    if kind.op not in _CALLS:
        return None
    attr = kind.attrs.get("f")
    return attr.value.name if attr is not None and attr.kind == "func" else None


def calls(graph: Graph) -> Mapping[NodeKind, str]:
    """The kinds of nodes of a graph that call a function as such, in the library or not, with its name."""
    found: dict[NodeKind, str] | None = graph.derived.get(call_of)
    if found is None:
        named = ((kind, call_of(kind, graph.functions)) for kind in graph.kinds)
        found = graph.derived[call_of] = {kind: name for kind, name in named if name is not None}
    return found


def instantiated(graph: Graph) -> frozenset[str]:
    """The functions into which shape inference looks while a graph is imported.

    core/common_runtime/shape_refiner.cc `RunShapeFn`: those that nodes call as such, from the top level down, unless a
    node disables it.
    """
    found: frozenset[str] | None = graph.derived.get(instantiated)
    if found is None:
        found = graph.derived[instantiated] = called_as_such(graph, graph.nodes.by_kind, unless=is_disabled)
    return found


def called_when_run(graph: Graph, positions: Iterable[int]) -> frozenset[str]:
    """The functions that running some top-level nodes calls as such, one through the other."""
    return called_as_such(graph, {graph.nodes.kinds[position] for position in positions}, unless=lambda kind: False)


def called_as_such(graph: Graph, kinds: Iterable[NodeKind], unless: Callable[[NodeKind], bool]) -> frozenset[str]:
    """The functions that nodes call as such, one through the other; calls for which `unless` holds are not followed."""
    names: set[str] = set()
    pending = [kinds]
    while pending:
        for kind in pending.pop():
            name = call_of(kind, graph.functions)
            if name is not None and name in graph.functions and name not in names and not unless(kind):
                names.add(name)
                pending.append(graph.functions[name].nodes.by_kind)
    return frozenset(names)


def is_disabled(kind: NodeKind) -> bool:
    """Whether a call tells shape inference not to look into the function."""
    attr = kind.attrs.get("_disable_call_shape_inference")
    return attr is not None and attr.kind == "b" and bool(attr.value)


_BRANCHING = ("If", "StatelessIf", "Case", "StatelessCase", "While", "StatelessWhile")


def inspected(graph: Graph) -> frozenset[str]:
    """Names of the top-level nodes whose functions a session looks up, run or not.

    The placer does for calls (core/common_runtime/placer_inspection_required_ops_utils.cc `IsPlacerInspectionRequired`). Before it,
    branches and loops are lowered to calls of their functions by name, all over the graph (lower_functional_ops.cc).
    """
    nodes = graph.nodes
    found = {nodes.names[position] for op in _CALLS for position in nodes.by_op.get(op, ())}
    for op in _BRANCHING:
        found.update(
            nodes.names[position] for position in nodes.by_op.get(op, ()) if _is_lowered(nodes.kinds[position])
        )
    return frozenset(found)


def lowered(graph: Graph) -> frozenset[str]:
    """The functions whose bodies take the place of branches and loops all over the graph before a session runs anything of it.

    core/common_runtime/lower_functional_ops.cc: calls that branches and loops were lowered to are inlined, and what is lowered within them.
    """
    found: set[str] = set()
    pending: list[Iterable[NodeKind]] = [graph.nodes.by_kind]
    while pending:
        for kind in pending.pop():
            if kind.op in _BRANCHING and _is_lowered(kind):
                new = [name for name in called_by(kind, graph.functions) if name not in found]
                found.update(new)
                pending += [graph.functions[name].nodes.by_kind for name in new]
    return frozenset(found)


def _is_lowered(kind: NodeKind) -> bool:
    attr = kind.attrs.get("_lower_using_switch_merge")
    return attr is not None and attr.kind == "b" and bool(attr.value)


def called_in(nodes: Nodes, graph: Graph) -> list[str]:
    """The functions of the library that nodes call, without repetition."""
    return list(dict.fromkeys(name for kind in nodes.by_kind for name in called_by(kind, graph.functions)))


def ancestors(nodes: Nodes, names: Iterable[str]) -> set[int]:
    """Positions of the named nodes and of all that their inputs reach, control inputs included: what a session runs for
    a fetch (core/graph/subgraph.cc `RewriteGraphForExecution`). Names may carry an output, `node:0`.
    """
    index, inputs = nodes.index, nodes.inputs
    pending = [position for name in names if (position := index.get(node_of(name))) is not None]
    found: set[int] = set()
    while pending:
        position = pending.pop()
        if position in found:
            continue
        found.add(position)
        for name in inputs[position]:
            source = index.get(node_of(name))
            if source is not None and source not in found:
                pending.append(source)
    return found


def node_of(tensor: str) -> str:
    """The node's name in an input or tensor name: of `^node`, `node`, `node:1`."""
    name = tensor[1:] if tensor.startswith("^") else tensor
    return name.partition(":")[0]
