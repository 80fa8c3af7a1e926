"""The rules: every module below a family's folder is one rule, in name order. Listing them imports none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from analyzer.rule import Rule

if TYPE_CHECKING:
    from analyzer.artifact import Artifact
    from analyzer.target import Target

FAMILIES: Mapping[str, frozenset[str]] = {
    "files": frozenset({"damage", "saved_model"}),
    "graph": frozenset({"graph"}),
    "ops": frozenset({"graph"}),
    "devices": frozenset({"graph"}),
    "functions": frozenset({"graph"}),
    "signatures": frozenset({"saved_model", "meta_graphs"}),
    "variables": frozenset({"checkpoint_format", "checkpoint", "damage", "saved_model", "graph"}),
    "objects": frozenset({"saved_model"}),
    "keras": frozenset({"keras_format"}),
    "custom": frozenset({"keras_format"}),
    "versions": frozenset({"written_by"}),
    "security": frozenset({"keras_format"}),
}
"""Every family, with the parts of an artifact (`Artifact.has`) that its rules look at: where none of these is, none finds anything."""

_OF_EVENTS = ("keras", "custom", "security")  # families whose rules report what an emulated load meets, or damage


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


def concerned(wanted: Iterable[str], artifact: Artifact, target: Target) -> Iterator[str]:
    """Those of the wanted rules that may find something: importing the others would cost more than reading most artifacts."""
    families = {family for family, parts in FAMILIES.items() if any(map(artifact.has, parts))}
    for name in wanted:
        family = names()[name]
        if family in families and (family not in _OF_EVENTS or artifact.damage or _has_event(name, artifact, target)):
            yield name


def _has_event(cause: str, artifact: Artifact, target: Target) -> bool:
    from analyzer.keras.emulation import events

    try:
        return any(event.cause == cause for event in events(artifact, target))
    except Exception:
        return True  # a fault of ours, which the rule meets too and the engine reports


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
