"""Values that initializers of Keras 3 draw for a weight when it is made: what they refuse of its shape and dtype.

After `Orthogonal.__call__`, `Identity.__call__`, `Constant.__call__`, `Initializer.__call__` (initializers/random_initializers.py,
constant_initializers.py, initializer.py) and what TensorFlow makes of integers there (backend/tensorflow/random.py). Which layers hand
which shapes to them was tried under Keras 3.1, 3.9 and 3.14.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from analyzer.keras.model import UNKNOWN, BuildError, Layer, Shape, UnimplementedError, Weight, shape_text

_ORTHOGONAL = ("orthogonal", "orthogonalinitializer")
_IDENTITY = ("identity", "identityinitializer")
_NORMAL = (
    *(
        "randomnormal",
        "random_normal",
        "normal",
        "truncatednormal",
        "truncated_normal",
        "glorotnormal",
        "glorot_normal",
    ),
    *("henormal", "he_normal", "lecunnormal", "lecun_normal"),
)
_WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")


def check(layer: Layer, holder: Layer, weight: Weight, name: str, config: Mapping[str, Any]) -> None:
    """Raises BuildError for a weight that the initializer does not draw, of the layer or of one within it that it builds itself."""
    lower, shape = name.lower(), weight.shape
    message = f"draws {weight.name} {shape_text(shape)} by {name}"
    if name in ("Initializer", "initializer"):
        error = "Initializer subclasses must implement the `__call__()` method."
        del holder.own[holder.own.index(weight) :]  # neither this weight nor those after it
        raise UnimplementedError(message, error, "invalid-argument")
    error = _of_shape(layer, lower, config, weight) or _of_dtype(lower, holder.policy or layer.policy)
    if error:
        raise BuildError(message, error, "invalid-argument")


def _of_shape(layer: Layer, name: str, config: Mapping[str, Any], weight: Weight) -> str:
    shape = weight.shape
    if shape is None:
        return ""
    if name in _ORTHOGONAL and len(shape) < 2:
        return (
            f"The tensor to initialize must be at least two-dimensional. Received: shape={shape} of rank {len(shape)}."
        )
    if name in _IDENTITY and len(shape) != 2:
        return f"Identity matrix initializer can only be used for 2D matrices. Received: shape={shape} of rank {len(shape)}."
    in_pieces = weight.name == "bias" and layer.kind.startswith(("LSTM", "ConvLSTM", "Bidirectional", "RNN"))
    if name == "constant" and not in_pieces and not _multiplies(_extent(config.get("value")), shape):
        return f"Incompatible shapes: {list(_extent(config.get('value')) or ())} vs. {list(shape)} [Op:Mul]"
    return ""


def _extent(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists; None where they are ragged or hold something else than numbers."""
    if isinstance(value, (int, float)):
        return ()
    if not isinstance(value, list):
        return None
    inner = {_extent(each) for each in value}
    if len(inner) != 1:
        return None
    first = inner.pop()
    return None if first is None else (len(value), *first)


def _multiplies(value: tuple[int, ...] | None, shape: Shape) -> bool:
    """`ops.cast(value) * ops.ones(shape)`, as far as both are known."""
    if value is None or shape is None:
        return True
    pairs = zip_longest(reversed(value), reversed(shape), fillvalue=1)
    return all(one == other or 1 in (one, other) or other in (UNKNOWN, None) for one, other in pairs)


def _of_dtype(name: str, policy: str) -> str:
    if policy == "bfloat16" and name in _ORTHOGONAL:
        return "Value for attr 'T' of bfloat16 is not in the list of allowed values: double, float, half, complex64, complex128"
    if policy in _WHOLE and name in (*_ORTHOGONAL, *_NORMAL):
        return f"Cannot convert 0.0 to EagerTensor of dtype {policy}"
    if policy in _WHOLE and name in _IDENTITY:
        return f"Cannot convert 1.0 to EagerTensor of dtype {policy}"
    return ""
