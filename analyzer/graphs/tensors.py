"""Names of operations and tensors as Python looks them up (python/framework/ops.py `Graph.as_graph_element`), and as C++ does."""

from __future__ import annotations

import re

from analyzer.graphs.op_defs import OpDefs
from analyzer.parts.graph import Graph
from analyzer.records import NamedTuple


class Found(NamedTuple):
    """What a name leads to: a node's position and output (None for the operation itself), or why it leads nowhere."""

    position: int | None
    output: int | None
    error: str = ""


def look_up(name: str, graph: Graph, ops: OpDefs) -> Found:
    """The operation (`node`) or tensor (`node:0`) of a name, with TensorFlow's own words when there is none."""
    node, colon, number = name.partition(":")
    position = graph.nodes.index.get(node)
    if not colon:
        if position is None:
            return Found(None, None, f"The name {name!r} refers to an Operation not in the graph.")
        return Found(position, None)
    if not number.isdigit():
        return Found(None, None, f"The name {name!r} looks a like a Tensor name, but is not a valid one.")
    if position is None:
        text = f"The name {name!r} refers to a Tensor which does not exist. The operation, {node!r}, does not exist in the graph."
        return Found(None, None, text)
    types = ops.in_out(graph.nodes.kinds[position])
    if types is not None and not types.outputs.error and int(number) >= len(types.outputs.types):
        count = len(types.outputs.types)
        text = f"The name {name!r} refers to a Tensor which does not exist. The operation, {node!r}, exists but only has {count} outputs."
        return Found(None, None, text)
    return Found(position, int(number))


def is_target(name: str, graph: Graph) -> bool:
    """Whether a session finds the node to run of a name: it takes `node:1` and `^node` for the node (core/graph/tensor_id.cc)."""
    numbered = re.fullmatch(r"(.+):[0-9]+", name, re.DOTALL)
    return (numbered[1] if numbered else name.removeprefix("^")) in graph.nodes.index
