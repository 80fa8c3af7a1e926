"""What is behind handles: shapes of variables, and of the elements of tensor arrays, which `ReadVariableOp` and its like see.

Source: core/ops/resource_variable_ops.cc, data_flow_ops.cc (`TensorArrayV3`: where its elements are of one known shape), and of what
passes a handle on with all that is known of it control_flow_ops.cc (`Enter`), array_ops.cc (`Identity`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.graphs.shapes.algebra import Shape, merge, with_rank, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction
from analyzer.graphs.shapes.updates import HANDLES
from analyzer.parts.graph import NodeKind
from analyzer.tables.dtypes import name_of

_ARRAYS = ("TensorArrayReadV3", "TensorArrayWriteV3", "TensorArrayGatherV3", "TensorArrayScatterV3")
_SCATTERS = tuple(f"ResourceScatter{name}" for name in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Update"))
_TYPED = frozenset(
    (
        *("ReadVariableOp", "AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "ResourceGather"),
        *_SCATTERS,
    )
)
PASSING = {"Identity": 1, "Enter": 1, "Switch": 2, "TensorArrayGradV3": 1}
"""Ops that pass a handle on, and to how many outputs."""
BY_HANDLE = {**dict.fromkeys((*_TYPED, "VariableShape", *_ARRAYS), 1), **HANDLES}
"""How many of the first inputs are handles, of which an op is given the shapes behind them."""
MAKERS = frozenset(("VarHandleOp", "TensorArrayV3"))
"""Ops whose first output is a handle."""


class Handles:
    """What is known of the handles of a body, by output number."""

    def __init__(self) -> None:
        self.shapes: dict[int, Shape] = {}
        self._types: dict[int, Any] = {}

    def note(self, kind: NodeKind, inputs: Sequence[int], first: int) -> None:
        """Take in a node that makes a handle or passes one on; its outputs are numbered from `first` on."""
        for output in range(first, first + PASSING.get(kind.op, 1)):
            if kind.op in MAKERS:
                if _is_said(kind):
                    self.shapes[output] = _shape_of(kind)
                if kind.op == "VarHandleOp":
                    self._types[output] = _type_of(kind)
            elif inputs and inputs[0] in self.shapes:
                self.shapes[output] = self.shapes[inputs[0]]
                self._types[output] = self._types.get(inputs[0])

    def behind(self, kind: NodeKind, handle: int) -> Shape:
        """The shape behind a handle; a gathering node's own word where the array says nothing (core/ops/data_flow_ops.cc)."""
        if kind.op == "TensorArrayGatherV3" and handle not in self.shapes:
            return _shape_of(kind)
        return self.shapes.get(handle)

    def complaint(self, kind: NodeKind, inputs: Sequence[int]) -> str:
        """What is said where an op takes the variable for one of another type (`ValidateVariableResourceHandle`)."""
        have, wanted = self._types.get(inputs[0]) if inputs else None, _type_of(kind)
        if kind.op not in _TYPED or have is None or wanted is None or have == wanted:
            return ""
        return f"Trying to read variable with wrong dtype. Expected {name_of(have)} got {name_of(wanted)}"


def _type_of(kind: NodeKind) -> Any:
    attr = kind.attrs.get("dtype")
    return attr.value if attr is not None and attr.kind == "type" else None


def _shape_of(kind: NodeKind) -> Shape:
    """The shape behind a handle that is made here, or what a node says of the elements of an array."""
    attr = kind.attrs.get("shape" if kind.op == "VarHandleOp" else "element_shape")
    shape: Shape = attr.value if attr is not None and attr.kind == "shape" else None
    return shape


def _is_said(kind: NodeKind) -> bool:
    """Whether a handle says what is behind it: of an array's elements, where they are alike or of one known shape."""
    alike, shape = kind.attrs.get("identical_element_shapes"), _shape_of(kind)
    known = shape is not None and all(size >= 0 for size in shape)
    return kind.op == "VarHandleOp" or known or (alike is not None and alike.value is True)


def _read(call: Call) -> tuple[Shape, ...]:
    with_rank(call.shapes[1], 0)
    with_rank(call.shapes[2], 0)
    return (call.shapes[0],)


def _write(call: Call) -> tuple[Shape, ...]:
    with_rank(call.shapes[1], 0)
    with_rank(call.shapes[3], 0)
    merge(call.shapes[0], call.shapes[2])
    return ((),)


def _gather(call: Call) -> tuple[Shape, ...]:
    """TensorArrayGatherV3: an element for each index."""
    element, indices = call.shapes[0], with_rank(call.shapes[1], 1)
    with_rank(call.shapes[2], 0)
    assert indices is not None
    return (None if element is None else (*indices, *element),)


def _scatter(call: Call) -> tuple[Shape, ...]:
    element, indices, value = call.shapes[0], with_rank(call.shapes[1], 1), call.shapes[2]
    with_rank(call.shapes[3], 0)
    value = with_rank_at_least(value, 1)
    if value is not None:
        merge(value[:1], indices)
        merge(element, value[1:])
    return ((),)


def _assigned(call: Call) -> tuple[Shape, ...]:
    """Assignments to variables give nothing."""
    merge(call.shapes[0], call.shapes[1])
    return ()


def _variable_shape(call: Call) -> tuple[Shape, ...]:
    return ((-1 if call.shapes[0] is None else len(call.shapes[0]),),)


def _gathered(call: Call) -> tuple[Shape, ...]:
    """ResourceGather: along the first axis; batches are left open."""
    variable, indices = with_rank_at_least(call.shapes[0], 1), call.shapes[1]
    if variable is None or indices is None or call.attr("batch_dims"):
        return (None,)
    return ((*indices, *variable[1:]),)


def _scattered(call: Call) -> tuple[Shape, ...]:
    """`ResourceScatterUpdateShape`: a scalar goes to every place."""
    variable, indices, updates = call.shapes[:3]
    if variable and indices is not None and updates != ():
        merge(updates, (*indices, *variable[1:]))
    return ()


BEHIND: dict[str, ShapeFunction] = {
    **dict(zip(_ARRAYS, (_read, _write, _gather, _scatter), strict=True)),
    **dict.fromkeys(("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"), _assigned),
    **dict.fromkeys(_SCATTERS, _scattered),
    "ResourceGather": _gathered,
    "VariableShape": _variable_shape,
}
