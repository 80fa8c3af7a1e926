"""Dtypes on their way through the layers of Keras 2.1 to 2.15 and tf_keras.

After `Layer._maybe_cast_inputs` (engine/base_layer.py): a layer casts inputs of floats to the dtype that it computes in, and no
others. Functions of TensorFlow cast nothing. A dtype is empty where it is not known.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.model import Layer, Tensor, flatten

_COMPUTED = {
    **{name: name for name in ("float16", "float32", "float64", "bfloat16")},
    "": "float32",
    "half": "float16",
    "float": "float32",
    "double": "float64",
    "mixed_float16": "float16",
    "mixed_bfloat16": "bfloat16",
}
FLOATS = frozenset(_COMPUTED.values())
SPARSE = "sparse"  # of a tensor that is sparse, whatever its dtype
RAGGED = "ragged"  # of one that is ragged, as TextVectorization returns in two releases
MASKED = "ragged and masked"
# What comes out is of the layer's own dtype, whatever goes in.
_OWN = frozenset(
    (
        *("Dense", "Embedding", "EinsumDense", "BatchNormalization", "LayerNormalization", "GroupNormalization"),
        *("SimpleRNN", "LSTM", "GRU", "MultiHeadAttention", "Attention", "AdditiveAttention", "DepthwiseConv1D"),
        *("DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "DenseFeatures"),
        *(f"Conv{rank}D" for rank in (1, 2, 3)),
        *(f"Conv{rank}DTranspose" for rank in (1, 2, 3)),
    )
)
# What comes out is of the dtype that went in, cast as said above.
_SAME = frozenset(
    (
        *("Dropout", "Flatten", "Reshape", "Permute", "RepeatVector", "Masking", "Activation", "ReLU", "LeakyReLU"),
        *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ActivityRegularization", "InputLayer"),
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Softmax", "ELU"),
        *(f"{kind}{rank}D" for kind in ("Cropping", "ZeroPadding", "MaxPooling") for rank in (1, 2, 3)),
        *(f"{kind}{rank}D" for kind in ("AveragePooling", "GlobalMaxPooling") for rank in (1, 2, 3)),
        *(f"GlobalAveragePooling{rank}D" for rank in (1, 2, 3)),
    )
)
_ONLY_FLOATS_SAME = ("LeakyReLU", "ReLU", "Average", "Dot", *(f"GlobalAveragePooling{rank}D" for rank in (1, 2, 3)))
_SPARSE_TOO = ("Dropout", "ActivityRegularization", "InputLayer")
_MASKS_TOO = ("Dropout", "SpatialDropout1D", "GaussianNoise")
_RAGGED_TOO = ("Dense", "TimeDistributed", "Masking", "Cropping1D", "Add", "Multiply", "Concatenate", "Attention")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional")
_HOLDING = ("TimeDistributed", "Bidirectional")


def computed(layer: Layer) -> str:
    """`Layer.compute_dtype`."""
    return _COMPUTED.get(layer.policy, "")


def kept(layer: Layer) -> str:
    """`Layer.variable_dtype`."""
    return "float32" if layer.policy.startswith("mixed_") else computed(layer)


def common(tensors: Any) -> str:
    """The one dtype of the tensors in a structure."""
    found = {each.dtype for each in flatten(tensors) if isinstance(each, Tensor)}
    return found.pop() if len(found) == 1 else ""


def returned(era: Era, layer: Layer, inputs: Any) -> str:
    """The dtype of what a layer returns."""
    if era.is_3 or not era.at_least(2, 1):
        return ""
    if (2, 6) <= era.level < (2, 8):
        ragged = _ragged(layer, inputs)
        if ragged is not None:
            return ragged
    if layer.kind in _HOLDING:
        layer = layer.parts.get("layer", layer)
    if not _is_plain(era, layer.get("activation")):
        return ""
    if layer.kind in _OWN:
        return computed(layer)
    if layer.kind not in _SAME:
        return ""
    given = {each.dtype for each in flatten(inputs) if isinstance(each, Tensor)}
    if SPARSE in given and layer.kind not in _SPARSE_TOO:
        return ""
    if given and given <= FLOATS:
        return computed(layer)
    return given.pop() if len(given) == 1 and layer.kind not in _ONLY_FLOATS_SAME else ""


def _ragged(layer: Layer, inputs: Any) -> str | None:
    """What becomes of ragged tensors; None where there are none.

    `TextVectorization.call` of 2.6 and 2.7 asks whether its mode `is` a constant, which no text from JSON is, and then returns
    the indices of its words as they are split.
    """
    if layer.kind == "TextVectorization":
        split = layer.get("output_mode", "int") == "int" and layer.get("split", "whitespace") == "whitespace"
        return RAGGED if split else None
    given = next((each.dtype for each in flatten(inputs) if isinstance(each, Tensor)), "")
    if not given.startswith(RAGGED):
        return None
    if layer.kind == "Embedding":
        return MASKED if layer.get("mask_zero", False) else RAGGED
    if layer.kind in _RECURRENT:
        held = layer.parts.get("forward_layer", layer)
        return RAGGED if held.get("return_sequences", False) else ""
    return given if layer.kind in _MASKS_TOO else RAGGED if layer.kind in _RAGGED_TOO else ""


def declared(era: Era, layer: Layer) -> str:
    """The dtype of the input that a Sequential model makes for its first layer (`get_input_shape_and_dtype`)."""
    if era.is_3:
        return ""
    if layer.is_model:
        return layer.inputs.dtype if isinstance(layer.inputs, Tensor) else ""
    if layer.kind not in _OWN and layer.kind not in _SAME:
        return ""
    return kept(layer)


def _is_plain(era: Era, activation: Any) -> bool:
    """Whether an activation is one of Keras's functions, which keep a dtype."""
    if activation is None:
        return True
    return isinstance(activation, str) and era.api.resolve("activation", activation) is not None
