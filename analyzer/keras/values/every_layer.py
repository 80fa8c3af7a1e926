"""Arguments that every layer takes, and the shapes that inputs declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import on
from analyzer.tables.keras_symbol import KerasSymbol


@on("name")
def _name(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Operation.__init__` of Keras 3, `Layer._init_set_name` of Keras 2.7 and later; see `keras_2` for those before."""
    if value is None or (not value and symbol.name == "InputLayer" and not era.is_3):
        return ""
    if era.is_3 and (not isinstance(value, str) or "/" in value):
        return f"Argument `name` must be a string and cannot contain character `/`. Received: name={value}"
    if not era.is_3 and not isinstance(value, str):
        minds = era.at_least(2, 8) if symbol.name == "InputLayer" else era.at_least(2, 7)
        return f"Expected `name` to be a string, but got: {value}" if minds else ""
    return ""


@on("trainable")
def _trainable(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Layer.__init__` of Keras 2.7 and later wants a bool, unless a class keeps the argument to itself (BatchNormalization).

    That of Keras 3 wants one from 3.15 on.
    """
    if era.is_3 and era.at_least(3, 15) and symbol.kind == "layer" and not isinstance(value, bool):
        return f"Expected `trainable` to be a boolean. Received: trainable={value}"
    if era.is_3 or not era.at_least(2, 7) or isinstance(value, bool) or symbol.name.endswith("BatchNormalization"):
        return ""
    return f"Expected `trainable` argument to be a boolean, but got: {value}"


@on("batch_shape", "batch_input_shape")
def _batch_shape(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`InputLayer.__init__`: a list of dimensions; the `Layer.__init__` of Keras 2 makes a tuple of it."""
    if symbol.name != "InputLayer":
        return _input_shape(era, symbol, value, config)
    if value is None:
        return ""
    if isinstance(value, dict):
        encoded = not value or value.get("class_name") in ("__tuple__", "TensorShape")
        return "" if encoded else f"Cannot convert {value!r} to a shape."
    if not isinstance(value, list):
        return f"Cannot convert {value!r} to a shape."
    return odd_dimension(era, value)


@on("input_shape")
def _input_shape(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Layer.__init__` of Keras 2 makes a tuple of it."""
    refused = value is None and not era.is_3 and symbol.kind == "layer" and symbol.name != "InputLayer"
    return "'NoneType' object is not iterable" if refused else ""


def odd_dimension(era: Era, shape: list[Any]) -> str:
    """`Dimension.__init__` (python/framework/tensor_shape.py), `standardize_shape` of Keras 3: what one of a shape cannot be."""
    for each in shape:
        if each is None or (type(each) is int and each >= 0):
            continue
        switch = isinstance(each, bool)  # an integer to Keras 2, and to Keras 3.13 and later
        if isinstance(each, int) and not switch and each < 0:
            return f"Cannot convert '{shape}' to a shape." if era.is_3 else f"Dimension {each} must be >= 0"
        if era.is_3 and (isinstance(each, (list, dict, str, float)) or (switch and not era.at_least(3, 13))):
            return f"Cannot convert '{tuple(shape)}' to a shape. Found invalid entry '{each}' of type '{type(each)}'."
        whole = isinstance(each, float) and not era.at_least(2, 1) and each.is_integer()
        if isinstance(each, (list, dict, str, float)) and not whole:
            return f"Dimension value must be integer or None or have an __index__ method, got value {each!r}"
    return ""
