"""Values that constructors refuse, where the sources decide it plainly whatever else the configuration holds.

Each check names the function of Keras that makes it. A value that is not decided here is taken to be fine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values import (
    attention,
    convolutional,
    counts,
    every_layer,
    metrics,
    single_layers,
)  # each registers its checks
from analyzer.keras.values.dtypes import metric_refused, policy_refused
from analyzer.keras.values.objects import initializer, reduction
from analyzer.keras.values.optimizers import optimizer, schedule
from analyzer.keras.values.registry import CHECKS
from analyzer.tables.keras_symbol import KerasSymbol

__all__ = [
    "attention",
    "convolutional",
    "counts",
    "every_layer",
    "metrics",
    "policy_refused",
    "refused",
    "refused_in_call",
    "single_layers",
]


_CHECKED = ("layer", "model", "operation")  # kinds whose arguments are checked one by one
_ELSEWHERE = ("learning_rate", "reduction")  # arguments that are checked whatever takes them


def looks_at(era: Era, symbol: KerasSymbol, key: str) -> bool:
    """Whether some value of the argument is refused."""
    if symbol.kind not in _CHECKED or key in CHECKS or key in _ELSEWHERE:
        return True
    if era.is_3:
        return False
    from analyzer.keras.values import keras_2

    return keras_2.looks_at(symbol.name, key)


def refused(
    era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any], *, used: bool = True
) -> str:
    """Keras's words for refusing a value of a constructor argument; empty where it does not, or where we cannot tell.

    `used`: the load goes on to use the object, so that what is refused only then counts too.
    """
    kind = symbol.kind
    try:
        if kind == "initializer" or symbol.name == "VarianceScaling":
            return initializer(era, symbol, key, value, used=used)
        if symbol.name == "PiecewiseConstantDecay":
            return schedule(symbol, key, value, config)
        if key == "dtype" and kind in ("metric", "loss"):
            return metric_refused(era, value)
        if kind == "optimizer" or key == "learning_rate":
            return optimizer(era, symbol, key, value, config)
        if kind == "loss" or (key == "reduction" and kind != "layer"):
            return reduction(era, value) if key == "reduction" else ""
        check = CHECKS.get(key)
        checked = kind in _CHECKED or (kind == "metric" and key in metrics.ARGUMENTS)
        said = check(era, symbol, value, config) if check is not None and checked else ""
        if said or kind != "layer" or era.is_3:
            return said
        from analyzer.keras.values import keras_2

        return keras_2.refused(keras_2.CONSTRUCTORS, era, symbol.name, key, value, config)
    except (TypeError, ValueError, OverflowError):
        return f"{key}={value!r}" if isinstance(value, float) else ""


def refused_in_call(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    """The same of what a layer minds only once it is called."""
    if symbol.kind != "layer" or era.is_3:
        return ""
    from analyzer.keras.values import keras_2

    return keras_2.refused(keras_2.CALLS, era, symbol.name, key, value, config)
