"""Compiling a loaded model: optimizer, losses and metrics from the `training_config` of an H5 file.

After `compile_args_from_training_config` (Keras 2: saving/saving_utils.py, saving/legacy/saving_utils.py; Keras 3:
legacy/saving/saving_utils.py). Losses and metrics given as plain strings are resolved when the
compiled model is first built, which a load survives; where an era resolves them while loading stands below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from analyzer.findings import Phase
from analyzer.keras import arguments, compile_config, custom, optimizers, policies
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.encoded import type_name
from analyzer.keras.model import Layer
from analyzer.parts.keras import KerasFile

_STRING = 7  # a dtype by its number in TensorFlow's enumeration (framework/types.proto)
_LEFT_ALONE = ("accuracy", "acc", "crossentropy", "ce")


def from_file(keras: KerasFile, d: Deserializer, model: Layer | None = None) -> None:
    """What an H5 file says of optimizer, losses and metrics."""
    if keras.training_text is None:
        return
    where = "/training_config"
    if keras.training_config is None:
        d.out.say(
            "malformed-config", "training_config is not JSON", where, "json.decoder.JSONDecodeError", phase=Phase.PARSE
        )
        return
    check(keras.training_config, d, where, used=optimizers.weights_of(keras) is not None)
    optimizers.check_weights(keras, d)
    if optimizers.weights_of(keras) is not None and isinstance(keras.training_config, Mapping):
        described = keras.training_config.get("optimizer_config")
        optimizers.without_variables(d, described, model, f"{where}/optimizer_config")


def check(config: Any, d: Deserializer, where: str, *, used: bool = False) -> None:
    """`compile_args_from_training_config` and the `compile` that follows. `used`: the file has weights of the optimizer."""
    if not isinstance(config, Mapping):
        d.out.say("malformed-config", "training_config is no object", where, "TypeError", phase=Phase.PARSE)
        return
    eager = not d.era.at_least(2, 2)
    needed = ["optimizer_config", "loss_weights"]
    if eager:
        needed += ["loss", "metrics"]
    if not d.era.at_least(2, 3):
        needed.append("sample_weight_mode")
    missing = [key for key in needed if key not in config]
    if missing:
        d.malformed(f"no {', '.join(missing)} in the training configuration", where, f"KeyError: '{missing[0]}'")
    if "optimizer_config" in config:
        optimizers.check(d, config["optimizer_config"], f"{where}/optimizer_config", used=used)
    if d.era.is_3:
        _compile_3(d, config, where)
        return
    if config.get("loss") is not None:
        if eager:
            _list_of_losses(d, config["loss"], f"{where}/loss")
        _nested(d, config["loss"], f"{where}/loss", lambda value, at: _loss(d, value, at))
    for key in ("metrics", "weighted_metrics"):
        if config.get(key) is not None:
            _nested(d, config[key], f"{where}/{key}", lambda value, at: _metric(d, value, at))


def _list_of_losses(d: Deserializer, config: Any, where: str) -> None:
    """`prepare_loss_functions` up to 2.1 maps a list leaf by leaf, into configurations of losses too."""
    for index, each in enumerate(config if isinstance(config, list) else ()):
        if isinstance(each, Mapping):
            name = each.get("class_name")
            d.out.say(
                "unknown-loss",
                f"{where}/{index}: the configuration of {name} in a list of losses is not taken for a loss",
                f"{where}/{index}",
                f"AttributeError: '{name}' object has no attribute '__name__'",
                remedy="load_model(..., compile=False), then compile the model again",
                name=name,
            )


def metric_object(value: Mapping[str, Any], d: Deserializer, where: str) -> None:
    """`metrics.deserialize` on an object."""
    _object(d, "metric", value, where)


def _nested(d: Deserializer, config: Any, where: str, visit: Callable[[Any, str], None]) -> None:
    """`_deserialize_nested_config`."""
    if config is None:
        return
    if isinstance(config, str) or (isinstance(config, Mapping) and "class_name" in config):
        visit(config, where)
    elif isinstance(config, Mapping):
        for key, value in config.items():
            _nested(d, value, f"{where}/{key}", visit)
    elif isinstance(config, list):
        for index, value in enumerate(config):
            _nested(d, value, f"{where}/{index}", visit)
    elif d.era.at_least(2, 2):
        d.malformed("neither name, object nor list", where, "Saved configuration not understood.")


def _loss(d: Deserializer, value: Any, where: str) -> None:
    if isinstance(value, str):
        _named(d, "loss", value, where)
        return
    _object(d, "loss", value, where)


def _metric(d: Deserializer, value: Any, where: str) -> None:
    if isinstance(value, str):
        if value not in _LEFT_ALONE:
            _named(d, "metric", value, where)
        return
    _object(d, "metric", value, where)


def _named(d: Deserializer, kind: str, name: str, where: str) -> None:
    """`deserialize_keras_object` on a name: a function as it is, of a class an instance that it makes without arguments."""
    found = d.resolve.by_name(kind, name, where)
    if found is None or isinstance(found, str) or not found.is_class:
        return
    missing = [each.name for each in found.parameters if each.required]
    if missing:
        d.out.say(
            "missing-argument",
            f"{where}: {name} of Keras {d.era.version} needs {', '.join(missing)}, and a name alone brings nothing",
            where,
            f"__init__() missing {len(missing)} required positional arguments: {missing}",
            arguments=missing,
            class_name=name,
        )


def _compile_3(d: Deserializer, config: Mapping[str, Any], where: str) -> None:
    """Keras 3: what the tables do not have stays a string, and `_resolve_compile_arguments_compat` looks it up again.

    That is so for one loss and one metric; those in lists and dicts stay strings, which the load survives.
    """
    compile_config.loss_weights(d, config, where)
    for key, kind in (("loss", "loss"), ("metrics", "metric"), ("weighted_metrics", "metric")):
        value = config.get(key)
        if value is None:
            continue
        if kind == "metric" and (isinstance(value, str) or (isinstance(value, Mapping) and "class_name" in value)):
            compile_config.metrics_word(d, value, f"{where}/{key}")
        single = isinstance(value, str) or (isinstance(value, Mapping) and "class_name" in value)
        compat = single and key != "weighted_metrics"
        _nested(d, value, f"{where}/{key}", partial(_object_3, d, kind, compat))


def _object_3(d: Deserializer, kind: str, compat: bool, value: Any, where: str) -> None:
    if isinstance(value, str):
        if (kind == "metric" and value in _LEFT_ALONE) or d.resolve.supplied(value):
            return
        error = d.era.api.string_error(kind, value)
        if error:
            _refused(d, kind, value, where, error)
        elif compat and d.era.api.resolve(kind, value) is None:
            d.resolve.says.unresolved(kind, value, where)
        return
    class_name, inner = value.get("class_name"), value.get("config")
    if d.resolve.supplied(class_name, value.get("registered_name"), inner):
        d.library(value, where)
        return
    name = class_name
    if class_name == "function":
        name = inner if value.get("module") == "builtins" else value.get("registered_name")
    elif value.get("module", "_") is None:
        d.resolve.says.unregistered(str(class_name), value.get("registered_name"), where)
        return
    found = d.era.api.resolve(kind, name) if isinstance(name, str) else None
    if found is not None:
        if found.is_class and isinstance(inner, Mapping):
            arguments.check(d, found, inner, where)
        elif found.is_class and inner:
            d.malformed(
                f"the configuration of {name} is {type_name(inner)}, not an object",
                where,
                f"{name} could not be deserialized properly.",
            )
        return
    if not compat:
        return
    again = inner.get("name", "") if isinstance(inner, Mapping) else ""
    if again is None:  # `losses.get(None)` and `metrics.get(None)` are None: compiled without it
        return
    if not isinstance(again, str) or d.era.api.resolve(kind, again) is None:
        d.resolve.says.unresolved(kind, str(name), where)


def _refused(d: Deserializer, kind: str, name: str, where: str, error: str) -> None:
    d.out.say(
        "string-in-training-config",
        f"{where}: Keras {d.era.version} cannot deserialize the {kind} {name!r} from its name in an H5 file",
        where,
        error,
        remedy=_without_compiling(d),
        name=name,
        kind=kind,
    )


def _without_compiling(d: Deserializer) -> str:
    again = "load_model(..., compile=False), then compile the model again"
    if d.era.hands_on_to_h5:
        return again
    return f"pip install 'keras>=3.3', then {again}; Keras {d.era.version} does not hand compile on for H5 files"


def _object(d: Deserializer, kind: str, value: Mapping[str, Any], where: str) -> None:
    class_name, inner = value.get("class_name"), value.get("config")
    if not isinstance(class_name, str):
        d.nameless(kind, class_name, where)
        return
    if d.resolve.supplied(class_name, value.get("registered_name"), inner):
        custom.check(d, class_name, inner, where)
        return
    if "config" not in value:
        d.malformed(f"a {kind} without config", where)
        return
    found = d.resolve.by_name(kind, class_name, where)
    if found is None or isinstance(found, str):
        return
    if not found.is_class:
        _called(d, kind, class_name, where)
    elif isinstance(inner, Mapping):
        arguments.check(d, found, inner, where)
        _wrapped_function(d, kind, class_name, inner, where)
        if kind == "metric" and inner.get("dtype") == _STRING and not isinstance(inner["dtype"], float):
            error = "Expected numeric or boolean dtype, got <dtype: 'string'>."
            d.out.say(
                "invalid-argument", f"{where}: {class_name} counts in texts", f"{where}/dtype", error, argument="dtype"
            )
        if kind == "metric" and isinstance(inner.get("dtype"), str):
            policies.check(d, inner["dtype"], f"{where}/dtype", class_name)
    else:
        d.malformed(f"the configuration of {class_name} is no object", where)


def _called(d: Deserializer, kind: str, name: str, where: str) -> None:
    """`deserialize_keras_object` takes a function for one that returns a class, and calls it with the configuration."""
    d.out.say(
        "missing-argument",
        f"{where}: {name} is a function of Keras {d.era.version} and no class: an object of that name makes Keras call it",
        where,
        f"{name}() missing 2 required positional arguments: 'y_true' and 'y_pred'",
        remedy=f"name the {kind} by a string, {name!r}",
        arguments=["y_true", "y_pred"],
        class_name=name,
    )


def _wrapped_function(d: Deserializer, kind: str, class_name: str, inner: Mapping[str, Any], where: str) -> None:
    """`MeanMetricWrapper.from_config` and `LossFunctionWrapper.from_config` look up what `fn` names; classes derived from them do not.

    Each looks in its own module, where the other's functions are only by the names that it imports them by.
    """
    name = inner.get("fn")
    if class_name not in ("MeanMetricWrapper", "LossFunctionWrapper"):
        return
    if class_name == "MeanMetricWrapper" and not (name is None or isinstance(name, (str, Mapping))):
        d.resolve.says.unresolved(kind, str(name), f"{where}/fn")
    if not isinstance(name, str) or d.resolve.supplied(name):
        return
    elsewhere = not d.era.at_least(2, 2) and d.era.api.resolve("loss", name) is not None
    if d.era.api.resolve(kind, name) is None and not elsewhere:
        d.resolve.says.unresolved(kind, name, f"{where}/fn")
