"""Layers around layers."""

from __future__ import annotations

from copy import copy
from typing import Any

from analyzer.keras import build_config
from analyzer.keras.building import build_from_config, outputs_of
from analyzer.keras.calls import Call, Function
from analyzer.keras.dtypes import RAGGED
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, Tensor, UnimplementedError, flatten


def fresh(layer: Layer) -> Layer:
    """Another layer from the same configuration, not built."""
    twin = copy(layer)
    twin.own, twin.nodes, twin.pins, twin.built = [], [], {}, False
    twin.parts = {key: fresh(part) for key, part in layer.parts.items()}
    twin.cells = [fresh(each) for each in layer.cells]
    twin.layers = [fresh(each) for each in layer.layers]
    return twin


def _by_shape(call: Call, layer: Layer, inputs: Any) -> Any:
    """The inner layer's outputs, of which Keras 3 asks no more than `compute_output_shape`, which looks at no `input_spec`."""
    if call.era.is_3:
        for each in (layer, *layer.parts.values()):
            build_from_config(call.d, each)
            each.pins = {}
    return _inner(call, layer, inputs)


def _inner(call: Call, layer: Layer, inputs: Any) -> Any:
    outputs, is_open = outputs_of(call.d, layer, inputs, {})
    call.open = call.open or is_open
    if not layer.known:
        call.layer.known = False
    return outputs


def time_distributed(call: Call) -> Any:
    """TimeDistributed: the inner layer sees one step at a time."""
    layer = call.layer.parts.get("layer")
    if layer is None:
        call.layer.known = False
        call.open = True
        return None
    shape = call.shape
    if shape is not None and len(shape) < 3 and (call.era.is_3 or call.era.at_least(2, 2)):
        raise BuildError(
            f"takes inputs of at least 3 dimensions, but the input is {shape}",
            "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions",
        )
    step: Shape = (shape[0], *shape[2:]) if shape is not None else None
    dtype = call.inputs.dtype if isinstance(call.inputs, Tensor) else ""
    if dtype.startswith(RAGGED):
        dtype = ""  # of whose rows a call makes a dense tensor
    outputs = flatten(_by_shape(call, layer, Tensor(step, dtype)))
    if len(outputs) > 1 and not call.era.is_3 and layer.kind in ("LSTM", "GRU", "SimpleRNN"):
        raise BuildError(
            f"holds {layer.kind} {layer.name!r}, which returns its states too", "'list' object has no attribute 'shape'"
        )
    shapeless = layer.kind == "Sequential" and not call.era.at_least(3, 4)
    if call.era.is_3 and (layer.kind == "Functional" or shapeless) and layer.symbol is not None:
        _shape_of_model(call, layer, shape)
    if len(outputs) != 1 or outputs[0].shape is None or shape is None:
        return None
    inner = outputs[0].shape
    return (shape[0], shape[1], *inner[1:])


def _shape_of_model(call: Call, model: Layer, shape: Shape) -> None:
    """`TimeDistributed.compute_output_shape` of Keras 3 asks the model for one shape. Raises BuildError."""
    if not call.era.at_least(3, 4):
        raise UnimplementedError(
            f"holds a {model.kind} model, which in Keras {call.era.version} does not compute its output shape",
            "Layer Functional should implement `def compute_output_shape(self, input_shape)`.",
        )
    if isinstance(model.outputs, list) and len(model.outputs) == 1:
        steps = shape[1] if shape is not None else None
        raise BuildError(
            "holds a functional model whose configuration lists its one output, so that it has a list of shapes",
            f"Cannot convert '{steps}' to a shape.",
        )


def bidirectional(call: Call) -> Any:
    """Bidirectional: two layers from one configuration, unless the backward one is given."""
    parts = call.layer.parts
    if "forward_layer" not in parts:
        given = parts.pop("layer", None)
        if given is None:
            call.layer.known = False
            call.open = True
            return None
        backward = parts.pop("backward_layer", None)
        if call.era.is_3 and not call.era.at_least(3, 3) and "build_config" in given.config:
            parts["layer"] = fresh(given)  # there a Wrapper, and the layer that it was given builds itself
        if not build_config.says_shape(given.config.get("build_config") or ()):  # then its copy is not built
            given.config = {key: value for key, value in given.config.items() if key != "build_config"}
        parts["forward_layer"] = given
        parts["backward_layer"] = backward if backward is not None else fresh(given)
    if isinstance(call.inputs, list) and call.inputs:
        call.inputs = call.inputs[0]
    forward = flatten(_by_shape(call, parts["forward_layer"], call.inputs))
    if "layer" in parts:
        _inner(call, parts["layer"], call.inputs)
    backward_out = flatten(_by_shape(call, parts["backward_layer"], call.inputs))
    if call.open or not forward or not backward_out:
        return None
    merged = _merged(call, forward[0].shape, backward_out[0].shape)
    states = [each.shape for each in (*forward[1:], *backward_out[1:])]
    if not states:
        return merged
    return [*merged, *states] if isinstance(merged, list) else [merged, *states]


def _merged(call: Call, left: Shape, right: Shape) -> Any:
    mode = call.get("merge_mode", "concat")
    if mode is None:
        return [left, right]
    if mode != "concat":
        return left
    if left is None or right is None:
        return None
    sizes = (left[-1], right[-1])
    last: Dim = UNKNOWN if None in sizes or UNKNOWN in sizes else (sizes[0] or 0) + (sizes[1] or 0)
    return (*left[:-1], last)


_NO_KERNEL = (
    *(
        "Activation",
        "ReLU",
        "Dropout",
        "Flatten",
        "Reshape",
        "BatchNormalization",
        "LayerNormalization",
        "MaxPooling2D",
    ),
    *("LSTM", "GRU", "SimpleRNN", "SeparableConv1D", "SeparableConv2D", "GlobalAveragePooling2D"),
)


def spectral_normalization(call: Call) -> Any:
    """SpectralNormalization: one vector beside the kernel of the inner layer."""
    layer = call.layer.parts.get("layer")
    if layer is None:
        call.layer.known = False
        call.open = True
        return None
    outputs = _by_shape(call, layer, call.inputs)
    kernel = next((w.shape for w in layer.own if w.name in ("kernel", "embeddings")), None)
    if layer.kind in _NO_KERNEL and layer.symbol is not None:
        raise BuildError(
            f"holds {layer.kind}, which has neither a kernel nor embeddings",
            f"{layer.kind} object has no attribute 'kernel' nor 'embeddings'",
        )
    for axis, dim in enumerate(call.shape[1:] if call.era.is_3 and call.shape is not None else (), start=1):
        if dim is not None:
            call.pin(axis, dim)  # `InputSpec(shape=[None, *input_shape[1:]])`
    if call.building:
        call.layer.add("kernel", kernel, alias=True)
    call.add("vector_u", (1, kernel[-1]) if kernel else None, trainable=False)
    return outputs


FUNCTIONS: dict[str, Function] = {
    "TimeDistributed": time_distributed,
    "Bidirectional": bidirectional,
    "SpectralNormalization": spectral_normalization,
}
