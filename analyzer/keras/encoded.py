"""JSON as Keras encodes it: tuples and shapes as objects (`saved_model/json_utils.py`)."""

from __future__ import annotations

from typing import Any


def plain(value: dict[str, Any]) -> Any:
    """An object hook that makes lists of encoded tuples and shapes, and leaves other objects alone."""
    if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
        return value["items"]
    return value
