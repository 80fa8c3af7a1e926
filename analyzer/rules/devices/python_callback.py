"""An op that calls back into the Python process that wrote the graph.

## Why it matters

`tf.py_function` and `tf.numpy_function` leave a token in the graph, and the function behind it died with its process: "ValueError: Could not find
callback with key=pyfunc_0 in the registry." (python/ops/script_ops.py `FuncRegistry`, core/kernels: python/lib/core/py_func.cc). A load fails where
restoring or initialising runs the op; else its first use does.

## How to fix

Export without Python functions, or register them again before the model is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import nodes_with
from analyzer.parts.graph import NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"graph"}))

_OPS = ("PyFunc", "PyFuncStateless", "EagerPyFunc")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each op once, at every node of it."""
    places: dict[str, list[Location]] = {op: [] for op in _OPS}
    for body, _, positions, op in nodes_with(artifact, lambda _: _calling_back):
        places[op] += body.at(positions)
    for op, where in places.items():
        if where:
            yield rule.found(
                f"{len(where)} node(s) of op {op} call Python functions of the process that wrote the graph",
                where,
                tensorflow_error="ValueError: Could not find callback with key=pyfunc_0 in the registry.",
                remedy="export without tf.py_function and tf.numpy_function",
                op=op,
            )


def _calling_back(kind: NodeKind) -> tuple[str, ...]:
    return (kind.op,) if kind.op in _OPS else ()


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad("1 node(s) of op PyFunc", graph_def='node { name: "x" op: "PyFunc" }'),
    ok(graph_def='node { name: "PyFunc" op: "Placeholder" }'),
)
