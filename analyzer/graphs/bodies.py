"""The bodies of an artifact's graphs, with the addresses of their nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from analyzer.artifact import Artifact
from analyzer.findings import Location
from analyzer.parts.graph import Graph, NodeKind, Nodes
from analyzer.records import NamedTuple

T = TypeVar("T")


class Body(NamedTuple):
    """The top-level nodes of a graph (`function` is None), or a function's."""

    file: str
    area: str  # `graph/serve`, `function/f`: what the symbols of its nodes begin with
    function: str | None
    nodes: Nodes
    graph: Graph

    def at(self, positions: Iterable[int]) -> list[Location]:
        """The places of some nodes."""
        names = self.nodes.names
        return [Location(self.file, f"{self.area}/{names[position]}") for position in positions]


def bodies(artifact: Artifact) -> Iterator[Body]:
    """Every body of every graph, made once however many rules ask."""
    for file, owner, graph in artifact.graphs():
        yield from _bodies(file, owner, graph)


Judge = Callable[[NodeKind], Iterable[T]]


def nodes_with(
    artifact: Artifact, judge_of: Callable[[Graph], Judge[T]]
) -> Iterator[tuple[Body, NodeKind, Sequence[int], T]]:
    """Nodes of whose kind a graph's judge says something: body, kind, positions, and each thing that it says.

    Most rules find nothing in most graphs, so a kind is judged once a graph, and bodies are searched for what was found.
    """
    for file, owner, graph in artifact.graphs():
        judge = judge_of(graph)
        said = {kind: found for kind in graph.kinds if (found := tuple(judge(kind)))}
        for body in _bodies(file, owner, graph) if said else ():
            for kind, positions in body.nodes.by_kind.items():
                for each in said.get(kind, ()):
                    yield body, kind, positions, each


def bodies_with(artifact: Artifact, judge: Callable[[Body], Iterable[T]]) -> Iterator[tuple[Body, Sequence[T]]]:
    """Bodies of which `judge` says something, with all that it says; functions of one definition are judged once."""
    for file, owner, graph in artifact.graphs():
        every = _bodies(file, owner, graph)
        said = {body.nodes: found for body in _distinct(graph, every) if (found := tuple(judge(body)))}
        for body in every if said else ():
            if body.nodes in said:
                yield body, said[body.nodes]


def _distinct(graph: Graph, every: Iterable[Body]) -> list[Body]:
    """One body of each definition."""
    made: list[Body] | None = graph.derived.get(_distinct)
    if made is None:
        first: dict[Nodes, Body] = {}
        for body in every:
            first.setdefault(body.nodes, body)
        made = graph.derived[_distinct] = list(first.values())
    return made


def _bodies(file: str, owner: str, graph: Graph) -> list[Body]:
    made: list[Body] | None = graph.derived.get((Body, file, owner))
    if made is None:
        made = graph.derived[Body, file, owner] = [
            Body(file, f"graph/{owner}" if function is None else f"function/{function}", function, nodes, graph)
            for function, nodes in graph.bodies()
        ]
    return made
