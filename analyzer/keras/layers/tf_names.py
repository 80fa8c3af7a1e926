"""Functions of TensorFlow by what they do with dtypes: they cast nothing, and most take tensors of one dtype alone.

Which dtypes they refuse was measured, each called on inputs of each dtype, under TensorFlow 2.4, 2.10 and 2.15, which are alike.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call
from analyzer.keras.dtypes import FLOATS, RAGGED, SPARSE
from analyzer.keras.model import BuildError, Tensor, flatten

ONE_BY_ONE = (
    *("relu", "relu6", "elu", "selu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu", "silu", "swish"),
    *("exp", "log", "log1p", "sqrt", "rsqrt", "square", "abs", "negative", "sin", "cos", "sign", "floor", "round"),
    *("identity", "stop_gradient", "zeros_like", "ones_like", "l2_normalize", "dropout", "log_softmax", "reciprocal"),
)
TWO = (
    *("add", "subtract", "multiply", "truediv", "divide", "maximum", "minimum", "pow", "sub", "mul"),
    *("radd", "rsub", "rmul", "rtruediv", "squared_difference", "floormod", "divide_no_nan", "floordiv"),
)
_KEPT = ("identity", "stop_gradient", "expand_dims", "squeeze", "reshape", "transpose", "concat", "stack", "split")
REDUCE = tuple(f"reduce_{name}" for name in ("mean", "sum", "max", "min", "prod", "std", "variance", "logsumexp"))
_SPARSE_TOO = ("identity", "stop_gradient", "cast", "shape", "tanh", "sqrt", "square", "abs", "negative", "sign")
_FLOATS_ONLY = frozenset(
    (
        *("elu", "selu", "sigmoid", "tanh", "softmax", "softplus", "gelu", "silu", "swish", "exp", "log", "log1p"),
        *("sqrt", "rsqrt", "sin", "cos", "floor", "l2_normalize", "log_softmax"),
    )
)
_NUMBERS_ONLY = frozenset(
    (
        *("relu", "relu6", "leaky_relu", "round", "square", "abs", "negative", "sign", "reciprocal", "clip_by_value"),
        *("multiply", "subtract", "maximum", "pow", "squared_difference", "truediv", "matmul"),
        *("reduce_mean", "reduce_sum", "reduce_max"),
    )
)
_OF_ONE_DTYPE = frozenset((*ONE_BY_ONE, *TWO, *REDUCE, *_KEPT, "matmul"))


def check(name: str, tensors: list[Tensor]) -> None:
    """Raises BuildError for tensors of a dtype that the function computes nothing with."""
    refused: tuple[str, ...] = () if name in _SPARSE_TOO else (SPARSE,)
    if name in _FLOATS_ONLY:
        refused += ("int", "uint", "bool", "string")
    elif name in _NUMBERS_ONLY:
        refused += ("bool", "string")
    odd = next((each.dtype for each in tensors if refused and each.dtype.startswith(refused)), None)
    if odd is not None:
        raise BuildError(
            f"calls tf.{name} on {'a sparse tensor' if odd == SPARSE else odd}",
            "Failed to convert elements of SparseTensor to Tensor."
            if odd == SPARSE
            else f"Value passed to parameter 'x' has DataType {odd} not in list of allowed values",
        )


def typed(call: Call, name: str, result: Any) -> Any:
    """The result with its dtype: that of the tensors, all of which have to be of one. Raises BuildError."""
    if name not in _OF_ONE_DTYPE or result is None:
        return result
    tensors = [each for each in flatten([call.inputs, *call.kwargs.values()]) if isinstance(each, Tensor)]
    found = sorted({each.dtype for each in tensors})
    if any(each.startswith(RAGGED) for each in found):
        return result
    if len(found) > 1 and "" not in found:
        raise BuildError(
            f"calls tf.{name} on tensors of {', '.join(found)}, which TensorFlow does not cast",
            f"Input 'y' of 'AddV2' Op has type {found[1]} that does not match type {found[0]} of argument 'x'.",
        )
    dtype = found[0] if found and (found[0] in FLOATS or name in _KEPT) else ""
    return [Tensor(each, dtype) for each in result] if isinstance(result, list) else Tensor(result, dtype)
