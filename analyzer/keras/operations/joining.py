"""Operations that join tensors, and that take them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from analyzer.keras.model import BuildError, Dim, Tensor, shape_text
from analyzer.keras.operations.given import Given, Shapes, Sizes, UnknownError, axis_of


def _all(given: Given) -> list[Sizes]:
    several = given.args[0]
    if isinstance(several, Tensor):
        raise BuildError("is called on one tensor", "Iterating over a symbolic KerasTensor is not supported.")
    if not isinstance(several, list) or not several:
        raise UnknownError
    return [given.shape_of(each) for each in several]


def _alike(shapes: Sequence[Sizes], axis: int | None) -> None:
    """`shape_equal` with the first one. Raises BuildError."""
    for shape in shapes:
        one, other = list(shapes[0]), list(shape)
        if axis is not None and len(one) == len(other):
            one[axis] = other[axis] = -1
        fits = len(one) == len(other) and all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))
        if not fits:
            raise BuildError(
                f"joins {', '.join(map(shape_text, shapes))}",
                f"must have the same shape. But found element of shape {shape}, which is different from the first "
                f"element's shape {shapes[0]}.",
            )


def concatenate(given: Given) -> Shapes:
    """`Concatenate`: equal shapes but along the axis."""
    shapes, axis = _all(given), given.axis()
    if given.canonical:
        axis = axis_of(axis, len(shapes[0]))
    return _joined(shapes, axis)


def lined_up(given: Given) -> Shapes:
    """`Hstack`, `Vstack`: along the second or the first axis."""
    return _joined(_all(given), int(given.layer.kind == "Hstack"))


def _joined(shapes: Sequence[Sizes], axis: int) -> Sizes:
    _alike(shapes, axis)
    result = list(shapes[0])
    sizes = [shape[axis] for shape in shapes]
    known = [size for size in sizes if size is not None]
    result[axis] = sum(known) if len(known) == len(sizes) else None
    return tuple(result)


def stack(given: Given) -> Shapes:
    """`Stack`: equal shapes, and a new axis."""
    shapes, axis = _all(given), given.axis()
    _alike(shapes, None)
    result: list[Dim] = list(shapes[0])
    if given.canonical:
        axis = axis_of(axis, len(result) + 1)
    place = len(result) if axis == -1 else axis if axis >= 0 else axis + 1
    result.insert(place, len(shapes))
    return tuple(result)


def split(given: Given) -> Shapes:
    """`Split` into a number of equal parts, or at places."""
    shape, axis, parts = list(given.shape()), given.axis(), given.get("indices_or_sections")
    size = shape[axis]
    if isinstance(parts, int):
        if size is not None and size % parts:
            raise BuildError(
                f"makes {parts} parts of {shape_text(tuple(shape))} along axis {axis}",
                "`x` size on given `axis` must be dividible by `indices_or_sections` when `indices_or_sections` is an int.",
            )
        shape[axis] = None if size is None else size // parts
        return [tuple(shape)] * parts
    if size is None or any(part is None or isinstance(part, float) for part in parts):
        raise UnknownError
    ends = [0, *parts, size]
    result = []
    for start, end in pairwise(ends):
        shape[axis] = end - start
        result.append(tuple(shape))
    return result


def unstack(given: Given) -> Shapes:
    """`Unstack`: as many as an axis is long."""
    shape, axis, number = given.shape(), given.axis(), given.get("num")
    place = axis_of(axis, len(shape)) if given.canonical else axis + len(shape) if axis < 0 else axis
    if number is None:
        number = shape[place]
    if number is None and not given.guessed:
        raise BuildError(
            f"takes {shape_text(shape)} apart along axis {axis}, which is of no known size",
            "Cannot infer argument `num` from shape",
        )
    if number is None:
        raise UnknownError
    return [shape[:place] + shape[place + 1 :]] * number


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {
    "Concatenate": concatenate,
    **dict.fromkeys(("Hstack", "Vstack"), lined_up),
    "Stack": stack,
    "Split": split,
    "Unstack": unstack,
}
