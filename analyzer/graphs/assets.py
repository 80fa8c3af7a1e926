"""Which assets a load reads: those whose paths flow into an initialiser that it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analyzer.graphs.calls import ancestors, node_of
from analyzer.graphs.initial import init_ops, initializer_functions
from analyzer.parts.graph import NodeKind
from analyzer.parts.saved_model import MetaGraph

READERS = ("InitializeTableFromTextFileV2", "InitializeTableFromTextFile", "ReadFile")
"""Ops that read the file whose name they are given, when they run."""


class AssetRead(NamedTuple):
    """A read of an asset at load: the file's name under `assets/`, the symbol of who reads it, and the reading node.

    `reader` is None where the path goes through a call that we do not follow into.
    """

    filename: str
    symbol: str
    reader: NodeKind | None


def reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    """Reads by the object graph's initialisers (symbols `object/N`) and by a session's init op (`init_op/TAGS/FILE`)."""
    yield from _object_reads(meta_graph)
    yield from _session_reads(meta_graph)


def _object_reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    objects = meta_graph.objects
    if objects is None:
        return
    for name in initializer_functions(meta_graph):
        concrete = objects.concrete_functions.get(name)
        function = meta_graph.graph.functions.get(name)
        if concrete is None or function is None:
            continue
        captured = concrete.bound_inputs
        arguments = function.inputs[len(function.inputs) - len(captured) :]
        for number, argument in zip(captured, arguments, strict=False):
            if not 0 <= number < len(objects.nodes) or objects.nodes[number].kind != "asset":
                continue
            index = objects.nodes[number].asset
            if 0 <= index < len(meta_graph.assets):
                for position, kind in enumerate(function.nodes.kinds):
                    if kind.op in READERS and argument.name in function.nodes.inputs[position]:
                        yield AssetRead(meta_graph.assets[index].filename, f"object/{number}", kind)


def _session_reads(meta_graph: MetaGraph) -> Iterator[AssetRead]:
    names = init_ops(meta_graph)
    if not names or not meta_graph.assets:
        return
    nodes = meta_graph.graph.nodes
    ran = ancestors(nodes, names[:1])
    for asset in meta_graph.assets:
        tensor = node_of(asset.tensor_name)
        for position in ran:
            if tensor not in {node_of(name) for name in nodes.inputs[position] if not name.startswith("^")}:
                continue
            kind = nodes.kinds[position]
            symbol = f"init_op/{meta_graph.tag_set}/{asset.filename}"
            if kind.op in READERS:
                yield AssetRead(asset.filename, symbol, kind)
            else:
                yield from _through_calls(meta_graph, position, tensor, asset.filename, symbol)


def _through_calls(
    meta_graph: MetaGraph, position: int, tensor: str, filename: str, symbol: str
) -> Iterator[AssetRead]:
    """Reads inside the function that a top-level node calls with the asset's tensor."""
    nodes = meta_graph.graph.nodes
    attr = nodes.kinds[position].attrs.get("f")
    function = meta_graph.graph.functions.get(attr.value.name) if attr is not None and attr.kind == "func" else None
    if function is None:
        return
    given = [name for name in nodes.inputs[position] if not name.startswith("^")]
    for argument, name in zip(function.inputs, given, strict=False):
        if node_of(name) == tensor:
            for inner, kind in enumerate(function.nodes.kinds):
                if kind.op in READERS and argument.name in function.nodes.inputs[inner]:
                    yield AssetRead(filename, symbol, kind)
