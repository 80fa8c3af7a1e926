"""Inputs that layers of Keras 2 compute nothing with: integers beside weights of floats, booleans, texts, sparse tensors.

Measured, each layer called on inputs of each dtype, under TensorFlow 2.2, 2.4 and 2.15, and read from the sources between. Keras
casts floats to the dtype that a layer computes in and nothing else (`Layer._maybe_cast_inputs`); the operations of TensorFlow that
a layer consists of take what they are registered for.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.dtypes import FLOATS, MASKED, RAGGED, SPARSE
from analyzer.keras.era import Era
from analyzer.keras.model import BuildError, Layer, Tensor, flatten


def _each(names: str, *ranks: int) -> tuple[str, ...]:
    return tuple(f"{name}{rank}D" for name in names.split() for rank in ranks)


_NO_SPARSE = (SPARSE,)
_NUMBERS = ("bool", "string", SPARSE)  # what is refused where any numbers do
_FLOATS = ("int", "uint", *_NUMBERS)  # and where floats alone do
_FLOATS_ONLY = frozenset(
    (
        *("BatchNormalization", "LayerNormalization", "PReLU", "ELU", "Softmax", "Masking", "EinsumDense"),
        *("SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU", "Attention", "AdditiveAttention", "MultiHeadAttention"),
        *(*_each("Conv AveragePooling ConvLSTM", 1, 2, 3), "MaxPooling3D", "ThresholdedReLU"),
        *(*_each("DepthwiseConv SeparableConv LocallyConnected", 1, 2),),
        *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    )
)
_NUMBERS_ONLY = frozenset(("ReLU", "LeakyReLU", *_each("MaxPooling", 1, 2), *_each("GlobalMaxPooling", 1, 2, 3)))
_DENSE_ONLY = frozenset(
    (
        *("Embedding", "Flatten", "Reshape", "Permute", "RepeatVector", "TimeDistributed", "Bidirectional"),
        *_each("Cropping ZeroPadding UpSampling GlobalAveragePooling", 1, 2, 3),
    )
)
_NO_RAGGED = (
    *("Flatten", "Reshape", "Conv1D", "SeparableConv1D", "BatchNormalization", "LayerNormalization", "MaxPooling1D"),
    *("AveragePooling1D", "ReLU", "LeakyReLU", "Permute", "ZeroPadding1D", "UpSampling1D", "PReLU", "ELU", "Dot"),
    "MultiHeadAttention",
)
_NO_RAGGED_MASKS = ("LSTM", "GRU", "SimpleRNN", "Bidirectional")
_SINCE = (2, 9)  # from here on normalizations cast what they are given, and ThresholdedReLU multiplies it by floats
_CAST = ("BatchNormalization", "LayerNormalization")
_CASTING = (
    "Rescaling",
    "CenterCrop",
    "RandomContrast",
    "RandomZoom",
    "RandomBrightness",
    "RandomFlip",
    "RandomTranslation",
)
_MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
_NO_SPARSE_MERGE = ("Add", "Subtract", "Average", "Maximum", "Minimum", "Dot")
_ACTIVATIONS = {
    **dict.fromkeys(("elu", "exponential", "gelu", "hard_sigmoid", "selu", "sigmoid", "softmax"), _FLOATS[:-1]),
    **dict.fromkeys(("softplus", "softsign", "swish", "tanh"), _FLOATS[:-1]),
    "relu": _NUMBERS,
}


def check(era: Era, layer: Layer, inputs: Any) -> None:
    """Raises BuildError for inputs of a dtype that the layer does not take."""
    given = [each.dtype for each in flatten(inputs) if isinstance(each, Tensor)]
    if given and given[0].startswith(RAGGED):
        _ragged(era, layer, given[0])
        return
    casts = (
        layer.policy == "string" and layer.kind in _CASTING and era.at_least(2, 8 if layer.kind == "CenterCrop" else 7)
    )
    if casts and any(each in FLOATS for each in given):
        raise BuildError("casts its input to texts", "Value passed to parameter 'x' has DataType string not in list")
    if layer.kind == "Hashing" and given:
        _compared(layer.get("mask_value"), given[0])
    if layer.kind in _MERGING:
        _merged(layer, given)
    elif given and given[0].startswith(_refused(era, layer, inputs) or "-"):
        raise BuildError(
            f"does not compute with its input, {'a sparse tensor' if given[0] == SPARSE else given[0]}",
            f"Input 'b' of 'MatMul' Op has type float32 that does not match type {given[0]} of argument 'a'.",
        )


def _ragged(era: Era, layer: Layer, given: str) -> None:
    """Ragged tensors, tried behind TextVectorization and Embedding under 2.6 and 2.7. Raises BuildError."""
    odd = layer.kind in _NO_RAGGED or (layer.kind in _NO_RAGGED_MASKS and given == MASKED)
    odd = odd or (layer.kind in ("Dense", "Attention") and not era.at_least(2, 7))
    if odd or (layer.kind == "Activation" and layer.get("activation") == "relu"):
        raise BuildError(
            f"is called on the ragged tensor that TextVectorization returns in {era.version} once it is loaded",
            "Failed to convert elements of tf.RaggedTensor to Tensor.",
        )


def _refused(era: Era, layer: Layer, inputs: Any) -> tuple[str, ...]:
    """How the dtypes begin that the layer does not take."""
    kind = layer.kind
    if kind == "Activation":
        name = layer.get("activation")
        return _ACTIVATIONS.get(name, ()) if isinstance(name, str) else ()
    if kind == "ActivityRegularization":
        return _FLOATS[:-1]
    if kind in _CAST and era.at_least(*_SINCE):
        return _NO_SPARSE
    if kind == "Masking" and isinstance(layer.get("mask_value"), int):  # which it compares with
        return _NO_SPARSE
    if kind == "RNN":
        cell = layer.parts.get("cell", layer).kind
        return _FLOATS if cell in ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells") else ()
    if kind in _NUMBERS_ONLY or (kind == "ThresholdedReLU" and not era.at_least(*_SINCE)):
        return _NUMBERS
    if kind in _FLOATS_ONLY:
        return _FLOATS
    if kind == "Dense" and isinstance(inputs, Tensor) and len(inputs.shape or ()) > 2:
        return _NO_SPARSE if era.at_least(2, 3) else _FLOATS  # which `tf.tensordot` took as they are
    if kind == "Embedding" and era.at_least(2, 12):
        return ()
    return _NO_SPARSE if kind in _DENSE_ONLY else ()


def _compared(masked: Any, dtype: str) -> None:
    """`Hashing.call` compares its input with the mask. Raises BuildError."""
    odd = (
        isinstance(masked, (str, float))
        if dtype.startswith("int")
        else dtype == "string" and isinstance(masked, (int, float))
    )
    if odd:
        raise BuildError(
            f"compares {dtype} with mask_value={masked!r}",
            f"Expected {dtype} passed to parameter 'y' of op 'Equal', got {masked!r} instead.",
            "invalid-argument",
        )


def _merged(layer: Layer, given: list[str]) -> None:
    """Operations on several tensors take them of one dtype, once floats are cast."""
    if any(each.startswith(RAGGED) for each in given):
        return
    if SPARSE in given:
        if layer.kind in _NO_SPARSE_MERGE:
            raise BuildError("merges sparse tensors", "Failed to convert elements of SparseTensor to Tensor.")
        return
    found = sorted({"floats" if each in FLOATS else each for each in given})
    if len(found) > 1 and "" not in found:
        raise BuildError(
            f"merges tensors of {' and '.join(found)}",
            f"Input 'y' of 'AddV2' Op has type {found[1]} that does not match type {found[0]} of argument 'x'.",
        )
