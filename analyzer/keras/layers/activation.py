"""Activation layers. Only PReLU has weights."""

from __future__ import annotations

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.core import same
from analyzer.keras.model import UNKNOWN, Shape


def prelu(call: Call) -> Shape:
    """`PReLU.build`: alpha of the input's shape without the batch, 1 along shared axes."""
    shape = call.shape
    if shape is None:
        call.add("alpha", None)
        return None
    alpha = [UNKNOWN if dim is None else dim for dim in shape[1:]]
    axes = call.get("shared_axes") or []
    for axis in axes if isinstance(axes, (list, tuple)) else [axes]:
        alpha[axis - 1] = 1
    call.add("alpha", tuple(alpha))
    return shape


FUNCTIONS: dict[str, Function] = {
    "PReLU": prelu,
    **dict.fromkeys(("Activation", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax", "ReLU"), same),
}
