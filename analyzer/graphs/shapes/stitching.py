"""Shape functions of ops that take tensors apart by an index and put them together again (core/ops/data_flow_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, merge, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _stitch(call: Call) -> tuple[Shape, ...]:
    """DynamicStitch: each of the data begins with the shape of its indices, and what is left is the same for all."""
    count = call.attr("N")
    rest: Shape = None
    for indices, data in zip(call.shapes[:count], call.shapes[count:], strict=False):
        if indices is not None:
            rest = merge(rest, _behind(data, indices))
    return (None if rest is None else (-1, *rest),)


def _partition(call: Call) -> tuple[Shape, ...]:
    data, partitions = call.shapes
    count: int = call.attr("num_partitions")
    rest = None if partitions is None else _behind(data, partitions)
    each: Shape = (-1, *rest) if rest is not None else None
    return (each,) * count


def _behind(data: Shape, indices: tuple[int, ...]) -> Shape:
    """What is left of a shape behind a prefix (`MergePrefix`, `Subshape`)."""
    data = with_rank_at_least(data, len(indices))
    if data is None:
        return None
    merge(data[: len(indices)], indices)
    return data[len(indices) :]


STITCHED: dict[str, ShapeFunction] = {
    "DynamicPartition": _partition,
    **dict.fromkeys(("DynamicStitch", "ParallelDynamicStitch"), _stitch),
}
