"""Operations of `keras.ops` in functional models: shapes of those that go element by element, and what a release refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Opaque, Shape, Tensor, shape_text

if TYPE_CHECKING:
    from analyzer.keras.era import Era


# Operations of one tensor whose `compute_output_spec` keeps its shape.
_SAME = frozenset(
    (
        *("Relu", "Relu6", "Sigmoid", "Softplus", "Softsign", "Silu", "LogSigmoid", "LeakyRelu", "HardSigmoid"),
        *("HardSilu", "Elu", "Selu", "Gelu", "Celu", "Softmax", "LogSoftmax", "Squareplus", "Tanh", "Sinh", "Cosh"),
        *("Absolute", "Exp", "Expm1", "Log", "Log1p", "Log2", "Log10", "Sqrt", "Square", "Sign", "Sin", "Cos", "Tan"),
        *("Floor", "Ceil", "Round", "Negative", "Reciprocal", "Isnan", "Isfinite", "Isinf", "LogicalNot", "Clip"),
        *("NanToNum", "Rsqrt", "Erf", "ZerosLike", "OnesLike", "Cast", "StopGradient"),
    )
)
# Operations of two tensors whose `compute_output_spec` is `broadcast_shapes`.
_BROADCAST = frozenset(("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Maximum", "Minimum"))


def output(era: Era, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> Tensor:
    """What comes out, of a shape where that is modelled. Raises BuildError where the call ends the load."""
    if not era.is_3:
        return Tensor(None)
    if layer.kind == "GetItem":
        _get_item(era, kwargs)
    if layer.kind in _SAME and isinstance(inputs, Tensor):
        return Tensor(inputs.shape)
    if layer.kind in _BROADCAST:
        further = kwargs.get("*") or [None]
        return Tensor(_broadcast(layer, _shape_of(inputs), _shape_of(further[0])))
    return Tensor(None)


def _shape_of(value: Any) -> Shape:
    if isinstance(value, Tensor):
        return value.shape
    return () if isinstance(value, (int, float)) else None


def _broadcast(layer: Layer, left: Shape, right: Shape) -> Shape:
    """`broadcast_shapes` (ops/operation_utils.py). Raises BuildError."""
    if left is None or right is None:
        return None
    rank = max(len(left), len(right))
    one, two = (1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right
    try:
        return tuple(_together(a, b) for a, b in zip(one, two, strict=True))
    except ValueError:
        raise BuildError(
            f"takes {shape_text(left)} with {shape_text(right)}", "Cannot broadcast shape, the failure dim has value"
        ) from None


def _together(left: Dim, right: Dim) -> Dim:
    if UNKNOWN in (left, right):
        return UNKNOWN
    if left == 1 or (left is None and right != 1):
        return right
    if right in (1, None, left):
        return left
    raise ValueError


def _get_item(era: Era, kwargs: Mapping[str, Any]) -> None:
    """`GetItem.compute_output_spec`: up to 3.1 a key is an int or a tuple, of which JSON makes a list."""
    further = kwargs.get("*") or [kwargs.get("key")]
    if not era.at_least(3, 2) and isinstance(further[0], (list, Opaque)):
        raise BuildError(
            f"takes slices as tuples, which Keras {era.version} reads back as lists",
            "Unsupported key type for array slice. Recieved: `[slice(None, None, None)]`",
        )
