"""The shapes of a body's tensors, and where they conflict.

core/common_runtime/shape_refiner.cc `AddNode`, graph_constructor.cc `ValidateShape`. Nodes are taken in the order of their inputs; what is in
a loop, or comes from an op without a shape function here, is of unknown shape. What a node makes of its inputs depends on its
kind and on their shapes alone, so each such combination is looked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.graphs.bodies import Body
from analyzer.graphs.constants import is_unreadable
from analyzer.graphs.op_defs import MOST, OpDefs, op_defs
from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, words
from analyzer.graphs.shapes.call import Call
from analyzer.graphs.shapes.functions import FUNCTIONS
from analyzer.graphs.shapes.handles import BY_HANDLE, MAKERS, PASSING, Handles
from analyzer.graphs.shapes.made import DRAWN
from analyzer.graphs.shapes.updates import HANDLES
from analyzer.graphs.wiring import UNKNOWN, Wiring, wiring
from analyzer.parts.graph import Function, NodeKind, TensorValue
from analyzer.records import NamedTuple
from analyzer.tables.releases import release
from analyzer.target import Target, version_tuple

_VALUES_OF: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("Sum", "Mean", "Prod", "Max", "Min", "All", "Any"), (1,)),
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad", "Tile", "ArgMax", "ArgMin", "TopKV2"), (1,)),
    **dict.fromkeys(("Reshape", "ExpandDims", "Transpose"), (1,)),
    "ConcatV2": (-1,),
    **dict.fromkeys(("Concat", "Fill", "Split", *DRAWN), (0,)),
    "RestoreV2": (2,),
    "GatherV2": (2,),
    **dict.fromkeys(("Slice", "SplitV"), (1, 2)),
    "StridedSlice": (1, 2, 3),
    "Range": (0, 1, 2),
    **dict.fromkeys(("TensorListFromTensor", "TensorListStack", "BroadcastTo", "ReverseV2", "SparseToDense"), (1,)),
    **dict.fromkeys(("ResizeBilinear", "ResizeBicubic", "ResizeArea", "ResizeNearestNeighbor"), (1,)),
    **dict.fromkeys(("ScatterNd", "TensorListGetItem", "SparseReshape"), (2,)),
    **dict.fromkeys(("SpaceToBatchND", "BatchToSpaceND"), (1, 2)),
    **dict.fromkeys(("TensorListReserve", "Conv2DBackpropInput"), (0,)),
    "CropAndResize": (3,),
    "QueueDequeueManyV2": (1,),
}
"""Which inputs a shape function reads where they are small constants (`InferenceContext::input_tensor`)."""
_READING = frozenset(_VALUES_OF) - {
    *("RestoreV2", "Range"),  # which read other types too
    *("ArgMax", "ArgMin", "GatherV2", "SparseReshape"),  # which take any value, or read it in some releases only
    *("ScatterNd", "TensorListGetItem", "TensorListStack", "QueueDequeueManyV2"),  # not tried
}
"""Ops that fail where what they read is declared to be of integers and is not, as 1.15, 2.6, 2.15 and 2.21 were seen to."""
_INTEGERS = (3, 9)  # DT_INT32, DT_INT64
_SHAPES_OF = frozenset(("Reshape", "Conv2DBackpropInput", *DRAWN))
"""Ops whose value is a shape, of which single sizes may be known (`MakeShapeFromShapeTensor`)."""
_EVALUATED = (3, 7, 9)  # DT_INT32, DT_STRING, DT_INT64
_STRING, _RESOURCE = 7, 20  # DT_STRING, DT_RESOURCE
_SMALL = 64  # elements of a constant that is made of others


class Conflict(NamedTuple):
    """A node whose shapes do not go together, and TensorFlow's words for it."""

    position: int
    error: str
    declaration: bool  # between `_output_shapes` and what is inferred
    only_python: bool = False  # C++ sees what the caller hands over instead


class _Result(NamedTuple):
    """The shapes of the outputs, and a complaint in which `{name}` stands for the node's name."""

    shapes: tuple[Shape, ...]
    complaint: str = ""
    declaration: bool = False  # whether `_output_shapes` is what it complains of


class Shapes:
    """The shapes that TensorFlow infers for a body while it imports it, by output number of the body's wiring."""

    def __init__(
        self, body: Body, target: Target, version: int, declared: bool = True, given: Mapping[int, Shape] | None = None
    ) -> None:
        self.wires: Wiring = wiring(body, target)
        self._body = body
        self._ops: OpDefs = op_defs(body.graph, target)
        self._version = version
        self._release = version_tuple(target.release)
        self._declared = declared  # whether `_output_shapes` count
        self._given = given or {}  # shapes of outputs that are not to be inferred
        knows = (_Result, self._ops, version, declared, self._release)
        self._remembered: dict[tuple[Any, ...], _Result] = body.graph.derived.setdefault(knows, {})
        self.conflicts: list[Conflict] = []
        self.shapes: list[Shape] = [None] * len(self.wires.types)
        if body.function is not None:
            function = body.graph.functions[body.function]
            self.shapes[: len(function.inputs)] = _arguments(function)
        for number, shape in self._given.items():
            self.shapes[number] = shape
        self._infer()

    def _infer(self) -> None:
        kinds, sources, first, shapes = self._body.nodes.kinds, self.wires.sources, self.wires.first, self.shapes
        remembered, shape_of = self._remembered, shapes.__getitem__
        scalar_handles = self._scalar_handles()
        handles = Handles()
        for position in self.wires.order[0]:
            kind = kinds[position]
            op, inputs = kind.op, sources[position]
            if op not in FUNCTIONS and "_output_shapes" not in kind.attrs:
                continue
            given = tuple(map(shape_of, inputs))
            values: tuple[tuple[Any, ...] | None, ...] = ()
            only_python = False
            if op in BY_HANDLE:
                count = BY_HANDLE[op]
                only_python = op in HANDLES and not scalar_handles.keys().isdisjoint(inputs[:count])
                behind = tuple(
                    scalar_handles[each]
                    if each in scalar_handles and only_python and each not in handles.shapes
                    else handles.behind(kind, each)
                    for each in inputs[:count]
                )
                given = (*behind, *given[count:])
            elif op in MAKERS or (op in PASSING and handles.shapes):
                handles.note(kind, inputs, first[position])
            if op in _VALUES_OF:
                values = self._values(op, inputs)
            key = (kind, given, values)
            result = remembered.get(key)
            if result is None:
                result = remembered[key] = self._call(kind, given, values)
            if (
                self._release >= (2, 13)
                and op in _VALUES_OF
                and any(self._is_unreadable(op, inputs, number) for number in _VALUES_OF[op])
            ):
                result = _Result((), "Unable to evaluate a constant node")
            if op == "RestoreV2" and (slices := self._tensor(inputs, 2)) is not None and slices.dtype != _STRING:
                result = _Result((), "Expected an input tensor of type string.")
            elif (
                op in _READING and None not in given and any(self._is_mistyped(inputs, each) for each in _VALUES_OF[op])
            ):
                result = _Result((), "Check failed: dtype() == expected_dtype")
            if op in BY_HANDLE and (wrong := handles.complaint(kind, inputs)):
                result = _Result((), wrong)
            made, complaint, declaration = result
            if complaint:
                text = complaint.replace("{name}", self._body.nodes.names[position])
                self.conflicts.append(Conflict(position, text, declaration, only_python))
            number = first[position]
            shapes[number : number + len(made)] = made
            if self._given:
                self._keep(position)

    def _keep(self, position: int) -> None:
        first, behind = self.wires.first, self.wires.first[position + 1 : position + 2]
        for number in range(first[position], behind[0] if behind else len(self.shapes) - 1):
            self.shapes[number] = self._given.get(number, self.shapes[number])

    def _values(self, op: str, inputs: Sequence[int]) -> tuple[tuple[Any, ...] | None, ...]:
        """What is known of the inputs that a shape function reads."""
        values = tuple(self._constant(inputs, number) for number in _VALUES_OF[op])
        if values == (None,) and op in _SHAPES_OF:
            return (self._partial(inputs, _VALUES_OF[op][0]),)
        return values

    def _constant(self, inputs: Sequence[int], number: int) -> tuple[Any, ...] | None:
        """The elements of an input that is a small constant.

        core/common_runtime/eval_const_tensor.cc evaluates whatever hangs on constants alone.
        """
        value = self._tensor(inputs, number)
        if value is not None:
            return value.small if value.dtype in _EVALUATED else None
        owner = self.wires.owner(inputs[number]) if -len(inputs) <= number < len(inputs) else UNKNOWN
        return self._folded(owner) if owner >= 0 else None

    def _folded(self, position: int) -> tuple[Any, ...] | None:
        """What a node makes of constants: Fill, with which `ones_like` is made, Range and ConcatV2, with which permutations are."""
        op, sources = self._body.nodes.kinds[position].op, self.wires.sources[position]
        if op not in ("Fill", "Range", "ConcatV2") or any(map(is_control, self._body.nodes.inputs[position])):
            return None
        given = [self._constant(sources, each) for each in range(len(sources))]
        values = [each for each in given if each is not None]
        if len(values) != len(given) or sum(map(len, values)) > _SMALL or not all(values):
            return None
        if op == "ConcatV2":
            return sum(values[:-1], ()) if values[-1] in ((0,), (-1,)) and self._are_vectors(sources[:-1]) else None
        if any(len(each) != 1 or not isinstance(each[0], int) for each in values):
            return None
        numbers = [each[0] for each in values]
        if op == "Fill" and len(numbers) == 2:
            return (numbers[1],) * numbers[0] if 0 <= numbers[0] <= _SMALL else None
        if op == "Range" and len(numbers) == 3 and numbers[2]:
            found = range(*numbers)
            return tuple(found) if len(found) <= _SMALL else None
        return None

    def _are_vectors(self, outputs: Sequence[int]) -> bool:
        return all(len(self.shapes[each] or ()) == 1 for each in outputs)

    def _partial(self, inputs: Sequence[int], number: int) -> tuple[int, ...] | None:
        """The sizes of a shape that a node packs or reads from a tensor, -1 for those that it leaves open.

        core/common_runtime/shape_refiner.cc `ConstantPartialShape`, of which this follows two cases: Shape, and Pack of scalars.
        """
        owner = self.wires.owner(inputs[number]) if -len(inputs) <= number < len(inputs) else UNKNOWN
        if owner < 0:
            return None
        kind, sources = self._body.nodes.kinds[owner], self.wires.sources[owner]
        if kind.op == "Shape" and len(sources) == 1 and sources[0] != UNKNOWN:
            return self.shapes[sources[0]]
        axis = kind.attrs.get("axis")
        if kind.op != "Pack" or (axis is not None and axis.value != 0):
            return None
        found = []
        for source in range(len(sources)):
            value = self._constant(sources, source)
            if sources[source] == UNKNOWN or (self.shapes[sources[source]] or (value is not None and len(value) != 1)):
                return None
            found.append(max(value[0], -1) if value is not None else -1)
        return tuple(found)

    def _is_unreadable(self, op: str, inputs: Sequence[int], number: int) -> bool:
        """Whether an input is a constant that is no tensor, which 2.13 began to mind (eval_const_tensor.cc `EvaluateConstantTensor`)."""
        value = self._tensor(inputs, number)
        if value is not None or op not in _SHAPES_OF:
            return value is not None and is_unreadable(value)
        owner = self.wires.owner(inputs[number]) if -len(inputs) <= number < len(inputs) else UNKNOWN
        packed = self.wires.sources[owner] if owner >= 0 and self._body.nodes.kinds[owner].op == "Pack" else ()
        pieces = (self._tensor(packed, each) for each in range(len(packed)))
        return any(piece is not None and is_unreadable(piece) for piece in pieces)

    def _is_mistyped(self, inputs: Sequence[int], number: int) -> bool:
        """Whether an input is a constant of integers whose value is of another type, which shape functions read as integers."""
        value = self._tensor(inputs, number)
        if value is None or value.dtype in _INTEGERS:
            return False
        declared = self._body.nodes.kinds[self.wires.owner(inputs[number])].attrs.get("dtype")
        return declared is not None and declared.value in _INTEGERS

    def _tensor(self, inputs: Sequence[int], number: int) -> TensorValue | None:
        """The value of an input that is a constant."""
        if not -len(inputs) <= number < len(inputs) or inputs[number] == UNKNOWN:
            return None
        owner = self.wires.owner(inputs[number])
        kind = self._body.nodes.kinds[owner] if owner >= 0 else None
        attr = kind.attrs.get("value") if kind is not None and kind.op == "Const" else None
        return attr.value if attr is not None and isinstance(attr.value, TensorValue) else None

    def _scalar_handles(self) -> dict[int, Shape]:
        """Arguments whose own shape, a handle's, old releases take for that of the variable behind it.

        core/ops/training_ops.cc `ShapeOrHandleShape`, which returns an unknown shape since. A session knows better: it infers
        a function with the handles of its caller (core/common_runtime/shape_refiner.cc `InferShapesForFunction`).
        """
        function = self._body.graph.functions[self._body.function] if self._body.function is not None else None
        inputs = function.attrs.get("_input_shapes") if function is not None else None
        if self._release >= (2, 2) or function is None or inputs is None or inputs.element != "shape":
            return {}
        pairs = zip(function.inputs, inputs.value, strict=False)
        return {number: shape for number, (each, shape) in enumerate(pairs) if each.type == _RESOURCE}

    def _call(self, kind: NodeKind, given: tuple[Shape, ...], read: tuple[tuple[Any, ...] | None, ...]) -> _Result:
        """What the op's shape function makes of shapes, with `_output_shapes` merged in."""
        types = self._ops.in_out(kind)
        count = len(types.outputs.types) if types is not None and not types.outputs.error else 0
        inferred: tuple[Shape, ...] = ()
        if kind.op in FUNCTIONS and count < MOST:
            values: list[tuple[Any, ...] | None] = [None] * len(given)
            try:
                for number, value in zip(_VALUES_OF.get(kind.op, ()), read, strict=False):
                    values[number] = value
                inferred = FUNCTIONS[kind.op](
                    Call(kind, self._ops.registered(kind.op), given, values, self._version, self._release)
                )
            except ShapeError as error:
                listed = ", ".join(map(words, given))
                return _Result(
                    (), f"{error} for '{{{{node {{name}}}}}}' (op: '{kind.op}') with input shapes: {listed}."
                )
            except (IndexError, TypeError, ZeroDivisionError):
                inferred = ()  # too few inputs, or attributes of the wrong kind or size: other checks say so
        inferred = inferred[:count]
        declared = kind.attrs.get("_output_shapes") if self._declared else None
        if declared is None or declared.kind not in ("", "list") or declared.element not in ("", "shape") or not count:
            return _Result(inferred)
        return _overridden(inferred, declared.value or (), count)


def is_control(tensor: str) -> bool:
    """Whether an input is one of control."""
    return tensor.startswith("^")


def import_shapes(body: Body, target: Target) -> Shapes:
    """The shapes of an import of a body, made once however many rules ask.

    The top level is held to its producer's version, a function to the running release's.
    """
    producer = body.graph.versions.producer
    version = producer if body.function is None else release(target.tensorflow).graph_def_version
    key = (Shapes, body.nodes, version, op_defs(body.graph, target), target.release)
    found: Shapes | None = body.graph.derived.get(key)
    if found is None:
        found = body.graph.derived[key] = Shapes(body, target, version)
    return found


def _overridden(inferred: tuple[Shape, ...], declared: tuple[Shape, ...], count: int) -> _Result:
    """The shapes after `_output_shapes` has been merged in."""
    if len(declared) < count:
        text = f"Node '{{name}}' has {count} outputs but the _output_shapes attribute specifies shapes for {len(declared)} outputs"
        return _Result(inferred, text, True)
    found = []
    for number, shape in enumerate(declared[:count]):
        if shape is not None and any(size < -1 for size in shape):
            listed = "[" + ",".join("?" if size == -1 else str(size) for size in shape) + "]"
            text = f"Node '{{name}} has an invalid _output_shapes attribute (shape #{number} error:'Shape {listed} has "
            return _Result(inferred, text + "dimensions with values below -1 (where -1 means unknown)'", True)
        try:
            found.append(merge(inferred[number] if number < len(inferred) else None, shape))
        except ShapeError as error:
            text = (
                f"Node '{{name}}' has an _output_shapes attribute inconsistent with the GraphDef for output #{number}: "
            )
            return _Result(inferred, text + str(error), True)
    return _Result(tuple(found))


def _arguments(function: Function) -> list[Shape]:
    """The shapes of a function's placeholders (python/framework/function_def_to_graph.py); handles are left open."""
    found: list[Shape] = []
    inputs = function.attrs.get("_input_shapes")
    declared = {
        number: attrs["_output_shapes"] for number, attrs in function.arg_attrs.items() if "_output_shapes" in attrs
    }
    for number, argument in enumerate(function.inputs):
        own = declared.get(number)
        shape: Shape = None
        if own is not None and own.kind == "list" and own.element == "shape" and own.value:
            shape = own.value[0]
        elif (
            inputs is not None
            and inputs.element == "shape"
            and number < len(inputs.value)
            and argument.type != _RESOURCE
        ):
            shape = inputs.value[number]
        found.append(shape)
    return found
