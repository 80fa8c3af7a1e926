"""Shape functions of ops that read or write at places which an input names (core/ops/array_ops.cc, common_shape_fns.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, merge_sizes, with_rank, with_rank_at_least, words
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _gather_nd(call: Call) -> tuple[Shape, ...]:
    values, indices = call.shapes[0], with_rank_at_least(call.shapes[1], 1)
    if values is None or indices is None or indices[-1] < 0:
        return (None,)
    if indices[-1] > len(values):
        raise ShapeError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: {words(indices)} and params shape: {words(values)}"
        )
    return ((*indices[:-1], *values[indices[-1] :]),)


def _scatter_nd(call: Call) -> tuple[Shape, ...]:
    """ScatterNd: indices, updates, and the shape of the result, which is left open."""
    with_rank(call.shapes[2], 1)
    _places(call.shapes[0], call.shapes[1], None)
    return (None,)


def _tensor_scatter(call: Call) -> tuple[Shape, ...]:
    values = with_rank_at_least(call.shapes[0], 1)
    _places(call.shapes[1], call.shapes[2], values)
    return (values,)


def _places(indices: Shape, updates: Shape, whole: Shape) -> None:
    """`ScatterNdShapeHelper`: updates begin with the shape of the indices and end with that of what is written to."""
    indices = with_rank_at_least(indices, 1)
    if indices is None or not updates or indices[-1] < 0:  # a scalar is written everywhere
        return
    outer = len(indices) - 1
    merge(indices[:-1], updates[:outer])
    if whole is not None and 0 <= indices[-1] <= len(whole):
        merge(updates[outer:], whole[indices[-1] :])


def _reverse_sequence(call: Call) -> tuple[Shape, ...]:
    shape, lengths = call.shapes[0], with_rank(call.shapes[1], 1)
    if shape is None:
        return (None,)
    for name in ("seq_dim", "batch_dim"):
        axis = call.attr(name) or 0
        if axis >= len(shape):
            raise ShapeError(f"{name} must be < input rank: {axis} vs. {len(shape)}")
    at = call.attr("batch_dim") or 0
    assert lengths is not None
    size = merge_sizes(shape[at], lengths[0])
    return ((*shape[:at], size, *shape[at + 1 :]) if at >= 0 else None,)


INDEXED: dict[str, ShapeFunction] = {
    "GatherNd": _gather_nd,
    "ReverseSequence": _reverse_sequence,
    "ScatterNd": _scatter_nd,
    **dict.fromkeys(("TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub"), _tensor_scatter),
}
