"""Dense, EinsumDense, Embedding, Lambda and what passes its input on."""

from __future__ import annotations

from math import prod
from typing import Any

from analyzer.keras.broadcast import broadcast, dims_of
from analyzer.keras.calls import Call, Function
from analyzer.keras.encoded import type_name
from analyzer.keras.layers import quantized
from analyzer.keras.model import UNKNOWN, BuildError, Shape, Tensor, shape_text


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
    units = call.size("units")
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
    """`EinsumDense.build`: the kernel's shape follows from the equation."""
    equation = str(call.get("equation"))
    given, axes, shape = call.get("output_shape"), call.get("bias_axes"), call.shape
    if shape is None or not shape:
        _einsum_weights(call, None, None, has_bias=axes is not None)
        return None
    from analyzer.keras import einsum  # patterns to compile, for the few models that need them

    if call.era.is_3:
        _einsum_values(call)
    found = einsum.analyze(equation, shape, list(given) if isinstance(given, list) else [given], axes)
    if found.elided and not found.dotted and not call.era.is_3:
        raise BuildError(
            f"has the equation {equation} for an input of {len(shape)} dimensions",
            f"Expected input to have rank {len(shape) - found.elided} but got: {len(shape)}",
        )
    for name, made in (("kernel", found.kernel), ("bias", found.bias or ())):
        if None in made and call.building:
            raise BuildError(
                f"makes a {name} by {equation} of {shape_text(shape)}, where not all its dimensions are known",
                f"Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={made}",
            )
    _einsum_weights(call, found.kernel, found.bias, has_bias=axes is not None, reduced=found.reduced)
    return found.output if call.era.is_3 else found.result


def _einsum_values(call: Call) -> None:
    """`_analyze_split_string` of Keras 3: dimensions of a variable, letters of the output. Raises BuildError."""
    given, axes = call.get("output_shape"), call.get("bias_axes")
    dims = given if isinstance(given, list) else [given]
    odd = next((dim for dim in dims if isinstance(dim, (str, float, list, dict)) or (dim or 0) < 0), None)
    if odd is not None and call.building:
        raise BuildError(f"has output_shape={given!r}", f"Cannot convert '{dims}' to a shape.", "invalid-argument")
    letters = isinstance(axes, (str, list)) and axes and all(isinstance(each, str) for each in axes)
    if axes is not None and not letters and call.building:
        error = f"'{type_name(axes)}' object is not iterable"
        raise BuildError(f"has bias_axes={axes!r}", error, "invalid-argument")


def _einsum_weights(call: Call, kernel: Shape, bias: Shape, *, has_bias: bool, reduced: tuple[int, ...] = ()) -> None:
    """What the scale of a kernel in int8 looks like hangs on the equation. In int4 the kernel has half the values along the first
    axis that is summed over, from 3.14 on it is flat: (what is summed over, half of all else)."""
    rank = call.get("lora_rank")
    low = ((*kernel[:-1], rank), (rank, kernel[-1])) if kernel else (None, None)
    main = quantized.Main("kernel", kernel, None, low)
    if kernel and UNKNOWN not in kernel and None not in kernel:
        sizes = [size for size in kernel if size is not None]
        rows = prod(size for axis, size in enumerate(sizes) if axis in reduced)
        columns = prod(size for axis, size in enumerate(sizes) if axis not in reduced)
        first = reduced[0] if reduced else 0
        halved = (*sizes[:first], (sizes[first] + 1) // 2, *sizes[first + 1 :])
        packed = (rows, (columns + 1) // 2) if call.era.at_least(3, 14) else halved
        main = main._replace(packed=packed, groups=(None, columns), grouped=rows)
    quantized.variables(call, main, bias, has_bias=has_bias)


def input_layer(call: Call) -> Any:
    """An InputLayer that is called like any layer passes its input on."""
    return call.shape


def tensors(call: Call) -> Any:
    """The input itself, whatever its structure."""
    return call.inputs if isinstance(call.inputs, (Tensor, list, dict)) else None


def masking(call: Call) -> Shape:
    """`Masking.call` compares the inputs with a number, or with several along the last axes."""
    if call.shape is not None and not call.era.is_3:
        broadcast(call.shape, dims_of(call.get("mask_value")))
    return call.shape


FUNCTIONS: dict[str, Function] = {
    "Dense": dense,
    "Embedding": embedding,
    "ReversibleEmbedding": reversible_embedding,
    "EinsumDense": einsum_dense,
    "InputLayer": input_layer,
    "Lambda": unknown,
    "TensorFlowOpLayer": unknown,
    "ClassMethod": unknown,
    "InstanceMethod": unknown,
    "InstanceProperty": unknown,
    "AddLoss": tensors,
    "AddMetric": tensors,
    "Masking": masking,
    "Identity": tensors,
    "ActivityRegularization": same,
    "Dropout": same,
    "GaussianDropout": same,
    "GaussianNoise": same,
    "AlphaDropout": same,
}
