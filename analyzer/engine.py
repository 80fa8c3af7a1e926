"""Scan one artifact: read it, run rules, judge loaders. The one place where rules run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from analyzer import rules
from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Problem, Report, TargetFindings, Verdict
from analyzer.loaders import judge, loaders_for
from analyzer.records import dataclass, field, replace
from analyzer.target import Target, TargetError, assumed, described

_OF_GRAPHS = {"graph", "ops", "devices", "functions"}  # families whose rules look at graphs and at nothing else


@dataclass(frozen=True, slots=True)
class Scan:
    """What to do with an artifact."""

    targets: tuple[Target, ...] = ()  # none: the release that wrote the artifact
    options: dict[str, Any] = field(default_factory=dict)  # Target fields for a target that is assumed
    rules: tuple[str, ...] = ()  # names; none: all
    ignore: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()  # none: all that apply
    checksums: bool = False
    keeps_artifact: bool = True  # False: parts that no wanted rule reads may be left out, nobody looks at them later

    @property
    def reads_variables(self) -> bool:
        """Whether the checkpoint inside a SavedModel is wanted."""
        if self.keeps_artifact or self.checksums:
            return True
        families = {rules.names()[name] for name in rules.select(self.rules, self.ignore)}
        return not families <= _OF_GRAPHS


def scan(artifact: Artifact, what: Scan, started: float | None = None) -> Report:
    """Run the wanted rules for each target and judge each loader. Never raises on what an artifact contains."""
    started = time.perf_counter() if started is None else started
    wanted = rules.select(what.rules, what.ignore)
    narrowed = len(wanted) < len(rules.names())
    problems = list(artifact.problems)
    results = []
    for target in what.targets or (assumed_target(artifact, what.options),):
        findings = run_rules(artifact, target, wanted, problems)
        chosen = [name for name in loaders_for(artifact) if not what.loaders or name in what.loaders]
        complete = not narrowed and not problems
        found, verdicts = judge(artifact, target, findings, chosen, complete)
        if any(verdict.because for verdict in verdicts):
            found, verdicts = _with_rescues(artifact, target, wanted, findings, found, verdicts)
        if any(finding.stops for finding in found):
            found = tuple(map(paths_of(artifact), found))
        results.append(TargetFindings(target.spec, found, verdicts, described(target)))
    return Report(
        path=artifact.path,
        format=artifact.format.value,
        written_by=artifact.written_by,
        results=tuple(results),
        problems=tuple(dict.fromkeys(problems)),
        seconds=time.perf_counter() - started,
        artifact=artifact,
    )


def _with_rescues(
    artifact: Artifact,
    target: Target,
    wanted: Sequence[str],
    findings: Sequence[Finding],
    found: tuple[Finding, ...],
    verdicts: Sequence[Verdict],
) -> tuple[tuple[Finding, ...], tuple[Verdict, ...]]:
    """The verdicts with what alone would make each failing load go through, and remedies that say so."""
    from analyzer.advice import advised
    from analyzer.rescues import rescued

    def predict(changed: Artifact, other: Target, loader: str) -> tuple[Sequence[Finding], Verdict]:
        # What is not Keras's to notice is the same under tf_keras; that TensorFlow misses it, `load_model` does not ask.
        same = changed is artifact and other.tags == target.tags
        again = [name for name in wanted if not same or rules.load(name).noticed_by is Check.KERAS]
        kept = [finding for finding in findings if finding.rule not in again]
        found = kept + run_rules(changed, other, again, [])
        return found, judge(changed, other, found, [loader], complete=True)[1][0]

    rescues = tuple(
        replace(verdict, loads_with=rescued(artifact, target, verdict, findings, predict))
        if verdict.because
        else verdict
        for verdict in verdicts
    )
    return advised(artifact, target, found, rescues, predict), rescues


def paths_of(artifact: Artifact) -> Callable[[Finding], Finding]:
    """A function that fills in the path from an entry point to a finding that stops a loader."""
    from analyzer.graph_view import Paths

    paths = Paths(artifact)
    return lambda finding: replace(finding, path=paths.to(finding)) if finding.stops else finding


def run_rules(artifact: Artifact, target: Target, wanted: Sequence[str], problems: list[Problem]) -> list[Finding]:
    """What the rules say. A rule that crashes becomes a problem and the others go on."""
    findings: list[Finding] = []
    for name in rules.concerned(wanted, artifact, target):
        rule = rules.load(name)
        if rule.run is None or not all(artifact.has(part) for part in rule.reads):
            continue
        try:
            findings.extend(rule.run(artifact, target))
        except Exception as error:
            import logging  # an eighth of a small scan's start, and needed for faults of ours only

            logging.getLogger(__name__).debug("rule %s", name, exc_info=True)
            problems.append(Problem(artifact.name, "internal", f"rule {name} failed: {type(error).__name__}: {error}"))
    return findings


def assumed_target(artifact: Artifact, options: dict[str, Any]) -> Target:
    """The release that wrote the artifact, or the newest one where the files do not say."""
    from analyzer.tables.releases import RELEASES

    written = artifact.written_by
    try:
        return assumed(written.tensorflow or f"{RELEASES[-1]}.0", **options)
    except TargetError:
        return assumed(f"{RELEASES[-1]}.0", **options)
