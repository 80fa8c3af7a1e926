"""Values that constructors refuse, where the sources decide it plainly whatever else the configuration holds.

Each check names the function of Keras that makes it. A value that is not decided here is taken to be fine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values import convolutional, counts, every_layer, single_layers  # each registers its checks
from analyzer.keras.values.dtypes import policy_refused
from analyzer.keras.values.objects import initializer, reduction
from analyzer.keras.values.registry import CHECKS, is_number
from analyzer.tables.keras import KerasSymbol

__all__ = ["convolutional", "counts", "every_layer", "policy_refused", "refused", "single_layers"]


_CHECKED = ("layer", "model", "operation")  # kinds whose arguments are checked one by one
_ELSEWHERE = ("learning_rate", "reduction")  # arguments that are checked whatever takes them


def looks_at(symbol: KerasSymbol, key: str) -> bool:
    """Whether some value of the argument is refused."""
    return symbol.kind not in _CHECKED or key in CHECKS or key in _ELSEWHERE


def refused(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    """Keras's words for refusing a value of a constructor argument; empty where it does not, or where we cannot tell."""
    try:
        return _refused(era, symbol, key, value, config)
    except (TypeError, ValueError, OverflowError):
        return f"{key}={value!r}" if isinstance(value, float) else ""


def _refused(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.kind == "initializer" or symbol.name == "VarianceScaling":
        return initializer(era, symbol, key, value)
    if symbol.kind == "optimizer" or key == "learning_rate":
        if key == "name" and era.is_3 and value is not None and (not isinstance(value, str) or "/" in value):
            return f"Argument `name` must be a string and cannot contain character `/`. Received: name={value}"
        listed = era.is_3 and isinstance(value, list)
        if key == "learning_rate" and (isinstance(value, str) or value is None or listed):
            return f"Unknown learning rate: {value}"
        if key == "decay" and value is None and not era.at_least(2, 11):
            return "'<' not supported between instances of 'NoneType' and 'float'"
        if (
            key in ("clipnorm", "clipvalue", "decay", "lr")
            and not era.at_least(2, 11)
            and is_number(value)
            and value < 0
        ):
            return f"Expected {key} >= 0, received: {value}"
        return ""
    if symbol.kind == "loss" or (key == "reduction" and symbol.kind != "layer"):
        return reduction(era, value) if key == "reduction" else ""
    check = CHECKS.get(key)
    return check(era, symbol, value, config) if check is not None and symbol.kind in _CHECKED else ""
