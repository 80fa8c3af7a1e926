"""A graph that asks for another range of TensorFlow releases.

## Why it matters

"GraphDef min consumer version 2000 above current version 1645 for TensorFlow 2.15.0.  Please upgrade TensorFlow." and "GraphDef
disallows consumer version 1645.  Please upgrade TensorFlow: this version is likely buggy." (core/framework/versions.cc
`CheckVersions`). `tf.saved_model.load` of a model with an object graph never asks. A producer newer than the
target is no reason to fail: the versions in the error text that begins "Converting GraphDef to Graph has failed" are a hint
beside the real cause.

## How to fix

Load with a release whose GraphDef version is in the range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.tables.releases import RELEASES, release
from analyzer.target import Target

if TYPE_CHECKING:
    from analyzer.parts.graph import GraphVersions

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.CHECK_VERSIONS, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for each graph that refuses the target."""
    facts = release(target.tensorflow)
    for file, owner, graph in artifact.graphs():
        text = _refusal(graph.versions, facts.graph_def_version, facts.min_producer, target)
        if text:
            first = next(
                (name for name in RELEASES if release(name).graph_def_version >= graph.versions.min_consumer), ""
            )
            yield rule.found(
                text.replace("  ", " ").rstrip("."),
                Location(file, f"graph/{owner}/versions"),
                tensorflow_error=text,
                remedy=f"load with TensorFlow {first} or newer"
                if first
                else "no release that we know has this version",
                min_consumer=graph.versions.min_consumer,
                producer=graph.versions.producer,
            )


def _refusal(versions: GraphVersions, current: int, min_producer: int, target: Target) -> str:
    """`CheckVersions`: in this order."""
    if versions.producer < min_producer:
        return (
            f"GraphDef producer version {versions.producer} below min producer {min_producer} supported by TensorFlow "
            f"{target.tensorflow}.  Please regenerate your graph."
        )
    if versions.min_consumer > current:
        return (
            f"GraphDef min consumer version {versions.min_consumer} above current version {current} for TensorFlow "
            f"{target.tensorflow}.  Please upgrade TensorFlow."
        )
    if current in versions.bad_consumers:
        return (
            f"GraphDef disallows consumer version {current}.  Please upgrade TensorFlow: this version is likely buggy."
        )
    return ""


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" } versions { producer: 99999 }'),
    ok(graph_def='node { name: "x" op: "NoOp" } versions { producer: 21 min_consumer: 12 }'),
    bad(
        "min consumer version 99999 above current version",
        graph_def='node { name: "x" op: "NoOp" } versions { producer: 99999 min_consumer: 99999 }',
    ),
)
