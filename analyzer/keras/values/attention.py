"""Arguments of attention layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import on
from analyzer.tables.keras_symbol import KerasSymbol

_ATTENTION = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")


@on("attention_axes")
def _attention_axes(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`MultiHeadAttention.__init__` of Keras 3."""
    if symbol.name != "MultiHeadAttention" or not era.is_3 or not value or isinstance(value, (int, list)):
        return ""
    return f"`attention_axes` must be an int, list, or tuple.Received: attention_axes={value}"


@on("dropout")
def _dropout(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """Attention layers of Keras 3 compare it with zero when they are made, or hand it to `Dropout` when they are built."""
    if symbol.name not in _ATTENTION or not era.is_3 or isinstance(value, (int, float)):
        return ""
    return f"'<=' not supported between instances of 'int' and '{type(value).__name__}'"


@on("key_dim", "num_heads", "value_dim")
def _heads(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`MultiHeadAttention.build` of Keras 3 makes kernels of them."""
    if symbol.name != "MultiHeadAttention" or not era.is_3:
        return ""
    if isinstance(value, int) or (
        value is None and config.get("value_dim", 0) is None and config.get("key_dim") is not None
    ):
        return (
            ""
            if value is None or value >= 0
            else f"Cannot convert '{value}' to a shape. Negative dimensions are not allowed."
        )
    return f"Cannot convert '{value}' to a shape. Found invalid entry '{value}' of type '{type(value)}'."
