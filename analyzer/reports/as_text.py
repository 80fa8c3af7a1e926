"""Reports as a person in front of a failed load wants to read them: the verdict first, then the causes in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.findings import Finding, Location, Report, Severity, TargetFindings, Verdict

_COLOURS = {"error": "31", "warning": "33", "note": "36", "loads": "32", "fails": "31", "undecided": "33"}
_FORMATS = {
    "saved_model": "SavedModel",
    "checkpoint": "checkpoint",
    "checkpoint_v1": "checkpoint (V1 format)",
    "keras_h5": "Keras HDF5 model",
    "weights_h5": "HDF5 weights",
    "keras_archive": ".keras archive",
    "graph_def": "GraphDef",
    "unknown": "unknown format",
}
PLACES_SHOWN = 3


def render(
    report: Report, targets: Mapping[str, Mapping[str, Any]], *, colour: bool = False, verbose: bool = False
) -> str:
    """One report as lines of text. `targets` are those of `analyzer.target.described`, by specification."""
    lines = [_heading(report)]
    for result in report.results:
        lines.append(f"  {_target_line(targets.get(result.target, {}), result.target)}")
        lines += [f"    {_verdict_line(verdict, colour)}" for verdict in result.verdicts]
        for finding in _in_order(result, verbose):
            lines.append("")
            lines += [f"  {line}" for line in _finding_lines(finding, colour)]
    for problem in report.problems:
        lines += ["", f"  {_paint('problem', 'warning', colour)} {problem.file}: {problem.message} ({problem.kind})"]
    return "\n".join(lines) + "\n"


def _heading(report: Report) -> str:
    written = report.written_by
    by = [f"TensorFlow {written.tensorflow}"] if written.tensorflow else []
    by += [f"Keras {written.keras}"] if written.keras else []
    if not by and written.producer:
        by = [f"GraphDef version {written.producer}"]
    return f"{report.path}: {_FORMATS.get(report.format, report.format)}" + (
        f", written by {', '.join(by)}" if by else ""
    )


def _target_line(described: Mapping[str, Any], spec: str) -> str:
    filled = described.get("filled") or []
    said = " (nobody named a target: the release that wrote it)" if described.get("assumed") else ""
    return f"with {spec}{said}" + (f"; filled in: {', '.join(filled)}" if filled else "")


def _verdict_line(verdict: Verdict, colour: bool) -> str:
    word = {True: "loads", False: "fails", None: "undecided"}[verdict.loads]
    line = f"{_paint(f'{word:<9}', word, colour)} {verdict.loader}"
    if verdict.because:
        line += f"  ({', '.join(verdict.because)})"
    if verdict.loads_with:
        line += f"; loads with {' or '.join(verdict.loads_with)}"
    return line


def _in_order(result: TargetFindings, verbose: bool) -> list[Finding]:
    """Findings in the order in which the load meets them, errors that stop a loader first; notes only when asked for."""
    shown = [each for each in result.findings if verbose or each.severity is not Severity.NOTE]
    return sorted(shown, key=lambda each: (each.severity.rank, not each.stops, each.phase.rank))


def _finding_lines(finding: Finding, colour: bool) -> Iterator[str]:
    word = finding.severity.value
    yield f"{_paint(word, word, colour)} {finding.rule}: {finding.message}"
    places = ", ".join(map(_place, finding.where[:PLACES_SHOWN]))
    more = f" and {finding.count - PLACES_SHOWN} more" if finding.count > PLACES_SHOWN else ""
    when = "at the first call, not at load" if finding.phase.value == "call" else f"in the {finding.phase.value} phase"
    yield f"  where: {places}{more} ({when})"
    if finding.path:
        yield f"  reached by: {' > '.join(finding.path)}"
    if finding.tensorflow_error:
        yield f"  TensorFlow says: {finding.tensorflow_error}"
    if finding.remedy:
        yield f"  to do: {finding.remedy}"


def _place(location: Location) -> str:
    text = str(location)
    if location.byte is not None:
        text += f" at byte {location.byte}"
    return text


def _paint(text: str, word: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[word]}m{text}\x1b[0m" if colour else text
