"""Operations that take a part of a tensor by places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analyzer.keras.model import BuildError, Dim, Opaque, Tensor, shape_text
from analyzer.keras.operations.given import Given, Shapes, UnknownError, nested

_UNSUPPORTED = "Unsupported key type for array slice."
_ELLIPSIS, _SLICE = "__ellipsis__", "__slice__"


def get_item(given: Given) -> Shapes:
    """`GetItem`: up to 3.1 a key is an int or a tuple, of which JSON makes a list."""
    key = given.argument(1, "key")
    if not given.era.at_least(3, 2) and isinstance(key, (list, Opaque)):
        raise BuildError(
            f"takes slices as tuples, which Keras {given.era.version} reads back as lists",
            "Unsupported key type for array slice. Recieved: `[slice(None, None, None)]`",
        )
    shape = given.shape()
    if isinstance(key, Opaque) and _name(key) == _SLICE:
        raise BuildError(f"is given the slice {key.value!r} alone", _UNSUPPORTED)
    if key is None or isinstance(key, (str, float, Mapping)):
        raise BuildError(f"takes the place {key!r}", _UNSUPPORTED)
    keys = key if isinstance(key, list) else [key]
    return _taken(shape, keys)


def _taken(shape: tuple[Dim, ...], keys: list[Any]) -> Shapes:
    rest, result = list(shape), []
    places = sum(_name(each) == _ELLIPSIS for each in keys)
    if places > 1:
        raise BuildError("is given two ellipses", "Slice should only have one ellipsis.")
    for number, key in enumerate(keys):
        if _name(key) == _ELLIPSIS:
            kept = len(rest) - sum(each is not None for each in keys[number + 1 :])
            result += rest[:kept]
            rest = rest[kept:]
        elif key is None:
            result.append(1)
        elif not rest:
            raise BuildError(f"has more places than {shape_text(shape)}", "but slice has to many indices.")
        else:
            result += _one(shape, rest.pop(0), key)
    return tuple(result + rest)


def _one(shape: tuple[Dim, ...], size: Dim, key: Any) -> list[Dim]:
    """What a place leaves of a dimension. Raises BuildError."""
    if isinstance(key, int) and not isinstance(key, bool):
        if size is not None and not -size <= key < size:
            raise BuildError(f"takes place {key} of {shape_text(shape)}", "but out-of-bounds index was requested.")
        return []
    if isinstance(key, (str, float, list, Mapping)):
        raise BuildError(f"takes the place {key!r}", _UNSUPPORTED)
    if _name(key) != _SLICE:
        raise UnknownError
    bounds = key.value["config"]
    return [None if size is None else len(range(size)[slice(bounds["start"], bounds["stop"], bounds["step"])])]


def _name(key: Any) -> Any:
    return key.value.get("class_name") if isinstance(key, Opaque) and isinstance(key.value, Mapping) else None


def take(given: Given) -> Shapes:
    """`Take`: an axis gets the shape of the places."""
    shape, axis, places = given.shape_if_any(), given.get("axis"), given.argument(1, "indices")
    taken = given.shape_of(places) if isinstance(places, (Tensor, Opaque)) else nested(places)
    if axis is None:
        return taken
    start = axis + len(shape) if axis < 0 else axis
    return (*shape[:start], *taken, *shape[start + 1 :])


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {"GetItem": get_item, "Take": take}
