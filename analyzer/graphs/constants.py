"""Values of constants as tensors."""

from __future__ import annotations

from analyzer.parts.graph import TensorValue
from analyzer.tables.dtypes import NAMES

_SIZES = {1: 4, 2: 8, 3: 4, 4: 1, 5: 2, 6: 1, 8: 8, 9: 8, 10: 1, 14: 2, 17: 2, 18: 16, 19: 2, 22: 4, 23: 8}


def is_unreadable(tensor: TensorValue) -> bool:
    """Whether a TensorProto of a known shape cannot be made into a tensor (core/framework/tensor.cc `FromProto`).

    There are none of a type that there is not, and none of references.
    """
    if tensor.shape is None or any(size < 0 for size in tensor.shape):
        return False
    count = 1
    for size in tensor.shape:
        count *= size
    width = _SIZES.get(tensor.dtype)
    return tensor.dtype not in NAMES or (width is not None and bool(count) and tensor.content not in (0, width * count))
