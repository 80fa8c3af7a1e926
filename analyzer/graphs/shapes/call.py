"""What a shape function is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from analyzer.graphs.op_defs import attribute
from analyzer.graphs.shapes.algebra import Shape
from analyzer.parts.graph import NodeKind
from analyzer.records import dataclass
from analyzer.tables.ops import OpDef

_NEWEST = (9,)


@dataclass(frozen=True, slots=True)
class Call:
    """A node with what is known of its inputs: shapes, and the values of small constants."""

    kind: NodeKind
    op: OpDef | None
    shapes: Sequence[Shape]
    values: Sequence[tuple[Any, ...] | None]
    version: int  # graph version that the shape function sees
    release: tuple[int, ...] = _NEWEST  # the minor release of TensorFlow that asks

    def attr(self, name: str) -> Any:
        """An attribute, or its default."""
        value = attribute(self.kind, name, self.op)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


ShapeFunction = Callable[[Call], "tuple[Shape, ...]"]
