"""Operations that go element by element: they keep a shape, or broadcast two or three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from analyzer.keras.encoded import type_name
from analyzer.keras.model import BuildError, Dim, shape_text
from analyzer.keras.operations.given import Given, Shapes, Sizes, UnknownError, axis_of

# Operations of one tensor whose `compute_output_spec` keeps its shape, whatever their arguments.
_SAME = (
    *("Relu", "Relu6", "Sigmoid", "Softplus", "Softsign", "Silu", "LogSigmoid", "LeakyRelu", "HardSigmoid", "HardTanh"),
    *("HardSilu", "Elu", "Selu", "Gelu", "Celu", "Softmax", "LogSoftmax", "Squareplus", "Tanh", "Sinh", "Cosh"),
    *("HardShrink", "SoftShrink", "TanhShrink", "Threshold", "SparsePlus", "SparseSigmoid", "Normalize"),
    *(
        "Absolute",
        "Exp",
        "Expm1",
        "Exp2",
        "Log",
        "Log1p",
        "Log2",
        "Log10",
        "Sqrt",
        "Square",
        "Sign",
        "Sin",
        "Cos",
        "Tan",
    ),
    *("Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctanh", "Rsqrt", "Erf", "Erfinv"),
    *("Floor", "Ceil", "Round", "Trunc", "Negative", "Reciprocal", "Isnan", "Isfinite", "Isinf", "LogicalNot", "Clip"),
    *("NanToNum", "ZerosLike", "OnesLike", "Cast", "StopGradient"),
)
# Operations of two tensors whose `compute_output_spec` is `broadcast_shapes`.
_BROADCAST = (
    *("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "FloorDivide", "Maximum", "Minimum", "Power", "Mod"),
    *("Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalXor"),
    *("Arctan2", "Logaddexp", "Logaddexp2", "DivideNoNan", "Isclose", "Gcd", "Lcm", "Ldexp", "Fmod", "Fmax", "Fmin"),
    "Nextafter",
)

_ARITHMETIC = _BROADCAST[:10]  # of these it also asks what dtype comes of both


def same(given: Given) -> Shapes:
    """`KerasTensor(x.shape)`."""
    return given.shape()


def two(given: Given) -> Shapes:
    """`broadcast_shapes(x1.shape, x2.shape)`."""
    if given.layer.kind in _ARITHMETIC:
        _with_dtypes(given.args[:2])
    return broadcast(given.shape_if_any(), given.shape_if_any(1))


def _with_dtypes(values: Sequence[Any]) -> None:
    """`dtypes.result_type(getattr(x, "dtype", type(x)), ...)`. Raises BuildError."""
    odd = [each for each in values if each is None or isinstance(each, (list, dict))]
    if odd:
        error = f"Invalid dtype: {type_name(odd[0])}"
        raise BuildError(f"is called on {odd[0]!r}"[:200], error, "incompatible-input")


def along(given: Given) -> Shapes:
    """`Roll`, `Flip`, `Sort` and `Argsort`, which mind their axis from 3.15 on."""
    shape, axis = given.shape(), given.get("axis")
    if axis is None and given.layer.kind in ("Sort", "Argsort"):
        raise UnknownError
    if given.canonical:
        for each in axis if isinstance(axis, list) else [] if axis is None else [axis]:
            axis_of(each, len(shape))
    return shape


def where(given: Given) -> Shapes:
    """`Where`: all three together."""
    _with_dtypes(given.args[1:3])
    return broadcast(broadcast(given.shape_if_any(), given.shape_if_any(1)), given.shape_if_any(2))


def cumulative(given: Given) -> Shapes:
    """`Cumsum`, `Cumprod`: along all axes in one row."""
    shape = given.shape()
    axis = given.get("axis")
    if axis is not None:
        if given.canonical:
            axis_of(axis, len(shape))
        return shape
    return (None,) if None in shape else (prod(dim for dim in shape if dim is not None),)


def broadcast(left: Sequence[Dim], right: Sequence[Dim]) -> Sizes:
    """`broadcast_shapes` (ops/operation_utils.py). Raises BuildError."""
    rank = max(len(left), len(right))
    one, other = (1,) * (rank - len(left)) + tuple(left), (1,) * (rank - len(right)) + tuple(right)
    try:
        return tuple(_together(a, b) for a, b in zip(one, other, strict=True))
    except ValueError:
        raise BuildError(
            f"takes {shape_text(tuple(left))} with {shape_text(tuple(right))}",
            "Cannot broadcast shape, the failure dim has value",
        ) from None


def _together(left: Dim, right: Dim) -> Dim:
    if left == 1 or (left is None and right != 1):
        return right
    if right in (1, None, left):
        return left
    raise ValueError


FUNCTIONS: dict[str, Callable[[Given], Shapes]] = {
    **dict.fromkeys(_SAME, same),
    **dict.fromkeys(_BROADCAST, two),
    "Where": where,
    **dict.fromkeys(("Roll", "Flip", "Sort", "Argsort"), along),
    **dict.fromkeys(("Cumsum", "Cumprod"), cumulative),
}
