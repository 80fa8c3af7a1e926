"""The command line. Heavy imports happen inside functions: `analyze --help` costs an interpreter and argparse."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.engine import Scan
    from analyzer.findings import Report
    from analyzer.target import Target

CLEAN, FOUND, NOT_ANALYZED = 0, 1, 2
_PROGRESS_FROM = 8  # artifacts; fewer are done before a bar is read


class UsageError(Exception):
    """What was asked cannot be done; the message says why, in one line."""


def parser() -> argparse.ArgumentParser:
    """The options of `analyze`."""
    made = argparse.ArgumentParser(
        prog="analyze",
        description="Say which TensorFlow loader will fail on an artifact, at which step and why, without loading it.",
        epilog="Exit status: 0 nothing at or over the threshold, 1 findings, 2 something could not be analyzed.",
    )
    made.add_argument(
        "paths", nargs="*", metavar="PATH", help="an artifact, a checkpoint's prefix, or a folder to search"
    )
    made.add_argument("--changed", action="store_true", help="PATHs are changed files: check the artifacts they belong to")
    what = made.add_argument_group("what to check")
    what.add_argument("--rules", action="append", metavar="FAMILY|RULE,...", help="only these (default: all)")
    what.add_argument("--ignore", action="append", metavar="FAMILY|RULE,...", help="all but these")
    what.add_argument("--checksums", action="store_true", help="compute the checksum of every tensor (reads the data)")
    where = made.add_argument_group("for which environment")
    where.add_argument(
        "--target",
        action="append",
        metavar="SPEC",
        help="tensorflow==2.15.0[,keras==...,python==...], a requirements file, or python:EXE; repeatable",
    )
    where.add_argument("--devices", metavar="CPU:0,...", help="devices that are there (default: CPU:0)")
    where.add_argument(
        "--loader", action="append", metavar="NAME,...", help="only these loaders (default: all that apply)"
    )
    where.add_argument("--no-compile", action="store_true", help="load_model(..., compile=False)")
    where.add_argument("--no-safe-mode", action="store_true", help="load_model(..., safe_mode=False)")
    where.add_argument("--tags", metavar="serve,...", help="tags given to the v1 and serving loaders (default: serve)")
    where.add_argument("--custom-objects", action="append", metavar="NAME,...", help="names that load_model is given")
    out = made.add_argument_group("output")
    out.add_argument("--format", choices=("text", "json", "jsonl"), help="default: text")
    out.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
    out.add_argument(
        "--fail-on", choices=("error", "warning", "note"), help="threshold of exit status 1 (default: error)"
    )
    out.add_argument("-v", "--verbose", action="store_true", help="show notes too, and log what the analyzer does")
    about = made.add_argument_group("about the analyzer")
    about.add_argument("--explain", metavar="RULE|op:NAME", help="print a rule's documentation, or an op's history")
    about.add_argument("--list-rules", action="store_true", help="print every rule with its family and title")
    about.add_argument("--list-releases", action="store_true", help="print every TensorFlow release that is known")
    about.add_argument("--version", action="store_true", help="print the version")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.version or options.explain or options.list_rules or options.list_releases:
            from analyzer import about

            return about.run(options)
        if not options.paths:
            raise UsageError("no PATH given; see analyze --help")
        return _scan_all(options)
    except (UsageError, ValueError, OSError) as error:
        print(f"analyze: {error}", file=sys.stderr)
        return NOT_ANALYZED
    except BrokenPipeError:
        return NOT_ANALYZED
    except KeyboardInterrupt:
        return 130


def _scan_all(options: argparse.Namespace) -> int:
    from analyzer.config import find

    if options.verbose:
        import logging

        logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
    config = find(".")
    what = _scan(options, config)
    output = _Output(options.format or config.options.get("format", "text"), options, what.targets)
    threshold = options.fail_on or config.options.get("fail-on", "error")
    status = CLEAN
    unused = set(config.accept)
    for report in _reports(options.paths, what, changed=options.changed):
        accepted, report = _without_accepted(report, config)
        unused -= accepted
        output.add(report)
        status = max(status, _status(report, threshold))
    for entry in sorted(unused, key=lambda entry: entry.rule):
        print(f"analyze: {config.file}: accepted {entry.rule} was not found anywhere", file=sys.stderr)
    output.close()
    return status


def _scan(options: argparse.Namespace, config: Config) -> Scan:
    """What to do, from the command line and, where that says nothing, the configuration."""
    from analyzer import rules
    from analyzer.engine import Scan
    from analyzer.loaders import MODULES

    loads: dict[str, Any] = {}
    if devices := _names(options.devices and [options.devices], config, "devices"):
        loads["devices"] = tuple(map(_device, devices))
    if options.no_compile:
        loads["compile"] = False
    if options.no_safe_mode:
        loads["safe_mode"] = False
    if tags := _names(options.tags and [options.tags], config, "tags"):
        loads["tags"] = tags
    if names := _names(options.custom_objects, config, "custom-objects"):
        loads["custom_objects"] = frozenset(names)
    loaders = _names(options.loader, config, "loader")
    for name in loaders:
        if name not in MODULES:
            raise UsageError(f"there is no loader {name!r}; known are {', '.join(MODULES)}")
    wanted, ignored = _names(options.rules, config, "rules"), _names(options.ignore, config, "ignore")
    rules.select(wanted, ignored)
    return Scan(_targets(options, config, loads), loads, wanted, ignored, loaders, options.checksums)


def _targets(options: argparse.Namespace, config: Config, loads: dict[str, Any]) -> tuple[Target, ...]:
    """The targets named on the command line, else configured, else the TensorFlow installed beside us, else none."""
    from analyzer.target import installed_here, parse

    specs = options.target or config.options.get("target") or []
    if specs:
        return tuple(parse(spec, **loads) for spec in specs)
    here = installed_here()
    return (parse(here, **loads),) if here else ()


def _names(given: Sequence[str] | None, config: Config, key: str) -> tuple[str, ...]:
    values = given or config.options.get(key) or ()
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _device(name: str) -> str:
    kind, _, index = name.removeprefix("/device:").partition(":")
    if not kind.isalpha() or not (index or "0").isdigit():
        raise UsageError(f"--devices: {name!r} is no device; write CPU:0 or GPU:1")
    return f"{kind.upper()}:{int(index or 0)}"


def _reports(paths: Sequence[str], what: Scan, *, changed: bool) -> Iterator[Report]:
    from analyzer.stores import nothing_found, scan_candidate
    from analyzer.stores.discovery import Candidate, find, owner

    candidates: list[Candidate] = []
    for path in paths:
        if changed:
            own = owner(path)
            candidates += [own] if own is not None and own not in candidates else []
            continue
        try:
            found = list(find(path))
        except OSError as error:
            yield nothing_found(path, "missing", f"there is nothing at this path: {error.strerror or 'no such file'}")
            continue
        if not found:
            yield nothing_found(path, "no-artifact", "no artifact of TensorFlow or Keras is in this folder")
        candidates += found
    with _progress(len(candidates)) as advance:
        for candidate in candidates:
            yield scan_candidate(candidate, what)
            advance()


def _progress(count: int) -> Any:
    """A progress bar on standard error, where that is a terminal and there is something to wait for."""
    from contextlib import contextmanager

    @contextmanager
    def quiet() -> Iterator[Any]:
        yield lambda: None

    @contextmanager
    def bar() -> Iterator[Any]:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("analyzing", total=count)
            yield lambda: progress.advance(task)

    return bar() if count >= _PROGRESS_FROM and sys.stderr.isatty() else quiet()


def _without_accepted(report: Report, config: Config) -> tuple[set[Any], Report]:
    """The report with accepted findings demoted to notes, and which entries were used."""
    if not config.accept:
        return set(), report
    from dataclasses import replace

    from analyzer.findings import Severity

    used = set()
    results = []
    for result in report.results:
        findings = []
        for finding in result.findings:
            entry = next((entry for entry in config.accept if entry.covers(report.path, finding)), None)
            if entry is not None:
                used.add(entry)
                facts = {**finding.facts, "accepted": entry.reason}
                finding = replace(finding, severity=Severity.NOTE, facts=facts)
            findings.append(finding)
        results.append(replace(result, findings=tuple(findings)))
    return used, replace(report, results=tuple(results))


def _status(report: Report, threshold: str) -> int:
    """1 when a finding reaches the threshold, else 2 when something stood in the way, else 0."""
    from analyzer.findings import Severity

    limit = Severity(threshold).rank
    if any(finding.severity.rank <= limit for finding in report.findings):
        return FOUND if not report.problems else NOT_ANALYZED
    return NOT_ANALYZED if report.problems else CLEAN


class _Output:
    """Where reports go as they come: text and JSON lines at once, a JSON document at the end."""

    def __init__(self, form: str, options: argparse.Namespace, targets: Sequence[Target]) -> None:
        self._form = form
        self._verbose = options.verbose
        self._stream = open(options.output, "w", encoding="utf-8") if options.output else sys.stdout  # noqa: SIM115
        self._colour = form == "text" and not options.output and sys.stdout.isatty()
        self._targets = tuple(targets)
        self._reports: list[Report] = []

    def add(self, report: Report) -> None:
        """Take a report."""
        if self._form == "json":
            self._reports.append(report)
            return
        if self._form == "jsonl":
            from analyzer.reports.as_json import render_line

            self._stream.write(render_line(report))
        else:
            from analyzer.reports.as_text import render

            described = {str(each["spec"]): each for each in self._described([report])}
            self._stream.write(render(report, described, colour=self._colour, verbose=self._verbose) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Write what waits, and close a file of ours."""
        if self._form == "json":
            from analyzer.reports.as_json import render

            self._stream.write(render(self._reports, self._described(self._reports)))
        if self._stream is not sys.stdout:
            self._stream.close()

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


if __name__ == "__main__":
    sys.exit(main())
