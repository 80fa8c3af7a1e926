"""Compiling a loaded model: optimizer, losses and metrics from `training_config` (H5) or `compile_config` (archives).

After `compile_args_from_training_config` (Keras 2: saving/saving_utils.py, saving/legacy/saving_utils.py; Keras 3:
legacy/saving/saving_utils.py) and `compile_from_config`. Losses and metrics given as plain strings are resolved when the
compiled model is first built, which a load survives; where an era resolves them while loading stands below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from analyzer.findings import Phase
from analyzer.keras import arguments, lambdas
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.h5_weights import names_of
from analyzer.keras.model import Layer
from analyzer.parts.keras import Group, KerasFile
from analyzer.tables.keras import KerasSymbol

# What `Model.compile` and `Trainer.compile` of any release take.
_COMPILE_ARGUMENTS = frozenset(
    (
        "optimizer",
        "loss",
        "loss_weights",
        "metrics",
        "weighted_metrics",
        "run_eagerly",
        "steps_per_execution",
        "jit_compile",
        "pss_evaluation_shards",
        "auto_scale_loss",
        "from_serialized",
        "sample_weight_mode",
        "target_tensors",
    )
)
_LEFT_ALONE = ("accuracy", "acc", "crossentropy", "ce")


def from_training_config(keras: KerasFile, d: Deserializer, model: Layer | None) -> None:
    """What an H5 file says of optimizer, losses and metrics."""
    if keras.training_text is None:
        return
    where = "/training_config"
    if keras.training_config is None:
        d.out.say(
            "malformed-config", "training_config is not JSON", where, "json.decoder.JSONDecodeError", phase=Phase.PARSE
        )
        return
    training_config(keras.training_config, d, where)
    _optimizer_weights(keras, d)


def training_config(config: Any, d: Deserializer, where: str) -> None:
    """`compile_args_from_training_config` and the `compile` that follows."""
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
        _optimizer(d, config["optimizer_config"], f"{where}/optimizer_config")
    if d.era.is_3:
        _compile_3(d, config, where)
        return
    if config.get("loss") is not None:
        _nested(d, config["loss"], f"{where}/loss", lambda value, at: _loss(d, value, at))
    for key in ("metrics", "weighted_metrics"):
        if config.get(key) is not None:
            _nested(d, config[key], f"{where}/{key}", lambda value, at: _metric(d, value, at))


def metric_object(value: Mapping[str, Any], d: Deserializer, where: str) -> None:
    """`metrics.deserialize` on an object."""
    _object(d, "metric", value, where)


def _nested(d: Deserializer, config: Any, where: str, check: Callable[[Any, str], None]) -> None:
    """`_deserialize_nested_config`."""
    if config is None:
        return
    if isinstance(config, str) or (isinstance(config, Mapping) and "class_name" in config):
        check(config, where)
    elif isinstance(config, Mapping):
        for key, value in config.items():
            _nested(d, value, f"{where}/{key}", check)
    elif isinstance(config, list):
        for index, value in enumerate(config):
            _nested(d, value, f"{where}/{index}", check)
    elif d.era.at_least(2, 2):
        d.malformed("neither name, object nor list", where, "Saved configuration not understood.")


def _loss(d: Deserializer, value: Any, where: str) -> None:
    if isinstance(value, str):
        d.resolve.by_name("loss", value, where)
        return
    _object(d, "loss", value, where)


def _metric(d: Deserializer, value: Any, where: str) -> None:
    if isinstance(value, str):
        if value not in _LEFT_ALONE:
            d.resolve.by_name("metric", value, where)
        return
    _object(d, "metric", value, where)


def _compile_3(d: Deserializer, config: Mapping[str, Any], where: str) -> None:
    """Keras 3: what the tables do not have stays a string, and `_resolve_compile_arguments_compat` looks it up again.

    That is so for one loss and one metric; those in lists and dicts stay strings, which the load survives.
    """
    for key, kind in (("loss", "loss"), ("metrics", "metric"), ("weighted_metrics", "metric")):
        value = config.get(key)
        if value is None:
            continue
        if kind == "metric" and (isinstance(value, str) or (isinstance(value, Mapping) and "class_name" in value)):
            _metrics_word(d, value, f"{where}/{key}")
        single = isinstance(value, str) or (isinstance(value, Mapping) and "class_name" in value)
        compat = single and key != "weighted_metrics"
        _nested(d, value, f"{where}/{key}", partial(_object_3, d, kind, compat))


def _metrics_word(d: Deserializer, value: Any, where: str) -> None:
    """`CompileMetrics.__init__` of Keras 3 wants a list, tuple or dict."""
    d.out.say(
        "invalid-argument",
        f"{where}: metrics have to be a list, not {type(value).__name__}",
        where,
        f"Expected `metrics` argument to be a list, tuple, or dict. Received instead: metrics={value}",
        argument="metrics",
        class_name="compile",
    )


def _object_3(d: Deserializer, kind: str, compat: bool, value: Any, where: str) -> None:
    if isinstance(value, str):
        if (kind == "metric" and value in _LEFT_ALONE) or d.resolve.supplied(value):
            return
        error = d.era.api.string_error(kind, value)
        if error:
            _refused(d, kind, value, where, error)
        elif compat and d.era.api.resolve(kind, value) is None:
            d.resolve.unresolved(kind, value, where)
        return
    class_name, inner = value.get("class_name"), value.get("config")
    if d.resolve.supplied(class_name, value.get("registered_name"), inner):
        return
    name = class_name
    if class_name == "function":
        name = inner if value.get("module") == "builtins" else value.get("registered_name")
    elif value.get("module", "_") is None:
        d.resolve.unregistered(str(class_name), value.get("registered_name"), where)
        return
    found = d.era.api.resolve(kind, name) if isinstance(name, str) else None
    if found is not None:
        if found.is_class and isinstance(inner, Mapping):
            arguments.check(d, found, inner, where)
        return
    if not compat:
        return
    again = inner.get("name") if isinstance(inner, Mapping) else None
    if not isinstance(again, str) or d.era.api.resolve(kind, again) is None:
        d.resolve.unresolved(kind, str(name), where)


def _refused(d: Deserializer, kind: str, name: str, where: str, error: str) -> None:
    d.out.say(
        "string-in-training-config",
        f"{where}: Keras {d.era.version} cannot deserialize the {kind} {name!r} from its name in an H5 file",
        where,
        error,
        remedy="load_model(..., compile=False), then compile the model again",
        name=name,
        kind=kind,
    )


def _object(d: Deserializer, kind: str, value: Mapping[str, Any], where: str) -> None:
    class_name, inner = value.get("class_name"), value.get("config")
    if not isinstance(class_name, str):
        d.malformed("class_name is no string", where)
        return
    if d.resolve.supplied(class_name, value.get("registered_name"), inner):
        return
    if "config" not in value:
        d.malformed(f"a {kind} without config", where)
        return
    found = d.resolve.by_name(kind, class_name, where)
    if found is None or isinstance(found, str) or not found.is_class:
        return
    if isinstance(inner, Mapping):
        arguments.check(d, found, inner, where)
        _wrapped_function(d, kind, inner, where)
    else:
        d.malformed(f"the configuration of {class_name} is no object", where)


def _wrapped_function(d: Deserializer, kind: str, inner: Mapping[str, Any], where: str) -> None:
    """`MeanMetricWrapper.from_config` of Keras 2 looks its function up: `fn` names it."""
    name = inner.get("fn")
    if not isinstance(name, str) or d.resolve.supplied(name):
        return
    if d.era.api.resolve(kind, name) is None and d.era.api.resolve("loss", name) is None:
        d.resolve.unresolved(kind, name, f"{where}/fn")


def _optimizer(d: Deserializer, config: Any, where: str) -> None:
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str) or "config" not in config:
        d.malformed("no serialized optimizer: class_name and config expected", where)
        return
    class_name, inner = config["class_name"], config["config"]
    if d.resolve.supplied(class_name, config.get("registered_name")):
        return
    if not isinstance(inner, Mapping):
        d.malformed("the optimizer's configuration is no object", where)
        return
    if d.era.is_3 and d.era.api.resolve("optimizer", class_name) is None:
        again = inner.get("name")
        if not isinstance(again, str) or d.era.api.resolve("optimizer", again) is None:
            d.resolve.unresolved("optimizer", class_name, where)
        return
    kind = "optimizer"
    if not d.era.is_3 and "is_legacy_optimizer" in inner:
        kind = "legacy_optimizer" if inner["is_legacy_optimizer"] else "new_optimizer"
    found = d.resolve.by_name(kind, class_name, where)
    if found is None or isinstance(found, str):
        return
    _optimizer_arguments(d, found, inner, where)


def _optimizer_arguments(d: Deserializer, found: KerasSymbol, inner: Mapping[str, Any], where: str) -> None:
    plain = {key: value for key, value in inner.items() if key != "is_legacy_optimizer" or d.era.is_3}
    if "loss_scale" in plain and any(each.name == "inner_optimizer" for each in found.parameters):
        # LossScaleOptimizer.from_config takes what TensorFlow 2.3 and older wrote (keras/mixed_precision/loss_scale_optimizer.py)
        del plain["loss_scale"]
        plain["inner_optimizer"] = plain.pop("optimizer", None)
    arguments.check(d, found, plain, where)
    rate = inner.get("learning_rate")
    if isinstance(rate, Mapping) and "class_name" in rate:
        at = f"{where}/learning_rate"
        schedule = d.resolve.by_name("schedule", str(rate["class_name"]), at, registered=rate.get("registered_name"))
        if schedule is not None and not isinstance(schedule, str) and isinstance(rate.get("config"), Mapping):
            arguments.check(d, schedule, rate["config"], at)
    held = inner.get("inner_optimizer", inner.get("optimizer"))
    if found.name == "LossScaleOptimizer" and isinstance(held, Mapping):
        if d.era.is_3 or not d.legacy:
            _library(d, held, f"{where}/inner_optimizer")
        else:
            _optimizer(d, held, f"{where}/inner_optimizer")


def _optimizer_weights(keras: KerasFile, d: Deserializer) -> None:
    """`load_optimizer_weights_from_hdf5_group`: what it names must be there; that it does not fit is only a warning."""
    group = keras.root.groups.get("optimizer_weights") if keras.root is not None else None
    if not isinstance(group, Group):
        return
    for name in names_of(group, "weight_names"):
        if group.find(name) is None:
            d.out.say(
                "missing-weights",
                f"optimizer_weights names {name!r}, which is not there",
                f"/optimizer_weights/{name}",
                f"Unable to open object (object '{name}' doesn't exist)",
                phase=Phase.RESTORE,
            )
            return


def from_compile_config(config: Mapping[str, Any], d: Deserializer, model: Layer | None) -> None:
    """What an archive says: everything in it is deserialized by the library."""
    compile_config = config.get("compile_config")
    if not compile_config:
        return
    where = "/compile_config"
    if model is not None and model.symbol is None:
        return  # a class of the user's decides itself
    if not isinstance(compile_config, Mapping):
        d.malformed("compile_config is no object", where)
        return
    unknown = [key for key in compile_config if key not in _COMPILE_ARGUMENTS]
    if unknown:
        d.out.say(
            "unknown-argument",
            f"compile does not take {', '.join(unknown)}",
            where,
            f"compile() got an unexpected keyword argument '{unknown[0]}'",
            arguments=unknown,
            class_name="compile",
        )
    for key, value in compile_config.items():
        _library(d, value, f"{where}/{key}")
    for key in ("metrics", "weighted_metrics"):
        value = compile_config.get(key)
        if d.era.is_3 and (isinstance(value, str) or (isinstance(value, Mapping) and "class_name" in value)):
            _metrics_word(d, value, f"{where}/{key}")
    optimizer = compile_config.get("optimizer")
    if isinstance(optimizer, str):
        d.resolve.by_name("optimizer", optimizer, f"{where}/optimizer")
    elif isinstance(optimizer, (int, float, list)):
        d.out.say(
            "unknown-optimizer",
            f"{where}/optimizer: {optimizer!r} is no optimizer",
            f"{where}/optimizer",
            f"Could not interpret optimizer identifier: {optimizer}",
        )


def _library(d: Deserializer, value: Any, where: str) -> None:
    """`deserialize_keras_object` on any value."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            _library(d, each, f"{where}/{index}")
        return
    if not isinstance(value, Mapping):
        return
    if "class_name" not in value or "config" not in value:
        for key, each in value.items():
            _library(d, each, f"{where}/{key}")
        return
    class_name, inner = value["class_name"], value["config"] or {}
    if class_name == "__lambda__":
        lambdas.plain(d, value, where)
        return
    if not isinstance(class_name, str):
        d.malformed("class_name is no string", where, "Could not deserialize")
        return
    if class_name.startswith("__") and class_name.endswith("__"):
        return
    registered = value.get("registered_name", class_name)
    form = "function" if class_name == "function" else "class"
    name = str(inner) if form == "function" else class_name
    cause = _cause(where)
    before = len(d.out.events)
    found = d.resolve.by_module(name, registered, value.get("module"), form, where)
    if found is None:
        d.out.events[before:] = [_renamed(event, cause) for event in d.out.events[before:]]
        return
    if isinstance(found, str) or not found.is_class or not isinstance(inner, Mapping):
        return
    if found.kind == "optimizer" or "ptimizer" in found.name:
        _optimizer_arguments(d, found, inner, where)
    else:
        arguments.check(d, found, inner, where)


def _cause(where: str) -> str:
    for word, cause in (("/optimizer", "unknown-optimizer"), ("/loss", "unknown-loss"), ("etrics", "unknown-metric")):
        if word in where:
            return cause
    return ""


def _renamed(event: Any, cause: str) -> Any:
    from dataclasses import replace

    unresolved = event.cause in ("unresolved-name", "unresolved-custom-object", "unresolved-module")
    return replace(event, cause=cause) if cause and unresolved else event
