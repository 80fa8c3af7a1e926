"""The edges of a body: what each input leads to.

The top level names its inputs `node`, `node:1`, `^node` (core/framework/node_def.proto); functions name them `argument`,
`node:output_argument:index`, `^node` (core/framework/function.proto), and TensorFlow turns those into the first form before it
imports a function (python/framework/function_def_to_graph.py `function_def_to_graph_def`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.graphs.op_defs import OpDefs, attribute
from analyzer.parts.graph import Function, NodeKind, Nodes

ARGUMENT = -1  # stands for the position of a function's argument


class Source(NamedTuple):
    """Where an input comes from: a node's position and flat output number, or an argument's number."""

    position: int
    output: int


def top_level_source(name: str, nodes: Nodes) -> Source | None:
    """The source of a top-level data input; None when no node has the name (core/graph/tensor_id.cc `ParseTensorName`)."""
    node, output = name, 0
    head, colon, tail = name.rpartition(":")
    if colon and tail.isdigit():
        node, output = head, int(tail)
    position = nodes.index.get(node)
    return None if position is None else Source(position, output)


class FunctionNames:
    """Names of tensors within a function's body."""

    def __init__(self, function: Function, ops: OpDefs) -> None:
        self._function = function
        self._ops = ops
        self._arguments = {argument.name: number for number, argument in enumerate(function.inputs)}
        self._outputs: dict[NodeKind, Mapping[str, tuple[int, int]] | None] = {}

    def source(self, name: str) -> Source | str | None:
        """The source of a data input, an error, or None where the op's definition is not known."""
        if name in self._arguments:
            return Source(ARGUMENT, self._arguments[name])
        parts = name.split(":")
        position = self._function.nodes.index.get(parts[0])
        if position is None or len(parts) != 3 or not parts[2].isdigit():
            return f"KeyError: {name!r}"
        outputs = self._output_arguments(self._function.nodes.kinds[position])
        if outputs is None:
            return None
        start, count = outputs.get(parts[1], (0, 0))
        index = int(parts[2])
        return Source(position, start + index) if index < count else f"KeyError: {name!r}"

    def control(self, name: str) -> bool:
        """Whether a control input names an argument or a node."""
        return name in self._arguments or name in self._function.nodes.index

    def _output_arguments(self, kind: NodeKind) -> Mapping[str, tuple[int, int]] | None:
        """First flat output and number of outputs, by output argument (`_get_num_args`)."""
        if kind in self._outputs:
            return self._outputs[kind]
        args = self._ops.output_args(kind.op)
        found: dict[str, tuple[int, int]] | None = None if args is None else {}
        start = 0
        op = self._ops.registered(kind.op)
        for arg in args or ():
            count: object = 1
            if arg.number_attr:
                count = attribute(kind, arg.number_attr, op)
            elif arg.type_list_attr:
                values = attribute(kind, arg.type_list_attr, op)
                count = len(values) if isinstance(values, tuple) else 0
            number = count if isinstance(count, int) else 0
            assert found is not None
            found[arg.name] = (start, number)
            start += number
        self._outputs[kind] = found
        return found


def data_inputs(inputs: Sequence[str]) -> Iterator[str]:
    """The inputs that are not control inputs."""
    return (name for name in inputs if not name.startswith("^"))
