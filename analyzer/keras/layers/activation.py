"""Activation layers. Only PReLU has weights."""

from __future__ import annotations

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.core import same
from analyzer.keras.model import UNKNOWN, BuildError, Shape, shape_text


def prelu(call: Call) -> Shape:
    """`PReLU.build`: alpha of the input's shape without the batch, 1 along shared axes."""
    shape = call.shape
    if shape is None:
        call.add("alpha", None)
        return None
    call.same_rank()
    alpha = list(shape[1:])
    axes = call.get("shared_axes") or []
    for axis in axes if isinstance(axes, (list, tuple)) else [axes]:
        if axis > len(alpha) or axis - 1 < -len(alpha):
            raise BuildError(
                f"shares axis {axis}, but its input is {shape_text(shape)}", "list assignment index out of range"
            )
        alpha[axis - 1] = 1
    if None in alpha and call.building and not call.era.is_3:
        raise BuildError(
            f"has a slope for each place, but its input is {shape_text(shape)}",
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.",
        )
    call.add("alpha", tuple(alpha) if call.era.is_3 else tuple(UNKNOWN if dim is None else dim for dim in alpha))
    return shape


def softmax(call: Call) -> Shape:
    """`Softmax.call`, `tf.nn.softmax`: the axis is one of the input's."""
    shape, axis = call.shape, call.get("axis", -1)
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    if call.era.is_3 or shape is None:
        return shape
    if isinstance(axis, list) and not call.era.at_least(2, 4):
        raise BuildError(
            f"goes along a list of axes: {axis}", "'>=' not supported between instances of 'list' and 'int'"
        )
    wrong = [each for each in axes if isinstance(each, int) and not -len(shape) <= each < len(shape)]
    if wrong:
        raise BuildError(
            f"goes along axis {wrong[0]}, but its input is {shape_text(shape)}",
            f"`dim` must be in the range [-{len(shape)}, {len(shape)}) where {len(shape)} is the number of dimensions in the input.",
        )
    return shape


FUNCTIONS: dict[str, Function] = {
    "PReLU": prelu,
    "Softmax": softmax,
    **dict.fromkeys(("Activation", "LeakyReLU", "ELU", "ThresholdedReLU", "ReLU"), same),
}
