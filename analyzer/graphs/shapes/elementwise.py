"""Shape functions of ops that work element by element (core/ops/math_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, broadcast, merge, with_rank_at_least
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _unchanged(call: Call) -> tuple[Shape, ...]:
    return (call.shapes[0],)


def _broadcast(call: Call) -> tuple[Shape, ...]:
    return (broadcast(call.shapes[0], call.shapes[1]),)


def _comparison(call: Call) -> tuple[Shape, ...]:
    """Equal and NotEqual: with incompatible_shape_error=False any shapes go together."""
    if call.attr("incompatible_shape_error") is False:
        return (None,)
    return _broadcast(call)


def _add_n(call: Call) -> tuple[Shape, ...]:
    shape: Shape = None
    for each in reversed(call.shapes):
        shape = merge(shape, each)
    return (shape,)


def _softmax(call: Call) -> tuple[Shape, ...]:
    return (with_rank_at_least(call.shapes[0], 1),)


_UNARY = [
    "Identity",
    "Relu",
    "Relu6",
    "Elu",
    "Selu",
    "LeakyRelu",
    "Softplus",
    "Softsign",
    "Sigmoid",
    "Tanh",
    "Abs",
    "Neg",
    "Exp",
    "Log",
    "Log1p",
    "Expm1",
    "Sqrt",
    "Rsqrt",
    "Square",
    "Sin",
    "Cos",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "Rint",
    "Erf",
    "Erfc",
    "Reciprocal",
    "Inv",
    "LogicalNot",
    "IsNan",
    "IsInf",
    "IsFinite",
    "Cast",
    "StopGradient",
    "PreventGradient",
    "CheckNumerics",
    "ZerosLike",
    "OnesLike",
    "Snapshot",
    "Conj",
    "Invert",
    "Digamma",
    "Lgamma",
]


_BINARY = [
    "Add",
    "AddV2",
    "Sub",
    "Mul",
    "Div",
    "RealDiv",
    "TruncateDiv",
    "FloorDiv",
    "FloorMod",
    "Mod",
    "TruncateMod",
    "Maximum",
    "Minimum",
    "Pow",
    "SquaredDifference",
    "Less",
    "LessEqual",
    "Greater",
    "GreaterEqual",
    "LogicalAnd",
    "LogicalOr",
    "Atan2",
    "DivNoNan",
    "MulNoNan",
    "Xdivy",
    "Xlogy",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
]

ELEMENTWISE: dict[str, ShapeFunction] = {
    **dict.fromkeys(_UNARY, _unchanged),
    **dict.fromkeys(_BINARY, _broadcast),
    **dict.fromkeys(("Equal", "NotEqual"), _comparison),
    **dict.fromkeys(("Softmax", "LogSoftmax"), _softmax),
    "AddN": _add_n,
    "ReadVariableOp": _unchanged,  # of the shape behind the handle
}
