"""Shapes that go together, as TensorFlow's shape functions have it (framework/common_shape_fns.cc)."""

from __future__ import annotations

from typing import Any, TypeAlias

from analyzer.keras.model import UNKNOWN, BuildError, Dim, shape_text

Dims: TypeAlias = tuple[Dim, ...]


def dims_of(value: Any) -> Dims:
    """The shape of nested lists; nothing is known of ragged ones. Of what is no list, that of a number."""
    if not isinstance(value, list):
        return ()
    inner = [dims_of(each) for each in value]
    if any(each != inner[0] for each in inner):
        return ()
    return (len(value), *(inner[0] if inner else ()))


def broadcast(left: Dims, right: Dims) -> Dims:
    """`BroadcastBinaryOpOutputShapeFn`. Raises BuildError."""
    rank = max(len(left), len(right))
    one, two = (1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right
    return tuple(_together(a, b, left, right) for a, b in zip(one, two, strict=True))


def product(left: Dims, right: Dims) -> Dims:
    """`BatchMatMulV2Shape`: matrices of shapes whose other dimensions go together. Raises BuildError."""
    if len(left) < 2 or len(right) < 2:
        raise BuildError(
            f"multiplies {shape_text(left)} by {shape_text(right)}", "Shape must be at least rank 2 but is rank 1"
        )
    inner = (left[-1], right[-2])
    if None not in inner and UNKNOWN not in inner and inner[0] != inner[1]:
        raise _unequal(inner[0], inner[1], left, right)
    return (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])


def _together(a: Dim, b: Dim, left: Dims, right: Dims) -> Dim:
    if UNKNOWN in (a, b):
        return UNKNOWN
    if a == b or b == 1:
        return a
    if a == 1 or a is None:
        return b
    if b is None:
        return a
    raise _unequal(a, b, left, right)


def _unequal(a: Dim, b: Dim, left: Dims, right: Dims) -> BuildError:
    return BuildError(
        f"combines {shape_text(left)} with {shape_text(right)}", f"Dimensions must be equal, but are {a} and {b}"
    )
