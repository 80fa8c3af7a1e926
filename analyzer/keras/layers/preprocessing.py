"""Preprocessing of numbers and images; what has a vocabulary stands in `lookup`."""

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


def spectrogram(call: Call) -> Shape:
    """`STFTSpectrogram.build`: kernels of the Fourier transform, unless only one part is asked for."""
    length, mode = int(call.get("frame_length", 256)), call.get("mode", "log")
    size = int(call.get("fft_length") or 1 << (length - 1).bit_length())
    for part in ("real", "imag"):
        if mode != ("imag" if part == "real" else "real"):
            call.add(f"{part}_kernel", (length, 1, size // 2 + 1))
    return None


# Layers that change values, sizes or colours; their seeds are no weights.
_RANDOM = [
    "RandomFlip",
    "RandomRotation",
    "RandomZoom",
    "RandomTranslation",
    "RandomContrast",
    "RandomBrightness",
    "RandomShear",
    "RandomHue",
    "RandomSaturation",
    "RandomColorJitter",
    "RandomColorDegeneration",
    "RandomPosterization",
    "RandomSharpness",
    "RandomPerspective",
    "RandomGaussianBlur",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomInvert",
    "AutoContrast",
    "Equalization",
    "Solarization",
]
_UNSHAPED = [
    "RandomHeight",
    "RandomWidth",
    "RandomGrayscale",
    "Hashing",
    "HashedCrossing",
    "CategoryCrossing",
    "MelSpectrogram",
]

FUNCTIONS: dict[str, Function] = {
    "Normalization": normalization,
    "Rescaling": same,
    "STFTSpectrogram": spectrogram,
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), resizing),
    **dict.fromkeys(_RANDOM, same),
    **dict.fromkeys(_UNSHAPED, unknown),
}
