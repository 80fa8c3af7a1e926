"""What layers of Keras 2 do with arguments, by class and argument: done again, as far as it can fail.

Each function returns whether Keras goes on, or raises what Keras would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from analyzer.keras.era import Era

Config: TypeAlias = Mapping[str, Any]
Done: TypeAlias = Callable[[Era, Any, Config], bool]

CONSTRUCTORS: dict[tuple[str, str], Done] = {}
CALLS: dict[tuple[str, str], Done] = {}
"""What the first call does."""


def _of(table: dict[tuple[str, str], Done], names: str, *keys: str) -> Callable[[Done], Done]:
    def register(done: Done) -> Done:
        for name in names.split():
            for key in keys:
                table[name, key] = done
        return done

    return register


def constructed(names: str, *keys: str) -> Callable[[Done], Done]:
    """Register what constructors of these classes do."""
    return _of(CONSTRUCTORS, names, *keys)


def called(names: str, *keys: str) -> Callable[[Done], Done]:
    """Register what their calls do."""
    return _of(CALLS, names, *keys)


def leaves(value: Any) -> list[Any]:
    """What nested lists hold."""
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]
