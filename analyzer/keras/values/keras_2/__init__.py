"""Odd values of arguments of layers of Keras 2: what their constructors do with them, done again.

Read from 2.3 to 2.15 and tf_keras, and tried there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.keras_2 import layers, preprocessing, windows  # each registers what it does
from analyzer.keras.values.keras_2.done import CALLS, CONSTRUCTORS, Config, Done

__all__ = ["CALLS", "CONSTRUCTORS", "layers", "looks_at", "preprocessing", "refused", "windows"]

_RAISED = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)


def refused(table: Mapping[tuple[str, str], Done], era: Era, name: str, key: str, value: Any, config: Config) -> str:
    """What is said of a value that Keras does not go on with; empty where it does, or where nothing is known of it."""
    done = table.get((name, key)) or table.get(("*", key))
    if done is None:
        return ""
    try:
        return "" if done(era, value, config) else f"Received an invalid value for argument `{key}`: {value!r}"
    except _RAISED as error:
        return str(error)


def looks_at(name: str, key: str) -> bool:
    """Whether some value of the argument is refused."""
    return (name, key) in CONSTRUCTORS or (name, key) in CALLS
