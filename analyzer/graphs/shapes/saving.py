"""Shape functions of ops that write and read checkpoints (core/ops/io_ops.cc)."""

from __future__ import annotations

import re

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, with_rank
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _sharded_filename(call: Call) -> tuple[Shape, ...]:
    for shape in call.shapes:
        with_rank(shape, 0)
    return ((),)


def _save(call: Call) -> tuple[Shape, ...]:
    """SaveV2: as many names as slice specifications; a sliced tensor is not looked at."""
    with_rank(call.shapes[0], 0)
    merge(with_rank(call.shapes[1], 1), with_rank(call.shapes[2], 1))
    return ()


def _merge_checkpoints(call: Call) -> tuple[Shape, ...]:
    with_rank(call.shapes[0], 1)
    with_rank(call.shapes[1], 0)
    return ()


def _restore(call: Call) -> tuple[Shape, ...]:
    """RestoreV2: as many names as slice specifications and outputs, which have the shapes of the slices."""
    with_rank(call.shapes[0], 0)
    merge(with_rank(call.shapes[1], 1), with_rank(call.shapes[2], 1))
    slices, dtypes = call.values[2], call.attr("dtypes")
    if slices is None or not isinstance(dtypes, tuple):
        return ()
    if len(slices) != len(dtypes):
        raise ShapeError("The number of shape_and_slice doesn't match tensor outputs.")
    return tuple(_sliced(each.decode("utf-8", "replace")) if each else None for each in slices)


def _sliced(specification: str) -> Shape:
    """The shape of a slice such as `4 2 0,2:-` (core/util/saved_tensor_slice_util.cc `ParseShapeAndSlice`)."""
    *sizes, slices = specification.split(" ")
    if not sizes:
        raise ShapeError(f"Need least two elements in shape_and_slice specification: {specification}")
    pairs = [_extent(each, slices) for each in slices.split(":") if each]
    whole = [int(size) if re.fullmatch(r"-?\d+", size.strip()) else None for size in sizes]
    if None in whole:
        raise ShapeError(f"Non numerical dimension in shape_and_slice: {specification}")
    if len(pairs) != len(whole):
        raise ShapeError(f"Mismatching ranks: shape has {len(whole)}, slice has {len(pairs)}: {specification}")
    found = []
    for number, (pair, size) in enumerate(zip(pairs, whole, strict=True)):
        assert size is not None
        if pair is not None and sum(pair) > size:
            raise ShapeError(f"Extent in dimension {number} out of bounds: {specification}")
        found.append(size if pair is None else pair[1])
    return tuple(found)


def _extent(text: str, whole: str) -> tuple[int, int] | None:
    """Start and length, None for all (core/framework/tensor_slice.cc `TensorSlice::Parse`)."""
    if text == "-":
        return None
    pair = re.fullmatch(r"\s*(-?\d+)\s*,\s*(-?\d+)\s*", text)
    if pair is None:
        raise ShapeError(f"Expected a pair of numbers or '-' but got '{text}': string = {whole}")
    start, length = int(pair[1]), int(pair[2])
    if start < 0 or length <= 0:
        raise ShapeError(f"Expected non-negative start and positive length but got start = {start}, length = {length}")
    return start, length


SAVING: dict[str, ShapeFunction] = {
    "MergeV2Checkpoints": _merge_checkpoints,
    "RestoreV2": _restore,
    "SaveV2": _save,
    "ShardedFilename": _sharded_filename,
}
