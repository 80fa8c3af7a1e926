"""Reports as a person in front of a failed load wants to read them: the verdict first, then the causes in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.findings import Finding, Location, Phase, Report, Severity, TargetFindings, Verdict
from analyzer.reports.places import PLACES_SHOWN

COLOURS = {
    "error": "31;1",
    "warning": "33",
    "note": "36",
    "loads": "32",
    "fails": "31;1",
    "undecided": "33",
    "confirmed": "32",
    "contradicted": "31;1",
    "not tried": "2",
}
FORMATS = {
    "saved_model": "SavedModel",
    "checkpoint": "checkpoint",
    "checkpoint_v1": "checkpoint (V1 format)",
    "keras_h5": "Keras HDF5 model",
    "weights_h5": "HDF5 weights",
    "keras_archive": ".keras archive",
    "graph_def": "GraphDef",
    "unknown": "unknown format",
}
WORDS = {True: "loads", False: "fails", None: "undecided"}
_COLOUR = rf"(\x1b\[(?:{'|'.join(COLOURS.values())}|0)m)"
_MESSAGE_SHOWN = 300  # characters of a real error; JSON has all of it


def render(
    report: Report,
    targets: Mapping[str, Mapping[str, Any]],
    *,
    colour: bool = False,
    verbose: bool = False,
    width: int | None = None,
    confirmations: Sequence[Mapping[str, Any]] = (),
    brief: bool = False,
) -> str:
    """One report as lines of text.

    `targets` are those of `analyzer.target.described`, by specification. `width` wraps what is longer, None never does.
    `confirmations` are those of `analyzer.confirm.attach`, one for each of `report.verdicts`. `brief` makes one line of a
    report of which there is nothing to say but that all loaders load it.
    """
    if brief and not confirmations and _is_fine(report):
        loads = paint(WORDS[True], WORDS[True], colour)
        return "\n".join(wrapped([f"{heading(report)}: {loads} with every loader"], width)) + "\n"
    lines = [heading(report)]
    confirmed = iter(confirmations)
    bodies: list[tuple[list[str], list[str]]] = []  # (targets, what is said of each of them)
    for result in report.results:
        said = [next(confirmed, {}) for _ in result.verdicts]
        body = [*_verdict_lines(result.verdicts, said, colour), *_cause_lines(result, colour, verbose)]
        target = _target_words(targets.get(result.target, {}), result.target)
        if bodies and bodies[-1][1] == body:
            bodies[-1][0].append(target)
        else:
            bodies.append(([target], body))
    for number, (names, body) in enumerate(bodies):
        if number and "" in bodies[number - 1][1]:
            lines.append("")
        lines.append(f"  with {' and '.join(names)}")
        lines += [f"  {line}" if line else "" for line in body]
    for problem in report.problems:
        place = f" {problem.file}" if problem.file not in ("", report.path) else ""
        lines += [f"  {paint('could not be analyzed', 'warning', colour)}{place}: {problem.message} ({problem.kind})"]
    return "\n".join(wrapped(lines, width)) + "\n"


def environments(targets: Mapping[str, Mapping[str, Any]]) -> str:
    """The targets of a whole scan, with what was filled in."""
    return "\n".join(f"with {_target_words(described, spec)}" for spec, described in targets.items()) + "\n"


def heading(report: Report) -> str:
    """The artifact, what it is and who wrote it."""
    written = report.written_by
    by = [f"TensorFlow {written.tensorflow}"] if written.tensorflow else []
    by += [f"Keras {written.keras}"] if written.keras else []
    said = f", written by {', '.join(by)}" if by else f", graph version {written.producer}" if written.producer else ""
    return f"{report.path}: {FORMATS.get(report.format, report.format)}{said}"


def _is_fine(report: Report) -> bool:
    silent = all(finding.severity is Severity.NOTE for finding in report.findings)
    return silent and not report.problems and {verdict.loads for verdict in report.verdicts} == {True}


def paint(text: str, word: str, colour: bool) -> str:
    """The text in the colour that a word has."""
    return f"\x1b[{COLOURS[word]}m{text}\x1b[0m" if colour and word in COLOURS else text


def visible(line: str) -> str:
    """A line in which nothing that an artifact is named or holds moves the cursor, ends the line or turns text around.

    Such characters are written as Python writes them. Colours are let through.
    """
    if line.isprintable():
        return line
    parts = re.split(_COLOUR, line)
    return "".join(part if index % 2 else "".join(map(_escaped, part)) for index, part in enumerate(parts))


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def wrapped(lines: Sequence[str], width: int | None) -> Iterator[str]:
    """Visible lines no longer than `width` where words allow it; what goes on is indented under where the text begins."""
    shown = map(visible, lines)
    if width is None:
        yield from shown
        return
    from textwrap import wrap

    for line in shown:
        indent = len(line) - len(line.lstrip())
        deeper = " " * (indent + 4)
        yield from (
            wrap(line, width, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False)
            if len(line) > width
            else [line]
        )


class Counts:
    """How many artifacts of a scan load, fail, or could not be analyzed."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(
            ("loads with every loader", "fails with some", "fails with every loader", "undecided", "not analyzed"), 0
        )

    def add(self, report: Report) -> None:
        """Count a report."""
        loads = {verdict.loads for verdict in report.verdicts}
        if report.problems or not loads:
            word = "not analyzed"
        elif len(loads) == 1:
            word = {True: "loads with every loader", False: "fails with every loader", None: "undecided"}[loads.pop()]
        else:
            word = "fails with some" if False in loads else "undecided"
        self._counts[word] += 1

    def line(self) -> str:
        """All of it in one line."""
        said = ", ".join(f"{word}: {count}" for word, count in self._counts.items() if count)
        return f"{sum(self._counts.values())} artifacts; {said}"


def _target_words(described: Mapping[str, Any], spec: str) -> str:
    notes = ["nobody named a target; this is the release that wrote it"] if described.get("assumed") else []
    if described and ".".join(described["tensorflow"].split(".")[:2]) not in spec:  # an interpreter, or a file
        keras = f", Keras {described['keras']}" if described.get("keras") else ""
        notes.append(f"TensorFlow {described['tensorflow']}{keras}, Python {described['python']}")
    if described.get("filled"):
        notes.append("filled in: " + ", ".join(described["filled"]))
    return f"{spec} ({'; '.join(notes)})" if notes else spec


def _verdict_lines(
    verdicts: Sequence[Verdict], confirmations: Sequence[Mapping[str, Any]], colour: bool
) -> Iterator[str]:
    """A line for each loader; one for all of them where all say the same and there is more than one to say it."""
    alike = {(verdict.loads, verdict.because, verdict.loads_with) for verdict in verdicts}
    if len(verdicts) > 2 and len(alike) == 1 and not any(confirmations):
        names = ", ".join(verdict.loader for verdict in verdicts)
        yield f"  {_verdict_line(verdicts[0], f'with every loader: {names}', 0, colour)}"
        return
    width = max((len(verdict.loader) for verdict in verdicts), default=0)
    for verdict, confirmation in zip(verdicts, confirmations, strict=True):
        line = _verdict_line(verdict, verdict.loader, width if confirmation else 0, colour)
        if not confirmation:
            yield f"  {line}"
            continue
        status = confirmation["status"]
        seconds = f" in {confirmation['seconds']:.1f} s" if "seconds" in confirmation else ""
        yield f"  {line}  {paint(status, status, colour)}{seconds}"
        yield from (f"    {line}" for line in _outcome_lines(confirmation))


def _verdict_line(verdict: Verdict, name: str, width: int, colour: bool) -> str:
    word = WORDS[verdict.loads]
    line = f"{paint(f'{word:<9}', word, colour)}  {name:<{width}}"
    if verdict.because:
        line += f"  ({', '.join(verdict.because)})"
    elif verdict.loads is None:
        line += "  (nothing found, but not everything was checked)"
    if verdict.loads_with:
        line += f"; loads with {' or '.join(verdict.loads_with)}"
    return line


def _outcome_lines(confirmation: Mapping[str, Any]) -> Iterator[str]:
    """What really loading showed, where that is more than that it loads as predicted."""
    if confirmation["status"] == "not tried":
        return
    if confirmation["loads"]:
        if confirmation["status"] != "confirmed":
            yield "it loads"
        return
    message = next((line.strip() for line in (confirmation["message"] or "").splitlines() if line.strip()), "")
    if len(message) > _MESSAGE_SHOWN:
        message = message[:_MESSAGE_SHOWN].rstrip() + " ..."
    yield f"it fails: {': '.join(word for word in (confirmation['exception'], message) if word)}"
    if confirmation["cause_named"] is False:
        yield f"which is what {' or '.join(confirmation['rules'])} stands for"


def in_order(result: TargetFindings, *, notes: bool) -> list[Finding]:
    """Findings in the order in which the load meets them, errors that stop a loader first."""
    shown = (each for each in result.findings if notes or each.severity is not Severity.NOTE)
    return sorted(shown, key=lambda each: (each.severity.rank, not each.stops, each.phase.rank))


def _cause_lines(result: TargetFindings, colour: bool, verbose: bool) -> Iterator[str]:
    """The lines of each finding, and how many notes are left out."""
    shown = in_order(result, notes=verbose)
    for finding in shown:
        yield ""
        yield from _finding_lines(finding, colour)
    hidden = len(result.findings) - len(shown)
    if hidden:
        yield ""
        yield f"{hidden} {'note' if hidden == 1 else 'notes'} (shown with -v)"


def _finding_lines(finding: Finding, colour: bool) -> Iterator[str]:
    word = finding.severity.value
    yield f"{paint(f'{word} {finding.rule}', word, colour)}: {finding.message}"
    yield f"  where: {_places(finding.where)} ({_when(finding)})"
    if len(finding.path) > 2:  # else it says no more than the place does
        yield f"  reached by: {' > '.join(finding.path)}"
    if finding.tensorflow_error and finding.tensorflow_error not in finding.message:
        yield f"  TensorFlow says: {finding.tensorflow_error}"
    if finding.remedy:
        yield f"  to do: {finding.remedy}"
    if "accepted" in finding.facts:
        yield f"  accepted: {finding.facts['accepted']}"


def _when(finding: Finding) -> str:
    if finding.phase is Phase.CALL:
        return "at the first call, not at load"
    return f"{finding.phase.value} phase"


def _places(where: Sequence[Location]) -> str:
    """The first places, each file named once, and how many more there are."""
    words = []
    file = ""
    for location in where[:PLACES_SHOWN]:
        text = str(location) if location.file != file or not location.symbol else location.symbol
        file = location.file
        words.append(text if location.byte is None else f"{text} at byte {location.byte}")
    more = len(where) - PLACES_SHOWN
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")
