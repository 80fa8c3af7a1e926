"""A numpy that the release of TensorFlow cannot be imported with.

## Why it matters

Up to 2.17, TensorFlow's extension modules use the binary interface of numpy 1: with numpy 2 installed, `import tensorflow` ends with
"A module that was compiled using NumPy 1.x cannot be run in NumPy 2" and "ImportError: numpy.core.umath failed to import", in
2.17 with a SystemError. Up to 2.6, its Python modules use names that numpy 1.24 took away: "AttributeError: module 'numpy' has no
attribute 'object'". So nothing loads from Python; TensorFlow Serving has no Python in it.

## How to fix

Install an older numpy, `numpy<1.24` or `numpy<2`, or use TensorFlow 2.18 or newer.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.IMPORT)

# The first numpy that is too new, the first TensorFlow that takes it, and what an older one says.
_TOO_NEW = (
    ((2,), "2.18", "ImportError: numpy.core.umath failed to import"),
    ((1, 24), "2.7", "AttributeError: module 'numpy' has no attribute 'object'"),
)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where somebody says that such a numpy is there."""
    numpy = target.libraries.get("numpy", "")
    for first, mended, error in _TOO_NEW:
        if version_tuple(numpy) >= first and not target.at_least(mended):
            bound = ".".join(map(str, first))
            yield rule.found(
                f"TensorFlow {target.tensorflow} cannot be imported beside numpy {numpy}: it was made for numpy older than {bound}",
                Location(artifact.name),
                tensorflow_error=error,
                remedy=f"pip install 'numpy<{bound}', or use TensorFlow {mended} or newer",
                numpy=numpy,
            )
            return


_GRAPH = 'node { name: "x" op: "NoOp" }'

rule.examples(
    ok(graph_def=_GRAPH),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,numpy==1.26.4"),
    ok(graph_def=_GRAPH, target="tensorflow==2.18.0,numpy==2.0.2"),
    ok(graph_def=_GRAPH, target="tensorflow==2.7.0,numpy==1.24.4"),
    ok(graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.23.5"),
    bad("made for numpy older than 2", graph_def=_GRAPH, target="tensorflow==2.17.0,numpy==2.0.2"),
    bad("made for numpy older than 2", graph_def=_GRAPH, target="tensorflow==1.15.0,numpy==2.1.0"),
    bad("made for numpy older than 1.24", graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.24.4"),
)
