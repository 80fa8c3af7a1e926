"""Shape functions of ops that say in an attribute what shapes their outputs are of (core/ops/dataset_ops.cc, functional_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, ShapeError
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _elements(call: Call) -> tuple[Shape, ...]:
    """`IteratorGetNextShapeFn`: a shape for each type."""
    shapes, types = call.attr("output_shapes"), call.attr("output_types")
    if not isinstance(shapes, tuple) or not isinstance(types, tuple):
        return ()
    if len(shapes) != len(types):
        raise ShapeError(f"`output_shapes` must be the same length as `output_types` ({len(shapes)} vs. {len(types)})")
    return shapes


def _branches(call: Call) -> tuple[Shape, ...]:
    """`IfShapeInferenceFn`: shapes may be left out."""
    shapes, types = call.attr("output_shapes"), call.attr("Tout")
    if not isinstance(shapes, tuple) or not isinstance(types, tuple) or not shapes:
        return ()
    if len(shapes) != len(types):
        raise ShapeError(f"`output_shapes` must be the same length as num outputs ({len(shapes)} vs. {len(types)}")
    return shapes


ANNOUNCED: dict[str, ShapeFunction] = {
    **dict.fromkeys(
        (
            "DatasetToSingleElement",
            "GetElementAtIndex",
            "IteratorGetNext",
            "IteratorGetNextSync",
            "OptionalGetValue",
            "ReduceDataset",
        ),
        _elements,
    ),
    **dict.fromkeys(("Case", "If", "StatelessCase", "StatelessIf"), _branches),
}
