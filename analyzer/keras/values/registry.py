"""Checks of single values, by the argument that they are of. A check returns Keras's words for a refusal, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from analyzer.keras.era import Era
from analyzer.tables.keras_symbol import KerasSymbol

Check: TypeAlias = Callable[[Era, KerasSymbol, Any, Mapping[str, Any]], str]

CHECKS: dict[str, Check] = {}


def on(*keys: str) -> Callable[[Check], Check]:
    """Register the check of arguments of these names."""

    def register(check: Check) -> Check:
        for key in keys:
            CHECKS[key] = check
        return check

    return register


def bad(key: str, value: Any) -> str:
    """Keras's words where each class has its own."""
    return f"Received an invalid value for argument `{key}`: {value!r}"


def is_number(value: Any) -> bool:
    """An int or float, which in Python a bool is too."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
