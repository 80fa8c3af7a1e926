"""Values that constructors of Keras refuse, as its releases were seen to refuse them (`tools/keras_tables/values.py`).

Each argument of each class was tried with one value of each JSON type and kind; a letter stands for a kind of value.
Nothing is said where the table has no row: then nobody tried.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from analyzer.tables.keras import KerasApi, position_of
from analyzer.tables.keras_symbol import KerasSymbol
from analyzer.tables.rows import Rows

_VALUES = Rows("keras_values.jsonl", "object")


class Refusals:
    """What one class refuses: argument -> letters, in the constructor or when it is called; the words that an argument may be."""

    __slots__ = ("arguments", "call", "construct", "words")

    def __init__(self, construct: dict[str, str], call: dict[str, str], words: dict[str, frozenset[str]]) -> None:
        self.construct = construct
        self.call = call
        self.words = words
        self.arguments = construct.keys() | call.keys()  # of which some values are refused

    def in_constructor(self, key: str, value: Any) -> bool:
        """Whether the constructor refuses the value."""
        letters = self.construct.get(key)
        if letters is None:
            return False
        if isinstance(value, str) and key in self.words:
            known = self.words[key]
            return value not in known and not ("~" in known and value.lower() in known)
        return _among(value, letters)

    def in_call(self, key: str, value: Any) -> bool:
        """Whether it is refused once the object is used."""
        letters = self.call.get(key)
        return letters is not None and _among(value, letters)


_NOTHING = Refusals({}, {}, {})


def refusals(api: KerasApi, symbol: KerasSymbol) -> Refusals:
    """What a class of one Keras refuses."""
    return _refusals(key_of(symbol.kind, symbol.module, symbol.name), api.position)


@lru_cache(maxsize=2048)
def _refusals(key: str, position: int) -> Refusals:
    row = _VALUES.holding(key, position, position_of())
    if row is None:
        return _NOTHING
    words = {name: frozenset(known.split()) for name, known in row.get("words", {}).items()}
    return Refusals(row.get("construct", {}), row.get("call", {}), words)


def key_of(kind: str, module: str, name: str) -> str:
    """A class as the table names it: by kind and name, since modules move; old optimizers apart from new ones."""
    if kind == "optimizer" and ("optimizer_v2" in module or "legacy" in module):
        kind = "legacy_optimizer"
    return f"{'layer' if kind == 'metric' else kind}:{name}"  # metrics of Keras 2 are layers


def _among(value: Any, letters: str) -> bool:
    """Whether all kinds that a value lies between are among the refused ones; `L` stands for all lists."""
    if isinstance(value, list) and "L" in letters:
        return True
    kinds = letter_of(value)
    return bool(kinds) and all(letter in letters for letter in kinds)


def letter_of(value: Any) -> str:
    """The letter of a value's kind; several where it lies between kinds that were tried, none where nothing like it was."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return "-" if value < 0 else str(min(value, 2))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, dict):
        return "" if "class_name" in value else "u" if value else "j"
    return ""


def _float(value: float) -> str:
    if value != value:
        return "hrwm"
    if value < 0:
        return "m"
    if value == 0:
        return "o"
    if value < 1:
        return "h"
    if value == 1:
        return "hw"
    return "w" if value == int(value) else "r"


def _text(value: str) -> str:
    if not value:
        return "e"
    try:
        float(value)
    except ValueError:
        return "s"
    return "d" if value.isdigit() else "ds"


def _list(value: list[Any]) -> str:
    """How long a list may be hangs on other arguments: of longer ones only what cannot be right in any place counts."""
    if not value:
        return "l"
    if any(isinstance(each, (list, dict)) for each in value):
        return ""
    if any(isinstance(each, str) for each in value):
        return "x" if all(letter_of(each) in ("e", "s") for each in value if isinstance(each, str)) else ""
    if any(each is None for each in value):
        return "z"
    if any(isinstance(each, float) for each in value):
        return {1: "y", 2: "q"}.get(len(value), "")
    return {1: "a", 2: "b"}.get(len(value), "")
