"""A constant whose value cannot be made into a tensor, which the load runs.

## Why it matters

An import looks at a constant's shape alone; its value is read when the node's kernel is made: "Cannot parse tensor from proto", "Type mismatch
between value (double) and dtype (float)" (core/kernels/constant_op.cc, core/framework/tensor.cc `FromProto`). Loads run the constants
that restoring and initialising need; any other fails at the first call that needs it.

## How to fix

Export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, nodes_with
from analyzer.graphs.calls import node_of
from analyzer.graphs.constants import is_unreadable
from analyzer.parts.graph import NodeKind, TensorValue
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each complaint once, with the nodes that draw it."""
    fed = _fed(artifact)
    wrong: dict[tuple[Body, str], list[int]] = {}
    for body, _, positions, error in nodes_with(artifact, lambda _: _errors):
        names = body.nodes.names
        wrong.setdefault((body, error), []).extend(
            each for each in positions if body.function or names[each] not in fed
        )
    for (body, error), positions in wrong.items():
        if positions:
            yield rule.found(
                f"constant {body.nodes.names[positions[0]]!r}: {error}",
                body.at(positions),
                tensorflow_error=error,
                remedy="export again",
            )


def _fed(artifact: Artifact) -> set[str]:
    """The nodes that a load feeds instead of running them: the saver's file name and the paths of assets."""
    found: set[str] = set()
    for meta_graph in artifact.meta_graphs:
        found.update(node_of(asset.tensor_name) for asset in meta_graph.assets)
        if meta_graph.saver is not None:
            found.add(node_of(meta_graph.saver.filename_tensor_name))
    return found


def _errors(kind: NodeKind) -> Iterator[str]:
    """What the kernel of a constant says of its value; nothing of those that are right, or that an import refuses."""
    value, dtype = kind.attrs.get("value"), kind.attrs.get("dtype")
    if kind.op != "Const" or value is None or dtype is None or dtype.kind != "type":
        return
    tensor = value.value
    if not isinstance(tensor, TensorValue) or tensor.shape is None or any(size < 0 for size in tensor.shape):
        return
    if is_unreadable(tensor):
        yield "Cannot parse tensor from proto"
    elif tensor.dtype != dtype.value:
        yield f"Type mismatch between value ({name_of(tensor.dtype)}) and dtype ({name_of(dtype.value)})"


_C = 'node {{ name: "c" op: "Const" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} attr {{ key: "value" value {{ tensor {{ {} }} }} }} }}'

rule.examples(
    ok(
        saved_model="meta_graphs { graph_def { "
        + _C.format("tensor_shape { } float_val: 1")
        + ' } saver_def { filename_tensor_name: "c:0" } }'
    ),
    ok(graph_def=_C.format("dtype: DT_FLOAT tensor_shape { dim { size: 2 } } float_val: 1")),
    ok(graph_def=_C.format("dtype: DT_FLOAT tensor_shape { dim { size: 0 } }")),
    ok(graph_def=_C.format('dtype: DT_FLOAT tensor_shape { dim { size: 1 } } tensor_content: "abcd"')),
    ok(graph_def=_C.format("dtype: DT_FLOAT tensor_shape { dim { size: 0 } } float_val: 1")),
    bad("Cannot parse tensor", graph_def=_C.format('dtype: DT_FLOAT tensor_shape { } tensor_content: "abc"')),
    bad("Cannot parse tensor", graph_def=_C.format("tensor_shape { } float_val: 1")),
    bad("Type mismatch between value (double)", graph_def=_C.format("dtype: DT_DOUBLE tensor_shape { }")),
)
