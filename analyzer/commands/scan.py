"""Scan what the paths name: settings from the command line and the configuration, then one report an artifact."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analyzer.commands import CLEAN, FOUND, NOT_ANALYZED, UsageError

if TYPE_CHECKING:
    from analyzer.code.sources import Sources
    from analyzer.config import Acceptance, Config
    from analyzer.engine import Scan
    from analyzer.findings import Report
    from analyzer.stores.discovery import Candidate
    from analyzer.target import Target

_JOBS_FROM = 48  # artifacts; fewer are done by one process before others have started
_MOST_JOBS = 8
_BRIEF_FROM = 8  # artifacts; then one that loads everywhere is one line of text


def run(options: argparse.Namespace) -> int:
    """Scan and print; returns the exit status."""
    from analyzer.commands.output import Output
    from analyzer.config import find

    config = find(".")
    confirming = None
    if options.confirm is not None:
        from analyzer.commands.confirming import Confirming

        confirming = Confirming(options)
    what = _scan(options, config, [confirming.target] if confirming else [])
    if options.jobs is not None and options.jobs < 1:
        raise UsageError(f"--jobs {options.jobs}: at least one process is needed")
    found = list(_found(options.paths, changed=options.changed))
    output = Output(
        options.format or config.options.get("format", "text"),
        options,
        what.targets,
        confirming,
        brief=len(found) >= _BRIEF_FROM and not options.verbose,
    )
    threshold = options.fail_on or config.options.get("fail-on", "error")
    status = CLEAN
    unused = set(config.accept)
    for report in _reports(found, what, options.jobs):
        accepted, report = _without_accepted(report, config)
        unused -= accepted
        output.add(report)
        status = max(status, _status(report, threshold))
    for entry in sorted(() if options.changed else unused, key=lambda entry: entry.rule):
        print(f"analyze: {config.file}: accepted {entry.rule} was not found anywhere", file=sys.stderr)
    return max(status, output.close())


def _scan(options: argparse.Namespace, config: Config, confirmed: Sequence[str]) -> Scan:
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
    if options.tags is not None or "tags" in config.options:  # none at all is what modules for TensorFlow Hub have
        loads["tags"] = _names(options.tags if options.tags is None else [options.tags], config, "tags")
    if names := _names(options.custom_objects, config, "custom-objects"):
        loads["custom_objects"] = frozenset(names)
    if code := options.code or config.options.get("code") or (["."] if options.changed else []):
        loads["code"] = _sources(code)
    loaders = _names(options.loader, config, "loader")
    for name in loaders:
        if name not in MODULES:
            raise UsageError(f"there is no loader {name!r}; known are {', '.join(MODULES)}")
    wanted, ignored = _names(options.rules, config, "rules"), _names(options.ignore, config, "ignore")
    rules.select(wanted, ignored)
    targets = _targets(options, config, loads, confirmed)
    return Scan(targets, loads, wanted, ignored, loaders, options.checksums, keeps_artifact=False)


def _targets(
    options: argparse.Namespace, config: Config, loads: dict[str, Any], confirmed: Sequence[str]
) -> tuple[Target, ...]:
    """The targets named on the command line, those to confirm, the matrix's, else configured, else TensorFlow's here."""
    from analyzer.target import installed_here, parse

    if options.matrix:
        specs = options.target or _every_release()
    else:
        specs = options.target or confirmed or config.options.get("target")
    if not specs:
        here = installed_here()
        specs = [here] if here else []
    return tuple(parse(spec, **loads) for spec in specs)


def _every_release() -> list[str]:
    """A specification for the newest patch of every minor release that TensorFlow artifacts are still loaded with."""
    from analyzer.tables.releases import RELEASES, index, release

    return [f"tensorflow=={release(name).versions[-1]}" for name in RELEASES[index("1.15") :]]


def _names(given: Sequence[str] | None, config: Config, key: str) -> tuple[str, ...]:
    values = given or config.options.get(key) or ()
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _sources(paths: Sequence[str]) -> Sources:
    import os

    from analyzer.code.sources import Sources

    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"--code {path}: there is nothing at this path")
    return Sources(paths)


def _device(name: str) -> str:
    kind, _, index = name.removeprefix("/device:").partition(":")
    if not kind.isalpha() or not (index or "0").isdigit():
        raise UsageError(f"--devices: {name!r} is no device; write CPU:0 or GPU:1")
    return f"{kind.upper()}:{int(index or 0)}"


def _reports(found: Sequence[Candidate | Report], what: Scan, wanted_jobs: int | None) -> Iterator[Report]:
    from analyzer.commands.progress import Bar
    from analyzer.findings import Report
    from analyzer.stores import scan_candidate

    candidates = [each for each in found if not isinstance(each, Report)]
    jobs = _jobs(wanted_jobs, len(candidates))
    with Bar(len(candidates), reads_data=what.checksums) as bar:
        if jobs > 1:
            from analyzer.stores.pool import scan_many

            scanned = scan_many(candidates, what, jobs)
        else:
            scanned = (scan_candidate(candidate, what, bar.read) for candidate in candidates)
        for each in found:
            report = each if isinstance(each, Report) else next(scanned)
            bar.advance()
            with bar.away():
                yield report


def _jobs(wanted: int | None, count: int) -> int:
    """How many processes are worth starting for so many artifacts, unless somebody said it."""
    if wanted is not None:
        return min(wanted, count)
    import os

    return min(os.cpu_count() or 1, _MOST_JOBS) if count >= _JOBS_FROM else 1


def _found(paths: Sequence[str], *, changed: bool) -> Iterator[Candidate | Report]:
    """What the paths name, in their order; a report for each path that names nothing."""
    from analyzer.stores import nothing_found
    from analyzer.stores.discovery import find, owner

    owners: list[Candidate] = []
    for path in paths:
        if changed:
            own = owner(path)
            if own is not None and own not in owners:
                owners.append(own)
                yield own
            continue
        try:
            found = list(find(path))
        except OSError as error:
            message = f"there is nothing at this path: {error.strerror or 'no such file'}"
            yield nothing_found(path, "missing", message)
            continue
        if not found:
            yield nothing_found(path, "no-artifact", "no artifact of TensorFlow or Keras is in this folder")
        if len(found) == 1 and found[0].kind == "saved_model" and _is_above(path, found[0].folder):
            print(f"analyze: {path} is no SavedModel itself; give a loader {found[0].path}", file=sys.stderr)
        yield from found


def _is_above(path: str, folder: str) -> bool:
    """Whether a path is a folder around another: of versions (`model/1`), or an unpacked archive's."""
    import os

    return folder.startswith(os.path.join(os.path.abspath(path), ""))


def _without_accepted(report: Report, config: Config) -> tuple[set[Acceptance], Report]:
    """The report with accepted findings demoted to notes, and which entries were used."""
    if not config.accept:
        return set(), report
    from analyzer.findings import Severity
    from analyzer.records import replace

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
    """1 when a finding reaches the threshold, 2 when something stood in the way of the analysis, else 0."""
    from analyzer.findings import Severity

    limit = Severity(threshold).rank
    if report.problems:
        return NOT_ANALYZED
    return FOUND if any(finding.severity.rank <= limit for finding in report.findings) else CLEAN
