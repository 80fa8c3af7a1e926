"""Operations that reduce along axes (`reduce_shape`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analyzer.keras.operations.given import Given, Shapes, Sizes, UnknownError, axis_of

_REDUCING = ("Mean", "Sum", "Max", "Min", "Amax", "Amin", "Prod", "Var", "Std", "Any", "All", "Median", "Logsumexp", "CountNonzero")  # fmt: skip


def reduce_(given: Given, shape: Sizes, axes: Sequence[int] | None, *, keep: bool) -> Sizes:
    """`reduce_shape`: up to 3.14 axes go one by one from the greatest number down, negative ones last. Raises IndexError."""
    left = list(shape)
    if axes is None:
        return (1,) * len(left) if keep else ()
    if given.canonical:
        axes = [axis_of(axis, len(left)) for axis in axes]
    for axis in axes if keep else sorted(axes, reverse=True):
        if keep:
            left[axis] = 1
        else:
            del left[axis]
    return tuple(left)


def reduced(given: Given) -> Shapes:
    """Reductions along one axis, several or all."""
    axis = given.get("axis")
    axes = [axis] if isinstance(axis, int) else axis
    if given.layer.kind == "Logsumexp" and isinstance(axis, int) and not given.canonical:
        raise UnknownError
    return reduce_(given, given.shape(), axes, keep=bool(given.get("keepdims", False)))


def place_of_extreme(given: Given) -> Shapes:
    """`Argmax`, `Argmin`, which keep the whole shape by `keepdims` up to 3.14."""
    axis, keep = given.get("axis"), bool(given.get("keepdims", False))
    if keep and not given.canonical:
        return given.shape()
    if isinstance(axis, list):
        raise UnknownError  # one axis among them, or several, by the release
    return reduce_(given, given.shape(), None if axis is None else [axis], keep=keep)


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {
    **dict.fromkeys(_REDUCING, reduced),
    **dict.fromkeys(("Argmax", "Argmin"), place_of_extreme),
}
