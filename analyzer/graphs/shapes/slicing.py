"""Shape functions of ops that cut tensors into pieces, or make them larger (core/ops/array_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge_sizes, with_rank, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction
from analyzer.graphs.shapes.strided import strided_slice


def _axis(axis: int, rank: int, low: int | None = None) -> int:
    """The axis, counted from the front; `-rank` to `rank - 1` are allowed."""
    if not (-rank if low is None else low) <= axis < rank:
        raise ShapeError(f"Dimension size, given by scalar input {axis} must be in range [{-rank}, {rank})")
    return axis if axis >= 0 else axis + rank


def _split(call: Call) -> tuple[Shape, ...]:
    """Split: the axis is the first input."""
    shape = call.shapes[1]
    count: int = call.attr("num_split")
    if shape is None or call.values[0] is None:
        if call.values[0] is not None:
            axis = call.values[0][0]
            with_rank_at_least(shape, axis + 1 if axis >= 0 else -axis)
        return ((-1,) * len(shape) if shape is not None else None,) * count
    at = _axis(call.values[0][0], len(shape))
    if shape[at] >= 0 and shape[at] % count:
        raise ShapeError(f"Dimension size must be evenly divisible by {count} but is {shape[at]}")
    size = shape[at] // count if shape[at] >= 0 else -1
    return ((*shape[:at], size, *shape[at + 1 :]),) * count


def _split_v(call: Call) -> tuple[Shape, ...]:
    """SplitV: the value, the sizes, the axis."""
    shape, sizes, axis = call.shapes[0], call.values[1], call.values[2]
    count: int = call.attr("num_split")
    if shape is None or axis is None or sizes is None:
        return ((-1,) * len(shape) if shape is not None else None,) * count
    at = _axis(axis[0], len(shape))
    if any(size < -1 for size in sizes) or len(sizes) != count:
        return (None,) * count
    known, unknown = sum(size for size in sizes if size >= 0), sum(size < 0 for size in sizes)
    total = shape[at]
    if unknown > 1:
        return (None,) * count
    if total >= 0 and (known > total if unknown else known != total):
        raise ShapeError(f"can't split axis of size {total} into pieces of size {list(sizes)}")
    rest = total - known if total >= 0 else -1
    return tuple((*shape[:at], size if size >= 0 else rest, *shape[at + 1 :]) for size in sizes)


def _unpack(call: Call) -> tuple[Shape, ...]:
    shape, axis = call.shapes[0], call.attr("axis") or 0
    count: int = call.attr("num")
    if shape is None:
        return (None,) * count
    rank = len(shape)
    if not -rank <= axis < rank:
        raise ShapeError(f"Invalid axis: {axis}; must be in [{-rank},{rank})")
    at = axis % rank
    if shape[at] not in (-1, count):
        raise ShapeError(f"Dimension must be {count} but is {shape[at]}")
    return ((*shape[:at], *shape[at + 1 :]),) * count


def _pad(call: Call) -> tuple[Shape, ...]:
    """Pad, PadV2 and MirrorPad: two sizes for each axis."""
    paddings = with_rank(call.shapes[1], 2)
    assert paddings is not None
    merge_sizes(paddings[1], 2)
    shape, value = call.shapes[0], call.values[1]
    if paddings[0] >= 0:
        shape = with_rank(shape, paddings[0])
    if shape is None:
        return (None,)
    if value is None or len(value) != 2 * len(shape):
        return ((-1,) * len(shape),)
    if any(size < 0 for size in value):
        raise ShapeError("Paddings must be non-negative")
    return (tuple(-1 if size < 0 else size + sum(value[2 * at : 2 * at + 2]) for at, size in enumerate(shape)),)


def _tile(call: Call) -> tuple[Shape, ...]:
    counts = with_rank(call.shapes[1], 1)
    assert counts is not None
    shape, value = call.shapes[0], call.values[1]
    if counts[0] >= 0:
        shape = with_rank(shape, counts[0])
    if shape is None:
        return (None,)
    merge_sizes(counts[0], len(shape))
    if value is None or len(value) != len(shape) or any(count < 0 for count in value):
        return ((-1,) * len(shape),)
    return (tuple(-1 if size < 0 else size * count for size, count in zip(shape, value, strict=True)),)


def _slice(call: Call) -> tuple[Shape, ...]:
    begin, size = with_rank(call.shapes[1], 1), with_rank(call.shapes[2], 1)
    assert begin is not None and size is not None
    count = merge_sizes(begin[0], size[0])
    shape = call.shapes[0] if count < 0 else with_rank(call.shapes[0], count)
    if shape is None:
        return (None,)
    starts, sizes = call.values[1], call.values[2]
    if sizes is None or len(sizes) != len(shape) or (starts is not None and len(starts) != len(shape)):
        return ((-1,) * len(shape),)
    return (tuple(map(_sliced, shape, starts or (None,) * len(shape), sizes)),)


def _sliced(whole: int, start: int | None, size: int) -> int:
    """`SliceHelper` (core/framework/common_shape_fns.cc): only what is left behind the start is compared with the whole."""
    if size < -1:
        raise ShapeError(f"Invalid value in tensor used for shape: {size}")
    if size >= 0:
        return size
    if start is None or start < 0 or whole < 0:
        return -1
    if start > whole:
        raise ShapeError(f"Negative dimension size caused by subtracting {start} from {whole}")
    return whole - start


def _depth_to_space(call: Call) -> tuple[Shape, ...]:
    return _blocks(call, spread=True)


def _space_to_depth(call: Call) -> tuple[Shape, ...]:
    return _blocks(call, spread=False)


def _blocks(call: Call, spread: bool) -> tuple[Shape, ...]:
    shape, block, data_format = with_rank(call.shapes[0], 4), call.attr("block_size"), call.attr("data_format")
    if data_format not in (None, "NHWC", "NCHW"):
        return (None,)
    assert shape is not None
    channel, rows, columns = (1, 2, 3) if data_format == "NCHW" else (3, 1, 2)
    found = list(shape)
    for at in (channel,) if spread else (rows, columns):
        found[at] = _divided(shape[at], block * block if spread else block)
    for at in (rows, columns) if spread else (channel,):
        found[at] = -1 if shape[at] < 0 else shape[at] * (block if spread else block * block)
    return (tuple(found),)


def _divided(size: int, by: int) -> int:
    if size < 0:
        return -1
    if size % by:
        raise ShapeError(f"Dimension size must be evenly divisible by {by} but is {size}")
    return size // by


def _to_batch(call: Call) -> tuple[Shape, ...]:
    """SpaceToBatchND and BatchToSpaceND: what says how many axes there are has to be known."""
    blocks = call.shapes[1]
    if blocks is None or len(blocks) != 1:
        raise ShapeError("block_shape must have rank 1.")
    if blocks[0] < 0:
        raise ShapeError("block_shape must have known size.")
    with_rank_at_least(call.shapes[0], blocks[0] + 1)
    pads = with_rank(call.shapes[2], 2)
    assert pads is not None
    merge_sizes(pads[0], blocks[0])
    merge_sizes(pads[1], 2)
    return (None if call.shapes[0] is None else (-1,) * len(call.shapes[0]),)


SLICED: dict[str, ShapeFunction] = {
    **dict.fromkeys(("BatchToSpaceND", "SpaceToBatchND"), _to_batch),
    "DepthToSpace": _depth_to_space,
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), _pad),
    "Slice": _slice,
    "SpaceToDepth": _space_to_depth,
    "Split": _split,
    "SplitV": _split_v,
    "StridedSlice": strided_slice,
    "Tile": _tile,
    "Unpack": _unpack,
}
"""The values of inputs that these read are in infer.py."""
