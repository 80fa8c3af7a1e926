"""Shape functions of ops whose output is of a shape, or at places, that an input names (core/ops/random_ops.cc, nn_ops.cc, array_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, with_rank, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction

DRAWN = ("RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt")
"""Ops that draw numbers, of the shape that their first input names (core/framework/common_shape_fns.cc `RandomShape`)."""


def _named(call: Call) -> Shape:
    """The shape that the first input holds (`MakeShapeFromShapeTensor`)."""
    shape, value = with_rank(call.shapes[0], 1), call.values[0]
    if value is not None:
        return tuple(value) if all(size >= -1 for size in value) else None
    return (-1,) * shape[0] if shape is not None and shape[0] >= 0 else None


def _drawn(call: Call) -> tuple[Shape, ...]:
    if call.kind.op == "RandomUniformInt":
        for bound in call.shapes[1:3]:
            with_rank(bound, 0)
    return (_named(call),)


def _gather(call: Call) -> tuple[Shape, ...]:
    """Gather: along the first axis."""
    values = with_rank_at_least(call.shapes[0], 1)
    indices = call.shapes[1]
    return (None if values is None or indices is None else (*indices, *values[1:]),)


def _gather_v2(call: Call) -> tuple[Shape, ...]:
    """GatherV2: along the axis that is the last input; batches are left open."""
    values, indices, axis = call.shapes[0], call.shapes[1], call.values[2]
    with_rank(call.shapes[2], 0)
    if axis is None or call.attr("batch_dims") or values is None or indices is None:
        return (None,)
    at = axis[0]
    values = with_rank_at_least(values, at + 1 if at >= 0 else -at)
    assert values is not None
    at %= len(values)
    return ((*values[:at], *indices, *values[at + 1 :]),)


MADE: dict[str, ShapeFunction] = {
    **dict.fromkeys(DRAWN, _drawn),
    "Gather": _gather,
    "GatherV2": _gather_v2,
}
