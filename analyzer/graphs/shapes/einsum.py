"""The shape function of Einsum (core/framework/common_shape_fns.cc `EinsumShape`)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge_sizes, with_rank, with_rank_at_least
from analyzer.graphs.shapes.call import Call


def einsum(call: Call) -> tuple[Shape, ...]:
    """Each letter is one size; what an ellipsis stands for is left open."""
    equation = str(call.attr("equation"))
    left, arrow, right = equation.partition("->")
    if not arrow or "->" in right:
        raise ShapeError(f"Expecting exactly one '->' in einsum equation: {equation}")
    inputs = left.split(",")
    if len(inputs) != len(call.shapes):
        raise ShapeError(f"Expected {len(inputs)} inputs for equation {equation} but got: {len(call.shapes)}")
    sizes: dict[str, int] = {}
    for letters, shape in zip(inputs, call.shapes, strict=True):
        before, dots, after = letters.partition("...")
        rank = len(before) + len(after)
        shape = with_rank_at_least(shape, rank) if dots else with_rank(shape, rank)
        if shape is None:
            continue
        named = (*zip(before, shape, strict=False), *zip(after, shape[len(shape) - len(after) :], strict=True))
        for letter, size in named:
            sizes[letter] = merge_sizes(sizes.get(letter, -1), size)
    return (None if "." in right else tuple(sizes.get(letter, -1) for letter in right),)
