"""Shape functions of common ops, as they are registered (core/ops/*.cc, core/framework/common_shape_fns.cc).

A function takes a `Call` and returns the shapes of the outputs, or raises ShapeError.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    broadcast,
    elements,
    merge,
    merge_sizes,
    with_rank,
    with_rank_at_least,
    words,
)
from analyzer.graphs.shapes.call import Call, ShapeFunction
from analyzer.graphs.shapes.made import MADE
from analyzer.graphs.shapes.reductions import REDUCED
from analyzer.graphs.shapes.saving import SAVING
from analyzer.graphs.shapes.stitching import STITCHED
from analyzer.graphs.shapes.updates import UPDATING
from analyzer.graphs.shapes.windows import WINDOWED


def _const(call: Call) -> tuple[Shape, ...]:
    value = call.kind.attrs.get("value")
    if value is None or value.kind != "tensor":
        return (None,)
    shape: Shape = value.value.shape
    if shape is not None and any(size < 0 for size in shape):
        listed = "[" + ",".join("?" if size == -1 else str(size) for size in shape) + "]"
        raise ShapeError(f"Shape {listed} is not fully defined")
    return (shape,)


def _placeholder(call: Call) -> tuple[Shape, ...]:
    shape = _checked(call.attr("shape"))
    legacy_scalar = call.version <= 21 and shape == ()  # a scalar also stood for an unknown shape
    return (None if legacy_scalar else shape,)


def _legacy_variable(call: Call) -> tuple[Shape, ...]:
    return (_checked(call.attr("shape")) or None,)  # a scalar also stood for an unknown shape


def _explicit_shape(call: Call) -> tuple[Shape, ...]:
    return (_checked(call.attr("shape")),)


def _checked(shape: Any) -> Shape:
    if not isinstance(shape, tuple):
        return None
    if any(size < -1 for size in shape):
        listed = "[" + ",".join(str(size) if size != -1 else "?" for size in shape) + "]"
        raise ShapeError(f"Shape {listed} has dimensions with values below -1 (where -1 means unknown)")
    return shape


def _placeholder_with_default(call: Call) -> tuple[Shape, ...]:
    shape = _checked(call.attr("shape"))
    merge(call.shapes[0], shape)
    return (shape,)


def _unchanged(call: Call) -> tuple[Shape, ...]:
    return (call.shapes[0],)


def _broadcast(call: Call) -> tuple[Shape, ...]:
    return (broadcast(call.shapes[0], call.shapes[1]),)


def _comparison(call: Call) -> tuple[Shape, ...]:
    """Equal and NotEqual: with incompatible_shape_error=False any shapes go together."""
    if call.attr("incompatible_shape_error") is False:
        return (None,)
    return _broadcast(call)


def _add_n(call: Call) -> tuple[Shape, ...]:
    shape: Shape = None
    for each in reversed(call.shapes):
        shape = merge(shape, each)
    return (shape,)


def _matmul(call: Call) -> tuple[Shape, ...]:
    first, second = with_rank(call.shapes[0], 2), with_rank(call.shapes[1], 2)
    assert first is not None and second is not None
    rows, inner = reversed(first) if call.attr("transpose_a") else first
    other, columns = reversed(second) if call.attr("transpose_b") else second
    merge_sizes(inner, other)
    return ((rows, columns),)


def _bias_add(call: Call) -> tuple[Shape, ...]:
    channels_first = call.attr("data_format") == "NCHW"
    value = with_rank_at_least(call.shapes[0], 3 if channels_first else 2)
    bias = with_rank(call.shapes[1], 1)
    assert bias is not None
    if value is None:
        return (None,)
    if channels_first and len(value) != 4:
        return (value,)  # releases differ in which axis they take
    axis = 1 if channels_first else len(value) - 1
    size = merge_sizes(value[axis], bias[0])
    return ((*value[:axis], size, *value[axis + 1 :]),)


def _reshape(call: Call) -> tuple[Shape, ...]:
    wanted = call.values[1]
    with_rank(call.shapes[1], 1)
    if wanted is None:
        count = call.shapes[1][0] if call.shapes[1] is not None else -1
        return ((-1,) * count if count >= 0 else None,)
    total = elements(call.shapes[0])
    known = elements(tuple(size for size in wanted if size >= 0))
    unknown = sum(size < 0 for size in wanted)
    if total < 0 or unknown > 1:
        return (tuple(-1 if size < 0 else size for size in wanted),)
    if not unknown:
        if total != known:
            raise ShapeError(
                f"Cannot reshape a tensor with {total} elements to shape {words(tuple(wanted))} ({known} elements)"
            )
        return (tuple(wanted),)
    if known == 0:
        return (tuple(-1 if size < 0 else size for size in wanted),)
    if total % known:
        raise ShapeError(f"Dimension size must be evenly divisible by {known} but is {total}")
    return (tuple(total // known if size < 0 else size for size in wanted),)


def _concat(call: Call) -> tuple[Shape, ...]:
    """ConcatV2: the axis is the last input."""
    return _concatenated(call, call.shapes[:-1], call.shapes[-1], call.values[-1])


def _concat_v1(call: Call) -> tuple[Shape, ...]:
    return _concatenated(call, call.shapes[1:], call.shapes[0], call.values[0])


def _concatenated(call: Call, parts: Sequence[Shape], axis_shape: Shape, axis_value: Any) -> tuple[Shape, ...]:
    with_rank(axis_shape, 0)
    rank = next((len(shape) for shape in parts if shape is not None), None)
    if axis_value is None or rank is None:
        return ((-1,) * rank if rank is not None and axis_value is None else None,)
    axis = axis_value[0]
    least = axis + 1 if axis >= 0 else -axis
    for shape in parts:
        with_rank_at_least(shape, max(least, 1))
    if any(shape is None for shape in parts):
        return (None,)
    position = axis if axis >= 0 else rank + axis
    before: Shape = None
    after: Shape = None
    total = 0
    for shape in parts:
        assert shape is not None
        at = axis if axis >= 0 else len(shape) + axis
        before, after = merge(before, shape[:at]), merge(after, shape[at + 1 :])
        total = -1 if total < 0 or shape[at] < 0 else total + shape[at]
    assert before is not None and after is not None and position is not None
    return ((*before, total, *after),)


def _pack(call: Call) -> tuple[Shape, ...]:
    shape: Shape = None
    for each in reversed(call.shapes):
        shape = merge(shape, each)
    if shape is None:
        return (None,)
    axis = call.attr("axis") or 0
    rank = len(shape) + 1
    if not -rank <= axis < rank:
        raise ShapeError(f"Invalid axis: {axis}; must be in [{-rank},{rank})")
    at = axis if axis >= 0 else rank + axis
    return ((*shape[:at], len(call.shapes), *shape[at:]),)


def _expand_dims(call: Call) -> tuple[Shape, ...]:
    shape, axis = call.shapes[0], call.values[1]
    if shape is None or axis is None or len(axis) != 1:
        return ((-1,) * (len(shape) + 1) if shape is not None and axis is None else None,)
    rank = len(shape)
    if not -rank - 1 <= axis[0] <= rank:
        raise ShapeError(f"dim {axis[0]} not in the interval [{-rank - 1}, {rank}].")
    at = axis[0] if axis[0] >= 0 else axis[0] + rank + 1
    return ((*shape[:at], 1, *shape[at:]),)


def _transpose(call: Call) -> tuple[Shape, ...]:
    shape, order = call.shapes[0], call.values[1]
    with_rank(call.shapes[1], 1)
    if order is None:
        return ((-1,) * len(shape) if shape is not None else None,)
    shape = with_rank(shape, len(order))
    assert shape is not None
    rank = len(shape)
    if any(not -rank <= axis < rank for axis in order):
        wrong = next(axis for axis in order if not -rank <= axis < rank)
        raise ShapeError(f"perm dim {wrong} is out of range of input rank {rank}")
    return (tuple(shape[axis] for axis in order),)


def _shape_of(call: Call) -> tuple[Shape, ...]:
    return ((-1 if call.shapes[0] is None else len(call.shapes[0]),),)


def _scalar(call: Call) -> tuple[Shape, ...]:
    return ((),)


def _assign(call: Call) -> tuple[Shape, ...]:
    if call.attr("validate_shape"):
        return (merge(call.shapes[0], call.shapes[1]),)
    return (call.shapes[1],)


def _assign_update(call: Call) -> tuple[Shape, ...]:
    return (merge(call.shapes[0], call.shapes[1]),)


def _fill(call: Call) -> tuple[Shape, ...]:
    with_rank(call.shapes[0], 1)
    with_rank(call.shapes[1], 0)
    if call.values[0] is None:
        count = call.shapes[0][0] if call.shapes[0] is not None else -1
        return ((-1,) * count if count >= 0 else None,)
    if any(size < 0 for size in call.values[0]):
        raise ShapeError("Fill dimensions must be >= 0")
    return (tuple(call.values[0]),)


def _parse_example(call: Call) -> tuple[Shape, ...]:
    """ParseExample: the serialized examples are a vector (core/ops/parsing_ops.cc)."""
    with_rank(call.shapes[0], 1)
    with_rank(call.shapes[1], 1)
    sparse = call.attr("Nsparse") or 0
    dense = call.attr("dense_shapes") or ()
    batch = call.shapes[0][0] if call.shapes[0] is not None else -1
    outputs: list[Shape] = [*[(-1, 2)] * sparse, *[(-1,)] * sparse, *[(2,)] * sparse]
    outputs += [None if shape is None else (batch, *shape) for shape in dense]
    return tuple(outputs)


def _batch_norm_gradient(call: Call) -> tuple[Shape, ...]:
    """FusedBatchNormGrad: until 2.1 the last outputs of one that does not train were as long as there are channels.

    core/framework/common_shape_fns.cc `FusedBatchNormGradShape`; graphs that an older release wrote say so in `_output_shapes`.
    """
    reserved: Shape = (0,)
    if not call.since_2_2 and not call.attr("is_training"):
        value, scale = call.shapes[0], with_rank(call.shapes[2], 1)
        channel = 1 if str(call.attr("data_format")).startswith("NC") else -1
        assert scale is not None
        reserved = (merge_sizes(value[channel] if value else -1, scale[0]),)
    return (None, None, None, reserved, reserved)


def _enter(call: Call) -> tuple[Shape, ...]:
    """Enter and RefEnter: what does not change in the loop keeps its shape (core/ops/control_flow_ops.cc)."""
    return (call.shapes[0] if call.attr("is_constant") else None,)


def _serialize_iterator(call: Call) -> tuple[Shape, ...]:
    """SerializeIterator: a vector of variants since 2.2, a scalar before (core/ops/dataset_ops.cc)."""
    return ((-1,) if call.since_2_2 else (),)


def _restore(call: Call) -> tuple[Shape, ...]:
    """RestoreV2: as many names as slice specifications and outputs (core/ops/io_ops.cc); its results are left open."""
    with_rank(call.shapes[0], 0)
    merge(with_rank(call.shapes[1], 1), with_rank(call.shapes[2], 1))
    slices, dtypes = call.values[2], call.attr("dtypes")
    if slices is not None and isinstance(dtypes, tuple) and len(slices) != len(dtypes):
        raise ShapeError("The number of shape_and_slice doesn't match tensor outputs.")
    return ()


def _softmax(call: Call) -> tuple[Shape, ...]:
    return (with_rank_at_least(call.shapes[0], 1),)


_UNARY = [
    "Identity",
    "Relu",
    "Relu6",
    "Elu",
    "Selu",
    "LeakyRelu",
    "Softplus",
    "Softsign",
    "Sigmoid",
    "Tanh",
    "Abs",
    "Neg",
    "Exp",
    "Log",
    "Log1p",
    "Expm1",
    "Sqrt",
    "Rsqrt",
    "Square",
    "Sin",
    "Cos",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "Rint",
    "Erf",
    "Erfc",
    "Reciprocal",
    "Inv",
    "LogicalNot",
    "IsNan",
    "IsInf",
    "IsFinite",
    "Cast",
    "StopGradient",
    "PreventGradient",
    "CheckNumerics",
    "ZerosLike",
    "OnesLike",
    "Snapshot",
    "Conj",
    "Invert",
    "Digamma",
    "Lgamma",
]
_BINARY = [
    "Add",
    "AddV2",
    "Sub",
    "Mul",
    "Div",
    "RealDiv",
    "TruncateDiv",
    "FloorDiv",
    "FloorMod",
    "Mod",
    "TruncateMod",
    "Maximum",
    "Minimum",
    "Pow",
    "SquaredDifference",
    "Less",
    "LessEqual",
    "Greater",
    "GreaterEqual",
    "LogicalAnd",
    "LogicalOr",
    "Atan2",
    "DivNoNan",
    "MulNoNan",
    "Xdivy",
    "Xlogy",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
]

FUNCTIONS: dict[str, ShapeFunction] = {
    **WINDOWED,
    **MADE,
    **REDUCED,
    **SAVING,
    **STITCHED,
    **UPDATING,
    **dict.fromkeys(_UNARY, _unchanged),
    **dict.fromkeys(_BINARY, _broadcast),
    **dict.fromkeys(("Equal", "NotEqual"), _comparison),
    **dict.fromkeys(("AssignAdd", "AssignSub"), _assign_update),
    **dict.fromkeys(("VarHandleOp", "HashTableV2", "Rank", "Size"), _scalar),
    **dict.fromkeys(("Softmax", "LogSoftmax"), _softmax),
    **dict.fromkeys(("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"), _batch_norm_gradient),
    "AddN": _add_n,
    "Assign": _assign,
    "BiasAdd": _bias_add,
    "Concat": _concat_v1,
    "ConcatV2": _concat,
    "Const": _const,
    **dict.fromkeys(("Enter", "RefEnter"), _enter),
    "ExpandDims": _expand_dims,
    "Fill": _fill,
    "MatMul": _matmul,
    "Pack": _pack,
    "ParseExample": _parse_example,
    "Placeholder": _placeholder,
    "PlaceholderWithDefault": _placeholder_with_default,
    "Reshape": _reshape,
    "RestoreV2": _restore,
    "SerializeIterator": _serialize_iterator,
    "Shape": _shape_of,
    "Transpose": _transpose,
    "Variable": _legacy_variable,
    "ReadVariableOp": _unchanged,  # of the shape behind the handle
    "AssignVariableOp": _assign_update,
    "VariableV2": _explicit_shape,
}
