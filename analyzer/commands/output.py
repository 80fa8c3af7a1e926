"""Where reports go as they come: text, JSON lines and workflow commands at once, a document, a matrix or a confirmation at the end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from analyzer.commands import CLEAN, UsageError

if TYPE_CHECKING:
    from analyzer.commands.confirming import Confirming
    from analyzer.findings import Report
    from analyzer.target import Target

FORMATS = ("text", "json", "jsonl", "sarif", "github", "html")
_WAITING = ("json", "sarif", "html")  # one document for all reports
_WITH_CONFIRMATIONS = ("text", "json", "jsonl")
_WIDTHS = 60, 120  # text is wrapped to the terminal, within reason; what is not a terminal gets whole lines


class Output:
    """One scan's output. `add` takes reports in order, `close` writes what waits and returns an exit status."""

    def __init__(
        self,
        form: str,
        options: argparse.Namespace,
        targets: Sequence[Target],
        confirming: Confirming | None = None,
        *,
        brief: bool = False,
    ) -> None:
        if options.matrix and confirming is not None:
            raise UsageError("--matrix asks about many environments, --confirm loads in one; give one of them")
        if form not in FORMATS:
            raise UsageError(f"there is no format {form!r}; known are {', '.join(FORMATS)}")
        if confirming is not None and form not in _WITH_CONFIRMATIONS:
            raise UsageError(
                f"--format {form} has no place for what --confirm shows; use {', '.join(_WITH_CONFIRMATIONS)}"
            )
        self._form = form
        self._matrix = options.matrix and form == "text"
        self._confirming = confirming
        self._verbose = options.verbose
        self._brief = brief
        self._stream = _stream(options.output)
        terminal = form == "text" and not options.output and sys.stdout.isatty()
        self._colour = terminal and "NO_COLOR" not in os.environ
        self._width = _terminal_width() if terminal else None
        self._targets = tuple(targets)
        self._said: set[str] = set()
        self._waits = self._matrix or form in _WAITING or confirming is not None
        self._reports: list[Report] = []
        self._shown = 0

    def add(self, report: Report) -> None:
        """Take a report."""
        if self._waits:
            self._reports.append(report)
        elif self._form == "jsonl":
            from analyzer.reports.as_json import render_line

            self._write(render_line(report))
        elif self._form == "github":
            from analyzer.reports.as_github import render

            self._write(render(report, notes=self._verbose))
        else:
            self._text(report)

    def close(self) -> int:
        """Write what waits, and close a file of ours. The status is 1 where a load failed that nothing warned of."""
        status = CLEAN
        if self._confirming is not None:
            status = self._confirmed(self._confirming)
        elif self._matrix:
            from analyzer.reports.as_matrix import render as render_matrix

            self._write(
                render_matrix(self._reports, self._described(self._reports), colour=self._colour, width=self._width)
            )
        elif self._waits:
            self._write(self._document())
        elif self._shown > 1:
            self._write(self._counts.line() + "\n")
        if self._stream is not sys.stdout:
            self._stream.close()
        return status

    def _document(self) -> str:
        """What waited, as one document."""
        if self._form == "sarif":
            from analyzer import about, rules
            from analyzer.reports import as_sarif

            found = {finding.rule for report in self._reports for finding in report.findings}
            return as_sarif.render(self._reports, {name: about.documentation(rules.load(name)) for name in found})
        described = self._described(self._reports)
        if self._form == "html":
            from analyzer.reports import as_html

            return as_html.render(self._reports, described, notes=self._verbose)
        from analyzer.reports import as_json

        return as_json.render(self._reports, described)

    def _text(self, report: Report, confirmations: Sequence[Mapping[str, Any]] = ()) -> None:
        from analyzer.reports.as_text import Counts, environments, render

        if not self._shown:
            self._counts = Counts()
            if self._brief and self._targets:
                targets = {str(each["spec"]): each for each in self._described([])}
                self._said |= targets.keys()
                self._write(environments(targets) + "\n")
        self._shown += 1
        self._counts.add(report)
        described = {str(each["spec"]): each for each in self._described([report])}
        for spec in described.keys() & self._said:  # what was filled in is said once
            described[spec] = {**described[spec], "filled": []}
        self._said |= described.keys()
        text = render(
            report,
            described,
            colour=self._colour,
            verbose=self._verbose,
            width=self._width,
            confirmations=confirmations,
            brief=self._brief,
        )
        self._write(text if text.count("\n") == 1 else text + "\n")

    def _confirmed(self, confirming: Confirming) -> int:
        from analyzer.reports.as_json import document, dump, dump_line

        attached, status = confirming.attach(document(self._reports, self._described(self._reports)))
        if self._form == "json":
            self._write(dump(attached))
        elif self._form == "jsonl":
            for values in attached["reports"]:
                self._write(dump_line(values))
        else:
            for report, values in zip(self._reports, attached["reports"], strict=True):
                self._text(report, [verdict["confirmation"] for verdict in values["verdicts"]])
            self._write(confirming.summary(attached) + "\n")
        return status

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def _described(self, reports: Sequence[Report]) -> list[dict[str, Any]]:
        from analyzer.target import described

        targets = [described(target) for target in self._targets]
        known = {target["spec"] for target in targets}
        for report in reports:
            for result in report.results:
                if result.target not in known:
                    known.add(result.target)
                    targets.append(dict(result.described))
        return targets


def _stream(file: str | None) -> TextIO:
    """A file of ours, or standard output. Names that are no UTF-8 are written as escapes, in JSON's form."""
    if file:
        return open(file, "w", encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return sys.stdout


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return max(_WIDTHS[0], min(_WIDTHS[1], get_terminal_size().columns))
