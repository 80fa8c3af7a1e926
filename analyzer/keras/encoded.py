"""JSON as Keras encodes and names it: tuples and shapes as objects (`saved_model/json_utils.py`), types in Python's words."""

from __future__ import annotations

from typing import Any

# What `deserialize_keras_object` makes itself, and looks no class up for.
ENCODED = tuple(
    f"__{name}__" for name in ["keras_tensor", "tensor", "numpy", "bytes", "ellipsis", "slice", "lambda", "typespec"]
)


class Items(list[Any]):
    """A tuple or shape that was encoded as such, which JSON alone has none of."""


def plain(value: dict[str, Any]) -> Any:
    """An object hook that makes lists of encoded tuples and shapes, and leaves other objects alone. Raises KeyError."""
    if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value["items"], list):
        return Items(value["items"])
    return value


def type_name(value: Any) -> str:
    """A JSON value's type in Python's words, as Keras's errors name it."""
    return "NoneType" if value is None else type(value).__name__
