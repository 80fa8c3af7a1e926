"""Dense, EinsumDense, Embedding, Lambda and what passes its input on."""

from __future__ import annotations

import re
from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers import quantized
from analyzer.keras.model import UNKNOWN, BuildError, Shape, Tensor, flatten, shape_text


def same(call: Call) -> Shape:
    """The input's shape, no weights."""
    return call.shape


def unknown(call: Call) -> Shape:
    """Outputs that only the code knows, no weights."""
    call.open = True
    return None


def dense(call: Call) -> Shape:
    """`Dense.build`: kernel (last dimension, units), bias (units,)."""
    call.ndim(at_least=2)
    last = call.defined(-1, "The last dimension of the inputs to a Dense layer")
    units = int(call.get("units"))
    # A product of matrices has its dimensions checked, `tf.tensordot` of what is not all known has not.
    open_shape = call.shape is None or (len(call.shape) > 2 and None in call.shape)
    call.pin(-1, last, taken=lambda _dim, _known: open_shape)
    later = call.era.at_least(3, 14)
    main = quantized.Main(
        "kernel",
        (last, units),
        (units,) if call.era.at_least(3, 2) else (1, units),
        ((last, call.get("lora_rank")), (call.get("lora_rank"), units)),
        (last, (units + 1) // 2) if later else (UNKNOWN if last == UNKNOWN else (last + 1) // 2, units),
        (None, units),
        last,
    )
    quantized.variables(call, main, (units,), has_bias=bool(call.get("use_bias", True)))
    return None if call.shape is None else (*call.shape[:-1], units)


def embedding(call: Call) -> Shape:
    """`Embedding.build`: (input_dim, output_dim)."""
    size, rows = call.size("output_dim"), call.size("input_dim")
    main = quantized.Main(
        "embeddings",
        (rows, size),
        (rows,) if call.era.at_least(3, 3) else (size,),
        ((rows, call.get("lora_rank")), (call.get("lora_rank"), size)),
        (rows, (size + 1) // 2),
        (rows, None),
        size,
    )
    quantized.variables(call, main, None, has_bias=False)
    return None if call.shape is None else (*call.shape, size)


def reversible_embedding(call: Call) -> Shape:
    """`ReversibleEmbedding.build`: the way back is a matrix of its own unless tied."""
    result = embedding(call)
    if "_from_" in call.layer.policy or call.get("lora_rank"):
        call.layer.known = False
    if not call.get("tie_weights", True):
        call.add("reverse_embeddings", (int(call.get("output_dim")), int(call.get("input_dim"))))
    return result


def einsum_dense(call: Call) -> Shape:
    """`EinsumDense.build`: the kernel's shape follows from the equation (core/einsum_dense.py `_analyze_einsum_string`)."""
    equation = str(call.get("equation")).replace(" ", "")
    given = call.get("output_shape")
    output = [given] if isinstance(given, int) or given is None else list(given)
    shape = call.shape
    call.floats()
    found = analyze(equation, shape, output)
    axes = call.get("bias_axes")
    if found is None:
        _einsum_weights(call, None, None, has_bias=axes is not None)
        return None
    kernel, result, sizes, bias_names = found
    if None in kernel and call.building and not call.era.is_3:
        raise BuildError(
            f"makes a kernel by {equation} of {shape_text(shape)}, where not all its dimensions are known",
            "int() argument must be a string, a bytes-like object or a number, not 'NoneType'",
        )
    kernel = tuple(UNKNOWN if size is None else size for size in kernel)
    bias: Shape = None
    if axes is not None:
        odd = next((axis for axis in axes if axis not in bias_names), None)
        if odd is not None:
            raise BuildError(
                f"has bias_axes={axes!r} for the equation {equation}",
                f"Bias dimension '{odd}' was requested, but is not part of the output spec '{bias_names}'",
            )
        first = min((bias_names.index(axis) for axis in axes), default=0)
        bias = tuple(sizes.get(name, UNKNOWN) if name in axes else 1 for name in bias_names[first:])
    _einsum_weights(call, kernel, bias, has_bias=axes is not None)
    return result


def _einsum_weights(call: Call, kernel: Shape, bias: Shape, *, has_bias: bool) -> None:
    """What the scale of a quantized kernel looks like hangs on the equation."""
    rank = call.get("lora_rank")
    low = ((*kernel[:-1], rank), (rank, kernel[-1])) if kernel else (None, None)
    quantized.variables(call, quantized.Main("kernel", kernel, None, low), bias, has_bias=has_bias)


def analyze(
    equation: str, shape: Shape, output: list[Any]
) -> tuple[tuple[Any, ...], Shape, dict[str, Any], str] | None:
    """Kernel shape, output shape, sizes by letter and the output's letters; None where the shapes are not known."""
    dotted = equation.replace("...", "0")
    match = re.fullmatch(r"(0?)([A-Za-z]+)(0?),([A-Za-z]+)->(0?)([A-Za-z]+)(0?)", dotted)
    if match is None or shape is None:
        return None
    inputs, weights, outputs = match.group(2), match.group(4), match.group(6)
    left = bool(match.group(1) or match.group(5))
    right = bool(match.group(3) or match.group(7))
    elided = len(shape) - len(inputs)
    if left or right:
        if elided < 0:
            return None
    elif elided != 0:
        raise BuildError(f"has the equation {equation} for inputs of {len(inputs)} dimensions, not {len(shape)}")
    own = shape[elided:] if left else shape[: len(inputs)]
    sizes: dict[str, Any] = dict(zip(inputs, own, strict=True))
    # output_shape leaves out the batch dimension, and elided dimensions only where they are on the left.
    letters = outputs if left else outputs[1:]
    if len(output) < len(letters):
        return None
    for letter, size in zip(reversed(letters), reversed(output), strict=False):
        if letter not in sizes or (sizes[letter] is None and size is not None):
            sizes[letter] = size
    kernel = tuple(sizes.get(letter, UNKNOWN) for letter in weights)
    plain = tuple(sizes.get(letter, UNKNOWN) for letter in outputs)
    result = (*shape[:elided], *plain) if left else (*plain, *shape[len(inputs) :])
    return kernel, result, sizes, outputs


def input_layer(call: Call) -> Any:
    """An InputLayer that is called like any layer passes its input on."""
    return call.shape


def tensors(call: Call) -> Any:
    """The input itself, whatever its structure."""
    return call.inputs if isinstance(call.inputs, (Tensor, list, dict)) else None


def function_by_name(call: Call) -> Any:
    """`TFOpLambda`: a call's `*args` are not saved (`Node.serialize`), and einsum takes its tensors by them."""
    if call.get("function") == "einsum" and not any(isinstance(each, Tensor) for each in flatten(call.inputs)):
        raise BuildError(
            "calls tf.einsum, whose tensors Keras does not save", "Got 0 inputs for equation, expecting at least 1"
        )
    return unknown(call)


FUNCTIONS: dict[str, Function] = {
    "Dense": dense,
    "Embedding": embedding,
    "ReversibleEmbedding": reversible_embedding,
    "EinsumDense": einsum_dense,
    "InputLayer": input_layer,
    "Lambda": unknown,
    "TFOpLambda": function_by_name,
    "SlicingOpLambda": unknown,
    "TensorFlowOpLayer": unknown,
    "ClassMethod": unknown,
    "InstanceMethod": unknown,
    "InstanceProperty": unknown,
    "AddLoss": tensors,
    "AddMetric": tensors,
    "Masking": same,
    "Identity": tensors,
    "ActivityRegularization": same,
    "Dropout": same,
    "GaussianDropout": same,
    "GaussianNoise": same,
    "AlphaDropout": same,
}
