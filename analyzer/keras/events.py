"""What the emulation notices: one event per fault, by cause. Rules turn events into findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.findings import Confidence, Phase, Severity
from analyzer.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One fault of a load: `cause` is the name of the rule that reports it, `symbol` the place within `file`.

    `error` is what Keras itself raises. Among the facts, `custom` says that `name` or `names` are the user's to supply.
    """

    cause: str
    message: str
    symbol: str
    phase: Phase
    error: str = ""
    remedy: str = ""
    file: str = ""
    severity: Severity = Severity.ERROR
    confidence: Confidence = Confidence.HIGH
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Recorder:
    """Collects the events of one emulated load."""

    file: str
    events: list[Event] = field(default_factory=list)
    phase: Phase = Phase.DESERIALIZE
    replaced: set[str] = field(
        default_factory=set
    )  # objects whose description in a SavedModel does not matter to Keras
    made: set[str] = field(default_factory=set)  # variables that Keras makes, so that nobody makes those of the file

    def say(
        self,
        cause: str,
        message: str,
        symbol: str,
        error: str = "",
        *,
        remedy: str = "",
        phase: Phase | None = None,
        severity: Severity = Severity.ERROR,
        confidence: Confidence = Confidence.HIGH,
        file: str = "",
        **facts: Any,
    ) -> None:
        """Record one fault."""
        self.events.append(
            Event(
                cause=cause,
                message=message,
                symbol=symbol,
                phase=phase or self.phase,
                error=error,
                remedy=remedy,
                file=file or self.file,
                severity=severity,
                confidence=confidence,
                facts=facts,
            )
        )

    @property
    def failed(self) -> bool:
        """Whether anything recorded so far ends the load for certain."""
        return any(event.severity is Severity.ERROR and event.confidence is not Confidence.LOW for event in self.events)
