"""An operation that the target does not register.

## Why it matters

Every loader looks each op up in the registry before it makes a node of it (`OpRegistry::LookUp` in
core/framework/op.cc) and stops with "Op type not registered 'X' in binary running on HOST. Make sure the Op and Kernel
are registered in the binary running in this process." `tf.saved_model.load` imports every function of the library, used
or not; the session loaders import the main graph and look into the functions that it calls.

An op is missing because the target is older than the release that introduced it, because it was removed, or because it
belongs to a library that must be imported first.

## How to fix

Load with a release that has the op, import the library that registers it before loading, or export the model again with
the older release.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Judge, nodes_with
from analyzer.graphs.op_defs import OpDefs, op_defs
from analyzer.rule import Rule, bad, ok
from analyzer.tables.ops import releases_with
from analyzer.tables.releases import index
from analyzer.target import Target

# What tf_text_graph_ssd.py and its like of OpenCV (samples/dnn) put in the place of a detector's postprocessing.
_OF_OPENCV = ("DetectionOutput", "PriorBox")

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.LOOK_UP_OP, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each unknown op once, at every node that has it."""
    places: dict[str, list[Location]] = {}
    for body, _, positions, op in nodes_with(artifact, lambda graph: _unknown(op_defs(graph, target))):
        places.setdefault(op, []).extend(body.at(positions))
    for op, where in places.items():
        yield _finding(op, where, target)


def _unknown(ops: OpDefs) -> Judge[str]:
    return lambda kind: () if ops.known(kind.op) else (kind.op,)


def _finding(op: str, where: list[Location], target: Target) -> Finding:
    from analyzer.tables.libraries import library_of, remedy

    releases = releases_with(op)
    libraries = library_of(op)
    if releases:
        known = f"TensorFlow registers it from {releases[0]} to {releases[-1]}"
        older = index(target.tensorflow) < index(releases[0])
        fix = (
            f"load with TensorFlow {releases[0]} or newer" if older else f"load with TensorFlow {releases[-1]} or older"
        )
    elif libraries:
        known = f"it belongs to {libraries[0].distribution}"
        fix = remedy(op, target.tensorflow) or ""
    elif op in _OF_OPENCV:
        known = "it is of the text graphs that OpenCV reads beside a frozen graph, and of nothing that TensorFlow loads"
        fix = "give this file to cv2.dnn.readNetFromTensorflow, and TensorFlow the frozen graph that it was made from"
    else:
        known = "no release of TensorFlow and no library that we know registers it"
        fix = "load the library that defines it with tf.load_op_library before loading the model"
    return rule.found(
        f"op {op} is not registered in TensorFlow {target.tensorflow}; {known}",
        where,
        tensorflow_error=f"Op type not registered '{op}' in binary running on HOST.",
        remedy=fix,
        op=op,
        releases=list(releases),
        libraries=[library.distribution for library in libraries],
    )


rule.examples(
    ok(graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'),
    ok(graph_def='node { name: "x" op: "f" } library { function { signature { name: "f" } } }'),
    ok(graph_def='node { name: "x" op: "DisableCopyOnRead" }', target="tensorflow==2.10.0"),
    bad(
        "op DisableCopyOnRead is not registered",
        graph_def='node { name: "x" op: "DisableCopyOnRead" }',
        target="tensorflow==2.9.0",
    ),
    ok(graph_def='node { name: "x" op: "MyOp" } library { function { signature { name: "MyOp" } } }'),
    bad("text graphs that OpenCV reads", graph_def='node { name: "out" op: "DetectionOutput" }'),
    bad("no library that we know", graph_def='node { name: "x" op: "NoSuchOp" }'),
    bad(
        "op NoSuchOp",
        graph_def='library { function { signature { name: "f" } node_def { name: "n" op: "NoSuchOp" } } }',
    ),
)
