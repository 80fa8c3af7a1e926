"""A `keras` or `tf_keras` package that the release of TensorFlow does not get on with.

## Why it matters

From 2.6 on `tf.keras` is a package of its own, made for one minor release of TensorFlow, and pip does not hold people back from
installing another. Some such pairs work, most do not: Keras 3 beside TensorFlow up to 2.14 ("No module named 'keras.api._v2'"), Keras 2
beside 2.16 and later ("has no attribute 'register_load_context_function'"), a newer Keras 2 ("cannot import name 'dtensor'"), an older one
("module 'inspect' has no attribute 'ArgSpec'" from Python 3.11 on). A few stop `import tensorflow` itself. The pairs were tried
(tools/tables/pair_keras.py).

## How to fix

Install the Keras of TensorFlow's own minor release, as the message says. Where the package is Keras 3, its own
`keras.models.load_model` may do what `tf.keras` does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.tables.releases import release
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding, for the package that `tf.keras` is."""
    package, version = target.keras_api
    numbers = version_tuple(version)
    if package == "tf.keras" or _belongs(numbers, target):
        return
    from analyzer.tables.keras_pairs import refusal

    package = package.replace("_", "-")
    said = refusal(target.release, package, numbers, version_tuple(target.python))
    if said is None:
        return
    what = "tensorflow cannot be imported" if said.step == "import" else "tf.keras cannot be used"
    yield rule.found(
        f"{what}: TensorFlow {target.tensorflow} does not get on with {package} {version}",
        Location(artifact.name),
        check=Check.IMPORT if said.step == "import" else Check.KERAS,
        tensorflow_error=said.error,
        remedy=f"pip install '{_right(package, target)}'",
        package=package,
        version=version,
    )


def _belongs(version: tuple[int, ...], target: Target) -> bool:
    """Whether the package is of TensorFlow's own minor release, or Keras 3 beside a release that is made for it."""
    return version[:2] == version_tuple(target.release) or (version >= (3,) and target.at_least("2.16"))


def _right(package: str, target: Target) -> str:
    if package == "tf-keras":
        return f"tf-keras=={release(target.tensorflow).default_tf_keras or target.release}"
    return "keras>=3" if target.at_least("2.16") else f"keras=={target.release}.*"


_GRAPH = 'node { name: "x" op: "NoOp" }'

rule.examples(
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,keras==2.15.0"),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,keras==2.13.1"),
    ok(graph_def=_GRAPH, target="tensorflow==2.8.0,keras==2.6.0"),
    ok(graph_def=_GRAPH, target="tensorflow==2.4.0,keras==2.15.0"),
    ok(graph_def=_GRAPH, target="tensorflow==2.16.1,keras==3.0.5"),
    ok(graph_def=_GRAPH, target="tensorflow==2.16.1,tf-keras==2.17.0,TF_USE_LEGACY_KERAS=1"),
    ok(graph_def=_GRAPH, target="tensorflow==2.15.0,keras==3.6.0"),
    bad("tf.keras cannot be used", graph_def=_GRAPH, target="tensorflow==2.14.0,keras==3.6.0"),
    bad("does not get on with keras 2.9.0", graph_def=_GRAPH, target="tensorflow==2.8.0,keras==2.9.0"),
    bad("tensorflow cannot be imported", graph_def=_GRAPH, target="tensorflow==2.10.0,keras==2.15.0"),
    bad(
        "does not get on with tf-keras 2.15.1",
        graph_def=_GRAPH,
        target="tensorflow==2.16.1,tf-keras==2.15.1,TF_USE_LEGACY_KERAS=1",
    ),
)
