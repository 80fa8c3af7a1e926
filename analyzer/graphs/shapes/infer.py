"""The shapes of a body's tensors, and where they conflict.

core/common_runtime/shape_refiner.cc `AddNode`, graph_constructor.cc `ValidateShape`. Nodes are taken in the order of their inputs; what is in
a loop, or comes from an op without a shape function here, is of unknown shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from analyzer.graphs.edges import ARGUMENT, FunctionNames, Source, top_level_source
from analyzer.graphs.op_defs import OpDefs
from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, words
from analyzer.graphs.shapes.functions import FUNCTIONS, Call
from analyzer.parts.graph import Function, NodeKind, Nodes

_VALUES_OF = {"Reshape": (1,), "ConcatV2": (-1,), "Concat": (0,), "ExpandDims": (1,), "Transpose": (1,), "Fill": (0,)}
_INTEGERS = (3, 9)  # DT_INT32, DT_INT64


class Conflict(NamedTuple):
    """A node whose shapes do not go together, and TensorFlow's words for it."""

    position: int
    error: str


class Shapes:
    """The shapes that TensorFlow infers for a body while it imports it."""

    def __init__(self, nodes: Nodes, ops: OpDefs, version: int, function: Function | None = None) -> None:
        self._nodes = nodes
        self._ops = ops
        self._version = version
        self._function = function
        self._names = FunctionNames(function, ops) if function is not None else None
        self._outputs: list[tuple[Shape, ...] | None] = [None] * len(nodes)
        self._remembered: dict[tuple[Any, ...], tuple[Shape, ...] | str] = {}
        self.conflicts: list[Conflict] = []
        for position in _in_order(nodes):
            self._infer(position)

    def of(self, source: Source) -> Shape:
        """The shape of a tensor, None where it is not known."""
        if source.position == ARGUMENT:
            return self._argument(source.output)
        outputs = self._outputs[source.position]
        return outputs[source.output] if outputs is not None and source.output < len(outputs) else None

    def _argument(self, number: int) -> Shape:
        assert self._function is not None
        attr = self._function.arg_attrs.get(number, {}).get("_output_shapes")
        if attr is not None and attr.kind == "list" and attr.element == "shape" and attr.value:
            shape: Shape = attr.value[0]
            return shape
        shapes = self._function.attrs.get("_input_shapes")
        if shapes is not None and shapes.element == "shape" and number < len(shapes.value):
            if self._function.inputs[number].type == 20:  # DT_RESOURCE: the handle's shape is left open
                return None
            found: Shape = shapes.value[number]
            return found
        return None

    def _infer(self, position: int) -> None:
        kind = self._nodes.kinds[position]
        function = FUNCTIONS.get(kind.op)
        declared = kind.attrs.get("_output_shapes")
        if function is None and declared is None:
            return
        result: tuple[Shape, ...] | str = ()
        if function is not None:
            result = self._called(position, kind)
            if isinstance(result, str):
                self.conflicts.append(Conflict(position, result))
                return
        if declared is not None and declared.kind == "list":
            result = self._overridden(position, kind, result, declared.value)
        self._outputs[position] = result

    def _called(self, position: int, kind: NodeKind) -> tuple[Shape, ...] | str:
        """The output shapes by the op's shape function, or its complaint."""
        sources = [self._source(name) for name in self._nodes.inputs[position] if not name.startswith("^")]
        shapes = tuple(self.of(source) if source is not None else None for source in sources)
        values: list[tuple[Any, ...] | None] = [None] * len(sources)
        for number in _VALUES_OF.get(kind.op, ()):
            if sources:
                values[number] = self._constant(sources[number])
        key = (kind, shapes, tuple(values))
        found = self._remembered.get(key)
        if found is None:
            call = Call(kind, self._ops.registered(kind.op), shapes, values, self._version)
            try:
                found = FUNCTIONS[kind.op](call)
            except ShapeError as error:
                listed = ", ".join(map(words, shapes))
                found = f"{error} for '{{{{node {self._nodes.names[position]}}}}}' (op: '{kind.op}') with input shapes: {listed}."
            except (IndexError, TypeError):
                found = ()  # too few inputs, or attributes of the wrong kind: other checks say so
            self._remembered[key] = found
        return found

    def _source(self, name: str) -> Source | None:
        source = self._names.source(name) if self._names is not None else top_level_source(name, self._nodes)
        return source if isinstance(source, Source) else None

    def _constant(self, source: Source | None) -> tuple[Any, ...] | None:
        """The elements of a small integer constant; other constant expressions are not evaluated."""
        if source is None or source.position == ARGUMENT:
            return None
        kind = self._nodes.kinds[source.position]
        value = kind.attrs.get("value")
        if kind.op != "Const" or value is None or value.kind != "tensor" or value.value.dtype not in _INTEGERS:
            return None
        small: tuple[Any, ...] | None = value.value.small
        return small

    def _overridden(
        self, position: int, kind: NodeKind, inferred: tuple[Shape, ...], declared: tuple[Any, ...]
    ) -> tuple[Shape, ...]:
        """The shapes after `_output_shapes` has been merged in."""
        types = self._ops.in_out(kind)
        if types is None or types.outputs.error:
            return inferred
        count, name = len(types.outputs.types), self._nodes.names[position]
        if declared and not all(shape is None or isinstance(shape, tuple) for shape in declared):
            return inferred
        if len(declared) < count:
            text = f"Node '{name}' has {count} outputs but the _output_shapes attribute specifies shapes for {len(declared)} outputs"
            self.conflicts.append(Conflict(position, text))
            return inferred
        found = []
        for number in range(count):
            shape: Shape = declared[number]
            if shape is not None and any(size < -1 for size in shape):
                listed = words(shape).replace("?", str(min(shape)))
                text = f"Node '{name} has an invalid _output_shapes attribute (shape #{number} error:'Shape {listed} has dimensions with values below -1 (where -1 means unknown)'"
                self.conflicts.append(Conflict(position, text))
                return inferred
            try:
                found.append(merge(inferred[number] if number < len(inferred) else None, shape))
            except ShapeError as error:
                text = f"Node '{name}' has an _output_shapes attribute inconsistent with the GraphDef for output #{number}: {error}"
                self.conflicts.append(Conflict(position, text))
                return inferred
        return tuple(found)


def _in_order(nodes: Nodes) -> Iterator[int]:
    """Positions so that a node comes behind its inputs, as far as there is such an order."""
    index = nodes.index
    waiting: list[int] = []
    followers: dict[int, list[int]] = {}
    for position, inputs in enumerate(nodes.inputs):
        count = 0
        for name in inputs:
            source = index.get(name)
            if source is None:
                source = index.get(name.lstrip("^").partition(":")[0])
            if source is not None:
                followers.setdefault(source, []).append(position)
                count += 1
        waiting.append(count)
    ready = [position for position, count in enumerate(waiting) if not count]
    while ready:
        position = ready.pop()
        yield position
        for follower in followers.get(position, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
