"""Shape functions of common ops, as they are registered (core/ops/*.cc, core/framework/common_shape_fns.cc).

A function takes a `Call` and returns the shapes of the outputs, or raises ShapeError.
"""

from __future__ import annotations

from typing import Any

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    merge,
    merge_sizes,
    of_rank,
    with_rank,
    with_rank_at_least,
    with_rank_at_most,
)
from analyzer.graphs.shapes.announced import ANNOUNCED
from analyzer.graphs.shapes.arranging import ARRANGED
from analyzer.graphs.shapes.call import Call, ShapeFunction
from analyzer.graphs.shapes.choosing import CHOSEN
from analyzer.graphs.shapes.einsum import einsum
from analyzer.graphs.shapes.elementwise import ELEMENTWISE
from analyzer.graphs.shapes.handles import BEHIND
from analyzer.graphs.shapes.indexed import INDEXED
from analyzer.graphs.shapes.made import MADE
from analyzer.graphs.shapes.plain import PLAIN
from analyzer.graphs.shapes.reductions import REDUCED
from analyzer.graphs.shapes.saving import SAVING
from analyzer.graphs.shapes.slicing import SLICED
from analyzer.graphs.shapes.stitching import STITCHED
from analyzer.graphs.shapes.updates import UPDATING
from analyzer.graphs.shapes.windows import WINDOWED


def _const(call: Call) -> tuple[Shape, ...]:
    value = call.kind.attrs.get("value")
    if value is not None and value.kind in ("s", "i", "f", "b", "type", "shape", "list", "func"):
        said = {"s": "string", "i": "int", "f": "float", "b": "bool"}.get(value.kind, value.kind)
        raise ShapeError(f"AttrValue had value with type '{said}' when 'tensor' expected")
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


def _shape_of(call: Call) -> tuple[Shape, ...]:
    return ((-1 if call.shapes[0] is None else len(call.shapes[0]),),)


def _scalar(call: Call) -> tuple[Shape, ...]:
    return ((),)


def _variable_handle(call: Call) -> tuple[Shape, ...]:
    """VarHandleOp: a scalar, whose shape attribute is looked at (core/ops/resource_variable_ops.cc)."""
    _checked(call.attr("shape"))
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
        return (of_rank(count),)
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


def _parse_example_v2(call: Call) -> tuple[Shape, ...]:
    """ParseExampleV2: one example or a vector of them; what is ragged is left open."""
    examples = with_rank_at_most(call.shapes[0], 1)
    with_rank_at_most(call.shapes[1], 1)
    for keys in call.shapes[2:5]:
        with_rank(keys, 1)
    sparse, rank = call.attr("num_sparse") or 0, len(examples) + 1 if examples is not None else -1
    outputs: list[Shape] = [*[(-1, rank)] * sparse, *[(-1,)] * sparse, *[(rank,)] * sparse]
    for shape in call.attr("dense_shapes") or ():
        outputs.append(None if shape is None or examples is None else (*examples, *shape))
    return tuple(outputs)


def _batch_norm_gradient(call: Call) -> tuple[Shape, ...]:
    """FusedBatchNormGrad: until 2.1 the last outputs of one that does not train were as long as there are channels.

    core/framework/common_shape_fns.cc `FusedBatchNormGradShape`; graphs that an older release wrote say so in `_output_shapes`.
    """
    reserved: Shape = (0,)
    if call.release < (2, 2) and not call.attr("is_training"):
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
    return ((-1,) if call.release >= (2, 2) else (),)


def _trained_trees(call: Call) -> tuple[Shape, ...]:
    """BoostedTreesTrainingPredict: until 2.0 each bucketized feature is a vector (core/ops/boosted_trees_ops.cc)."""
    for feature in () if call.release >= (2, 1) else call.shapes[3:]:
        with_rank(feature, 1)
    return ()


def _dequeued(call: Call) -> tuple[Shape, ...]:
    """QueueDequeueManyV2: as many as a constant says; what the queue holds is left open (core/ops/data_flow_ops.cc)."""
    return ()


FUNCTIONS: dict[str, ShapeFunction] = {
    **PLAIN,
    **ANNOUNCED,
    **ARRANGED,
    **ELEMENTWISE,
    **WINDOWED,
    **MADE,
    **REDUCED,
    **SAVING,
    **CHOSEN,
    **INDEXED,
    **SLICED,
    **STITCHED,
    **UPDATING,
    **BEHIND,
    **dict.fromkeys(("AssignAdd", "AssignSub"), _assign_update),
    **dict.fromkeys(("HashTableV2", "Rank", "Size"), _scalar),
    **dict.fromkeys(("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"), _batch_norm_gradient),
    "Assign": _assign,
    "BiasAdd": _bias_add,
    "BoostedTreesTrainingPredict": _trained_trees,
    "Const": _const,
    **dict.fromkeys(("Enter", "RefEnter"), _enter),
    "Fill": _fill,
    "Einsum": einsum,
    "MatMul": _matmul,
    "ParseExample": _parse_example,
    "ParseExampleV2": _parse_example_v2,
    "Placeholder": _placeholder,
    "PlaceholderWithDefault": _placeholder_with_default,
    "QueueDequeueManyV2": _dequeued,
    "SerializeIterator": _serialize_iterator,
    "Shape": _shape_of,
    "VarHandleOp": _variable_handle,
    "Variable": _legacy_variable,
    "VariableV2": _explicit_shape,
}
