"""A constant without value, or of a shape that is not known, anywhere in a SavedModel.

## Why it matters

TensorFlow Serving looks at every node of the graph and of every function, called or not, before it makes a session: "Saved model contains
node "c" which is a constant tensor but no value has been provided", "which initializes from a tensor with -1 elements"; since 2.8 also "Function f is
self recursive" (cc/saved_model/loader.cc `ValidateSavedTensors`; a security fix of 2020, in 1.15.4, 2.0.3, 2.1.2, 2.2.1 and 2.3.1).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import nodes_with
from analyzer.parts.graph import Graph, NodeKind, TensorValue
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.SAVED_CONSTANTS, reads=frozenset({"saved_model"}))

_PATCHED = {"1.15": 4, "2.0": 3, "2.1": 2, "2.2": 1, "2.3": 1}


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each kind of fault once a body, at every node that has it."""
    patch = target.tensorflow.split(".")[2:3]
    if not target.at_least("1.15") or (
        patch and patch[0].isdigit() and int(patch[0]) < _PATCHED.get(target.release, 0)
    ):
        return
    recursion = target.at_least("2.8")
    for body, kind, positions, fault in nodes_with(artifact, lambda graph: partial(_faults, graph)):
        if fault is not _RECURSION or (recursion and kind.op == body.function):
            name = body.nodes.names[positions[0]]
            yield rule.found(
                f"node {name!r} ({kind.op}) {fault}",
                body.at(positions),
                tensorflow_error=f'Saved model contains node "{name}" which {fault}',
                remedy="export the model again",
                op=kind.op,
            )


_RECURSION = "calls its own function"


def _faults(graph: Graph, kind: NodeKind) -> Iterator[str]:
    """The fault of a kind of node; whether one that calls a function stands in that function is left to see."""
    value = kind.attrs.get("value")
    if value is None and kind.op == "Const":
        yield "is a constant tensor but no value has been provided"
    elif value is not None and value.kind == "tensor" and not _is_fully_defined(value.value):
        yield "initializes from a tensor with -1 elements"
    elif kind.op in graph.functions:
        yield _RECURSION


def _is_fully_defined(tensor: TensorValue) -> bool:
    return tensor.shape is not None and all(size >= 0 for size in tensor.shape)


_CONST = 'meta_graphs {{ graph_def {{ library {{ function {{ signature {{ name: "f" }} node_def {{ name: "c" op: "{}" {} }} }} }} }} }}'
_VALUE = 'attr {{ key: "value" value {{ tensor {{ dtype: DT_FLOAT tensor_shape {{ {} }} }} }} }}'

rule.examples(
    ok(saved_model=_CONST.format("Const", _VALUE.format("dim { size: 0 }"))),
    ok(saved_model=_CONST.format("NoOp", "")),
    ok(saved_model=_CONST.format("Const", ""), target="tensorflow==2.3.0"),
    bad("no value has been provided", saved_model=_CONST.format("Const", "")),
    bad("with -1 elements", saved_model=_CONST.format("Const", _VALUE.format("dim { size: -1 }"))),
    bad("calls its own function", saved_model=_CONST.format("f", "")),
)
