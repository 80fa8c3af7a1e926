"""What a rule is made of: a name, what it stands for, one generator, examples.

A rule is a module `analyzer/rules/FAMILY/NAME.py` that creates one `Rule`. It sees an artifact and a target, knows no
loader, and yields findings built by `Rule.found`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Check, Confidence, Finding, Location, Phase, Severity
from analyzer.records import NamedTuple, dataclass, field

if TYPE_CHECKING:
    from analyzer.artifact import Artifact
    from analyzer.target import Target

    CheckFunction = Callable[[Artifact, Target], Iterator[Finding]]


class Example(NamedTuple):
    """An artifact in plain values, and what the rule says of it: `expected` is part of the message, None for nothing."""

    expected: str | None
    given: Mapping[str, Any]


def ok(**given: Any) -> Example:
    """An artifact of which the rule must say nothing."""
    return Example(None, given)


def bad(expected: str, **given: Any) -> Example:
    """An artifact of which the rule must say something with `expected` in its message."""
    return Example(expected, given)


@dataclass(slots=True)
class Rule:
    """A rule by its module's name; `phase`, `severity` and `noticed_by` are what its findings say unless told otherwise."""

    module: str
    phase: Phase
    severity: Severity = Severity.ERROR
    noticed_by: Check = Check.ANY
    reads: frozenset[str] = frozenset()  # parts of the artifact without which there is nothing to check
    run: CheckFunction | None = None
    cases: list[Example] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The rule's name, which is its file's with hyphens."""
        return self.module.rsplit(".", 1)[-1].replace("_", "-")

    @property
    def family(self) -> str:
        """The rule's family, which is its folder's name."""
        return self.module.rsplit(".", 2)[-2]

    @property
    def advice(self) -> str:
        """What the rule's documentation says under "How to fix": the remedy of findings that bring none of their own."""
        text = getattr(sys.modules.get(self.module), "__doc__", None) or ""
        words = " ".join(text.partition("## How to fix")[2].replace("`", "").split()).rstrip(".")
        return words[:1].lower() + words[1:]

    def check(self, function: CheckFunction) -> CheckFunction:
        """Decorate the rule's one generator."""
        self.run = function
        return function

    def examples(self, *cases: Example) -> None:
        """Give the cases that tests and documentation are made from."""
        self.cases.extend(cases)

    def found(
        self,
        message: str,
        where: Location | Iterable[Location],
        *,
        phase: Phase | None = None,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        check: Check | None = None,
        tensorflow_error: str = "",
        remedy: str = "",
        **facts: Any,
    ) -> Finding:
        """A finding of this rule."""
        severity = severity or self.severity
        return Finding(
            rule=self.name,
            family=self.family,
            message=message,
            where=(where,) if isinstance(where, Location) else tuple(where),
            phase=phase or self.phase,
            severity=severity,
            confidence=confidence,
            check=check or self.noticed_by,
            tensorflow_error=tensorflow_error,
            remedy=remedy or (self.advice if severity is Severity.ERROR else ""),
            facts=facts,
        )
