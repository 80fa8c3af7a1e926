"""Shape functions of ops that take dimensions away (core/framework/common_shape_fns.cc `ReductionShape`, core/ops/array_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge_sizes, with_rank, with_rank_at_most
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _reduction(call: Call) -> tuple[Shape, ...]:
    shape, axes = call.shapes[0], call.values[1]
    if call.version >= 21:
        with_rank_at_most(call.shapes[1], 1)
    if shape is None:
        return (None,)
    keep = bool(call.attr("keep_dims"))
    if axes is None:
        return ((-1,) * len(shape) if keep else None,)
    rank, gone = len(shape), set()
    for axis in axes:
        if not -rank <= axis < rank:
            raise ShapeError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
        gone.add(axis % rank)
    if keep:
        return (tuple(1 if axis in gone else size for axis, size in enumerate(shape)),)
    return (tuple(size for axis, size in enumerate(shape) if axis not in gone),)


def _squeeze(call: Call) -> tuple[Shape, ...]:
    shape, dims = call.shapes[0], call.attr("squeeze_dims") or ()
    if shape is None:
        return (None,)
    for axis in dims:
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(f"squeeze_dims[{dims.index(axis)}] not in [{-len(shape)},{len(shape)}).")
    if not dims:
        return (None,) if any(size < 0 for size in shape) else (tuple(size for size in shape if size != 1),)
    gone = {axis % len(shape) for axis in dims}
    for axis in sorted(gone):
        if shape[axis] not in (-1, 1):
            raise ShapeError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {shape[axis]}")
    return (tuple(size for axis, size in enumerate(shape) if axis not in gone),)


def _batch_norm(call: Call) -> tuple[Shape, ...]:
    """FusedBatchNorm and FusedBatchNormV2; V3 takes five dimensions too."""
    volume = call.kind.op.endswith("V3") and call.attr("data_format") in ("NDHWC", "NCDHW")
    value = with_rank(call.shapes[0], 5 if volume else 4)
    if value is None or len(value) not in (4, 5) or call.attr("data_format") not in ("NHWC", "NCHW", "NDHWC", "NCDHW"):
        return (None,)
    axis = len(value) - 1 if str(call.attr("data_format")).endswith("C") else 1
    channels = value[axis]
    for shape in call.shapes[1 : 3 if call.attr("is_training") else 5]:
        vector = with_rank(shape, 1)
        assert vector is not None
        channels = merge_sizes(channels, vector[0])
    return ((*value[:axis], channels, *value[axis + 1 :]),)


REDUCED: dict[str, ShapeFunction] = {
    **dict.fromkeys(("Sum", "Mean", "Prod", "Max", "Min", "All", "Any", "ReduceJoin"), _reduction),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _batch_norm),
    "Squeeze": _squeeze,
}
