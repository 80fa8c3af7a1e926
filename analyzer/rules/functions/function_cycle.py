"""Functions that call each other in a circle.

## Why it matters

`tf.saved_model.load` imports functions in the order of their dependencies: ValueError "('There is a cyclic dependency between
functions. ', "Could not resolve ['f', 'g']")" (python/saved_model/function_deserialization.py `_sort_function_defs`). The
session loaders do not sort; where nodes call the functions as such (PartitionedCall) their shape inference follows the circle
until the process runs out of stack and crashes (core/common_runtime/shape_refiner.cc `InferShapesForFunction`).

## How to fix

Export again; TensorFlow itself writes no such library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.calls import calls
from analyzer.graphs.function_order import by_function, dependencies
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNCTION_SORT, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a graph, naming the functions of its circles; those that call as such in one of their own."""
    for file, _, graph in artifact.graphs():
        if not graph.functions:
            continue
        as_such = _in_circles(by_function(graph, {kind: (name,) for kind, name in calls(graph).items()}))
        for circle, noticed_by in (
            (sorted(as_such), Check.FUNCTION_DEF),
            (sorted(_in_circles(dependencies(graph, target)) - as_such), Check.FUNCTION_SORT),
        ):
            if circle:
                yield rule.found(
                    f"{len(circle)} functions call each other in a circle, {circle[0]!r} among them",
                    [Location(file, f"function/{name}") for name in circle],
                    check=noticed_by,
                    tensorflow_error=f"('There is a cyclic dependency between functions. ', \"Could not resolve {circle[:3]}\")",
                    remedy="export the model again",
                    functions=circle,
                )


def _in_circles(calls: Mapping[str, set[str]]) -> set[str]:
    """The functions that remain when those are taken away which call nothing that remains, and which nothing calls."""
    left = set(calls)
    while True:
        called = {callee for name in left for callee in calls[name]}
        kept = {name for name in left & called if not calls[name].isdisjoint(left)}
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
