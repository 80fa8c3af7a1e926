"""Reports as one page without scripts or other files: a table of verdicts, then each artifact with its causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from analyzer import __version__
from analyzer.findings import Finding, Report, TargetFindings, Verdict
from analyzer.reports.as_text import WORDS, heading, in_order
from analyzer.reports.places import PLACES_SHOWN

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1c1c1c; background: #fff }
table { border-collapse: collapse; margin: 1em 0 } th, td { border: 1px solid #d0d0d0; padding: .3em .6em; text-align: left; vertical-align: top }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere } h2 { font-size: 1.1em; margin-top: 2em; overflow-wrap: anywhere }
.loads { color: #116329 } .fails, .error { color: #a40e26 } .undecided, .warning { color: #7d4e00 } .note { color: #0550ae }
.finding { border-left: 4px solid; padding: .1em .9em; margin: 1em 0 } .finding p { color: #1c1c1c; margin: .3em 0 }
@media (prefers-color-scheme: dark) { body, .finding p { color: #e6e6e6 } body { background: #16181c } th, td { border-color: #444 }
 .loads { color: #56d364 } .fails, .error { color: #ff7b72 } .undecided, .warning { color: #e3b341 } .note { color: #79c0ff } }
"""


def render(reports: Sequence[Report], targets: Sequence[Mapping[str, Any]], *, notes: bool = False) -> str:
    """The whole page; `targets` are those of `analyzer.target.described`. Notes are left out unless asked for."""
    body = "\n".join((*_environments(targets), *_overview(reports), *_each(reports, notes=notes)))
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>analyze: {len(reports)} artifacts</title>\n'
        f"<style>{_STYLE}</style>\n<h1>Will these TensorFlow artifacts load?</h1>\n{body}\n"
        f"<p>analyze {escape(__version__)}</p>\n</html>\n"
    )


def _environments(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "<ul>"
    for target in targets:
        filled = f" (filled in: {', '.join(target['filled'])})" if target.get("filled") else ""
        yield f"<li>with <code>{escape(str(target['spec']))}</code>{escape(filled)}</li>"
    yield "</ul>"


def _overview(reports: Sequence[Report]) -> Iterator[str]:
    """A row for each artifact, a column for each target: what its loaders say together."""
    specs = list(dict.fromkeys(result.target for report in reports for result in report.results))
    yield "<table>\n<tr><th>artifact</th>" + "".join(f"<th>{escape(spec)}</th>" for spec in specs) + "</tr>"
    for number, report in enumerate(reports):
        results = {result.target: result for result in report.results}
        cells = "".join(f"<td>{_together(results.get(spec))}</td>" for spec in specs)
        yield f'<tr><td><a href="#a{number}"><code>{escape(report.path)}</code></a></td>{cells}</tr>'
    yield "</table>"


def _together(result: TargetFindings | None) -> str:
    if result is None or not result.verdicts:
        return "not analyzed"
    counted = {word: sum(WORDS[verdict.loads] == word for verdict in result.verdicts) for word in WORDS.values()}
    total = len(result.verdicts)
    said = (
        (word, word if count == total else f"{word}: {count} of {total}") for word, count in counted.items() if count
    )
    return ", ".join(f'<span class="{word}">{text}</span>' for word, text in said)


def _each(reports: Sequence[Report], *, notes: bool) -> Iterator[str]:
    for number, report in enumerate(reports):
        yield f'<h2 id="a{number}">{escape(heading(report))}</h2>'
        for result in report.results:
            yield f"<p>with <code>{escape(result.target)}</code></p>\n<ul>"
            yield from (f"<li>{_verdict(verdict)}</li>" for verdict in result.verdicts)
            yield "</ul>"
            for finding in in_order(result, notes=notes):
                yield from _finding(finding)
        for problem in report.problems:
            text = f"{problem.file}: {problem.message} ({problem.kind})"
            yield f'<p class="warning">could not be analyzed: {escape(text)}</p>'


def _verdict(verdict: Verdict) -> str:
    word = WORDS[verdict.loads]
    because = f" ({', '.join(verdict.because)})" if verdict.because else ""
    rescue = f"; loads with {' or '.join(verdict.loads_with)}" if verdict.loads_with else ""
    return f'<span class="{word}">{word}</span> <code>{escape(verdict.loader)}</code>{escape(because + rescue)}'


def _finding(finding: Finding) -> Iterator[str]:
    word = finding.severity.value
    yield f'<div class="finding {word}"><b>{word} {escape(finding.rule)}</b><p>{escape(finding.message)}</p>'
    places = ", ".join(f"<code>{escape(str(place))}</code>" for place in finding.where[:PLACES_SHOWN])
    more = f" and {finding.count - PLACES_SHOWN} more" if finding.count > PLACES_SHOWN else ""
    yield f"<p>where: {places}{more} ({finding.phase.value} phase)</p>"
    if finding.tensorflow_error:
        yield f"<p>TensorFlow says: <code>{escape(finding.tensorflow_error)}</code></p>"
    if finding.remedy:
        yield f"<p>to do: {escape(finding.remedy)}</p>"
    if "accepted" in finding.facts:
        yield f"<p>accepted: {escape(str(finding.facts['accepted']))}</p>"
    yield "</div>"
