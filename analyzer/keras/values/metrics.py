"""Arguments of metrics, which Keras 2 has as layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import is_number, on
from analyzer.tables.keras_symbol import KerasSymbol

ARGUMENTS = ("thresholds", "num_thresholds", "num_labels")  # of which something is said
_WITHIN = ("Precision", "Recall", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")


@on("thresholds")
def _thresholds(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`AUC.__init__` sorts them, `assert_thresholds_range` wants them from 0 to 1."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if symbol.name == "AUC" and len(listed) > 1 and not all(map(is_number, listed)):
        return "'<' not supported between instances"
    if symbol.name in _WITHIN and any(each is None or (is_number(each) and not 0 <= each <= 1) for each in listed):
        return f"Threshold values must be in [0, 1]. Received: {listed}"
    return ""


@on("num_thresholds")
def _num_thresholds(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`AUC.__init__` makes so many where none are given."""
    few = symbol.name == "AUC" and config.get("thresholds") is None and is_number(value) and value <= 1
    return f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={value}" if few else ""


@on("num_labels")
def _num_labels(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`AUC.__init__` of Keras 3."""
    if symbol.name != "AUC" or not era.is_3 or not value or config.get("multi_label"):
        return ""
    return "`num_labels` is needed only when `multi_label` is True."
