"""numpy 2 beside a TensorFlow that was compiled against numpy 1.

## Why it matters

Up to 2.17, TensorFlow's extension modules use the binary interface of numpy 1: with numpy 2 installed, `import tensorflow` ends with
"A module that was compiled using NumPy 1.x cannot be run in NumPy 2" and "ImportError: numpy.core.umath failed to import", in
2.17 with a SystemError. So nothing loads from Python; TensorFlow Serving has no Python in it.

## How to fix

`pip install 'numpy<2'`, or use TensorFlow 2.18 or newer.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.IMPORT)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where somebody says that numpy 2 is there."""
    numpy = target.libraries.get("numpy", "")
    if version_tuple(numpy) >= (2,) and not target.at_least("2.18"):
        yield rule.found(
            f"TensorFlow {target.tensorflow} was compiled against numpy 1 and cannot be imported beside numpy {numpy}",
            Location(artifact.name),
            tensorflow_error="ImportError: numpy.core.umath failed to import",
            remedy="pip install 'numpy<2', or use TensorFlow 2.18 or newer",
            numpy=numpy,
        )


_GRAPH = 'node { name: "x" op: "NoOp" }'

rule.examples(
    ok(graph_def=_GRAPH),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,numpy==1.26.4"),
    ok(graph_def=_GRAPH, target="tensorflow==2.18.0,numpy==2.0.2"),
    bad("cannot be imported beside numpy 2.0.2", graph_def=_GRAPH, target="tensorflow==2.17.0,numpy==2.0.2"),
    bad("cannot be imported beside numpy 2.1.0", graph_def=_GRAPH, target="tensorflow==1.15.0,numpy==2.1.0"),
)
