"""`cls.from_config(config)`: the layer that a class and its configuration make, or what the class refuses."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import arguments, custom, objects, policies
from analyzer.keras.encoded import type_name
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer, snake_case
from analyzer.keras.values.dtypes import is_dtype
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Config, Deserializer

# Arguments of wrappers that hold layers, by the class whose from_config takes them out.
_HELD = {
    "TimeDistributed": ("layer",),
    "Bidirectional": ("layer", "backward_layer"),
    "SpectralNormalization": ("layer",),
    "Wrapper": ("layer",),
    "RNN": ("cell",),
    "ConvRNN2D": ("cell",),
    "ResidualWrapper": ("cell",),
    "DeviceWrapper": ("cell",),
    "DropoutWrapper": ("cell",),
    "WideDeepModel": ("linear_model", "dnn_model"),
}
# Layers that call a function by name, by the argument that names it.
_CALLING = {"TFOpLambda": "function", "SlicingOpLambda": "function", "ClassMethod": "cls_symbol"}
_COLUMNS = ("DenseFeatures", "SequenceFeatures")  # layers of feature columns
# Arguments that take functions beside these words, by class.
_FUNCTIONS = {
    "TextVectorization": {
        "standardize": ("lower_and_strip_punctuation", "lower", "strip_punctuation"),
        "split": ("whitespace", "character"),
    }
}
# Initializers of weights that a switch leaves out.
_SWITCHED = {"bias_initializer": "use_bias", "beta_initializer": "center", "gamma_initializer": "scale"}
_ACTIVATED = ("Dense", "Activation", "Conv1D", "Conv2D", "Conv3D")  # which call an activation on what they return
# What constructors take and do nothing with, by whether they are those of Keras 3.
_UNREAD = {True: ("SimpleRNN", "activity_regularizer"), False: ("EinsumDense", "activity_regularizer")}
_UNREAD_BEFORE_28 = ("MultiHeadAttention", "activity_regularizer")
_SHAPES = ("batch_shape", "shape", "input_shape", "batch_input_shape", "input_tensor")
_CONTAINERS = ("Functional", "Model", "Sequential")


def _slope(d: Deserializer, layer: Layer, where: str) -> None:
    """An activation that is a layer with weights of its own: Keras 2 builds it when the layer is called.

    `activations.get` knows classes of layers by name from 2.4 on.
    """
    for key in ("activation", "recurrent_activation"):
        given = layer.config.get(key)
        config = {} if given == "PReLU" and d.era.at_least(2, 4) and not d.era.is_3 else given
        if config is given and not (isinstance(given, dict) and given.get("class_name") == "PReLU"):
            continue
        symbol = d.era.api.resolve("layer", "PReLU")
        inner = config.get("config", {}) if isinstance(config, dict) else {}
        if d.era.is_3 or key != "activation" or layer.kind not in _ACTIVATED or not isinstance(inner, dict):
            layer.known = False
        elif symbol is not None:
            layer.parts[key] = Layer("PReLU", "p_re_lu", inner, f"{where}/{key}", symbol)


def instance(d: Deserializer, found: KerasSymbol | str, inner: Any, where: str, class_name: str) -> Layer | None:
    """`cls.from_config(config)`. `found` is a string for a class of the user's, of which we know nothing."""
    if isinstance(found, str):
        custom.check(d, class_name, inner, where)
        custom.network(d, class_name, inner, where)
        config = inner if isinstance(inner, Mapping) else {}
        name = config.get("name")
        return Layer(class_name, name if isinstance(name, str) else "", config, where, None, known=False)
    if found.name in _CONTAINERS and found.kind in ("model", "layer"):
        from analyzer.keras.network import model_from_config

        return model_from_config(d, found, inner, where)
    if not found.is_class or found.kind not in ("layer", "model", "operation"):
        return _no_layer(d, found, where, class_name)
    if not isinstance(inner, dict):
        d.malformed(f"the configuration of {class_name} is {type_name(inner)}, not an object", where)
        return None
    config = dict(inner)
    layer = Layer(found.name, _name(d, config, found.name), config, where, found)
    layer.trainable = bool(config.get("trainable", True))
    _slope(d, layer, where)
    if found.name != "Lambda":
        _take_held(d, layer, config, where)
    d.later = Recorder(d.out.file)
    layer.deferred = d.later.events
    _look_within(d, found, config, where)
    _construct(d, layer, found, config, where)
    if found.name in ("Bidirectional", "Pipeline", "RNN", "StackedRNNCells"):
        from analyzer.keras import wrapped

        wrapped.check(d, layer, where)
    return layer


def _look_within(d: Deserializer, found: KerasSymbol, config: dict[str, Any], where: str) -> None:
    """What some classes do with their configuration before the constructor gets it."""
    if found.name == "Lambda":
        from analyzer.keras import lambdas

        lambdas.check(d, config, where)
    if found.name == "TFSMLayer":
        from analyzer.keras import outside

        outside.check(d, config, where)
    if found.name == "FeatureSpace":
        from analyzer.keras import feature_space

        feature_space.check(d, config, where)
    if found.name in _COLUMNS:
        from analyzer.keras import feature_columns

        feature_columns.check(d, found.name, config, where)
    if found.name in _CALLING:
        from analyzer.keras import functions

        functions.check(d, _CALLING[found.name], config, where)


def _as_bytes(settings: Config) -> bytes | str:
    """What settings are told apart by."""
    try:
        return marshal.dumps(dict(settings), 2)  # in a fifth of the time that repr takes
    except ValueError:  # for lists that stand for tuples
        return repr(settings)


def _construct(d: Deserializer, layer: Layer, found: KerasSymbol, config: Config, where: str) -> None:
    """`cls(**config)`. Models repeat the same few layers under many names: what was fine once is fine again."""
    settings = {key: value for key, value in config.items() if key != "name"}
    known = (found.module, found.name, d.resolve.reached, _as_bytes(settings))
    if known in d.constructed:
        layer.policy = d.constructed[known]
        if "name" in config:
            arguments.check_value(d, found, config, "name", where)
        return
    before = len(d.out.events), len(d.later.events)
    arguments.check(d, found, config, where)
    if found.name == "InputLayer" and d.era.is_3 and not any(config.get(key) is not None for key in _SHAPES):
        d.out.say(
            "missing-argument",
            f"{where}: an InputLayer without a shape",
            where,
            "You must pass a `shape` argument.",
            arguments=["shape"],
        )
    _arguments(d, layer, config, where)
    if (len(d.out.events), len(d.later.events)) == before:
        d.constructed[known] = layer.policy


def takes_custom_objects(found: KerasSymbol | str) -> bool:
    """Whether the class's `from_config` has an argument for them: containers and wrappers do."""
    return not isinstance(found, str) and (found.name in _CONTAINERS or found.name in _HELD)


def _no_layer(d: Deserializer, found: KerasSymbol, where: str, class_name: str) -> Layer | None:
    """A name that leads to something which is no layer."""
    if found.kind in ("function",) or not found.is_class:
        layer = Layer(class_name, "", {}, where, found, known=False)
        if d.era.is_3 and not d.legacy:
            d.malformed(f"{class_name} is a function, not a layer", where)
            return None
        return layer
    d.malformed(f"{class_name} is no layer but a {found.kind}", where, "expected a layer or operation")
    return None


def _name(d: Deserializer, config: Config, class_name: str) -> str:
    """The layer's name, made up where there is none: the class in snake case, numbered (`auto_name`, `unique_object_name`)."""
    name = config.get("name")
    if isinstance(name, str) and (name or d.era.at_least(2, 5)):
        return name
    prefix = snake_case(class_name)
    number = d.made_up.get(prefix, 0)
    d.made_up[prefix] = number + 1
    return f"{prefix}_{number}" if number else prefix


def _take_held(d: Deserializer, layer: Layer, config: dict[str, Any], where: str) -> None:
    """Layers that a wrapper's from_config deserializes itself."""
    for key in _HELD.get(layer.kind, ()):
        if key not in config:
            continue
        value = config[key]
        if key == "backward_layer" and value is None:
            continue
        held = d.held(value, f"{where}/{key}")
        if held is not None:
            if layer.kind == "WideDeepModel":  # whose models are built by what they are called on
                held.known = False
            layer.parts[key] = held
        else:
            layer.known = False
    if layer.kind == "StackedRNNCells" and isinstance(config.get("cells"), (int, float)):
        kind = type(config["cells"]).__name__
        d.malformed(f"cells is {kind}, not a list", f"{where}/cells", f"'{kind}' object is not iterable")
    if layer.kind == "StackedRNNCells" and isinstance(config.get("cells"), (list, str)):
        for index, value in enumerate(config["cells"]):
            cell = d.held(value, f"{where}/cells/{index}")
            if cell is not None:
                layer.cells.append(cell)
            else:
                layer.known = False


def _arguments(d: Deserializer, layer: Layer, config: Config, where: str) -> None:
    """The arguments that constructors hand to `activations.get` and its siblings."""
    symbol = layer.symbol
    assert symbol is not None
    for key, value in config.items():
        kind = objects.kind_of(layer.kind, key)
        if kind is None or value is None or (layer.kind, key) == _UNREAD[d.era.is_3]:
            continue
        if (layer.kind, key) == _UNREAD_BEFORE_28 and not d.era.at_least(2, 8):
            continue
        if not symbol.accepts(key):
            continue
        objects.check(d, kind, value, f"{where}/{key}", used=_used(layer.kind, key, config))
    _deserialized(d, layer, config, where)
    if symbol.kind == "operation":
        _dtype_of_operation(d, config, where)
    elif "dtype" in config and layer.kind != "InputLayer":
        layer.policy = policies.check(d, config["dtype"], f"{where}/dtype", layer.kind)


def _used(class_name: str, key: str, config: Config) -> bool:
    """Whether a layer that is built draws values from an initializer."""
    if key == "kernel_initializer":  # `Conv.__init__` takes it, of whose children these make other weights
        return not class_name.startswith(("SeparableConv", "DepthwiseConv"))
    switch = _SWITCHED.get(key)
    return switch is None or config.get(switch, True) is not False


def _dtype_of_operation(d: Deserializer, config: Config, where: str) -> None:
    """`standardize_dtype`: operations such as `Cast` take no policy, but a dtype."""
    dtype = config.get("dtype")
    if isinstance(dtype, str) and dtype and not is_dtype(d.era, dtype):
        d.out.say("invalid-argument", f"{where}: {dtype!r} is no dtype", f"{where}/dtype", f"Invalid dtype: {dtype}")


def _deserialized(d: Deserializer, layer: Layer, config: Config, where: str) -> None:
    """Arguments that a class's own `from_config` hands to `deserialize_keras_object`."""
    assert layer.symbol is not None
    quantization = config.get("quantization_config")
    if isinstance(quantization, Mapping) and layer.symbol.accepts("quantization_config"):
        d.library(quantization, f"{where}/quantization_config")  # `Dense.from_config`
    for key, words in _FUNCTIONS.get(layer.kind, {}).items():
        value = config.get(key)
        if isinstance(value, str):
            _word(d, layer, key, value, words, where)
        elif d.era.at_least(2, 13):
            d.library(value, f"{where}/{key}")


def _word(d: Deserializer, layer: Layer, key: str, value: str, words: tuple[str, ...], where: str) -> None:
    """`validate_string_arg`: H5 files name functions by a word alone. Up to 2.8 a part of the first word will do."""
    known = value in words if d.era.at_least(2, 9) else value in words[0]
    if known or d.resolve.supplied(value) or not d.era.at_least(2, 3):
        return
    error = f"Unknown value for `{key}` argument of {layer.kind}. Allowed values are: {words}. Received: {key}={value}"
    if not d.era.is_3:
        error = f"The `{key}` argument of layer {layer.kind} received an invalid value {value}"
    d.out.say(
        "invalid-argument",
        f"{where}: {layer.kind} of Keras {d.era.version} takes {key}={value!r} for no function",
        f"{where}/{key}",
        error,
        remedy="" if d.era.is_3 else f"pass custom_objects={{{value!r}: {value}}}",
        argument=key,
        class_name=layer.kind,
    )
