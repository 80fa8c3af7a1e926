"""An assertion that does not hold and that the load runs.

## Why it matters

Initialisers may check what they are given: "assertion failed: [because]" (core/kernels/logging_ops.cc `AssertOp`). What they assert is
mostly told by their arguments; where it is a constant, the file says that every load fails. Loads run the assertions that restoring and
initialising need; any other fails at the first call.

## How to fix

Export again without the assertion, or with one that holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.calls import node_of
from analyzer.parts.graph import Graph, TensorValue
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"graph"}))

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_FAR = 8


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each assertion of a false constant, but for those of branches, which may not be taken."""
    for body, positions in bodies_with(artifact, _failing):
        if body.function is None or body.function not in _branches(body.graph):
            yield rule.found(
                f"{body.nodes.names[positions[0]]!r} asserts what is false",
                body.at(positions),
                tensorflow_error="assertion failed: ",
                remedy="export again without the assertion",
            )


def _failing(body: Body) -> Iterator[int]:
    """Assertions of what is false; none where there are Switch nodes, behind which they may be dead."""
    by_op = body.nodes.by_op
    if "Assert" in by_op and by_op.keys().isdisjoint(("Switch", "RefSwitch", "_SwitchN")):
        yield from (position for position in by_op["Assert"] if _is_false(body, position))


def _is_false(body: Body, position: int) -> bool:
    """Whether the first input is a constant, through identities, and false."""
    for _ in range(_FAR):
        inputs = body.nodes.inputs[position]
        found = body.nodes.index.get(node_of(inputs[0])) if inputs else None
        if found is None:
            return False
        position, kind = found, body.nodes.kinds[found]
        if kind.op == "Const":
            value = kind.attrs.get("value")
            tensor = value.value if value is not None else None
            return isinstance(tensor, TensorValue) and tensor.shape == () and tensor.small == (False,)
        if kind.op != "Identity":
            return False
    return False


def _branches(graph: Graph) -> frozenset[str]:
    """Functions that nodes name and do not call as such."""
    found: frozenset[str] | None = graph.derived.get(_branches)
    if found is None:
        values = [attr for kind in graph.kinds if kind.op not in _CALLS for attr in kind.attrs.values()]
        lists = [func for attr in values if attr.element == "func" for func in attr.value]
        named = (func.name for func in (*(attr.value for attr in values if attr.kind == "func"), *lists))
        found = graph.derived[_branches] = frozenset(named)
    return found


_C = """node_def { name: "c" op: "Const" attr { key: "dtype" value { type: DT_BOOL } }
  attr { key: "value" value { tensor { dtype: DT_BOOL tensor_shape { } bool_val: false } } } }"""
_ASSERT = 'node_def { name: "a" op: "Assert" input: "c:output:0" }'
_F = f'library {{ function {{ signature {{ name: "f" }} {_C} {_ASSERT} }} }}'
_NODE = 'node {{ name: "n" op: "{}" attr {{ key: "f" value {{ func {{ name: "f" }} }} }} }}'

rule.examples(
    ok(graph_def=_F.replace("bool_val: false", "bool_val: true")),
    ok(graph_def=_F + _NODE.format("If")),
    ok(graph_def=_F.replace("c:output:0", "argument")),
    ok(graph_def=_F.replace("node_def {", 'node_def { name: "s" op: "Switch" } node_def {', 1)),
    bad("'a' asserts what is false", graph_def=_F),
    bad("'a' asserts what is false", graph_def=_F + _NODE.format("PartitionedCall")),
    bad("'a' asserts what is false", graph_def=f"{_C} {_ASSERT}".replace("node_def", "node")),
)
