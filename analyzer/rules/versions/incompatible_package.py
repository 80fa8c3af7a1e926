"""A numpy or protobuf that the release of TensorFlow cannot be imported with.

## Why it matters

`import tensorflow` comes before every load from Python; TensorFlow Serving has no Python in it. Measured:

- numpy 2: up to 2.17, TensorFlow's extension modules use the binary interface of numpy 1: "A module that was compiled using NumPy 1.x
  cannot be run in NumPy 2", "ImportError: numpy.core.umath failed to import", in 2.17 a SystemError.
- numpy 1.24: up to 2.6, its Python modules use names that are gone: "AttributeError: module 'numpy' has no attribute 'object'".
- protobuf 4 and later: up to 2.11, its generated modules are refused: "TypeError: Descriptors cannot be created directly".
- protobuf before 3.20: from 2.12 on, "ImportError: cannot import name 'builder' from 'google.protobuf.internal'"; in 2.20 before
  5.28.3 and in 2.21 before 6.31.1, "cannot import name 'runtime_version'" or a VersionError.

## How to fix

Install the version that the message names, or another TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.IMPORT)

# What is refused: a package from one version to before another, by TensorFlow from one release to before another; what that
# says, and what to install. Empty where there is no bound.
_REFUSED = (
    ("numpy", "1.24", "", "", "2.7", "AttributeError: module 'numpy' has no attribute 'object'", "numpy<1.24"),
    ("numpy", "2", "", "2.7", "2.18", "ImportError: numpy.core.umath failed to import", "numpy<2"),
    ("protobuf", "4", "", "", "2.12", "TypeError: Descriptors cannot be created directly.", "protobuf<4"),
    (
        "protobuf",
        "",
        "3.20",
        "2.12",
        "2.20",
        "ImportError: cannot import name 'builder' from 'google.protobuf.internal'",
        "protobuf>=3.20",
    ),
    ("protobuf", "", "5.28.3", "2.20", "2.21", "cannot import name 'runtime_version'", "protobuf>=5.28.3"),
    ("protobuf", "", "6.31.1", "2.21", "", "cannot import name 'runtime_version'", "protobuf>=6.31.1"),
)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for each package of which somebody says that such a version is there."""
    for package, first, bound, since, mended, error, wanted in _REFUSED:
        version = target.libraries.get(package, "")
        refused = version and _within(version_tuple(version), first, bound)
        if refused and _within(version_tuple(target.tensorflow), since, mended):
            yield rule.found(
                f"TensorFlow {target.tensorflow} cannot be imported beside {package} {version}: it was made for {wanted}",
                Location(artifact.name),
                tensorflow_error=error,
                remedy=f"pip install '{wanted}'",
                package=package,
                version=version,
            )


def _within(version: tuple[int, ...], first: str, bound: str) -> bool:
    return (not first or version >= version_tuple(first)) and (not bound or version < version_tuple(bound))


_GRAPH = 'node { name: "x" op: "NoOp" }'

rule.examples(
    ok(graph_def=_GRAPH),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,numpy==1.26.4,protobuf==4.25.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.18.0,numpy==2.0.2,protobuf==5.28.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.7.0,numpy==1.24.4"),
    ok(graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.23.5"),
    ok(graph_def=_GRAPH, target="tensorflow==2.11.0,protobuf==3.20.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.12.0,protobuf==3.20.0"),
    ok(graph_def=_GRAPH, target="tensorflow==2.19.0,protobuf==4.21.12"),
    ok(graph_def=_GRAPH, target="tensorflow==2.20.0,protobuf==5.28.3"),
    ok(graph_def=_GRAPH, target="tensorflow==2.21.0,protobuf==7.34.0"),
    bad("made for numpy<2", graph_def=_GRAPH, target="tensorflow==2.17.0,numpy==2.0.2"),
    bad("made for numpy<1.24", graph_def=_GRAPH, target="tensorflow==1.15.0,numpy==2.1.0"),
    bad("made for numpy<1.24", graph_def=_GRAPH, target="tensorflow==2.6.0,numpy==1.24.4"),
    bad("made for protobuf<4", graph_def=_GRAPH, target="tensorflow==2.11.0,protobuf==4.24.4"),
    bad("made for protobuf>=3.20", graph_def=_GRAPH, target="tensorflow==2.12.0,protobuf==3.19.6"),
    bad("made for protobuf>=5.28.3", graph_def=_GRAPH, target="tensorflow==2.20.0,protobuf==5.28.2"),
    bad("made for protobuf>=6.31.1", graph_def=_GRAPH, target="tensorflow==2.21.0,protobuf==6.30.2"),
)
