"""Functions of TensorFlow in a model of Keras 2.4 to 2.15: what `TFOpLambda` and `SlicingOpLambda` call, and with which arguments.

The arguments are those of the functions by name, since a call saves its further ones so (layers/core/tf_op_layer.py).
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.dtypes import FLOATS
from analyzer.keras.layers.slices import sliced
from analyzer.keras.layers.tf_names import check, typed
from analyzer.keras.layers.tf_shapes import SHAPES, OpenError
from analyzer.keras.model import BuildError, Tensor, flatten
from analyzer.tables.keras_functions import arguments_of


def function(call: Call) -> Any:
    """`TFOpLambda`: a call's `*args` are not saved (`Node.serialize`), and einsum takes its tensors by them."""
    name = str(call.get("function"))
    if name == "einsum" and not any(isinstance(each, Tensor) for each in flatten(call.inputs)):
        raise BuildError(
            "calls tf.einsum, whose tensors Keras does not save", "Got 0 inputs for equation, expecting at least 1"
        )
    _arguments(call, name)
    short = name.rpartition(".")[2] if name.startswith(_MODULES) else name
    known = SHAPES.get(short)
    call.open = known is None
    if known is None:
        return None
    _no_text(call)
    check(short, [each for each in flatten([call.inputs, *call.kwargs.values()]) if isinstance(each, Tensor)])
    try:
        result = known(call)
    except OpenError:
        call.open = short in _SEVERAL
        return None
    return result if short == "cast" else typed(call, short, result)


_COUNTED = ("multiples", "paddings", "shape", "num_or_size_splits")
_COMPUTED = ("y", "clip_value_min", "clip_value_max", *_COUNTED)


def _no_text(call: Call) -> None:
    """Texts become tensors that no numbers are computed with. Raises BuildError."""
    floats = isinstance(call.inputs, Tensor) and call.inputs.dtype in FLOATS
    for key in _COMPUTED if floats else _COUNTED:
        odd = next((each for each in flatten(call.kwargs.get(key)) if isinstance(each, str)), None)
        if odd is not None:
            raise BuildError(
                f"computes with {key}={call.kwargs[key]!r}",
                f"Value passed to parameter '{key}' has DataType string not in list of allowed values",
                "invalid-argument",
            )


def _arguments(call: Call, name: str) -> None:
    """What `dispatch.op_dispatch_handler` makes of arguments that the function does not have, or of missing ones. Raises BuildError.

    The first one is what the layer is called on; those that have no default were saved if they were given.
    """
    known = arguments_of(call.era.api, name)
    if not known or known[0].startswith("*"):
        return
    names = [each.rstrip("=") for each in known]
    surplus = [key for key in call.kwargs if key not in (*names, "*", "training", "mask")]
    if surplus and "**" not in known:
        raise BuildError(
            f"calls tf.{name} with {', '.join(surplus)}", f"Got an unexpected keyword argument '{surplus[0]}'", _UNKNOWN
        )
    if names[0] in call.kwargs:
        raise BuildError(f"calls tf.{name} with two of {names[0]}", f"Got multiple values for argument '{names[0]}'")
    missing = [each for each in known[1:] if each not in call.kwargs and not each.endswith(("=", "*"))]
    if missing and isinstance(call.inputs, (Tensor, list)):
        raise BuildError(
            f"calls tf.{name} without {', '.join(missing)}", "Missing required positional argument", "missing-argument"
        )


_UNKNOWN = "unknown-argument"
_SEVERAL = ("split", "unstack")


_MODULES = ("math.", "__operators__.", "nn.", "linalg.", "compat.v1.")


FUNCTIONS: dict[str, Function] = {"TFOpLambda": function, "SlicingOpLambda": sliced}
