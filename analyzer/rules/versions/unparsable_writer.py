"""A writer's version that is no version to the packaging library.

## Why it matters

Importing a meta graph compares `meta_info_def.tensorflow_version` with 1.9 (python/framework/meta_graph.py
`import_scoped_meta_graph_with_return_elements`). The packaging library from version 22 on refuses what is no PEP 440 version:
"InvalidVersion: Invalid version: '0.12.head'". The releases of its time, from TensorFlow 2.12 on, install such a one; those
before 2.9 compare with distutils, which takes anything that begins with numbers, and cannot compare a word with 1: "'<' not supported
between instances of 'str' and 'int'" (distutils/version.py `LooseVersion`).

## How to fix

Load with TensorFlow 2.8 or older and export again, or set the field to a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.COLLECTIONS, reads=frozenset({"meta_graphs"}))

_PLAIN = r"\d+(\.\d+)*(-?rc\d+)?"


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for each meta graph with such a version."""
    for (file, owner, _), meta_graph in zip(artifact.graphs(), artifact.meta_graphs, strict=False):
        version = meta_graph.tensorflow_version
        if version and not target.at_least("2.9") and not _is_loose(version):
            yield rule.found(
                f"the writer's version {version!r} does not begin with numbers",
                Location(file, f"collection/{owner}/meta_info_def"),
                tensorflow_error="'<' not supported between instances of 'str' and 'int'",
                remedy="set meta_info_def.tensorflow_version to a version",
                version=version,
            )
        if version and target.at_least("2.9") and not re.fullmatch(_PLAIN, version) and not _is_version(version):
            yield rule.found(
                f"the writer's version {version!r} is no version that the packaging library reads",
                Location(file, f"collection/{owner}/meta_info_def"),
                severity=Severity.ERROR if target.at_least("2.12") else Severity.WARNING,
                tensorflow_error=f"InvalidVersion: Invalid version: '{version}'",
                remedy="load with TensorFlow 2.8 or older, or set meta_info_def.tensorflow_version to a version",
                version=version,
            )


def _is_loose(text: str) -> bool:
    """Whether distutils, which leaves words among numbers, can compare it with 1.9."""
    pieces = [piece for piece in re.split(r"(\d+|[a-z]+|\.)", text) if piece and piece != "."]
    if not pieces or not pieces[0].isdecimal():
        return not pieces
    return int(pieces[0]) != 1 or len(pieces) == 1 or pieces[1].isdecimal()


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


_GRAPH = 'meta_graphs {{ meta_info_def {{ tensorflow_version: "{}" }} }}'

rule.examples(
    ok(saved_model=_GRAPH.format("1.15.0-rc3")),
    ok(saved_model=_GRAPH.format("2.5.0-dev20210101")),
    ok(saved_model=_GRAPH.format("0.12.head"), target="tensorflow==2.8.0"),
    bad("'odd' does not begin", saved_model=_GRAPH.format("odd"), target="tensorflow==2.6.0"),
    ok(saved_model=_GRAPH.format("2.odd"), target="tensorflow==2.6.0"),
    bad("'1.x' does not begin", saved_model=_GRAPH.format("1.x"), target="tensorflow==1.15.0"),
    bad("'0.12.head' is no version", saved_model=_GRAPH.format("0.12.head")),
)
