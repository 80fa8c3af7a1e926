"""Says which TensorFlow loader will fail on an artifact, at which step, and why, without importing TensorFlow.

`analyze` is the whole public surface, with the types of what it returns:

    >>> from analyzer import analyze
    >>> report = analyze("model/", target="tensorflow==2.15.0")
    >>> [verdict.loader for verdict in report.verdicts if verdict.loads is False]
    ['tensorflow_serving']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analyzer.findings import Confidence, Finding, Location, Phase, Problem, Report, Severity, Verdict

if TYPE_CHECKING:
    import os

    from analyzer.target import Target

__version__ = "0.1.0"

__all__ = [
    "Confidence",
    "Finding",
    "Location",
    "Phase",
    "Problem",
    "Report",
    "Severity",
    "Verdict",
    "analyze",
    "analyze_all",
]


def analyze(
    path: str | os.PathLike[str],
    *,
    target: str | Target | None = None,
    targets: Iterable[str | Target] = (),
    rules: Sequence[str] = (),
    ignore: Sequence[str] = (),
    loaders: Sequence[str] = (),
    checksums: bool = False,
    **options: Any,
) -> Report:
    """Analyze one artifact: a folder, a file, or a checkpoint's prefix.

    `target` and `targets` are specifications (`tensorflow==2.15.0`) or Targets; without any, the release that wrote the
    artifact stands in. `options` are fields of Target that every target gets: `devices=("CPU:0", "GPU:0")`, `compile=False`,
    `safe_mode=False`, `tags=("serve", "gpu")`, `custom_objects=frozenset({"MyLayer"})`.

    Raises FileNotFoundError where there is nothing at the path or no artifact below it, ValueError where several artifacts
    are below it (see `analyze_all`), TargetError for a target that says nothing usable and UnknownRuleError for a rule's name.
    """
    reports = analyze_all(
        path,
        target=target,
        targets=targets,
        rules=rules,
        ignore=ignore,
        loaders=loaders,
        checksums=checksums,
        **options,
    )
    first = next(reports, None)
    if first is None:
        raise FileNotFoundError(f"no artifact in {path}")
    second = next(reports, None)
    if second is not None:
        raise ValueError(f"{path} holds several artifacts ({first.path}, {second.path}, ...); use analyze_all")
    return first


def analyze_all(
    path: str | os.PathLike[str],
    *,
    target: str | Target | None = None,
    targets: Iterable[str | Target] = (),
    rules: Sequence[str] = (),
    ignore: Sequence[str] = (),
    loaders: Sequence[str] = (),
    checksums: bool = False,
    **options: Any,
) -> Iterator[Report]:
    """Analyze every artifact that a path names or that is found below it, one report each. Arguments as in `analyze`."""
    import os

    from analyzer.engine import Scan
    from analyzer.stores import scan_candidate
    from analyzer.stores.discovery import find
    from analyzer.target import Target, parse

    wanted = [*([target] if target is not None else []), *targets]
    what = Scan(
        targets=tuple(each if isinstance(each, Target) else parse(each, **options) for each in wanted),
        options=options,
        rules=tuple(rules),
        ignore=tuple(ignore),
        loaders=tuple(loaders),
        checksums=checksums,
    )
    for candidate in find(os.fspath(path)):
        yield scan_candidate(candidate, what)
