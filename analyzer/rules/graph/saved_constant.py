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

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.parts.graph import NodeKind
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
    for body in bodies(artifact):
        for kind, positions in body.nodes.by_kind.items():
            fault = _fault(kind) or _recursion(kind, body, target)
            if fault:
                name = body.nodes.names[positions[0]]
                yield rule.found(
                    f"node {name!r} ({kind.op}) {fault}",
                    body.at(positions),
                    tensorflow_error=f'Saved model contains node "{name}" which {fault}',
                    remedy="export the model again",
                    op=kind.op,
                )


def _fault(kind: NodeKind) -> str:
    value = kind.attrs.get("value")
    if value is None:
        return "is a constant tensor but no value has been provided" if kind.op == "Const" else ""
    if value.kind == "tensor" and (value.value.shape is None or any(size < 0 for size in value.value.shape)):
        return "initializes from a tensor with -1 elements"
    return ""


def _recursion(kind: NodeKind, body: Body, target: Target) -> str:
    return "calls its own function" if kind.op == body.function and target.at_least("2.8") else ""


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
