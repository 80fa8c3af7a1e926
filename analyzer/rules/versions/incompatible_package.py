"""A numpy or protobuf that the release of TensorFlow cannot be imported with.

## Why it matters

`import tensorflow` comes before every load from Python; TensorFlow Serving has no Python in it. Measured:

- numpy 2: up to 2.17, TensorFlow's extension modules use the binary interface of numpy 1: "A module that was compiled using NumPy 1.x
  cannot be run in NumPy 2", "ImportError: numpy.core.umath failed to import", in 2.17 a SystemError.
- numpy 1.24: up to 2.6, its Python modules use names that are gone: "AttributeError: module 'numpy' has no attribute 'object'".
- protobuf 4 and later: up to 2.11, its generated modules are refused: "TypeError: Descriptors cannot be created directly".

## How to fix

Install an older package, as the message says, or a newer TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.IMPORT)

# A package, its first version that is too new, the first TensorFlow that takes it, and what older ones say.
_TOO_NEW = (
    ("numpy", (2,), "2.18", "ImportError: numpy.core.umath failed to import"),
    ("numpy", (1, 24), "2.7", "AttributeError: module 'numpy' has no attribute 'object'"),
    ("protobuf", (4,), "2.12", "TypeError: Descriptors cannot be created directly."),
)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for each package of which somebody says that such a version is there."""
    said: set[str] = set()
    for package, first, mended, error in _TOO_NEW:
        version = target.libraries.get(package, "")
        if package not in said and version_tuple(version) >= first and not target.at_least(mended):
            said.add(package)
            bound = ".".join(map(str, first))
            yield rule.found(
                f"TensorFlow {target.tensorflow} cannot be imported beside {package} {version}: it was made for {package} before {bound}",
                Location(artifact.name),
                tensorflow_error=error,
                remedy=f"pip install '{package}<{bound}', or use TensorFlow {mended} or newer",
                package=package,
                version=version,
            )


_GRAPH = 'node { name: "x" op: "NoOp" }'

rule.examples(
    ok(graph_def=_GRAPH),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,numpy==1.26.4,protobuf==4.25.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.18.0,numpy==2.0.2,protobuf==5.28.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.7.0,numpy==1.24.4"),
    ok(graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.23.5"),
    ok(graph_def=_GRAPH, target="tensorflow==2.11.0,protobuf==3.20.3"),
    bad("made for numpy before 2", graph_def=_GRAPH, target="tensorflow==2.17.0,numpy==2.0.2"),
    bad("made for numpy before 2", graph_def=_GRAPH, target="tensorflow==1.15.0,numpy==2.1.0"),
    bad("made for numpy before 1.24", graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.24.4"),
    bad("made for protobuf before 4", graph_def=_GRAPH, target="tensorflow==2.11.0,protobuf==4.24.4"),
)
