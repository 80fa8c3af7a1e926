"""Shape functions of ops whose output is of a shape, or at places, that an input names (core/ops/random_ops.cc, nn_ops.cc, array_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    merge,
    of_rank,
    with_rank,
    with_rank_at_least,
    with_rank_at_most,
)
from analyzer.graphs.shapes.call import Call, ShapeFunction

DRAWN = ("RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt")
"""Ops that draw numbers, of the shape that their first input names (core/framework/common_shape_fns.cc `RandomShape`)."""


def _named(call: Call) -> Shape:
    """The shape that the first input holds (`MakeShapeFromShapeTensor`)."""
    shape, value = with_rank(call.shapes[0], 1), call.values[0]
    if value is not None:
        return tuple(value) if all(size >= -1 for size in value) else None
    return of_rank(shape[0]) if shape is not None else None


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


def _range(call: Call) -> tuple[Shape, ...]:
    """Range: as many elements as there are steps."""
    for each in call.shapes:
        with_rank(each, 0)
    known = [value[0] for value in call.values if value and isinstance(value[0], int)]
    if len(known) != 3:
        return ((-1,),)
    start, limit, delta = known
    if delta == 0:
        raise ShapeError("Requires delta != 0")
    if (limit - start) * delta < 0:
        raise ShapeError(f"Requires start and limit in the direction of delta: {start}/{limit}")
    return ((-((start - limit) // delta),),)


def _element_shape(call: Call, number: int) -> Shape:
    """The shape of a list's elements, which -1 leaves open (`MakeShapeFromShapeTensorTreatScalarAsUnknownShape`)."""
    shape, value = with_rank_at_most(call.shapes[number], 1), call.values[number]
    if shape is None or value is None:
        return None
    if not shape:
        if value[0] != -1:
            raise ShapeError(f"Received an invalid shape scalar with a static value that is not '-1': {value[0]}")
        return None
    return tuple(value) if all(size >= -1 for size in value) else None


def _list_from_tensor(call: Call) -> tuple[Shape, ...]:
    """TensorListFromTensor: what is left of the tensor is of the shape that the elements are said to have."""
    tensor, named = call.shapes[0], _element_shape(call, 1)
    if tensor is not None:
        with_rank_at_least(tensor, 1)
        merge(tensor[1:], named)
    return ((),)


def _list_reserve(call: Call) -> tuple[Shape, ...]:
    _element_shape(call, 0)
    return ((),)


def _list_item(call: Call) -> tuple[Shape, ...]:
    """TensorListGetItem."""
    return (_element_shape(call, 2),)


MADE: dict[str, ShapeFunction] = {
    **dict.fromkeys(DRAWN, _drawn),
    "Gather": _gather,
    "GatherV2": _gather_v2,
    "Range": _range,
    "TensorListFromTensor": _list_from_tensor,
    "TensorListGetItem": _list_item,
    "TensorListReserve": _list_reserve,
}
