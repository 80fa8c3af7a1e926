"""Nodes that need each other outside a while loop.

## Why it matters

"Graph import: 2 nodes in a cycle" / "The graph couldn't be sorted in topological order": a graph is built in the order of its
edges, and only the edge from a NextIteration to a Merge may lead back (core/common_runtime/graph_constructor.cc
`InitFromEdges`, `Convert`).

## How to fix

Export again; an edit broke a loop or joined two parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import bodies_with
from analyzer.graphs.wiring import wiring
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRAPH_CONSTRUCTOR, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a body, with every node that TensorFlow never gets to."""
    for body, left in bodies_with(artifact, lambda body: wiring(body, target).order[1]):
        yield rule.found(
            f"{len(left)} nodes need each other or wait for such nodes, {body.nodes.names[left[0]]!r} among them",
            body.at(left),
            tensorflow_error=f"{len(left)} nodes in a cycle",
            remedy="export the graph again",
        )


_LOOP = """node { name: "e" op: "Enter" } node { name: "m" op: "Merge" input: "e" input: "n" }
           node { name: "n" op: "NextIteration" input: "m" }"""

rule.examples(
    ok(graph_def=_LOOP),
    ok(graph_def='node { name: "y" op: "Identity" input: "x" } node { name: "x" op: "Placeholder" }'),
    bad(
        "'a' among them",
        graph_def='node { name: "a" op: "Identity" input: "b" } node { name: "b" op: "Identity" input: "a" }',
    ),
)
