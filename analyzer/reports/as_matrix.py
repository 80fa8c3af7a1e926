"""Many releases at a glance: loader × release for one artifact, artifact × release for several, and why it changes.

tf.keras.models.load_model: loads from 2.6 to 2.15; 2.16 fails: Keras 3.3.3 does not load SavedModel folders
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from analyzer.findings import Report, Verdict
from analyzer.records import NamedTuple
from analyzer.reports.as_text import heading, paint, wrapped

_MARKS = {"loads": "ok", "fails": "--", "undecided": "?", "some": "~"}
_ONE_LINE = 100  # characters; a sentence that is longer gets a line for each change


class _Cell(NamedTuple):
    word: str  # `loads`, `fails`, `undecided`; `some` where the loaders of an artifact differ
    because: tuple[str, ...]
    reason: str  # the message of the first finding that stands in the way


def render(
    reports: Sequence[Report], targets: Sequence[Mapping[str, Any]], *, colour: bool = False, width: int | None = None
) -> str:
    """The table, and below it each change between neighbouring targets with its reason.

    `targets` are those of `analyzer.target.described`, in the order of the columns.
    """
    specs = [str(target["spec"]) for target in targets]
    names = _names(targets)
    lines: list[str] = []
    if len(reports) == 1:
        lines += [heading(reports[0]), ""]
        rows = _rows(reports[0], specs)
    else:
        rows = {report.path: _combined(report, specs) for report in reports}
    if any(rows.values()):
        lines += _table(rows, names, colour)
    for report in reports:
        lines += ["", report.path] if len(reports) > 1 else [""]
        lines += _changes(_rows(report, specs), names)
        lines += [f"could not be analyzed: {each.file}: {each.message} ({each.kind})" for each in report.problems]
    return "\n".join(wrapped(lines, width)) + "\n"


def _names(targets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Short names of the targets: minor releases where these tell them apart, else what tells more."""
    for short in (
        [".".join(str(target["tensorflow"]).split(".")[:2]) for target in targets],
        [str(target["tensorflow"]) for target in targets],
    ):
        if len(set(short)) == len(short):
            return short
    return [str(target["spec"]) for target in targets]


def _rows(report: Report, specs: Sequence[str]) -> dict[str, list[_Cell]]:
    """Cells by loader, one for each target."""
    messages = {
        (result.target, finding.rule): finding.message
        for result in report.results
        for finding in reversed(result.findings)
    }
    found: dict[str, dict[str, _Cell]] = {}
    for verdict in report.verdicts:
        found.setdefault(verdict.loader, {})[verdict.target] = _cell(verdict, messages)
    return {loader: [cells[spec] for spec in specs if spec in cells] for loader, cells in found.items()}


def _cell(verdict: Verdict, messages: Mapping[tuple[str, str], str]) -> _Cell:
    word = {True: "loads", False: "fails", None: "undecided"}[verdict.loads]
    reasons = [messages.get((verdict.target, rule), rule) for rule in verdict.because]
    more = f" (and {len(reasons) - 1} more: {', '.join(verdict.because[1:])})" if len(reasons) > 1 else ""
    return _Cell(word, verdict.because, reasons[0] + more if reasons else "")


def _combined(report: Report, specs: Sequence[str]) -> list[_Cell]:
    """One cell for each target, over all loaders."""
    cells = []
    for column in zip(*_rows(report, specs).values(), strict=True):
        words = {cell.word for cell in column}
        cells.append(_Cell(words.pop() if len(words) == 1 else "some", (), ""))
    return cells


def _table(rows: Mapping[str, Sequence[_Cell]], names: Sequence[str], colour: bool) -> Iterator[str]:
    """Two lines of column names, major above minor where they are releases, then a line for each row."""
    label = max(map(len, rows))
    parts = [name.partition(".") for name in names]
    if all(len(major) == 1 and minor.isdigit() for major, _, minor in parts):
        majors = [
            major if index == 0 or parts[index - 1][0] != major else "" for index, (major, _, _) in enumerate(parts)
        ]
        yield (" " * label + "".join(f"{major + '.' if major else '':>4}" for major in majors)).rstrip()
        columns, widths = [minor for _, _, minor in parts], [4] * len(parts)
    else:
        columns, widths = list(names), [len(name) + 2 for name in names]
    yield " " * label + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))
    for name, cells in rows.items():
        yield f"{name:<{label}}" + "".join(
            " " * (width - len(_MARKS[cell.word])) + paint(_MARKS[cell.word], cell.word, colour)
            for cell, width in zip(cells, widths, strict=False)
        )
    words = {cell.word for cells in rows.values() for cell in cells}
    legend = {"loads": "loads", "fails": "fails", "undecided": "undecided", "some": "only some loaders load it"}
    yield "  ".join(f"{_MARKS[word]} {said}" for word, said in legend.items() if word in words)


def _changes(rows: Mapping[str, Sequence[_Cell]], names: Sequence[str]) -> Iterator[str]:
    """A sentence for each loader; loaders of which the same is to be said share one."""
    said: dict[tuple[str, ...], list[str]] = {}
    for loader, cells in rows.items():
        said.setdefault(tuple(_sentence(cells, names)), []).append(loader)
    for parts, loaders in said.items():
        line = f"{', '.join(loaders)}: {'; '.join(parts)}"
        if len(line) <= _ONE_LINE or len(parts) == 1:
            yield line
        else:
            yield f"{', '.join(loaders)}: {parts[0]}"
            yield from (f"  {part}" for part in parts[1:])


def _sentence(cells: Sequence[_Cell], names: Sequence[str]) -> Iterator[str]:
    """Where it loads, then why it does not where that begins or its reason changes, or why it did not before it loads."""
    runs = []
    start = 0
    for (word, _), group in groupby(cells, key=lambda cell: (cell.word, cell.because)):
        length = len(list(group))
        runs.append((word, start, start + length - 1))
        start += length
    loading = [_span(names, first, last) for word, first, last in runs if word == "loads"]
    if len(runs) == 1 and loading:
        yield f"loads {'everywhere, ' if len(names) > 1 else ''}{loading[0]}"
        return
    yield f"loads {' and '.join(loading)}" if loading else "loads nowhere"
    for word, first, last in runs:
        if word == "loads":
            continue
        before_it_loads = last + 1 < len(cells) and cells[last + 1].word == "loads"
        reason = cells[last if before_it_loads else first].reason
        yield f"{_who(names, first, last, word)}: {reason}"


def _who(names: Sequence[str], first: int, last: int, word: str) -> str:
    """Which targets do not load."""
    if first == last:
        return f"{names[first]} {'fails' if word == 'fails' else 'is undecided'}"
    return f"{names[first]} to {names[last]} {'fail' if word == 'fails' else 'are undecided'}"


def _span(names: Sequence[str], first: int, last: int) -> str:
    return f"with {names[first]}" if first == last else f"from {names[first]} to {names[last]}"
