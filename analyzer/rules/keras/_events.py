"""Events to findings: the rules of the families `keras` and `custom` each report one cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location
from analyzer.keras.emulation import events
from analyzer.keras.events import Event
from analyzer.rule import Rule
from analyzer.target import Target

# Facts that do not tell one cause from another at the next place.
_PLACE = ("argument_value", "expected", "found")


def found(rule: Rule, artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The findings of a rule: events of its name, equal ones folded over the places where they stand."""
    folded: dict[tuple[Any, ...], list[Event]] = {}
    for event in events(artifact, target):
        if event.cause == rule.name:
            folded.setdefault(_key(event), []).append(event)
    for same in folded.values():
        first = same[0]
        yield rule.found(
            first.message,
            [Location(event.file, event.symbol) for event in same],
            phase=first.phase,
            severity=first.severity,
            confidence=first.confidence,
            check=Check.KERAS,
            tensorflow_error=first.error,
            remedy=first.remedy,
            **first.facts,
        )


def _key(event: Event) -> tuple[Any, ...]:
    facts = {key: value for key, value in event.facts.items() if key not in _PLACE}
    named = repr(sorted(facts.items())) if facts else event.message
    return (event.phase, event.severity, event.confidence, named, event.error if not facts else "")
