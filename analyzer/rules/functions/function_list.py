"""A node in a function that names a list of functions, which old releases do not rename.

## Why it matters

`tf.saved_model.load` gives each function a new name and, up to TensorFlow 2.2, renames calls in single attributes only, so the
branches of a Case are not found: ValueError "switch_case_indexed_case_branch0_3750 function not found."
(python/saved_model/function_deserialization.py `fix_node_def`, python/framework/function_def_to_graph.py). Sessions rename nothing.

## How to fix

Load with TensorFlow 2.3 or newer.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.op_defs import OpDefs, op_defs
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNC_GRAPH, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function that is named in a list once, at every node that names it."""
    if target.at_least("2.3"):
        return
    for body in bodies(artifact):
        if body.function is None:
            continue
        places: dict[str, list[int]] = {}
        for name, position in _listed(body, op_defs(body.graph, target)):
            places.setdefault(name, []).append(position)
        for name, positions in places.items():
            yield rule.found(
                f"TensorFlow {target.tensorflow} does not find function {name!r}, which stands in a list of functions",
                body.at(positions),
                tensorflow_error=f"{name} function not found.",
                remedy="load with TensorFlow 2.3 or newer",
                function=name,
            )


def _listed(body: Body, ops: OpDefs) -> Iterator[tuple[str, int]]:
    for kind, positions in body.nodes.by_kind.items():
        op = ops.registered(kind.op)
        for name, attr in kind.attrs.items():
            if attr.element == "func" and attr.value and op is not None and name in op.attrs:
                yield from ((attr.value[0].name, position) for position in positions)


_CASE = 'node_def {{ name: "n" op: "{}" attr {{ key: "{}" value {{ list {{ func {{ name: "g" }} }} }} }} }}'
_F = 'library {{ function {{ signature {{ name: "f" }} {} }} function {{ signature {{ name: "g" }} }} }}'

rule.examples(
    ok(graph_def=_F.format(_CASE.format("Case", "branches"))),
    ok(graph_def=_F.format(_CASE.format("Case", "_note")), target="tensorflow==1.15.0"),
    ok(graph_def=_F.format(""), target="tensorflow==1.15.0"),
    bad(
        "does not find function 'g'",
        graph_def=_F.format(_CASE.format("Case", "branches")),
        target="tensorflow==2.0.0",
    ),
)
