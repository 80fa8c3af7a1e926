"""Whether the slices of a partitioned tensor make up the whole, as TensorFlow decides it.

Sources: core/util/tensor_slice_set.cc (`Register`, `QueryMeta`), core/framework/tensor_slice.cc (`SliceTensorShape`),
core/util/tensor_bundle/tensor_bundle.cc (`GetSliceValue`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analyzer.parts.checkpoint import Entry, EntryFault, TensorSlice

COPIED = frozenset((1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 18, 29, 30))
"""Types whose slices `GetSliceValue` puts together; for others a tensor of several slices cannot be read. 29 and 30 (int4,
uint4) belong to it in every release that knows them; releases that do not cannot read such a tensor at all."""
_PAIRWISE = 300


def slice_fault(entry: Entry, stored: Sequence[Entry | None]) -> EntryFault | None:
    """What keeps the slices from being put together: `stored` holds the entry of each, None where there is none."""
    shape = entry.shape or ()
    shapes = []
    for part in entry.slices:
        sizes = slice_shape(shape, part)
        if isinstance(sizes, str):
            return _fault(entry, sizes)
        shapes.append(sizes)
    overlap = _overlap(entry.slices, shape)
    if overlap is not None:
        first, second = overlap
        return _fault(
            entry, f"Overlapping slices: existing slice = {debug_string(first)}, new slice = {debug_string(second)}"
        )
    whole = any(all(length == -1 for length in part.length) for part in entry.slices)
    if not whole and sum(map(_product, shapes)) != _product(shape):
        rank = ":".join(["-"] * len(shape))
        text = f"Does not have sufficient slices for partitioned tensor {entry.key} to restore in slice_spec: {rank}"
        return _fault(entry, text)
    for part, sizes, piece in zip(entry.slices, shapes, stored, strict=True):
        if all(length == -1 for length in part.length):
            continue  # the tensor's own entry stands for a full slice
        if piece is None:
            return _fault(entry, f"Key {entry.key} (slice {debug_string(part)}) not found in checkpoint")
        if piece.dtype != entry.dtype:
            return _fault(entry, f"slice {debug_string(part)} of {entry.key} is stored with another dtype")
        if entry.dtype not in COPIED and sizes != shape:
            return _fault(entry, f"Dtype of partitioned tensor {entry.key} not supported.")
    return None


def slice_shape(shape: tuple[int, ...], part: TensorSlice) -> tuple[int, ...] | str:
    """The shape of a slice, or why it is none of a tensor of that shape (TensorSlice::SliceTensorShape)."""
    if len(shape) != len(part.start):
        return f"Mismatching ranks: shape = {list(shape)}, slice = {debug_string(part)}"
    sizes = []
    for dimension, (size, start, length) in enumerate(zip(shape, part.start, part.length, strict=True)):
        if length == -1:
            sizes.append(size)
        elif start < 0 or length < 0 or start + length > size:
            return f"Extent in dimension {dimension} out of bounds: shape = {list(shape)}, slice = {debug_string(part)}"
        else:
            sizes.append(length)
    return tuple(sizes)


def debug_string(part: TensorSlice) -> str:
    """A slice as TensorFlow writes it: `-:0,5`."""
    extents = zip(part.start, part.length, strict=True)
    return ":".join("-" if length == -1 else f"{start},{length}" for start, length in extents)


def _overlap(parts: Sequence[TensorSlice], shape: tuple[int, ...]) -> tuple[TensorSlice, TensorSlice] | None:
    if len(parts) > _PAIRWISE:
        ordered = sorted(parts)
        pairs = list(pairwise(ordered))
    else:
        pairs = [(first, second) for number, second in enumerate(parts) for first in parts[:number]]
    for first, second in pairs:
        if all(
            _extent(first, axis, size)[0] < _extent(second, axis, size)[1]
            and _extent(second, axis, size)[0] < _extent(first, axis, size)[1]
            for axis, size in enumerate(shape)
        ):
            return first, second
    return None


def _extent(part: TensorSlice, axis: int, size: int) -> tuple[int, int]:
    length = part.length[axis]
    return (0, size) if length == -1 else (part.start[axis], part.start[axis] + length)


def _product(sizes: Sequence[int]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count


def _fault(entry: Entry, text: str) -> EntryFault:
    return EntryFault("slices", entry.key, text)
