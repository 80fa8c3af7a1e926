"""Products of tensors."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.keras.model import BuildError, shape_text
from analyzer.keras.operations.elementwise import broadcast
from analyzer.keras.operations.given import Given, Shapes, UnknownError


def matmul(given: Given) -> Shapes:
    """`compute_matmul_output_shape`: of vectors it makes matrices, and keeps them so up to 3.14."""
    left, right = given.shape_if_any(), given.shape_if_any(1)
    if min(len(left), len(right)) == 1 and given.canonical:
        raise UnknownError
    if len(left) == 1:
        left = (1, *left)
    if len(right) == 1:
        right = (*right, 1)
    _inner(left[-1], right[-2], given, "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal")
    return (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])


def dot(given: Given) -> Shapes:
    """`Dot`: along the last axis of the one and the last but one of the other."""
    left, right = given.shape_if_any(), given.shape_if_any(1)
    if not left or not right:
        return broadcast(left, right)
    if len(left) == 1 and len(right) == 1:
        return ()
    if len(right) == 1:
        if left[-1] != right[0] and None in (left[-1], right[0]):
            raise UnknownError
        _inner(left[-1], right[0], given, "Shape must match on the last axis of `x1` and `x2`")
        return left[:-1]
    _inner(left[-1], right[-2], given, "Shape must match on the last axis of `x1` and second last axis of `x2`")
    return (*left[:-1], *right[:-2], right[-1])


def _inner(one: int | None, other: int | None, given: Given, error: str) -> None:
    if one is not None and other is not None and one != other:
        shapes = f"{shape_text(given.shape_if_any())} and {shape_text(given.shape_if_any(1))}"
        raise BuildError(f"multiplies {shapes}", error)


def einsum(given: Given) -> Shapes:
    """`Einsum` of letters alone: each operand broadcasts to the output by the letters that it has."""
    subscripts = given.get("subscripts")
    if subscripts is None or isinstance(subscripts, (list, int, float)):
        error = f"{type(subscripts).__name__!r} object has no attribute 'split'"
        raise BuildError(f"has subscripts={subscripts!r}", error)
    before, *after = subscripts.split("->")
    if len(after) > 1:
        error = f'At most one "->" is supported in `einsum` subscripts, but received {subscripts}.'
        raise BuildError(f"has subscripts={subscripts!r}", error)
    names = before.split(",")
    if len(names) != len(given.args):
        raise BuildError(
            f"has {subscripts!r} for {len(given.args)} operands",
            f"Number of operands ({len(given.args)}) does not match the number of input specs ({len(names)}) in `einsum`",
        )
    if not after or "." in subscripts or " " in subscripts:
        raise UnknownError
    result: tuple[int | None, ...] | None = None
    for index, letters in enumerate(names):
        shape = given.shape_if_any(index)
        if len(letters) != len(shape):
            raise BuildError(
                f"has {subscripts!r} for {given.described()}",
                "Number of dimensions in the subscript does not match the number of dimensions in the operand",
            )
        if len(set(letters)) < len(letters):
            raise UnknownError
        sizes = dict(zip(letters, shape, strict=True))
        own = tuple(sizes.get(letter, 1) for letter in after[0])
        result = own if result is None else broadcast(result, own)
    if result is None:
        raise UnknownError
    return result


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {"Matmul": matmul, "Dot": dot, "Einsum": einsum}
