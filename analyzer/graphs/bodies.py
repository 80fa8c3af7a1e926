"""The bodies of an artifact's graphs, with the addresses of their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Location
from analyzer.parts.graph import Graph, Nodes
from analyzer.records import NamedTuple


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
        made: list[Body] | None = graph.derived.get((Body, file, owner))
        if made is None:
            made = graph.derived[Body, file, owner] = list(_bodies(file, owner, graph))
        yield from made


def _bodies(file: str, owner: str, graph: Graph) -> Iterator[Body]:
    for function, nodes in graph.bodies():
        area = f"graph/{owner}" if function is None else f"function/{function}"
        yield Body(file, area, function, nodes, graph)
