"""Choosing rules by name and family."""

from __future__ import annotations

import sys

import pytest

from analyzer import rules


def test_all_when_nothing_is_named() -> None:
    assert rules.select() == tuple(rules.names())


def test_families_and_rules() -> None:
    chosen = rules.select(["devices", "unknown-op"])
    assert "unknown-op" in chosen
    assert {rules.names()[name] for name in chosen} == {"devices", "ops"}
    assert rules.select(["devices"], ["device-pin"]) == tuple(
        name for name in rules.select(["devices"]) if name != "device-pin"
    )


def test_a_family_without_rules_chooses_none() -> None:
    empty = [family for family in rules.FAMILIES if family not in rules.names().values()]
    for family in empty:
        assert rules.select([family]) == ()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(rules.UnknownRuleError, match="no rule or family 'nonsense'"):
        rules.select(["nonsense"])


def test_names_are_unique_and_listing_imports_nothing() -> None:
    before = set(sys.modules)
    rules.names.cache_clear()
    assert len(set(rules.names())) == len(rules.names())
    assert not {name for name in set(sys.modules) - before if name.startswith("analyzer.rules.")}
