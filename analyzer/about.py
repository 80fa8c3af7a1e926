"""What the analyzer says of itself: rules, releases, an op's history."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from analyzer import __version__, rules

if TYPE_CHECKING:
    from analyzer.rule import Rule


def run(options: argparse.Namespace) -> int:
    """Print what was asked for. Raises UnknownRuleError."""
    is_json = options.format in ("json", "jsonl")
    if options.version:
        print(f"analyze {__version__}")
    if options.list_rules:
        found = map(rules.load, rules.names())
        _print_json("rules", map(_rule_values, found)) if is_json else _print(_rule_lines(found))
    if options.list_releases:
        _print_json("releases", _releases()) if is_json else _print(map(_release_line, _releases()))
    if options.explain:
        return _explain(options.explain)
    return 0


def documentation(rule: Rule) -> str:
    """A rule's documentation, from its module."""
    return (sys.modules[rule.module].__doc__ or "").strip()


def title(rule: Rule) -> str:
    """The first sentence of a rule's documentation."""
    return documentation(rule).splitlines()[0]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(name: str, values: Iterable[Any]) -> None:
    import json

    document = {"schema": 1, "tool": {"name": "analyze", "version": __version__}, name: list(values)}
    print(json.dumps(document, indent=1, ensure_ascii=False))


def _rule_values(rule: Rule) -> dict[str, str]:
    return {
        "rule": rule.name,
        "family": rule.family,
        "severity": rule.severity.value,
        "phase": rule.phase.value,
        "title": title(rule),
    }


def _rule_lines(found: Iterable[Rule]) -> Iterator[str]:
    """Rules under the name of their family."""
    family = ""
    for rule in found:
        if rule.family != family:
            yield rule.family if not family else f"\n{rule.family}"
            family = rule.family
        yield f"  {rule.name:<26} {title(rule)}"


def _releases() -> Iterator[dict[str, Any]]:
    from analyzer.tables.releases import RELEASES, release

    for name in RELEASES:
        facts = release(name)
        yield {
            "release": name,
            "date": facts.date,
            "newest": facts.versions[-1],
            "pythons": list(facts.pythons),
            "keras": facts.default_keras,
            "tf_keras": facts.default_tf_keras,
            "graph_def_version": facts.graph_def_version,
        }


def _release_line(release: dict[str, Any]) -> str:
    pythons = f"{release['pythons'][0]} to {release['pythons'][-1]}" if release["pythons"] else "-"
    keras = release["keras"] or "its own"
    return (
        f"{release['release']:<5} {release['date']}  newest {release['newest']:<8} Python {pythons:<13} "
        f"Keras {keras:<8} GraphDef version {release['graph_def_version']}"
    )


def _explain(subject: str) -> int:
    if subject.startswith("op:"):
        return _explain_op(subject.removeprefix("op:"))
    if subject in rules.FAMILIES:
        members = [name for name, family in rules.names().items() if family == subject]
        if members:
            _print(_rule_lines(map(rules.load, members)))
            return 0
    if subject not in rules.names():
        like = _like(subject, [*rules.names(), *rules.FAMILIES])
        raise rules.UnknownRuleError(f"there is no rule or family {subject!r}{like}; see analyze --list-rules")
    rule = rules.load(subject)
    print(f"{rule.name} ({rule.family}, {rule.severity.value}, noticed in the {rule.phase.value} phase)\n")
    print(documentation(rule))
    return 0


def _explain_op(name: str) -> int:
    from analyzer.tables.history import changes
    from analyzer.tables.libraries import library_of
    from analyzer.tables.ops import ops, releases_with
    from analyzer.tables.releases import RELEASES

    releases = releases_with(name)
    found = library_of(name)
    if not releases and not found:
        like = _like(name, ops(RELEASES[-1]))
        print(f"analyze: no release of TensorFlow and no known library registers {name!r}{like}", file=sys.stderr)
        return 2
    if releases:
        print(f"{name}: in TensorFlow {releases[0]} to {releases[-1]}, {len(releases)} of {len(RELEASES)} releases")
    for change in changes(name):
        print(f"  {change.release:<5} {change.text.removeprefix(f'{change.release} ')}")
    for library in found:
        until = f" to {library.until}" if library.until else " on"
        print(f"{name}: registered by {library.distribution} from {library.since}{until}; load it with: {library.load}")
    return 0


def _like(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""
