"""Sequential models from their configuration: `Sequential.from_config`, `add`, `build` (engine/sequential.py, models/sequential.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import dtypes
from analyzer.keras.building import call, input_tensor, unique_names
from analyzer.keras.model import Layer, Shape, Tensor, UnimplementedError, flatten
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def sequential(d: Deserializer, symbol: KerasSymbol, config: Any, where: str) -> Layer | None:
    build_shape = None
    if isinstance(config, Mapping):
        if "name" not in config:
            d.malformed("a Sequential model without a name", where, "Unknown layer: 'layers'")
            return None
        if not isinstance(config.get("layers"), list):
            d.malformed("a Sequential model without a list of layers", where, "KeyError: 'layers'")
            return None
        items, prefix = config["layers"], f"{where}/layers"
        build_shape = config.get("build_input_shape")
    else:
        items, prefix = config, where
    name = config.get("name", "") if isinstance(config, Mapping) else ""
    model = Layer(
        "Sequential",
        name if isinstance(name, str) else "",
        config if isinstance(config, Mapping) else {},
        where,
        symbol,
    )
    model.is_model = True
    complete = True
    for index, item in enumerate(items):
        layer = d.member(item, f"{prefix}/{index}")
        if layer is None:
            complete = False
        else:
            model.layers.append(layer)
    if complete:
        unique_names(d, model, where)
        stack(d, model, build_shape)
    else:
        model.known = False
        _input_again(d, model, build_shape)
    return model


def _input_again(d: Deserializer, model: Layer, build_shape: Any) -> None:
    """`Sequential.add` of Keras 3 refuses a second InputLayer, before it comes to what does not deserialize after it."""
    if d.era.is_3 and model.layers and _input(d, model.layers[0], build_shape) is not None:
        for layer in model.layers[1:]:
            if layer.kind == "InputLayer":
                _refuse_input(d, layer)


def _refuse_input(d: Deserializer, layer: Layer) -> None:
    message = "a second InputLayer in a Sequential model"
    d.malformed(message, layer.where, "has already been configured to use input shape")


def stack(d: Deserializer, model: Layer, build_shape: Any = None) -> None:
    """`Sequential.add` for each layer: call the layers one after the other once the shape of the input is known."""
    layers = model.layers
    if not layers:
        if d.era.is_3 and build_shape and _is_shape(build_shape):
            d.out.say(
                "invalid-graph",
                f"{model.where}: no layers, and build_input_shape to build them for",
                model.where,
                f"Sequential model {model.name} cannot be built because it has no layers. Call `model.add(layer)`.",
            )
        return
    current: Any = _input(d, layers[0], build_shape)
    rest = layers[1:] if layers[0].kind == "InputLayer" else layers
    if not d.era.is_3:
        model.layers = rest
    if current is None:
        return
    model.inputs = current
    if not rest and d.era.is_3:
        message = (
            f"{model.where}: {model.name!r} holds an InputLayer alone, of which Keras {d.era.version} makes no graph"
        )
        _built_again(d, model, build_shape, message)
    for layer in rest:
        if layer.kind != "InputLayer":
            _connected(d, layer, current)
            try:
                current = _after(d, layer, current)
            except UnimplementedError as error:
                _left_unbuilt(d, model, layer, build_shape, error)
                return
        elif d.era.is_3:
            _refuse_input(d, layer)
    model.outputs = current if d.era.is_3 else flatten(current)[0]
    model.built = True


def _connected(d: Deserializer, layer: Layer, current: Any) -> None:
    """`Functional` needs a way from its outputs to its inputs, of which RandomGrayscale returns the very tensor up to 3.10."""
    first = isinstance(current, Tensor) and (current.node is None or current.node.layer.kind == "InputLayer")
    if layer.kind == "RandomGrayscale" and first and d.era.is_3 and not d.era.at_least(3, 11):
        d.out.say(
            "invalid-graph",
            f"{layer.where}: RandomGrayscale {layer.name!r} of Keras {d.era.version} returns the input of the model",
            layer.where,
            "`inputs` not connected to `outputs`",
        )


def _left_unbuilt(d: Deserializer, model: Layer, layer: Layer, build_shape: Any, error: UnimplementedError) -> None:
    """`Sequential.build` of Keras 3 stops there without a word, and what comes after has no weights."""
    model.known = model.known and d.legacy  # in an archive each layer says what it is built for
    reasons, layer.deferred = layer.deferred, []
    message = f"{layer.where}: {layer.kind} {layer.name!r}: {error}, so that {model.name!r} is not built"
    if _built_again(d, model, build_shape, message):
        d.out.events += reasons


def _built_again(d: Deserializer, model: Layer, build_shape: Any, message: str) -> bool:
    """Whether `build_input_shape` is not the inputs' shape: `Sequential.from_config` builds what has no graph yet for it.

    Up to 3.4 `build` compares the list that JSON has for it with a tuple, from 3.5 on it makes a tuple of it (`standardize_shape`).
    """
    first = model.layers[0]
    if first.kind != "InputLayer" or not d.era.is_3 or not _is_shape(build_shape):
        return False
    shape = input_tensor(d, first).shape
    if shape is None or (d.era.at_least(3, 5) and tuple(build_shape) == shape):
        return False
    d.out.say(
        "incompatible-input",
        message,
        first.where,
        f"Sequential model '{model.name}' has already been configured to use input shape {shape}. "
        f"You cannot build it with input_shape {build_shape}",
    )
    return True


def _input(d: Deserializer, first: Layer, build_shape: Any) -> Tensor | None:
    """What goes into the first layer; None where its shape is not known before the model is called."""
    if first.kind == "InputLayer":
        return input_tensor(d, first)
    shape = _declared_shape(d, first)
    if shape is None and isinstance(build_shape, list) and _is_shape(build_shape):
        shape = tuple(build_shape)
    return Tensor(shape, dtypes.declared(d.era, first)) if shape is not None or _implicit(first) else None


def _after(d: Deserializer, layer: Layer, current: Any) -> Any:
    """What comes out of a layer. Keras 3 hands it on as it is, a list of one tensor too."""
    if layer.kind == "Lambda" and layer.deferred and d.era.is_3:  # `Lambda.compute_output_spec`, whatever the error
        error = "We could not automatically infer the shape of the Lambda's output."
        raise UnimplementedError(layer.deferred[0].message, error)
    result = call(d, layer, current, {}, stacked=True)
    outputs = flatten(result)
    if len(outputs) != 1:
        if not (layer.nodes and layer.nodes[-1].open) and not d.era.is_3:
            d.out.say(
                "incompatible-input",
                f"{layer.where}: {layer.kind} has {len(outputs)} outputs inside a Sequential model",
                layer.where,
                "All layers in a Sequential model should have a single output tensor.",
            )
        several = d.era.is_3 and isinstance(result, list) and bool(layer.nodes) and not layer.nodes[-1].open
        return result if several else Tensor(None)
    return [outputs[0]] if d.era.is_3 and isinstance(result, list) and len(result) == 1 else outputs[0]


def _implicit(first: Layer) -> bool:
    """Whether a model as first layer brings its own inputs."""
    return first.is_model and first.inputs is not None


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(dim is None or isinstance(dim, int) for dim in value)


def _declared_shape(d: Deserializer, first: Layer) -> Shape:
    """The batch shape that the first layer of a Sequential model declares (`_batch_input_shape`, `_input_shape_arg`)."""
    config = first.config
    if d.era.is_3:
        if isinstance(config.get("input_dim"), int):
            return (None, config["input_dim"])
        shape = config.get("input_shape")
        return (None, *shape) if isinstance(shape, (list, tuple)) else None
    layer = first
    while layer.is_model and layer.layers:
        if layer.inputs is not None and not isinstance(layer.inputs, (list, dict)):
            tensor = layer.inputs
            return tensor.shape if isinstance(tensor, Tensor) else None
        layer = layer.layers[0]
    config = layer.config
    shape = config.get("batch_input_shape")
    if isinstance(shape, list) and _is_shape(shape):
        return tuple(shape)
    if "input_shape" in config and _is_shape(config["input_shape"]):
        return (config.get("batch_size"), *config["input_shape"])
    dim = config.get("input_dim")
    if isinstance(dim, int) and layer.kind != "Embedding":
        return (None, dim)
    if layer.kind == "Embedding" and not first.is_model:
        length = config.get("input_length")
        if isinstance(length, list):
            return (None, *length)
        return (None, length)
    return None
