"""Every rule's own examples, and what holds for all rules."""

from __future__ import annotations

import re

import pytest

from analyzer import about, rules
from analyzer.rule import Example
from tests import examples

RULES = [rules.load(name) for name in rules.names()]
CASES = [
    pytest.param(rule, example, id=f"{rule.name}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.cases)
]


@pytest.mark.parametrize("rule, example", CASES)
def test_example(rule: rules.Rule, example: Example) -> None:
    messages = [finding.message for finding in examples.run(rule, example)]
    if example.expected is None:
        assert messages == []
    else:
        assert any(example.expected in message for message in messages), messages


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_documented(rule: rules.Rule) -> None:
    text = about.documentation(rule)
    assert re.fullmatch(r"[^\n]+\.", text.splitlines()[0]), "the title is one sentence with a full stop"
    assert "\n## Why it matters\n" in text
    assert "\n## How to fix\n" in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_has_as_many_quiet_cases_as_loud_ones(rule: rules.Rule) -> None:
    quiet = sum(example.expected is None for example in rule.cases)
    assert 1 <= len(rule.cases) - quiet <= quiet


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_where_its_name_says(rule: rules.Rule) -> None:
    assert rules.names()[rule.name] == rule.family
    assert rule.run is not None
