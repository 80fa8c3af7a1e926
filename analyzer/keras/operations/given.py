"""What an operation is called on: its arguments, and the shapes of tensors among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from analyzer.keras import constants
from analyzer.keras.encoded import type_name
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Opaque, Tensor, shape_text

if TYPE_CHECKING:
    from analyzer.keras.era import Era

Sizes: TypeAlias = tuple[Dim, ...]
Shapes: TypeAlias = Sizes | list[Sizes]
_CONSTANTS = ("__tensor__", "__numpy__")


class UnknownError(Exception):
    """A shape that we do not know."""


class Given:
    """The arguments of one call. Dimensions that only we do not know pass for undefined ones, and come out as unknown."""

    def __init__(self, era: Era, layer: Layer, args: list[Any], kwargs: Mapping[str, Any]) -> None:
        self.era = era
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self._guessed = False

    def get(self, key: str, default: Any = None) -> Any:
        """A constructor argument."""
        return self.layer.get(key, default)

    @property
    def guessed(self) -> bool:
        """Whether some dimension so far is one that only we do not know."""
        return self._guessed

    def axis(self, key: str = "axis") -> int:
        """The constructor's axis, by which shapes are indexed. Raises BuildError."""
        found = self.get(key, 0)
        if not isinstance(found, int):
            raise BuildError(
                f"goes along axis {found!r}",
                f"list indices must be integers or slices, not {type_name(found)}",
                "invalid-argument",
            )
        return found

    @property
    def canonical(self) -> bool:
        """Whether axes are counted from the front before they are used (`canonicalize_axis`: Keras 3.15)."""
        return self.era.at_least(3, 15)

    def argument(self, index: int, key: str) -> Any:
        """An argument by place or name. Raises UnknownError."""
        if index < len(self.args):
            return self.args[index]
        if key in self.kwargs:
            return self.kwargs[key]
        raise UnknownError

    def shape(self, index: int = 0) -> Sizes:
        """The shape of a positional argument as `x.shape`. Raises UnknownError, BuildError."""
        if index >= len(self.args):
            raise UnknownError
        value = self.args[index]
        if not isinstance(value, (Tensor, Opaque)):
            error = f"{type_name(value)!r} object has no attribute 'shape'"
            raise BuildError(f"is called on what is no tensor: {type_name(value)}", error, "incompatible-input")
        return self.shape_of(value)

    def shape_if_any(self, index: int = 0) -> Sizes:
        """The same as `getattr(x, "shape", [])`. Raises UnknownError."""
        if index >= len(self.args):
            raise UnknownError
        return self.shape_of(self.args[index])

    def shape_of(self, value: Any) -> Sizes:
        """A value's shape as `getattr(x, "shape", [])`. Raises UnknownError."""
        if isinstance(value, Tensor):
            if value.shape is None:
                raise UnknownError
            self._guessed = self._guessed or UNKNOWN in value.shape
            return tuple(None if dim == UNKNOWN else dim for dim in value.shape)
        if isinstance(value, Opaque):
            return _constant(value.value)
        return ()

    def learned(self, shape: Sizes) -> Sizes:
        """A result: undefined dimensions are unknown ones where some were unknown before."""
        return tuple(UNKNOWN if dim is None and self._guessed else dim for dim in shape)

    def described(self) -> str:
        """The shapes of what it is called on."""
        found = [each for each in self.args if isinstance(each, Tensor)]
        return ", ".join(shape_text(each.shape) for each in found) or "its inputs"


def _constant(value: Any) -> Sizes:
    if not isinstance(value, Mapping) or value.get("class_name") not in _CONSTANTS:
        raise UnknownError
    config = value.get("config")
    return nested(config.get("value")) if isinstance(config, Mapping) else ()


def nested(value: Any) -> tuple[int, ...]:
    """The shape of nested lists of numbers. Raises UnknownError where they are ragged."""
    found = constants.shape(value)
    if found is None:
        raise UnknownError
    return found


def axis_of(axis: int, rank: int) -> int:
    """`canonicalize_axis`. Raises BuildError."""
    if not isinstance(axis, int):
        error = f"{type_name(axis)!r} object cannot be interpreted as an integer"
        raise BuildError(f"goes along axis {axis!r}", error, "invalid-argument")
    if not -rank <= axis < rank:
        raise BuildError(
            f"goes along axis {axis} of {rank}",
            f"axis {axis} is out of bounds for an array with {rank} dimensions.",
        )
    return axis % rank
