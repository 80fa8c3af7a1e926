"""Preprocessing of numbers and images; what has a vocabulary stands in `lookup`."""

from __future__ import annotations

from math import prod
from typing import Any

from analyzer.keras.broadcast import broadcast, dims_of
from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.core import same
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Shape, Tensor, shape_text


def normalization(call: Call) -> Shape:
    """`Normalization.build`: mean, variance and count, unless mean and variance are given."""
    shape = call.shape
    axis: Any = call.get("axis", -1)
    axes = [] if axis is None else [int(each) for each in axis] if isinstance(axis, (list, tuple)) else [int(axis)]
    outside = [each for each in axes if shape is not None and not -len(shape) <= each < len(shape)]
    if outside and call.building and not call.era.is_3 and call.era.at_least(2, 7):
        raise BuildError(
            f"keeps axes {axes} of {shape_text(shape)}",
            f"All `axis` values must be in the range [-ndim, ndim). Found axis: {outside[0]}",
        )
    given = call.get("mean") is not None and (call.era.is_3 or call.era.at_least(2, 6))
    if given or call.get("input_mean") is not None:
        made_two = shape is not None and len(shape) == 1 and not call.era.at_least(2, 7)  # of one dimension
        if shape is not None and call.building and not made_two:
            (_given_mean if call.era.is_3 else _given_values)(call, shape, axes)
        return shape if call.era.is_3 or shape is None or len(shape) > 1 else None
    dims: Shape = None
    if shape is not None:
        rank = len(shape)
        if call.get("mean") is not None and call.building:  # before 2.6 they become the weights
            _given_values(call, shape, axes)
        if call.building and (rank > 1 or call.era.at_least(2, 7)):  # before, one dimension is made two
            _defined(axes, shape)
        dims = tuple(UNKNOWN if shape[each] is None else shape[each] for each in sorted(each % rank for each in axes))
    call.add("mean", dims, trainable=False)
    call.add("variance", dims, trainable=False)
    call.add("count", (), trainable=False)
    return None if shape is not None and len(shape) == 1 else shape  # which Keras 2 makes two


def _defined(axes: list[int], shape: tuple[Dim, ...]) -> None:
    if any(not -len(shape) <= each < len(shape) for each in axes):
        raise BuildError(
            f"keeps axes {axes} of {shape_text(shape)}",
            f"All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim={len(shape)}, while axis={axes}",
        )
    if any(shape[each] is None for each in axes):
        raise BuildError(
            f"keeps axes {axes}, of which {shape_text(shape)} leaves some undefined",
            "All `axis` values to be kept must have known shape.",
        )


def _given_values(call: Call, shape: tuple[Dim, ...], axes: list[int]) -> None:
    """Keras 2 multiplies given means and variances with ones in the shape of the kept axes, which has to keep its size. Raises BuildError."""
    _defined(axes, shape)
    kept = [shape[axis] for axis in sorted(each % len(shape) for each in axes)]
    last = kept[-1] if kept else 1
    for count in map(_count, (call.get("mean"), call.get("variance"))):
        if UNKNOWN not in kept and count is not None and count not in (1, last):
            raise BuildError(
                f"is given {count} values for the shape {shape_text(shape)} and the axes {axes}",
                f"Cannot reshape a tensor with {count} elements"
                if last == 1
                else f"operands could not be broadcast together with shapes ({count},) {tuple(kept)}",
            )


def _count(value: Any) -> int | None:
    """How many values are given; None for lists of lists."""
    if not isinstance(value, list):
        return 1
    return len(value) if all(isinstance(each, (int, float)) for each in value) else None


def _given_mean(call: Call, shape: tuple[Dim, ...], axes: list[int]) -> None:
    """Keras 3 puts a given mean into the shape of the kept axes, from 3.8 on by broadcasting. Raises BuildError."""
    _defined(axes, shape)
    for value in (call.get("mean"), call.get("variance")):
        _fits(call, value, shape, axes)


def _fits(call: Call, value: Any, shape: tuple[Dim, ...], axes: list[int]) -> None:
    count = _count(value)
    kept = sorted(axis % len(shape) for axis in axes)
    wanted = [shape[axis] if axis in kept else 1 for axis in range(len(shape))]
    sizes = [dim for dim in wanted if dim is not None and dim != UNKNOWN]
    if len(sizes) != len(wanted) or count is None:
        return
    fits = count == prod(sizes)
    if call.era.at_least(3, 8):
        last = [sizes[axis] for axis in kept[-1:]] if call.era.at_least(3, 14) else sizes[-1:]
        fits = not isinstance(value, list) or (bool(last) and count in (1, last[0]))
    if not fits:
        raise BuildError(
            f"is given {count} means or variances for the shape {shape_text(shape)} and the axes {axes}",
            f"Input to reshape is a tensor with {count} values, but the requested shape has {prod(sizes)}",
        )


_ANY = 99
_LEAST_3 = {"RandomCrop": 3, "CenterCrop": 2, "Resizing": 2}  # dimensions that layers of Keras 3 ask for
_ONE_TOO = ("Resizing", "RandomContrast", "RandomHeight")  # layers that take one image before Keras 2.6


def _images(call: Call, most: int = 4) -> None:
    """One image or a batch of them, which Keras 2 leaves to the operations to find out. Raises BuildError.

    Of Keras 3 only what makes images of another size looks at it, `CenterCrop.compute_output_shape` at all of it from 3.2 on.
    """
    shape, kind = call.shape, call.layer.kind
    least = 3 if kind in _ONE_TOO or call.era.at_least(2, 6) else 4
    if call.era.is_3 and not (kind == "CenterCrop" and call.era.at_least(3, 2)):
        least, most = _LEAST_3.get(kind, 0), _ANY
    if shape is None or least <= len(shape) <= most:
        return
    raise BuildError(
        f"takes an image or a batch of images, but the input is {shape_text(shape)}",
        f"'image' (shape {shape_text(shape)}) must have either 3 or 4 dimensions.",
    )


def rescaling(call: Call) -> Shape:
    """`Rescaling.call` of Keras 2: lists of factors stretch dimensions as any product does."""
    shape = call.shape
    if shape is None or call.era.is_3:
        return shape
    for key in ("scale", "offset"):
        value = call.get(key)
        if isinstance(value, list):
            shape = broadcast(shape, dims_of(value))
    return shape


def images(call: Call) -> Shape:
    """What turns, moves or colours images."""
    _images(call)
    return call.shape


def contrast(call: Call) -> Shape:
    """`RandomContrast`: `AdjustContrastv2` takes any number of batches, what stood before it in 2.9 to 2.11 did not."""
    _images(call, most=4 if call.era.at_least(2, 9) and not call.era.at_least(2, 12) else _ANY)
    return call.shape


def resized(call: Call) -> Shape:
    """RandomHeight, RandomWidth: one side is left open."""
    _images(call)
    return None


def resizing(call: Call) -> Shape:
    """Resizing, CenterCrop, RandomCrop: height and width are given."""
    _images(call)
    shape = call.shape
    if shape is None or len(shape) < 3:
        return None
    height, width = call.size("height"), call.size("width")
    if (call.get("data_format") or "channels_last") == "channels_first":
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


def unknown(call: Call) -> Shape:
    """No weights; the output's shape is not modelled."""
    return None


def grayscale(call: Call) -> Shape:
    """`RandomGrayscale`: up to 3.10 `compute_output_spec` returns its input, which then comes from itself."""
    inputs = call.inputs
    within = isinstance(inputs, Tensor) and inputs.node is not None and inputs.node.layer.kind != "InputLayer"
    if call.era.is_3 and not call.era.at_least(3, 11) and within:
        raise BuildError(
            "returns the tensor that it is called on, which a layer made",
            f"Tensor <KerasTensor> from operation '{call.layer.name}' is part of a cycle.",
        )
    return None


def spectrogram(call: Call) -> Shape:
    """`STFTSpectrogram.build`: kernels of the Fourier transform, unless only one part is asked for."""
    length, mode = int(call.get("frame_length", 256)), call.get("mode", "log")
    size = int(call.get("fft_length") or 1 << (length - 1).bit_length())
    for part in ("real", "imag"):
        if mode != ("imag" if part == "real" else "real"):
            call.add(f"{part}_kernel", (length, 1, size // 2 + 1))
    return None


# Layers of Keras 3 that change values, sizes or colours; their seeds are no weights.
_RANDOM = [
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
    "HashedCrossing",
    "CategoryCrossing",
    "MelSpectrogram",
]

FUNCTIONS: dict[str, Function] = {
    "Normalization": normalization,
    "Rescaling": rescaling,
    "STFTSpectrogram": spectrogram,
    "RandomGrayscale": grayscale,
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), resizing),
    **dict.fromkeys(("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation"), images),
    "RandomBrightness": same,  # which looks at ranks only where it trains
    **dict.fromkeys(("RandomHeight", "RandomWidth"), resized),
    "RandomContrast": contrast,
    **dict.fromkeys(_RANDOM, same),
    **dict.fromkeys(_UNSHAPED, unknown),
}
