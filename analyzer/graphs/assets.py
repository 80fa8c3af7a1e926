"""What a load does with assets and tables: who reads which file, into a table of which types.

Values are followed from the captures of an object graph's initialisers, and from the asset tensors that a session feeds, through
calls to the ops that read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.graphs.calls import ancestors, call_of, node_of
from analyzer.graphs.initial import init_ops
from analyzer.parts.graph import Graph, NodeKind, Nodes
from analyzer.parts.saved_model import MetaGraph, ObjectGraph
from analyzer.records import NamedTuple

READERS = ("InitializeTableFromTextFileV2", "InitializeTableFromTextFile", "ReadFile")
"""Ops that read the file whose name they are given, when they run."""

_TABLES = ("HashTableV2", "HashTable")
_PASSING = ("Identity", "ReadVariableOp")
_DEPTH = 20  # calls that are followed one into the other, and ops in a row that pass a tensor on


class AssetRead(NamedTuple):
    """A read of an asset at load: the file's name under `assets/`, the symbol of who reads it, the reading node and its table.

    `table` is None for what is no table, or none that we find.
    """

    filename: str
    symbol: str
    reader: NodeKind
    table: NodeKind | None


class _Value(NamedTuple):
    """What a tensor stands for: an asset's path, or a table."""

    asset: str | None = None  # its name may be empty, which makes it the folder of assets
    table: NodeKind | None = None


_NOTHING = _Value()


def reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    """Reads by the object graph's initialisers (symbols `object/N`) and by a session's init op (`init_op/TAGS/FILE`)."""
    yield from _object_reads(meta_graph)
    yield from _session_reads(meta_graph)


def _object_reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    objects = meta_graph.objects
    for number, each in enumerate(objects.nodes if objects is not None else ()):
        if objects is None or each.kind != "resource":
            continue
        for child in each.children:
            if child.name != "_initialize" or not 0 <= child.node < len(objects.nodes):
                continue
            for name in objects.nodes[child.node].concrete_functions:
                concrete, function = objects.concrete_functions.get(name), meta_graph.graph.functions.get(name)
                if concrete is None or function is None:
                    continue
                captured = [_captured(each, objects, meta_graph) for each in concrete.bound_inputs]
                arguments = function.inputs[len(function.inputs) - len(captured) :]
                given = {argument.name: value for argument, value in zip(arguments, captured, strict=False)}
                for filename, kind, table in _in_function(name, given, meta_graph.graph, _DEPTH):
                    yield AssetRead(filename, f"object/{number}", kind, table)


def _captured(number: int, objects: ObjectGraph, meta_graph: MetaGraph) -> _Value:
    """What an object that a function captures stands for: a resource for the table that its creator makes."""
    if not 0 <= number < len(objects.nodes):
        return _NOTHING
    each = objects.nodes[number]
    if each.kind == "asset" and 0 <= each.asset < len(meta_graph.assets):
        return _Value(asset=meta_graph.assets[each.asset].filename)
    for child in each.children if each.kind == "resource" else ():
        if child.name == "_create_resource" and 0 <= child.node < len(objects.nodes):
            for name in objects.nodes[child.node].concrete_functions:
                function = meta_graph.graph.functions.get(name)
                for kind in function.nodes.by_kind if function is not None else ():
                    if kind.op in _TABLES:
                        return _Value(table=kind)
    return _NOTHING


def _session_reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    names = init_ops(meta_graph)
    if not names or not meta_graph.assets:
        return
    graph = meta_graph.graph
    fed = {node_of(asset.tensor_name): _Value(asset=asset.filename) for asset in meta_graph.assets}
    ran = ancestors(graph.nodes, names[:1])
    given = {**_assigned(graph.nodes, ran, fed), **fed}
    for filename, kind, table in _in_body(graph.nodes, sorted(ran), given, graph, _DEPTH):
        yield AssetRead(filename, f"init_op/{meta_graph.tag_set}/{filename}", kind, table)


def _assigned(nodes: Nodes, ran: Iterable[int], fed: Mapping[str, _Value]) -> dict[str, _Value]:
    """Variables that the load assigns an asset's path to."""
    found = {}
    for position in ran:
        if nodes.kinds[position].op == "AssignVariableOp" and len(nodes.inputs[position]) > 1:
            variable, value = nodes.inputs[position][:2]
            if node_of(value) in fed:
                found[node_of(variable)] = fed[node_of(value)]
    return found


def _in_function(
    name: str, given: Mapping[str, _Value], graph: Graph, depth: int
) -> Iterator[tuple[str, NodeKind, NodeKind | None]]:
    nodes = graph.functions[name].nodes
    yield from _in_body(nodes, range(len(nodes)), given, graph, depth)


def _in_body(
    nodes: Nodes, positions: Iterable[int], given: Mapping[str, _Value], graph: Graph, depth: int
) -> Iterator[tuple[str, NodeKind, NodeKind | None]]:
    for position in positions:
        kind = nodes.kinds[position]
        called = call_of(kind, graph.functions)
        if kind.op not in READERS and (called not in graph.functions or not depth):
            continue
        values = [_value(name, nodes, given) for name in nodes.inputs[position] if not name.startswith("^")]
        if kind.op in READERS:
            table = next((value.table for value in values if value.table is not None), None)
            yield from ((value.asset, kind, table) for value in values if value.asset is not None)
        elif called is not None and any(value is not _NOTHING for value in values):
            inputs = graph.functions[called].inputs
            inner = {argument.name: value for argument, value in zip(inputs, values, strict=False)}
            yield from _in_function(called, inner, graph, depth - 1)


def _value(name: str, nodes: Nodes, given: Mapping[str, _Value]) -> _Value:
    """What a tensor stands for, through ops that pass it on."""
    for node, kind in passed_on(name, nodes):
        if node in given:
            return given[node]
        if kind is not None and kind.op in _TABLES:
            return _Value(table=kind)
    return _NOTHING


def passed_on(name: str, nodes: Nodes) -> Iterator[tuple[str, NodeKind | None]]:
    """The node that a tensor comes from, and behind ops that pass it on the nodes before; without a kind for what is no node."""
    for _ in range(_DEPTH):
        node = node_of(name)
        position = nodes.index.get(node)
        kind = nodes.kinds[position] if position is not None else None
        yield node, kind
        if position is None or nodes.kinds[position].op not in _PASSING or not nodes.inputs[position]:
            return
        name = nodes.inputs[position][0]
