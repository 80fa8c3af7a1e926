"""A place of a graph that asks a checkpoint for tensors."""

from __future__ import annotations

from analyzer.findings import Location
from analyzer.graphs.bodies import Body
from analyzer.records import NamedTuple


class RestoreNode(NamedTuple):
    """A restore operation: the tensors it asks for, with a slice specification each (empty for the whole) and a type."""

    body: Body
    position: int
    names: tuple[str, ...]
    slices: tuple[str, ...]
    dtypes: tuple[int, ...]

    @property
    def where(self) -> Location:
        """The node's place."""
        return self.body.at([self.position])[0]
