"""Reports as one SARIF 2.1.0 log, for code scanning and other tools that collect results.

A finding is a result once for each target. What could not be analyzed is a notification of the invocation, which then was not
successful. Binary files have no lines: a place is the file, a byte range where it is known, and TensorFlow's own
address as a logical location. Fingerprints are made of names, never of offsets.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analyzer import __version__
from analyzer.findings import Finding, Location, Problem, Report, TargetFindings
from analyzer.reports.places import PLACES_SHOWN, uri

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(reports: Sequence[Report], documentation: Mapping[str, str]) -> str:
    """The log as JSON; `documentation` holds what is known of each rule, in Markdown, its first line a title."""
    names = sorted({finding.rule for report in reports for finding in report.findings})
    numbers = {name: number for number, name in enumerate(names)}
    run = {
        "tool": {
            "driver": {
                "name": "analyze",
                "semanticVersion": __version__,
                "rules": [_rule(name, documentation.get(name, "")) for name in names],
            }
        },
        "invocations": [_invocation(reports)],
        "results": [
            _result(report, result, finding, numbers[finding.rule])
            for report in reports
            for result in report.results
            for finding in result.findings
        ],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rule(name: str, text: str) -> dict[str, Any]:
    title, _, rest = text.partition("\n")
    rule: dict[str, Any] = {"id": name}
    if title:
        rule["shortDescription"] = {"text": title}
        rule["help"] = {"text": rest.strip() or title, "markdown": rest.strip() or title}
    return rule


def _result(report: Report, result: TargetFindings, finding: Finding, number: int) -> dict[str, Any]:
    advice = f" To do: {finding.remedy}" if finding.remedy else ""
    values: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} (with {result.target}).{advice}"},
        "locations": [_location(report, location) for location in finding.where[:PLACES_SHOWN]],
        "occurrenceCount": finding.count,
        "partialFingerprints": {"analyze/v1": _fingerprint(report, result, finding)},
        "properties": {
            "target": result.target,
            "phase": finding.phase.value,
            "confidence": finding.confidence.value,
            "stops": list(finding.stops),
            "tensorflowError": finding.tensorflow_error,
        },
    }
    if "accepted" in finding.facts:
        values["suppressions"] = [{"kind": "external", "justification": str(finding.facts["accepted"])}]
    return values


def _location(report: Report, location: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _quoted(uri(report, location))}}
    if location.byte is not None:
        physical["region"] = {"byteOffset": location.byte}
        if location.length is not None:
            physical["region"]["byteLength"] = location.length
    values: dict[str, Any] = {"physicalLocation": physical}
    if location.symbol:
        values["logicalLocations"] = [{"fullyQualifiedName": location.symbol}]
    return values


def _quoted(path: str) -> str:
    """A path as a URI reference."""
    from urllib.parse import quote

    quoted = quote(path, errors="surrogateescape")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _fingerprint(report: Report, result: TargetFindings, finding: Finding) -> str:
    """The same for the same cause at the same place, whatever else the file holds."""
    from hashlib import blake2b

    places = (f"{location.file}:{location.symbol}" for location in finding.where[:1])
    words = "\0".join((finding.rule, result.target, report.path, *places))
    return blake2b(words.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _invocation(reports: Iterable[Report]) -> dict[str, Any]:
    notes = [_notification(report, problem) for report in reports for problem in report.problems]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _notification(report: Report, problem: Problem) -> dict[str, Any]:
    place = uri(report, Location(problem.file)) if problem.file != report.path else report.path
    return {
        "level": "error",
        "message": {"text": f"{problem.message} ({problem.kind})"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _quoted(place)}}}],
    }
