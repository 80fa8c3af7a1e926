"""The shape function of StridedSlice (core/ops/array_ops.cc, core/util/strided_slice_op.cc `ValidateStridedSliceOp`)."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, with_rank
from analyzer.graphs.shapes.call import Call
from analyzer.records import NamedTuple

_NEW, _GONE = -1, -2  # an axis of size 1 that is added, one that an index takes away


class _Masks(NamedTuple):
    """The attributes of a slice: a bit for each of its parts."""

    begin: int
    end: int
    ellipsis: int
    new_axis: int
    shrink: int


class _Axis(NamedTuple):
    """What is cut out of one axis: begin and end (None where they are not known, or masked), step, whether a single index is taken."""

    begin: int | None
    end: int | None
    step: int
    from_start: bool = False
    to_end: bool = False
    single: bool = False


def strided_slice(call: Call) -> tuple[Shape, ...]:
    """Parts are counted off against axes, an ellipsis standing for those that are left; then each axis is cut."""
    parts: Shape = None
    for each in call.shapes[1:4]:
        parts = merge(parts, with_rank(each, 1))
    shape, (begin, end, steps) = call.shapes[0], call.values[1:4]
    if shape is None or steps is None or parts is None or parts[0] != len(steps):
        return (None,)
    names = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    masks = _Masks(*(call.attr(name) or 0 for name in names))
    if masks.ellipsis & (masks.ellipsis - 1):
        raise ShapeError("Multiple ellipses in slice spec not allowed")
    axes, gathered = _spread(masks, begin, end, steps, len(shape))
    known = begin is not None and end is not None
    sizes = [_size(number, axis, size, known) for number, (axis, size) in enumerate(zip(axes, shape, strict=True))]
    return (tuple(1 if each == _NEW else sizes[each] for each in gathered if each != _GONE),)


def _spread(
    masks: _Masks, begin: Sequence[int] | None, end: Sequence[int] | None, steps: Sequence[int], rank: int
) -> tuple[list[_Axis], list[int]]:
    """What is cut out of each axis, and the axes of the result: an axis, or what stands for one that is new or gone."""
    axes: list[_Axis] = []
    gathered: list[int] = []
    count = len(steps)
    behind = sum(1 for part in range(count) if masks.new_axis >> part & 1 and 0 < masks.ellipsis < 1 << part)
    if not masks.ellipsis & ((1 << count) - 1):
        masks = masks._replace(ellipsis=1 << count)
        count += 1
    for part in range(count):
        bit = 1 << part
        if bit & masks.ellipsis:
            for axis in range(len(axes), min(rank - (count - part) + 1 + behind, rank)):
                axes.append(_Axis(None, None, 1, True, True))
                gathered.append(axis)
        elif bit & masks.new_axis:
            gathered.append(_NEW)
        else:
            if len(axes) == rank:
                raise ShapeError(f"Index out of range using input dim {rank}; input has only {rank} dims")
            index = bool(bit & masks.shrink)
            gathered.append(_GONE if index else len(axes))
            first, last = begin[part] if begin else None, end[part] if end else None
            axes.append(_Axis(first, last, steps[part], bool(bit & masks.begin), bool(bit & masks.end), index))
    return axes, gathered


def _size(number: int, axis: _Axis, size: int, known: bool) -> int:
    """How much is left of an axis of a size; -1 where that is not known."""
    if axis.step == 0:
        raise ShapeError(f"strides[{number}] must be non-zero")
    if size < 0:
        return 1 if axis.single else -1
    if axis.single and axis.step < 0:
        raise ShapeError("only stride 1 allowed on non-range indexing.")
    if axis.single:
        first = axis.begin or 0
        if known and not -size <= first < size:
            raise ShapeError(f"slice index {first} of dimension {number} out of bounds.")
        return 1
    if axis.from_start and axis.to_end:
        length = size
    elif known and axis.begin is not None and axis.end is not None:
        length = _length(axis, axis.begin, axis.end, size)
    else:
        return -1
    step = abs(axis.step)
    return max(0, (length + step - 1) // step)


def _length(axis: _Axis, begin: int, end: int, size: int) -> int:
    """The length of a range, in the direction of its step."""
    low, high = (0, size) if axis.step > 0 else (-1, size - 1)
    first = min(max(begin + size if begin < 0 else begin, low), high)
    last = min(max(end + size if end < 0 else end, low), high)
    if axis.from_start:
        first = low if axis.step > 0 else high
    if axis.to_end:
        last = high if axis.step > 0 else low
    return last - first if axis.step > 0 else first - last
