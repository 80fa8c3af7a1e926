"""Operations that lay the same elements out anew, or more of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from analyzer.keras.encoded import type_name
from analyzer.keras.model import BuildError, Dim, shape_text
from analyzer.keras.operations.elementwise import broadcast
from analyzer.keras.operations.given import Given, Shapes, UnknownError, axis_of


def reshape(given: Given) -> Shapes:
    """`compute_reshape_output_shape`."""
    shape, new = given.shape(), given.get("newshape")
    if isinstance(new, (int, float, str, dict)) or new is None:
        raise BuildError(f"has newshape={new!r}", f"{type_name(new)!r} object is not iterable")
    if list(new).count(-1) > 1:
        raise BuildError(f"has newshape={list(new)}", "There must be at most one unknown dimension (-1) in newshape.")
    sizes = [dim for dim in shape if dim is not None]
    if len(sizes) < len(shape):
        return tuple(None if dim == -1 else dim for dim in new)
    size, known = prod(sizes), prod(dim for dim in new if dim != -1)
    fits = size == known if -1 not in new else known != 0 and size % known == 0
    if not fits:
        raise BuildError(f"makes {list(new)} of {shape_text(shape)}", "The total size of the tensor must be unchanged")
    return tuple(size // known if dim == -1 else dim for dim in new)


def transpose(given: Given) -> Shapes:
    """`compute_transpose_output_shape`."""
    shape, axes = given.shape(), given.get("axes")
    if axes is None:
        return shape[::-1]
    if len(axes) != len(shape):
        raise BuildError(
            f"has axes={list(axes)} for {shape_text(shape)}",
            f"axis must be a list of the same length as the input shape, expected {len(shape)}, but received {len(axes)}.",
        )
    if given.canonical and len({axis_of(axis, len(shape)) for axis in axes}) < len(shape):
        raise BuildError(f"has axes={list(axes)}", "`axes` must be a valid permutation of the input dimensions")
    return tuple(shape[axis] for axis in axes)


def expand_dims(given: Given) -> Shapes:
    """`compute_expand_dims_output_shape`: several axes from 3.1 on."""
    shape, axis = list(given.shape()), given.get("axis")
    if not isinstance(axis, int) and (isinstance(axis, list) != given.era.at_least(3, 1)):
        error = f"The `axis` argument to `expand_dims` should be an integer. Received axis={axis}"
        raise BuildError(f"has axis={axis!r}", error, "invalid-argument")
    if not given.era.at_least(3, 1):
        if not isinstance(axis, int):
            raise UnknownError
        place = len(shape) + 1 + axis if axis < 0 else axis
        return (*shape[:place], 1, *shape[place:])
    axes = [axis] if isinstance(axis, int) else list(axis)
    rank = len(shape) + len(axes)
    new = {axis_of(each, rank) for each in axes}
    if len(new) < len(axes):
        raise BuildError(f"has axis={axis}, which names one axis twice", "StopIteration", "invalid-argument")
    rest = iter(shape)
    return tuple(1 if place in new else next(rest, None) for place in range(rank))


def squeeze(given: Given) -> Shapes:
    """`Squeeze`: only what is 1 can go."""
    shape, axis = list(given.shape()), given.get("axis")
    if axis is None:
        return tuple(dim for dim in shape if dim != 1)
    axes = [axis] if isinstance(axis, int) else list(axis)
    for each in axes:
        if shape[each] is None and given.learned(tuple(shape)) != tuple(shape):
            raise UnknownError
        if shape[each] != 1:
            raise BuildError(
                f"takes axis {each} out of {shape_text(tuple(shape))}",
                f"Cannot squeeze axis {each}, because the dimension is not 1.",
            )
    gone = {each % len(shape) for each in axes}
    return tuple(dim for place, dim in enumerate(shape) if place not in gone)


def swapaxes(given: Given) -> Shapes:
    """`Swapaxes`."""
    shape, one, other = list(given.shape()), given.get("axis1"), given.get("axis2")
    if given.canonical:
        one, other = axis_of(one, len(shape)), axis_of(other, len(shape))
    shape[one], shape[other] = shape[other], shape[one]
    return tuple(shape)


def moveaxis(given: Given) -> Shapes:
    """`Moveaxis`."""
    shape = given.shape()
    sources, destinations = (
        [given.get(key)] if isinstance(given.get(key), int) else list(given.get(key))
        for key in ("source", "destination")
    )
    placed: dict[int, Dim] = {}
    for source, destination in zip(sources, destinations, strict=True):
        placed[range(len(shape))[destination]] = shape[source]
    moved = {range(len(shape))[source] for source in sources}
    rest = iter([dim for place, dim in enumerate(shape) if place not in moved])
    return tuple(placed[place] if place in placed else next(rest, None) for place in range(len(shape)))


def broadcast_to(given: Given) -> Shapes:
    """`BroadcastTo`."""
    wanted = tuple(given.get("shape"))
    broadcast(given.shape(), wanted)
    return wanted


def pad(given: Given) -> Shapes:
    """`Pad`: a pair for each dimension, or one for all."""
    shape, width = given.shape(), given.get("pad_width")
    if width is None:
        raise BuildError("has pad_width=None", "'NoneType' object is not subscriptable", "invalid-argument")
    pairs = _pairs(width)
    if len(pairs) == 1:
        pairs = pairs * len(shape)
    if len(pairs) != len(shape):
        raise BuildError(
            f"has pad_width={width} for {shape_text(shape)}", "`pad_width` must have the same length as `x.shape`."
        )
    return tuple(None if dim is None else dim + pair[0] + pair[1] for dim, pair in zip(shape, pairs, strict=True))


def _pairs(width: Any) -> list[Sequence[int]]:
    """`_process_pad_width`. Raises BuildError."""
    if isinstance(width, int):
        return [(width, width)]
    if isinstance(width[0], int):
        return [width]
    if any(len(each) != len(width[0]) for each in width):
        error = f"`pad_width` should be a list of tuples of length 1 or 2. Received: pad_width={width}"
        raise BuildError(f"has pad_width={width}", error, "invalid-argument")
    return [each * 2 if len(each) == 1 else each for each in width]


def tile(given: Given) -> Shapes:
    """`Tile`."""
    shape, repeats = given.shape(), given.get("repeats")
    if isinstance(repeats, dict):
        raise UnknownError  # of which some releases make a tuple
    times = [repeats] if isinstance(repeats, int) else [] + repeats  # noqa: RUF005  # which takes a list alone
    rank = max(len(shape), len(times))
    times = [1] * (rank - len(times)) + times
    sizes = (1,) * (rank - len(shape)) + shape
    return tuple(None if dim is None else dim * time for dim, time in zip(sizes, times, strict=True))


def repeat(given: Given) -> Shapes:
    """`Repeat` by one number."""
    shape, repeats, axis = list(given.shape()), given.get("repeats"), given.get("axis")
    if not isinstance(repeats, int):
        raise UnknownError
    if axis is None:
        return (None,) if None in shape else (prod(dim for dim in shape if dim is not None) * repeats,)
    axis = given.axis()
    size = shape[axis]
    shape[axis] = None if size is None else size * repeats
    return tuple(shape)


def differences(given: Given) -> Shapes:
    """`Diff`: `n` less along the axis."""
    shape, axis, order = list(given.shape()), given.axis(), given.get("n", 1)
    if given.canonical:
        axis = axis_of(axis, len(shape))
    size = shape[axis]
    if size is not None and not isinstance(order, (int, float)):
        raise BuildError(f"has n={order!r}", "unsupported operand type(s) for -", "invalid-argument")
    shape[axis] = None if size is None else max(size - order, 0)
    return tuple(shape)


def one_hot(given: Given) -> Shapes:
    """`OneHot`: a new axis, last or within."""
    shape, axis, classes = list(given.shape_if_any()), given.get("axis", -1), given.get("num_classes")
    if axis != -1 and not 0 <= axis < len(shape):
        raise BuildError(f"has axis={axis}", f"axis must be -1 or between [0, {len(shape)}), but received {axis}.")
    shape.insert(len(shape) if axis == -1 else axis, classes)
    return tuple(shape)


def top(given: Given) -> Shapes:
    """`TopK`: values and places."""
    shape = list(given.shape())
    shape[-1] = given.get("k")
    return [tuple(shape), tuple(shape)]


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {
    "Reshape": reshape,
    "Transpose": transpose,
    "ExpandDims": expand_dims,
    "Squeeze": squeeze,
    "Swapaxes": swapaxes,
    "Moveaxis": moveaxis,
    "BroadcastTo": broadcast_to,
    "Pad": pad,
    "Tile": tile,
    "Repeat": repeat,
    "Diff": differences,
    "OneHot": one_hot,
    "TopK": top,
}
