"""Layers of Keras 3 that are called on a list of one tensor, as a functional model with a list of one output gives to the next layer.

`compute_output_shape` of most classes then takes the list of one shape for a shape. What it makes of that was tried class by
class, under Keras 3.0, 3.11 and 3.15, which hand such lists on (`functional_from_config`; 3.3 and 3.5 to 3.10 do not).
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.model import BuildError, Layer, Tensor

# The list passes through: the shape of the output is what was given.
_PASS = (
    *(
        "Activation",
        "ReLU",
        "Dropout",
        "GaussianNoise",
        "Rescaling",
        "BatchNormalization",
        "LayerNormalization",
        "PReLU",
    ),
    *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
)
_WEIGHTED = ("BatchNormalization", "LayerNormalization", "PReLU", "Dense")  # these have to be built before
_POOLED = tuple(f"Global{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in "123")
_REFUSE = (
    *(
        f"{kind}{rank}D"
        for kind in ("Conv", "MaxPooling", "AveragePooling", "UpSampling", "ZeroPadding")
        for rank in "123"
    ),
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D"),
    *("SeparableConv1D", "SeparableConv2D", "Flatten", "Reshape", "Permute", "RepeatVector", "Embedding", "Masking"),
    *("LSTM", "GRU", "SimpleRNN", "Bidirectional", "TimeDistributed", "Resizing"),
)


def looks_at(era: Era, layer: Layer, inputs: Any) -> bool:
    """Whether the layer is called on such a list, and what it does then is known."""
    if not era.is_3 or not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], Tensor):
        return False
    return layer.kind == "Dense" or layer.kind in _PASS or layer.kind in _POOLED or layer.kind in _REFUSE


def outputs(layer: Layer, inputs: list[Tensor]) -> Any:
    """What comes out. Raises BuildError."""
    if layer.kind in _REFUSE or (layer.kind in _WEIGHTED and not layer.built):
        raise BuildError(
            "is called on a list of one tensor, which the model before it returns",
            f"Cannot convert '({inputs[0].shape}, ...)' to a shape.",
        )
    layer.built = True
    if layer.kind in _PASS:
        return [Tensor(inputs[0].shape, inputs[0].dtype)]
    if layer.kind == "Dense":
        units = layer.get("units")
        return Tensor((units,) if isinstance(units, int) else None)
    return Tensor((None,))  # of a shape that only the next layer minds
