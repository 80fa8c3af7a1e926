"""JSON as Keras encodes and names it: tuples and shapes as objects (`saved_model/json_utils.py`), types in Python's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.keras.era import Era

_MADE = frozenset(f"__{name}__" for name in ("tensor", "numpy", "bytes", "lambda", "typespec"))
_MADE_3 = _MADE | {"__keras_tensor__", "__slice__"}
MADE = _MADE_3 | {"__ellipsis__"}


def is_made(name: str, era: Era) -> bool:
    """Whether `deserialize_keras_object` makes the value itself, and looks no class up for the name (saving/serialization_lib.py)."""
    if not era.is_3:
        return name in _MADE
    return name in (MADE if era.at_least(3, 3) else _MADE_3)


class Items(list[Any]):
    """A tuple or shape that was encoded as such, which JSON alone has none of."""


class Tuple(Items):
    """A tuple, which is no `TensorShape`."""


def plain(value: dict[str, Any]) -> Any:
    """An object hook that makes lists of encoded tuples and shapes, and leaves other objects alone. Raises KeyError and TypeError."""
    if value.get("class_name") not in ("__tuple__", "TensorShape"):
        return value
    items = value["items"]
    made: type[Items] = Tuple
    if value["class_name"] == "TensorShape":
        _check_shape(items)
        made = Items
    elif items is None or isinstance(items, (bool, int, float)):
        raise TypeError(f"{type_name(items)!r} object is not iterable")
    return made(items) if isinstance(items, list) else value


def _check_shape(items: Any) -> None:
    """`tf.TensorShape(items)`: None, a number, or dimensions one by one. Raises TypeError for what is no dimension in any release."""
    for dim in items if isinstance(items, (list, dict, str)) else [items]:
        if (
            isinstance(dim, (list, dict))
            or (isinstance(dim, str) and not dim.isdecimal())
            or (type(dim) is int and dim < 0)
        ):
            raise TypeError(f"Failed to convert {items!r} to a shape: {dim!r}")


def type_name(value: Any) -> str:
    """A JSON value's type in Python's words, as Keras's errors name it."""
    return "NoneType" if value is None else type(value).__name__
