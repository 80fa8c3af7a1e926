"""Layers of Keras 3 that take one tensor and are called on a list.

A list of one is what a functional model with a list of one output gives to the next layer. `compute_output_shape` of most classes
then takes the list of one shape for a shape. What it makes of that was tried class by class, under Keras 3.0, 3.11 and 3.15, which
hand such lists on (`functional_from_config`; 3.3 and 3.5 to 3.10 do not).

A list of several is how Keras 2 writes a recurrent layer that is called with `initial_state`; its `RNN.__call__` took it apart, and
that of Keras 3 does not. Which classes refuse several tensors was tried under Keras 3.0, 3.6 and 3.14.
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
        for kind in ("Conv", "MaxPooling", "AveragePooling", "UpSampling", "ZeroPadding", "Cropping")
        for rank in "123"
        if (kind, rank) not in (("MaxPooling", "1"), ("AveragePooling", "1"))
    ),
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D"),
    *("SeparableConv1D", "SeparableConv2D", "Flatten", "Reshape", "Permute", "RepeatVector", "Embedding", "Masking"),
    *("LSTM", "GRU", "SimpleRNN", "Bidirectional", "TimeDistributed", "Resizing", "CenterCrop"),
    *("CategoryEncoding", "Discretization", "Hashing", "IntegerLookup"),
)
_ONE = frozenset(
    (
        *(each for each in _REFUSE if each not in ("Resizing", "CenterCrop")),
        *("MaxPooling1D", "AveragePooling1D"),
        *_WEIGHTED,
        *_POOLED,
        *(f"{kind}{rank}D" for kind in ("SpatialDropout", "ConvLSTM") for rank in "123"),
        *("GroupNormalization", "EinsumDense", "RNN", "Normalization"),
        *("StringLookup", "TextVectorization"),
    )
)
"""These refuse a list of several tensors."""
_SECOND = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "GlobalAveragePooling1D")
_ALONE = frozenset(
    (
        *(each for each in _ONE if each not in _SECOND and not each.startswith("ConvLSTM")),
        *_PASS,
        *("UnitNormalization", "LeakyReLU", "ELU", "AlphaDropout", "GaussianDropout", "ActivityRegularization"),
        *("Identity", "SpectralNormalization", "Resizing", "CenterCrop"),
        *("RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast"),
    )
)
"""These take no tensor and no plain value behind their input, tried under Keras 3.1, 3.6 and 3.14; some take None."""


def takes_one(layer: Layer) -> bool:
    """Whether a second positional argument is one too many for `call`, or one that it cannot use, whatever it is but None."""
    return layer.kind in _ALONE


def looks_at(era: Era, layer: Layer, inputs: Any) -> bool:
    """Whether the layer is called on such a list, and what it does then is known."""
    if (
        not era.is_3
        or not isinstance(inputs, list)
        or not inputs
        or not all(isinstance(each, Tensor) for each in inputs)
    ):
        return False
    if len(inputs) > 1:
        return layer.kind in _ONE
    return layer.kind == "Dense" or layer.kind in _PASS or layer.kind in _POOLED or layer.kind in _REFUSE


def outputs(layer: Layer, inputs: list[Tensor]) -> Any:
    """What comes out. Raises BuildError."""
    if len(inputs) > 1:
        states = (
            ", as Keras 2 calls it on its initial states" if layer.kind in ("LSTM", "GRU", "SimpleRNN", "RNN") else ""
        )
        raise BuildError(
            f"takes one input, but is called on {len(inputs)}{states}",
            f'Layer "{layer.name}" expects 1 input(s), but it received {len(inputs)} input tensors.',
        )
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
