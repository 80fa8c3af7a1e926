"""Functions of TensorFlow by what they do with dtypes: they cast nothing, and most take tensors of one dtype alone."""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call
from analyzer.keras.dtypes import FLOATS
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
_OF_ONE_DTYPE = frozenset((*ONE_BY_ONE, *TWO, *REDUCE, *_KEPT, "matmul"))


def typed(call: Call, name: str, result: Any) -> Any:
    """The result with its dtype: that of the tensors, all of which have to be of one. Raises BuildError."""
    if name not in _OF_ONE_DTYPE or result is None:
        return result
    tensors = [each for each in flatten([call.inputs, *call.kwargs.values()]) if isinstance(each, Tensor)]
    found = sorted({each.dtype for each in tensors})
    if len(found) > 1 and "" not in found:
        raise BuildError(
            f"calls tf.{name} on tensors of {', '.join(found)}, which TensorFlow does not cast",
            f"Input 'y' of 'AddV2' Op has type {found[1]} that does not match type {found[0]} of argument 'x'.",
        )
    dtype = found[0] if found and (found[0] in FLOATS or name in _KEPT) else ""
    return [Tensor(each, dtype) for each in result] if isinstance(result, list) else Tensor(result, dtype)
