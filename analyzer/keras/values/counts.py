"""Sizes of outputs: measured, each value handed to `from_config` and the layer called, under Keras 1.15 to 3.14."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import bad, on
from analyzer.tables.keras_symbol import KerasSymbol


def _count(era: Era, key: str, value: Any, *, zero: bool, fraction: bool, text: bool) -> str:
    """A number of units or filters: what `zero`, `fraction` and `text` say is refused, negative numbers always."""
    if value is None or isinstance(value, (list, dict)):
        return bad(key, value)
    if isinstance(value, str):
        return bad(key, value) if text or not value.lstrip("-").isdigit() else ""
    if value != value or (isinstance(value, float) and fraction) or int(value) < 0 or (value == 0 and zero):
        return bad(key, value)
    return ""


@on("units")
def _units(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name == "Dense":
        refused = era.at_least(3, 14)
        return _count(era, "units", value, zero=refused, fraction=era.is_3, text=era.is_3)
    if symbol.name.removesuffix("Cell") in ("LSTM", "GRU", "SimpleRNN"):
        return _count(era, "units", value, zero=era.at_least(2, 15), fraction=True, text=True)
    return ""


@on("filters")
def _filters(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name not in ("Conv1D", "Conv2D", "Conv3D"):
        return "" if era.is_3 else _other_filters(era, symbol, value)
    fraction = era.is_3 or not era.at_least(2, 3)
    return _count(era, "filters", value, zero=era.at_least(2, 10), fraction=fraction, text=True)


def _other_filters(era: Era, symbol: KerasSymbol, value: Any) -> str:
    """Layers of Keras 2 whose constructors look at no number of filters: the shapes of their weights do."""
    if symbol.name.startswith(("ConvLSTM", "LocallyConnected")):
        return _count(era, "filters", value, zero=False, fraction=era.at_least(2, 1), text=True)
    made = symbol.name.endswith("Transpose") or symbol.name.startswith("SeparableConv")
    return bad("filters", value) if made and value is None else ""


@on("input_dim")
def _input_dim(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Embedding`: of what no number is, the constructor of Keras 2 or the shape of the weight thinks nothing."""
    odd = isinstance(value, (dict, list)) or (value is None and era.is_3)
    return bad("input_dim", value) if symbol.name == "Embedding" and odd else ""


@on("output_dim")
def _output_dim(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name != "Embedding":
        return ""
    return _count(era, "output_dim", value, zero=era.at_least(2, 3) and not era.is_3, fraction=True, text=True)
