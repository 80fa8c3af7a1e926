"""What the analyzer says of itself: rules, releases, an op's history."""

from __future__ import annotations

import argparse
import sys

from analyzer import __version__, rules
from analyzer.rule import Rule


def run(options: argparse.Namespace) -> int:
    """Print what was asked for. Raises UnknownRuleError."""
    if options.version:
        print(f"analyze {__version__}")
    if options.list_rules:
        for name, family in rules.names().items():
            print(f"{family:<11} {name:<28} {title(rules.load(name))}")
    if options.list_releases:
        _releases()
    if options.explain:
        return _explain(options.explain)
    return 0


def documentation(rule: Rule) -> str:
    """A rule's documentation, from its module."""
    return (sys.modules[rule.module].__doc__ or "").strip()


def title(rule: Rule) -> str:
    """The first sentence of a rule's documentation."""
    return documentation(rule).splitlines()[0]


def _releases() -> None:
    from analyzer.tables.releases import RELEASES, release

    for name in RELEASES:
        facts = release(name)
        pythons = f"{facts.pythons[0]} to {facts.pythons[-1]}" if facts.pythons else "-"
        print(f"{name:<5} {facts.date}  Python {pythons:<13} GraphDef version {facts.graph_def_version}")


def _explain(subject: str) -> int:
    if subject.startswith("op:"):
        return _explain_op(subject.removeprefix("op:"))
    rule = rules.load(subject)
    print(f"{rule.name} ({rule.family}, {rule.severity.value}, noticed in the {rule.phase.value} phase)\n")
    print(documentation(rule))
    return 0


def _explain_op(name: str) -> int:
    from analyzer.tables.libraries import library_of
    from analyzer.tables.ops import changes, releases_with

    releases = releases_with(name)
    found = library_of(name)
    if not releases and not found:
        print(f"analyze: no release of TensorFlow and no known library registers {name!r}", file=sys.stderr)
        return 2
    for change in changes(name):
        print(f"{change.release:<5} {change.kind:<8} {change.text}")
    for library in found:
        print(f"registered by {library.distribution} from {library.since} on: {library.load}")
    return 0
