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
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.calls import node_of
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRAPH_CONSTRUCTOR, reads=frozenset({"graph"}))

_MERGE = ("Merge", "RefMerge", "_XlaMerge")
_NEXT = ("NextIteration", "RefNextIteration")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a body, with every node that cannot be reached in order."""
    for body in bodies(artifact):
        left = _unsorted(body)
        if left:
            names = [body.nodes.names[position] for position in left]
            yield rule.found(
                f"{len(left)} nodes need each other or wait for such nodes, {names[0]!r} among them",
                body.at(left),
                tensorflow_error=f"{len(left)} nodes in a cycle",
                remedy="export the graph again",
            )


def _unsorted(body: Body) -> list[int]:
    """Positions that remain when nodes are taken in order of their inputs; inputs that lead nowhere are passed over."""
    nodes = body.nodes
    index = nodes.index
    waiting: list[int] = []
    followers: dict[int, list[int]] = {}
    following = set()
    for op in _NEXT:
        following.update(nodes.by_op.get(op, ()))
    merges = {position for op in _MERGE for position in nodes.by_op.get(op, ())} if following else set()
    for position, inputs in enumerate(nodes.inputs):
        count = 0
        for name in inputs:
            source = index.get(name)
            if source is None:
                source = index.get(node_of(name))
            if source is None or (position in merges and source in following):
                continue
            followers.setdefault(source, []).append(position)
            count += 1
        waiting.append(count)
    ready = [position for position, count in enumerate(waiting) if not count]
    while ready:
        for follower in followers.get(ready.pop(), ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return [position for position, count in enumerate(waiting) if count]


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
