"""Masks that tensors of Keras 3 carry (`_keras_mask`), as far as calls refuse them.

Which layers hand a mask on is what `supports_masking` and `compute_mask` of Keras 3.0 to 3.6 say; what attention makes of masks was
tried under 3.0, 3.1 and 3.3 to 3.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.model import BuildError, Layer, Node, Tensor, flatten

_ATTENTION = ("Attention", "AdditiveAttention")
_PASSING = (
    *("Dense", "Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "Identity", "BatchNormalization"),
    *("GroupNormalization", "LayerNormalization", "UnitNormalization", "Normalization", "Rescaling", "TimeDistributed"),
    *("ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D"),
    "MultiHeadAttention",
)
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional")
_MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_DROPPING = (
    "Conv1D",
    "Conv2D",
    "MaxPooling",
    "AveragePooling",
    "Flatten",
    "Reshape",
    "Permute",
    "UpSampling",
    "ZeroPadding",
)


def check(era: Era, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> None:
    """What a call of Keras 3 refuses of masks and of other arguments that are lists. Raises BuildError."""
    for name, value in (("inputs", inputs), *kwargs.items()):
        for each in value if name == "*" and isinstance(value, list) else (value,):
            _not_mixed(era, layer, name, each)
    mask = kwargs.get("mask")
    if layer.kind in _ATTENTION and era.at_least(3, 8) and not _is_pair(mask):
        error = f"{layer.kind} layer mask must be a list, namely [query_mask, value_mask]. Received: mask={mask}."
        raise BuildError(f"is called with mask={mask!r}", error)
    if layer.kind not in _ATTENTION or not isinstance(inputs, list) or era.at_least(3, 7):
        return
    masked = [carries(each) if isinstance(each, Tensor) else None for each in inputs]
    if not masked:
        return
    if era.at_least(3, 4) and masked[0]:
        raise BuildError(
            f"is called on a query with a mask, of which Keras {era.version} cannot make a tensor",
            "A KerasTensor cannot be used as input to a TensorFlow function.",
        )
    if not era.at_least(3, 4) and kwargs.get("mask") is None and True in masked and False in masked:
        raise _mixture("mask", "inputs of which some have a mask")


def _is_pair(mask: Any) -> bool:
    """Whether `Attention._validate_inputs` takes it, of which `compute_output_spec` of Keras 3.8 and later asks."""
    return mask is None or isinstance(mask, Tensor) or (isinstance(mask, list) and len(mask) in (2, 3))


def _not_mixed(era: Era, layer: Layer, name: str, value: Any) -> None:
    """`CallSpec`: lists hold nothing but tensors, or none at all. From 3.4 on `tree.flatten` leaves out what is None."""
    if not isinstance(value, (list, dict)):
        return
    leaves = flatten(value)
    if not any(isinstance(each, Tensor) for each in leaves):
        return
    plain = (bool, int, float, str) if era.at_least(3, 4) else (bool, int, float, str, type(None))
    odd = next((each for each in leaves if isinstance(each, plain)), era)
    if odd is not era:
        raise _mixture(name, f"a list of tensors and {odd!r} for {name}")


def _mixture(name: str, what: str) -> BuildError:
    error = (
        f"In a nested call() argument, you cannot mix tensors and non-tensors. Received invalid mixed argument: {name}="
    )
    return BuildError(f"is called on {what}", error)


def carries(tensor: Tensor) -> bool | None:
    """Whether a tensor carries a mask; None where there is no telling."""
    return _carries(tensor, {})


def _carries(tensor: Tensor, known: dict[int, bool | None]) -> bool | None:
    """The same, with what was found of other tensors, by their numbers."""
    node = tensor.node
    while node is not None and isinstance(node.arguments, Tensor) and _hands_on(node):
        node = node.arguments.node
    if node is None:
        return None
    if id(node) not in known:
        known[id(node)] = _made(node, known)
    return known[id(node)]


def _hands_on(node: Node) -> bool:
    """`Layer.compute_mask`, `RNN.compute_mask`: the mask of the one input."""
    layer = node.layer
    if layer.kind in _RECURRENT:
        held = layer.parts.get("forward_layer", layer)
        return len(node.outputs) == 1 and not node.open and bool(held.get("return_sequences", False))
    return layer.kind in _PASSING and layer.symbol is not None


def _made(node: Node, known: dict[int, bool | None]) -> bool | None:
    layer = node.layer
    if layer.symbol is None or layer.is_model:
        return None
    if layer.kind in ("Masking", "Embedding"):
        return layer.kind == "Masking" or bool(layer.get("mask_zero", False))
    if layer.kind == "InputLayer" or layer.symbol.kind == "operation" or layer.kind.startswith(_DROPPING):
        return False
    if layer.kind not in (*_MERGING, "Concatenate") or not isinstance(node.arguments, list):
        return None
    decides = layer.kind == "Concatenate"  # one mask is enough there, and all are needed elsewhere
    found = [_carries(each, known) if isinstance(each, Tensor) else None for each in node.arguments]
    return decides if decides in found else None if None in found else not decides
