"""Operations that demand something of the shapes that they are called on: losses, decompositions, images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyzer.keras.model import BuildError, shape_text
from analyzer.keras.operations.given import Given, Shapes, Sizes, UnknownError
from analyzer.keras.values.every_layer import odd_dimension


def _pair(given: Given) -> tuple[Sizes, Sizes]:
    """Two shapes that are wholly known, undefined dimensions among them. Raises UnknownError."""
    shapes = given.shape(), given.shape(1)
    if given.guessed:
        raise UnknownError
    return shapes


def crossentropy(given: Given) -> Shapes:
    """`BinaryCrossentropy`, `CategoricalCrossentropy`: equal shapes, of which the latter loses the last dimension."""
    target, output = _pair(given)
    if target != output:
        raise BuildError(
            f"compares {shape_text(target)} with {shape_text(output)}",
            "Arguments `target` and `output` must have the same shape.",
        )
    return output if given.layer.kind.startswith("Binary") else output[:-1]


def batch_norm(given: Given) -> Shapes:
    """`BatchNorm`: vectors as long as the axis."""
    shape, axis = given.shape(), given.axis()
    for place, name in ((1, "mean"), (2, "variance")):
        vector = given.shape_of(given.argument(place, name))
        if vector != (shape[axis],) and not given.guessed:
            raise BuildError(
                f"takes {name} of shape {shape_text(vector)} for axis {axis} of {shape_text(shape)}",
                f"Arguments `{name}` must be a vector of length `x.shape[axis]`.",
            )
    return shape


def qr(given: Given) -> Shapes:
    """`Qr`: matrices whose sizes are defined."""
    shape = given.shape()
    if len(shape) < 2:
        raise BuildError(f"takes {shape_text(shape)} apart", "Input should have rank >= 2.")
    rows, columns = shape[-2:]
    if given.guessed:
        raise UnknownError
    if rows is None or columns is None:
        raise BuildError(
            f"takes {shape_text(shape)} apart", "Input should have its last 2 dimensions fully-defined. Received:"
        )
    if given.get("mode", "reduced") != "reduced":
        return [(*shape[:-2], rows, rows), shape]
    small = min(rows, columns)
    return [(*shape[:-2], rows, small), (*shape[:-2], small, columns)]


def resize(given: Given) -> Shapes:
    """`Resize`: one image or a batch of them."""
    shape = given.shape()
    if len(shape) not in (3, 4):
        raise BuildError(
            f"takes {shape_text(shape)} for images",
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images).",
        )
    size = given.get("size")
    if not isinstance(size, list) or len(size) != 2 or odd_dimension(given.era, size):
        raise _refused("size", size)
    raise UnknownError


def extract_patches(given: Given) -> Shapes:
    """`ExtractPatches`, whose strides are lost up to 3.13 where they are given."""
    if given.get("strides") and not given.era.at_least(3, 14):
        raise BuildError(
            f"has strides={given.get('strides')}, which Keras before 3.14 forgets",
            "cannot access local variable 'strides' where it is not associated with a value",
        )
    raise UnknownError


def convolution(given: Given) -> Shapes:
    """`Conv`, `ConvTranspose`, `DepthwiseConv`: an image and a kernel, which have shapes."""
    given.shape(), given.shape(1)
    if given.get("strides") is None:
        raise _refused("strides", None)
    _windows(given, "strides", "dilation_rate")
    raise UnknownError


def pool(given: Given) -> Shapes:
    """`MaxPool`, `AveragePool`: strides of None are the windows' size."""
    given.shape()
    _windows(given, "strides")
    raise UnknownError


def _windows(given: Given, *keys: str) -> None:
    """Sizes of windows, by which shapes are divided, and a padding, of which there are few. Raises BuildError."""
    if not isinstance(given.get("padding", "valid"), str):
        raise _refused("padding", given.get("padding"))
    for key in keys:
        value = given.get(key)
        sizes = value if isinstance(value, list) else [value]
        if value is not None and any(not isinstance(size, (int, float)) or not size for size in sizes):
            raise _refused(key, value)


def _refused(key: str, value: Any) -> BuildError:
    return BuildError(f"has {key}={value!r}", f"Invalid value for {key}: {value!r}", "invalid-argument")


def diagonal(given: Given) -> Shapes:
    """`Diagonal`, `Trace`: two axes, by which shapes are indexed, and a number."""
    shape = given.shape()
    _ = shape[given.axis("axis1")], shape[given.axis("axis2")]
    if not isinstance(given.get("offset", 0), (int, float)):
        raise _refused("offset", given.get("offset"))
    raise UnknownError


def tensordot(given: Given) -> Shapes:
    """`Tensordot`: a number of axes, or those of each."""
    shapes, axes = (given.shape_if_any(), given.shape_if_any(1)), given.get("axes", 2)
    if isinstance(given.args[1], list):
        raise BuildError(f"multiplies by {given.args[1]!r}"[:200], "Invalid dtype: list")
    if not isinstance(axes, int):
        for shape, chosen in zip(shapes, (axes[0], axes[1]), strict=True):
            _ = [shape[axis] for axis in chosen]
    raise UnknownError


def over_axes(given: Given) -> Shapes:
    """`Norm`, `Quantile`: one axis, several or all; of matrices two norms have names."""
    if given.layer.kind == "Norm":
        given.shape()
    axis, order = given.get("axis"), given.get("ord")
    if axis and isinstance(axis, (str, float, dict)):
        raise _refused("axis", axis)
    if given.layer.kind == "Norm" and isinstance(order, str) and order not in ("fro", "nuc"):
        raise _refused("ord", order)
    raise UnknownError


def cross(given: Given) -> Shapes:
    """`Cross`: an axis of each, or one for all."""
    for key in ("axisa", "axisb") if given.get("axis") is None else ("axis",):
        given.axis(key)
    raise UnknownError


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {
    **dict.fromkeys(("BinaryCrossentropy", "CategoricalCrossentropy"), crossentropy),
    "BatchNorm": batch_norm,
    "ExtractPatches": extract_patches,
    **dict.fromkeys(("Diagonal", "Trace"), diagonal),
    "Cross": cross,
    **dict.fromkeys(("Conv", "ConvTranspose", "DepthwiseConv"), convolution),
    **dict.fromkeys(("MaxPool", "AveragePool"), pool),
    **dict.fromkeys(("Norm", "Quantile", "Nanquantile"), over_axes),
    "Tensordot": tensordot,
    "Qr": qr,
    "Resize": resize,
}
