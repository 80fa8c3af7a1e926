"""Reports as workflow commands, which GitHub shows as annotations of a run and of the files that a change touches.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.findings import Finding, Location, Report, Severity
from analyzer.reports.places import uri

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, *, notes: bool = False) -> str:
    """A command a line: one for each finding, once for all targets that share it; what could not be analyzed is an error.

    Notes are left out unless asked for: GitHub shows ten annotations of a kind and no more.
    """
    return "".join(f"{line}\n" for line in _lines(report, notes=notes))


def _lines(report: Report, *, notes: bool) -> Iterator[str]:
    said: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for result in report.results:
        for finding in result.findings:
            if finding.severity is Severity.NOTE and not notes:
                continue
            key = (finding.rule, finding.message, finding.where[:1], finding.severity)
            said.setdefault(key, (finding, []))[1].append(result.target)
    for finding, targets in said.values():
        place = finding.where[0] if finding.where else Location("")
        words = [f"{finding.message} (with {', '.join(targets)})"]
        words += [f"TensorFlow says: {finding.tensorflow_error}"] if finding.tensorflow_error else []
        words += [f"To do: {finding.remedy}"] if finding.remedy else []
        yield _command(_COMMANDS[finding.severity], uri(report, place), finding.rule, "\n".join(words))
    for problem in report.problems:
        place = Location("" if problem.file == report.path else problem.file)
        yield _command("error", uri(report, place), f"could not be analyzed: {problem.kind}", problem.message)


def _command(name: str, file: str, title: str, message: str) -> str:
    return f"::{name} file={_property(file)},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
