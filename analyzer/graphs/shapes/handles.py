"""What is behind handles: shapes of variables, and of the elements of tensor arrays, which `ReadVariableOp` and its like see.

Source: core/ops/resource_variable_ops.cc, data_flow_ops.cc (`TensorArrayV3`: where its elements are of one known shape), and of what
passes a handle on with all that is known of it control_flow_ops.cc (`Enter`), array_ops.cc (`Identity`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.graphs.shapes.algebra import Shape, merge, with_rank, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction
from analyzer.graphs.shapes.updates import HANDLES
from analyzer.parts.graph import NodeKind

_ARRAYS = ("TensorArrayReadV3", "TensorArrayWriteV3", "TensorArrayGatherV3", "TensorArrayScatterV3")
_PASSING = ("Identity", "Enter", "TensorArrayGradV3")
BY_HANDLE = {"ReadVariableOp": 1, "AssignVariableOp": 1, **dict.fromkeys(_ARRAYS, 1), **HANDLES}
"""How many of the first inputs are handles, of which an op is given the shapes behind them."""
HOLDERS = frozenset(("VarHandleOp", "TensorArrayV3", *_PASSING))
"""Ops whose first output may be a handle."""


def behind(kind: NodeKind, inputs: Sequence[int], handles: Mapping[int, Shape]) -> Shape:
    """The shape behind the handle that a node makes or passes on; None where it is not known, or there is no handle."""
    if kind.op in _PASSING:
        return handles.get(inputs[0]) if inputs else None
    name = "shape" if kind.op == "VarHandleOp" else "element_shape"
    attr, alike = kind.attrs.get(name), kind.attrs.get("identical_element_shapes")
    shape: Shape = attr.value if attr is not None and attr.kind == "shape" else None
    if kind.op == "VarHandleOp" or (alike is not None and alike.value is True):
        return shape
    return shape if shape is not None and all(size >= 0 for size in shape) else None


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
    element, indices = call.shapes[0], with_rank(call.shapes[1], 1)
    with_rank(call.shapes[2], 0)
    if element is None:
        announced = call.attr("element_shape")
        element = announced if isinstance(announced, tuple) else None
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


ARRAYS: dict[str, ShapeFunction] = dict(zip(_ARRAYS, (_read, _write, _gather, _scatter), strict=True))
