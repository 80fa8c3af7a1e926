"""Shape functions of ops that put the same elements into another shape (core/ops/array_ops.cc)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    elements,
    merge,
    merge_sizes,
    of_rank,
    with_rank,
    with_rank_at_least,
    words,
)
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _reshape(call: Call) -> tuple[Shape, ...]:
    wanted = call.values[1]
    with_rank(call.shapes[1], 1)
    if wanted is None:
        count = call.shapes[1][0] if call.shapes[1] is not None else -1
        return (of_rank(count),)
    total = elements(call.shapes[0])
    known = elements(tuple(size for size in wanted if size >= 0))
    unknown = sum(size < 0 for size in wanted)
    if total < 0 or unknown > 1:
        if not unknown:
            _fits(call.shapes[0], known)
        return (tuple(-1 if size < 0 else size for size in wanted),)
    if not unknown:
        if total != known:
            raise ShapeError(
                f"Cannot reshape a tensor with {total} elements to shape {words(tuple(wanted))} ({known} elements)"
            )
        return (tuple(wanted),)
    if known == 0:
        return (tuple(-1 if size < 0 else size for size in wanted),)
    if total % known:
        raise ShapeError(f"Dimension size must be evenly divisible by {known} but is {total}")
    return (tuple(total // known if size < 0 else size for size in wanted),)


def _fits(given: Shape, total: int) -> None:
    """Of a given shape with one size unknown the others divide the elements that are wanted (`SetOutputShapeForReshape`)."""
    if given is None or sum(size < 0 for size in given) != 1:
        return
    known = elements(tuple(size for size in given if size >= 0))
    if known and total % known:
        raise ShapeError(f"Dimension size must be evenly divisible by {known} but is {total}")


def _concat(call: Call) -> tuple[Shape, ...]:
    """ConcatV2: the axis is the last input."""
    return _concatenated(call, call.shapes[:-1], call.shapes[-1], call.values[-1])


def _concat_v1(call: Call) -> tuple[Shape, ...]:
    return _concatenated(call, call.shapes[1:], call.shapes[0], call.values[0])


def _concatenated(call: Call, parts: Sequence[Shape], axis_shape: Shape, axis_value: Any) -> tuple[Shape, ...]:
    with_rank(axis_shape, 0)
    rank = next((len(shape) for shape in parts if shape is not None), None)
    if rank is None:
        return (None,)
    if axis_value is None:
        for shape in parts:
            with_rank(shape, rank)
        return ((-1,) * rank,)
    axis = axis_value[0]
    least = axis + 1 if axis >= 0 else -axis
    for shape in parts:
        with_rank_at_least(shape, max(least, 1))
    if any(shape is None for shape in parts):
        return (None,)
    position = axis if axis >= 0 else rank + axis
    before: Shape = None
    after: Shape = None
    total = 0
    for shape in parts:
        assert shape is not None
        at = axis if axis >= 0 else len(shape) + axis
        before, after = merge(before, shape[:at]), merge(after, shape[at + 1 :])
        total = -1 if total < 0 or shape[at] < 0 else total + shape[at]
    assert before is not None and after is not None and position is not None
    return ((*before, total, *after),)


def _pack(call: Call) -> tuple[Shape, ...]:
    shape: Shape = None
    for each in reversed(call.shapes):
        shape = merge(shape, each)
    if shape is None:
        return (None,)
    axis = call.attr("axis") or 0
    rank = len(shape) + 1
    if not -rank <= axis < rank:
        raise ShapeError(f"Invalid axis: {axis}; must be in [{-rank},{rank})")
    at = axis if axis >= 0 else rank + axis
    return ((*shape[:at], len(call.shapes), *shape[at:]),)


def _expand_dims(call: Call) -> tuple[Shape, ...]:
    shape, axis = call.shapes[0], call.values[1]
    if shape is None or axis is None or len(axis) != 1:
        return (None,)
    rank = len(shape)
    if not -rank - 1 <= axis[0] <= rank:
        raise ShapeError(f"dim {axis[0]} not in the interval [{-rank - 1}, {rank}].")
    at = axis[0] if axis[0] >= 0 else axis[0] + rank + 1
    return ((*shape[:at], 1, *shape[at:]),)


def _transpose(call: Call) -> tuple[Shape, ...]:
    """Transpose: of as many dimensions as the permutation has elements, which need not be known (`TransposeShapeFn`)."""
    shape, order = call.shapes[0], call.values[1]
    count = elements(call.shapes[1])
    rank = len(shape) if shape is not None else count if count >= 0 else len(order or ())
    if shape is None and rank < 2:
        return (None,)
    shape = with_rank(shape, rank)
    with_rank(call.shapes[1], 1)
    merge_sizes(count, rank)
    if order is None or shape is None:
        return (of_rank(rank),)
    if any(not -rank <= axis < rank for axis in order):
        wrong = next(axis for axis in order if not -rank <= axis < rank)
        raise ShapeError(f"perm dim {wrong} is out of range of input rank {rank}")
    return (tuple(shape[axis] for axis in order),)


ARRANGED: dict[str, ShapeFunction] = {
    "Concat": _concat_v1,
    "ConcatV2": _concat,
    "ExpandDims": _expand_dims,
    "Pack": _pack,
    "Reshape": _reshape,
    "Transpose": _transpose,
}
