"""Preprocessing layers. Lookup tables are not weights; what they hold in files is not modelled."""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.core import same
from analyzer.keras.model import UNKNOWN, Shape


def normalization(call: Call) -> Shape:
    """`Normalization.build`: mean, variance and count, unless mean and variance are given."""
    shape = call.shape
    given = call.get("mean") is not None and (call.era.is_3 or call.era.at_least(2, 6))
    if given or call.get("input_mean") is not None:
        return shape
    axis: Any = call.get("axis", -1)
    axes = [] if axis is None else [int(each) for each in axis] if isinstance(axis, (list, tuple)) else [int(axis)]
    dims: Shape = None
    if shape is not None:
        rank = len(shape)
        dims = tuple(UNKNOWN if shape[each] is None else shape[each] for each in sorted(each % rank for each in axes))
    call.add("mean", dims, trainable=False)
    call.add("variance", dims, trainable=False)
    call.add("count", (), trainable=False)
    return shape


def resizing(call: Call) -> Shape:
    """Resizing, CenterCrop, RandomCrop: height and width are given."""
    shape = call.shape
    if shape is None or len(shape) < 3:
        return None
    height, width = int(call.get("height")), int(call.get("width"))
    if (call.get("data_format") or "channels_last") == "channels_first":
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


def unknown(call: Call) -> Shape:
    """No weights; the output's shape is not modelled."""
    return None


FUNCTIONS: dict[str, Function] = {
    "Normalization": normalization,
    "Rescaling": same,
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), resizing),
    **dict.fromkeys(
        ("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"), same
    ),
    **dict.fromkeys(("RandomHeight", "RandomWidth", "CategoryEncoding", "Hashing", "HashedCrossing"), unknown),
}
