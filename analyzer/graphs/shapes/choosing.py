"""Shape functions of ops that choose elements, or multiply many matrices (core/ops/math_ops.cc, array_ops.cc, nn_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    broadcast,
    merge,
    merge_sizes,
    with_rank,
    with_rank_at_least,
)
from analyzer.graphs.shapes.call import Call, ShapeFunction

_PARTITIONS = ("FIRST_DIM_SIZE", "VALUE_ROWIDS", "ROW_LENGTHS", "ROW_SPLITS", "ROW_LIMITS", "ROW_STARTS")


def _select(call: Call) -> tuple[Shape, ...]:
    """Select: the condition is a scalar, a vector of rows, or of the same shape."""
    condition, first, second = call.shapes
    values = merge(first, second)
    if condition is None or values is None or not condition:
        return (values,)
    if len(condition) == 1 and len(values) != 1:
        rows = with_rank_at_least(values, 1)
        assert rows is not None
        merge_sizes(condition[0], rows[0])
        return (values,)
    merge(condition, values)
    return (values,)


def _select_v2(call: Call) -> tuple[Shape, ...]:
    condition, first, second = call.shapes
    return (broadcast(condition, broadcast(first, second)),)


def _arg(call: Call) -> tuple[Shape, ...]:
    """ArgMax and ArgMin."""
    shape, axis = call.shapes[0], call.values[1]
    with_rank(call.shapes[1], 0)
    if shape is None:
        return (None,)
    rank = len(shape)
    if rank <= 1:
        return ((),)
    if axis is None:
        return ((-1,) * (rank - 1),)
    if not -rank <= axis[0] < rank:
        raise ShapeError(
            f"Dimension ({axis[0]}) must be in the range [{-rank}, {rank}), where {rank} is the number of dimensions in the input"
        )
    at = axis[0] % rank
    return ((*shape[:at], *shape[at + 1 :]),)


def _top_k(call: Call) -> tuple[Shape, ...]:
    shape = with_rank_at_least(call.shapes[0], 1)
    if call.kind.op == "TopKV2":
        count = call.values[1][0] if call.values[1] is not None else -1
    else:
        count = call.attr("k")
    if shape is None:
        return (None, None)
    if count >= 0 and 0 <= shape[-1] < count:
        raise ShapeError(f"input must have last dimension >= k = {count} but is {shape[-1]}")
    found = (*shape[:-1], count if count >= 0 else -1)
    return (found, found)


def _batch_matmul(call: Call) -> tuple[Shape, ...]:
    first, second = with_rank_at_least(call.shapes[0], 2), with_rank_at_least(call.shapes[1], 2)
    if first is None or second is None:
        return (None,)
    rows, inner = first[-2:] if not call.attr("adj_x") else first[:-3:-1]
    other, columns = second[-2:] if not call.attr("adj_y") else second[:-3:-1]
    if call.kind.op == "BatchMatMul":
        batch = merge(first[:-2], second[:-2])
    else:
        batch = broadcast(first[:-2], second[:-2])
    merge_sizes(inner, other)
    return ((*batch, rows, columns) if batch is not None else None,)


def _quantize(call: Call) -> tuple[Shape, ...]:
    """QuantizeV2 and Dequantize: a range for all, or one for each channel."""
    if call.attr("axis") in (None, -1):
        for each in call.shapes[1:3]:
            with_rank(each, 0)
    return (call.shapes[0],)


def _cross_entropy(call: Call) -> tuple[Shape, ...]:
    """SoftmaxCrossEntropyWithLogits: logits and labels go together as matrices."""
    shape = broadcast(call.shapes[0], call.shapes[1])
    if shape is not None and len(shape) != 2:
        raise ShapeError(f"Shape must be broadcasted with rank 2, but is rank {len(shape)}")
    return ((shape[0],), shape) if shape is not None else (None, None)


def _string_join(call: Call) -> tuple[Shape, ...]:
    """StringJoin: of one shape, but for scalars."""
    if any(shape is None for shape in call.shapes):
        return (None,)
    shape: Shape = None
    for each in call.shapes:
        if each:
            shape = merge(shape, each)
    return (shape if shape is not None else (),)


def _ragged_splits(call: Call) -> tuple[Shape, ...]:
    """RaggedGather and RaggedTensorToSparse: what splits the values into rows are vectors."""
    count: int = call.attr("PARAMS_RAGGED_RANK" if call.kind.op == "RaggedGather" else "RAGGED_RANK")
    for splits in call.shapes[:count]:
        with_rank(splits, 1)
    return ()


def _ragged_to_tensor(call: Call) -> tuple[Shape, ...]:
    """RaggedTensorToTensor: partitions of known kinds and of the ranks that go with them; what comes out is left open.

    core/ops/ragged_conversion_ops.cc `ValidateRowPartitionTypesAndShapes`, core/util/ragged_to_dense_util.cc.
    """
    kinds = call.attr("row_partition_types")
    if not isinstance(kinds, tuple) or call.attr("num_row_partition_tensors") != len(call.shapes) - 3:
        return ()
    names = [each.decode("utf-8", "replace") for each in kinds if isinstance(each, bytes)]
    for name in names:
        if name not in _PARTITIONS:
            raise ShapeError(f"Unknown string for partition info type: {name}")
    if len(names) != len(call.shapes) - 3:
        text = (
            f"Number of row partition tensors ({len(call.shapes) - 3}) does not equal the number of row partition types"
        )
        raise ShapeError(f"{text}({len(names)}).")
    for name, shape in zip(names, call.shapes[3:], strict=True):
        if shape is not None and len(shape) != (name != "FIRST_DIM_SIZE"):
            scalar = name == "FIRST_DIM_SIZE"
            raise ShapeError("FIRST_DIM_SIZE must be a scalar." if scalar else "Row partition must be a vector.")
    return ()


def _sparse_concat(call: Call) -> tuple[Shape, ...]:
    """SparseConcat: indices, values and shapes, each as often as there are tensors."""
    count: int = call.attr("N")
    for number, shape in enumerate(call.shapes):
        with_rank(shape, 2 if number < count else 1)
    return ()


def _ensure_shape(call: Call) -> tuple[Shape, ...]:
    return (merge(call.shapes[0], call.attr("shape")),)


CHOSEN: dict[str, ShapeFunction] = {
    **dict.fromkeys(("ArgMax", "ArgMin"), _arg),
    **dict.fromkeys(("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), _batch_matmul),
    **dict.fromkeys(("Dequantize", "QuantizeV2"), _quantize),
    "EnsureShape": _ensure_shape,
    **dict.fromkeys(("RaggedGather", "RaggedTensorToSparse"), _ragged_splits),
    "Select": _select,
    "SelectV2": _select_v2,
    "SoftmaxCrossEntropyWithLogits": _cross_entropy,
    "RaggedTensorToTensor": _ragged_to_tensor,
    "SparseConcat": _sparse_concat,
    "StringJoin": _string_join,
    **dict.fromkeys(("TopK", "TopKV2"), _top_k),
}
