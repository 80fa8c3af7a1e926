"""The rules: every module below a family's folder is one rule, in name order. Listing them imports none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module

from analyzer.rule import Rule

FAMILIES = (
    "files",
    "graph",
    "ops",
    "devices",
    "functions",
    "signatures",
    "variables",
    "objects",
    "keras",
    "custom",
    "versions",
    "security",
)


class UnknownRuleError(ValueError):
    """A name that is neither a rule's nor a family's."""


@cache
def names() -> Mapping[str, str]:
    """Every rule's name, with its family."""
    here = os.path.dirname(__file__)
    return {
        file[:-3].replace("_", "-"): family
        for family in FAMILIES
        if os.path.isdir(os.path.join(here, family))
        for file in sorted(os.listdir(os.path.join(here, family)))
        if file.endswith(".py") and not file.startswith("_")
    }


@cache
def load(name: str) -> Rule:
    """The rule of that name. Raises UnknownRuleError."""
    family = names().get(name)
    if family is None:
        raise UnknownRuleError(f"there is no rule or family {name!r}; see analyze --list-rules")
    rule = import_module(f"analyzer.rules.{family}.{name.replace('-', '_')}").rule
    assert isinstance(rule, Rule)
    return rule


def select(wanted: Iterable[str] = (), ignored: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of the rules that are wanted (all, when nothing is named) and not ignored. Raises UnknownRuleError."""
    named = tuple(wanted)
    chosen = _expand(named) if named else set(names())
    chosen -= _expand(ignored)
    return tuple(name for name in names() if name in chosen)


def _expand(items: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for item in items:
        members = {name for name, family in names().items() if item in (name, family)}
        if not members and item not in FAMILIES:
            raise UnknownRuleError(f"there is no rule or family {item!r}; see analyze --list-rules")
        found |= members
    return found
