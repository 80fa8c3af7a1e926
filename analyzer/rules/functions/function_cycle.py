"""Functions that call each other in a circle.

## Why it matters

`tf.saved_model.load` imports functions in the order of their dependencies: ValueError "('There is a cyclic dependency between
functions. ', "Could not resolve ['f', 'g']")" (python/saved_model/function_deserialization.py `_sort_function_defs`). The
session loaders do not sort.

## How to fix

Export again; TensorFlow itself writes no such library.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.calls import CallGraph
from analyzer.parts.graph import Graph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNCTION_SORT, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a graph, naming the functions of its circles."""
    for file, _, graph in artifact.graphs():
        circle = sorted(_in_circles(graph)) if graph.functions else []
        if circle:
            yield rule.found(
                f"{len(circle)} functions call each other in a circle, {circle[0]!r} among them",
                [Location(file, f"function/{name}") for name in circle],
                tensorflow_error=f"('There is a cyclic dependency between functions. ', \"Could not resolve {circle[:3]}\")",
                remedy="export the model again",
                functions=circle,
            )


def _in_circles(graph: Graph) -> set[str]:
    """The functions that remain when those are taken away which call nothing that remains, and which nothing calls."""
    calls = CallGraph(graph)
    callees = {name: set(calls.callees(name)) for name in graph.functions}
    left = set(callees)
    while True:
        called = {callee for name in left for callee in callees[name]}
        kept = {name for name in left if callees[name] & left and name in called}
        if kept == left:
            return left
        left = kept


_F = 'function {{ signature {{ name: "{}" }} node_def {{ name: "n" op: "PartitionedCall" attr {{ key: "f" value {{ func {{ name: "{}" }} }} }} }} }}'

rule.examples(
    ok(graph_def='library { function { signature { name: "g" } } ' + _F.format("f", "g") + " }"),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad(
        "2 functions call each other in a circle",
        graph_def="library { " + _F.format("f", "g") + _F.format("g", "f") + " }",
    ),
)
