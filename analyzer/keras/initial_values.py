"""Values that initializers draw for a weight when it is made: what those of Keras 2 refuse of its shape and dtype.

After `Orthogonal.__call__`, `Identity.__call__`, `Constant.__call__`, `_assert_float_dtype` (initializers/initializers_v2.py, later
initializers.py; TensorFlow 1.15: python/ops/init_ops.py). Weights are made eagerly, which is when `tf.constant` and `tf.linalg.qr` look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import UNKNOWN, BuildError, Layer, Weight, flatten, shape_text

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.keras.era import Era

_ARGUMENTS = {  # weights whose initializer is not called as they are
    "recurrent_kernel": "recurrent_initializer",
    "depthwise_kernel": "depthwise_initializer",
    "pointwise_kernel": "pointwise_initializer",
}
_BY_SHAPE = ("orthogonal", "identity", "constant", "orthogonalinitializer", "identityinitializer", "initializer")
_FACTORS = ("gain", "minval", "maxval", "mean", "stddev")  # which are multiplied with what is drawn, or added to it
_ANY_DTYPE = ("zeros", "ones", "zero", "one", "constant")
_NUMBERS = ("randomuniform", "random_uniform", "uniform")  # which are drawn as integers too, between integers
_HALF_QR = (2, 10)  # the first TensorFlow whose Qr has a kernel of float16 (tables/kernels.jsonl)
_ORDINARY = ("", "float32", "float64", "mixed_float16", "mixed_bfloat16", "_infer", "infer")


def check(d: Deserializer, layer: Layer) -> None:
    """What a layer that was just built cannot draw. Raises BuildError."""
    if "_from_" in layer.policy:
        return
    ordinary = layer.policy in _ORDINARY
    for holder, weight in _made(layer):
        argument = _ARGUMENTS.get(weight.name, f"{weight.name}_initializer")
        value = holder.config.get(argument, layer.get(argument))
        name, config = _described(value)
        if not name or (ordinary and not _telling(weight, name, config)) or d.resolve.supplied(str(name)):
            continue
        if d.era.is_3:
            from analyzer.keras import initial_values_keras3

            initial_values_keras3.check(layer, holder, weight, name, config)
            continue
        error = _refused(d.era, name.lower(), config, weight, layer.policy)
        if error:
            raise BuildError(f"draws {weight.name} {shape_text(weight.shape)} by {name}", error, "invalid-argument")


def check_given(layer: Layer) -> None:
    """`set_weights` of what the argument `weights` has, once the layer is built. Raises BuildError: lists are no arrays."""
    given = layer.config.get("weights")
    sized = isinstance(given, (list, str, Mapping))
    if given is None or layer.kind == "Bidirectional" or (sized and not given and not layer.all_weights()):
        return
    if sized and not layer.all_known():
        return
    raise BuildError(
        f"is given weights={given!r}"[:200],
        f"You called `set_weights(weights)` on layer {layer.name!r} with a weight list of another length"
        if sized
        else f"object of type '{type(given).__name__}' has no len()",
        "invalid-argument",
    )


def _telling(weight: Weight, name: str, config: Mapping[str, Any]) -> bool:
    """Whether an initializer looks at the shape, draws nothing, or has factors of many numbers; or the shape is none."""
    if name.lower() in _BY_SHAPE or (weight.shape and isinstance(weight.shape[0], bool)):
        return True
    return any(key in _FACTORS and isinstance(setting, (list, str)) for key, setting in config.items())


def _made(layer: Layer) -> Iterator[tuple[Layer, Weight]]:
    """The weights that the layer itself makes; those of layers within it are made by their own calls."""
    for weight in layer.own:
        if not (weight.alias or weight.table):
            yield layer, weight
    for part in (*layer.parts.values(), *layer.cells):
        if part.kind.endswith(("Cell", "EinsumDense")) and not part.nodes:
            for weight in part.own:
                yield part, weight


def _described(value: Any) -> tuple[str, Mapping[str, Any]]:
    """An initializer's class and configuration."""
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, Mapping) or not isinstance(value.get("class_name"), str):
        return "", {}
    config = value.get("config")
    return value["class_name"], config if isinstance(config, Mapping) else {}


def _refused(era: Era, name: str, config: Mapping[str, Any], weight: Weight, dtype: str) -> str:
    shape = weight.shape
    if shape is None:
        return ""
    if name == "orthogonal" and len(shape) < 2:
        return (
            f"The tensor to initialize must be at least two-dimensional. Received: shape={shape} of rank {len(shape)}."
        )
    if name == "identity" and len(shape) != 2:
        return f"Identity matrix initializer can only be used for 2D matrices. Received: shape={shape} of rank {len(shape)}."
    if name == "constant":
        return _constant(era, config.get("value"), shape)
    if dtype == "string" and name in _ANY_DTYPE:
        return "Expected numeric or boolean dtype, got <dtype: 'string'>."
    if shape and isinstance(shape[0], bool) and name not in (*_ANY_DTYPE, "identity", "orthogonal"):
        return "Can't convert Python sequence with mixed types to Tensor."
    for key in _FACTORS:
        error = _factor(config.get(key), shape)
        if error:
            return error
    if dtype in _ORDINARY or not era.at_least(2, 3) or name in _ANY_DTYPE:
        return ""
    floats = dtype.startswith(("float", "bfloat", "half", "double"))
    ends = [config.get("minval"), config.get("maxval")]
    whole = name in _NUMBERS and dtype.startswith(("int", "uint")) and all(isinstance(end, int) for end in ends)
    if not floats and not whole:
        return f"Expected floating point type, got <dtype: {dtype!r}>."
    if name == "orthogonal" and dtype == "bfloat16":
        return "Value for attr 'T' of bfloat16"
    if name == "orthogonal" and dtype in ("float16", "half") and era.tensorflow < _HALF_QR:
        return "Could not find device for node: {{node Qr}}"
    return ""


def _factor(value: Any, shape: tuple[int | None, ...]) -> str:
    """What the values are multiplied by, or what is added to them: numbers that go into the shape of the weight."""
    if not isinstance(value, (list, str)):
        return ""
    if not all(isinstance(each, (int, float)) for each in flatten(value)):
        return f"Cannot convert {value} to EagerTensor of dtype float"
    if any(isinstance(each, list) for each in value):
        return ""
    wide = len(value) != 1 and shape and shape[-1] not in (len(value), UNKNOWN, None)
    return f"__wrapped__Mul_device_ Incompatible shapes: {[len(value)]} vs. {list(shape)}" if wide else ""


def _constant(era: Era, value: Any, shape: tuple[int | None, ...]) -> str:
    """`tf.constant(value, shape=shape)`: one value, or one for each place."""
    if not isinstance(value, list) or UNKNOWN in shape or None in shape:
        return ""
    count, wanted = _leaves(value), prod(size or 0 for size in shape)
    if count == wanted or (count == 1 and era.at_least(2)) or (count <= wanted and not era.at_least(2)):
        return ""
    if not era.at_least(2):
        return f"Too many elements provided. Needed at most {wanted}, but received {count}"
    return f"Eager execution of tf.constant with unsupported shape (value has {count} elements, shape is {shape} with {wanted} elements)."


def _leaves(value: Any) -> int:
    return sum(map(_leaves, value)) if isinstance(value, list) else 1
