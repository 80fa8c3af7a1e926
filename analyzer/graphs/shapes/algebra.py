"""Partial shapes: a tuple of sizes with -1 for an unknown one, None for unknown rank.

core/framework/shape_inference.cc; the words of the errors are TensorFlow's.
"""

from __future__ import annotations

from typing import TypeAlias

Shape: TypeAlias = "tuple[int, ...] | None"

_MAX_RANK = 254


class ShapeError(ValueError):
    """Shapes that do not go together."""


def words(shape: Shape) -> str:
    """A shape in `InferenceContext::DebugString`: `[2,?]`, `?` for unknown rank."""
    return "?" if shape is None else "[" + ",".join("?" if size < 0 else str(size) for size in shape) + "]"


def of_rank(rank: int) -> Shape:
    """Of that rank and otherwise unknown; no tensor has more than 254 dimensions (core/framework/tensor_shape.h `MaxDimensions`)."""
    return (-1,) * rank if 0 <= rank <= _MAX_RANK else None


def with_rank(shape: Shape, rank: int) -> Shape:
    """The shape, at that rank (`WithRank`)."""
    if shape is None:
        return of_rank(rank)
    if len(shape) != rank:
        raise ShapeError(f"Shape must be rank {rank} but is rank {len(shape)}")
    return shape


def with_rank_at_least(shape: Shape, rank: int) -> Shape:
    """The shape, if it has at least that rank (`WithRankAtLeast`)."""
    if shape is not None and len(shape) < rank:
        raise ShapeError(f"Shape must be at least rank {rank} but is rank {len(shape)}")
    return shape


def with_rank_at_most(shape: Shape, rank: int) -> Shape:
    """The shape, if it has at most that rank (`WithRankAtMost`)."""
    if shape is not None and len(shape) > rank:
        raise ShapeError(f"Shape must be at most rank {rank} but is rank {len(shape)}")
    return shape


def merge_sizes(first: int, second: int) -> int:
    """The one size that both stand for (`Merge` of dimensions)."""
    if first < 0:
        return second
    if second < 0 or first == second:
        return first
    raise ShapeError(f"Dimensions must be equal, but are {first} and {second}")


def merge(first: Shape, second: Shape) -> Shape:
    """The one shape that both stand for (`Merge`)."""
    if first is None or second is None:
        return second if first is None else first
    if len(first) != len(second):
        raise ShapeError(f"Shapes must be equal rank, but are {len(first)} and {len(second)}")
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        if one >= 0 and other >= 0 and one != other:
            raise ShapeError(
                f"Dimension {number} in both shapes must be equal, but are {one} and {other}. "
                f"Shapes are {words(first)} and {words(second)}."
            )
    return tuple(max(one, other) for one, other in zip(first, second, strict=True))


def broadcast(first: Shape, second: Shape) -> Shape:
    """The shape of an elementwise operation (core/framework/common_shape_fns.cc `BroadcastBinaryOpOutputShapeFnHelper`)."""
    if first is None or second is None:
        return None
    rank = max(len(first), len(second))
    left = (1,) * (rank - len(first)) + first
    right = (1,) * (rank - len(second)) + second
    found = []
    for one, other in zip(left, right, strict=True):
        if one < 0 or other < 0:
            found.append(max(one, other) if max(one, other) > 1 else -1)
        elif one == 1 or other == 1:
            found.append(other if one == 1 else one)
        else:
            found.append(merge_sizes(one, other))
    return tuple(found)


def elements(shape: Shape) -> int:
    """How many elements, -1 where a size is unknown."""
    count = 1
    for size in shape if shape is not None else (-1,):
        if size < 0:
            return -1
        count *= size
    return count
