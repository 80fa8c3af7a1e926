"""Reports as JSON, schema 1: a frozen view of the internal types (see report.schema.json beside this file)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer import __version__
from analyzer.findings import Finding, Location, Report, TargetFindings
from analyzer.reports.places import PLACES_SHOWN

SCHEMA = 1


def document(reports: Iterable[Report], targets: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole output as plain values; `targets` are those of `analyzer.target.described`."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "analyze", "version": __version__},
        "targets": list(targets),
        "reports": [report_values(report) for report in reports],
    }


def render(reports: Iterable[Report], targets: Iterable[Mapping[str, Any]]) -> str:
    """One JSON document, with a final newline."""
    return dump(document(reports, targets))


def dump(values: Mapping[str, Any]) -> str:
    """A document of plain values as text, with a final newline."""
    return json.dumps(values, indent=1, ensure_ascii=False, default=_plain) + "\n"


def render_line(report: Report) -> str:
    """One report on one line, for output that is read while a scan runs."""
    return dump_line(report_values(report))


def dump_line(values: Mapping[str, Any]) -> str:
    """A report's values on one line."""
    return json.dumps({"schema": SCHEMA, **values}, ensure_ascii=False, default=_plain) + "\n"


def report_values(report: Report) -> dict[str, Any]:
    """A report as plain values."""
    return {
        "path": report.path,
        "format": report.format,
        "written_by": {
            "tensorflow": report.written_by.tensorflow,
            "keras": report.written_by.keras,
            "producer": report.written_by.producer,
        },
        "verdicts": [
            {
                "target": verdict.target,
                "loader": verdict.loader,
                "loads": verdict.loads,
                "because": list(verdict.because),
                "loads_with": list(verdict.loads_with),
            }
            for verdict in report.verdicts
        ],
        "findings": [_finding(finding, result) for result in report.results for finding in result.findings],
        "problems": [
            {"file": problem.file, "kind": problem.kind, "message": problem.message} for problem in report.problems
        ],
        "seconds": round(report.seconds, 4),
    }


def _finding(finding: Finding, result: TargetFindings) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "family": finding.family,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "phase": finding.phase.value,
        "target": result.target,
        "message": finding.message,
        "tensorflow_error": finding.tensorflow_error,
        "where": [_location(location) for location in finding.where[:PLACES_SHOWN]],
        "path": list(finding.path),
        "stops": list(finding.stops),
        "count": finding.count,
        "facts": dict(finding.facts),
        "remedy": finding.remedy,
    }


def _location(location: Location) -> dict[str, Any]:
    values: dict[str, Any] = {"file": location.file, "symbol": location.symbol}
    if location.byte is not None:
        values["byte"] = location.byte
    if location.length is not None:
        values["length"] = location.length
    return values


def _plain(value: object) -> object:
    """What JSON has no form for: sets as sorted lists, bytes as text, anything else as its words."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
