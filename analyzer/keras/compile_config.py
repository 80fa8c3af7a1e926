"""Compiling a model from an archive: everything in `compile_config` is deserialized by the library (`compile_from_config`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras import custom, optimizers
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.model import Layer

# What `compile` takes in every release, and what one major version takes beside it.
_COMPILE_ARGUMENTS = frozenset(
    (
        *("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics"),
        *("run_eagerly", "steps_per_execution", "jit_compile"),
    )
)
_COMPILE_KERAS_3 = frozenset(("auto_scale_loss",))
# `Model._validate_compile` passes over what older releases took.
_COMPILE_KERAS_2 = frozenset(
    (
        *("pss_evaluation_shards", "from_serialized", "sample_weight_mode", "target_tensors"),
        *("cloning", "distribute", "experimental_run_tf_function", "experimental_steps_per_execution"),
    )
)


def check(compile_config: Any, d: Deserializer, model: Layer | None) -> None:
    """What an archive says, where it says anything: everything in it is deserialized by the library."""
    where = "/compile_config"
    if model is not None and model.symbol is None:  # a class of the user's may do it in a way of its own
        before = len(d.out.events)
        if d.era.is_3:
            d.library(compile_config, where)
            custom.perhaps(d, before)
        return
    if not isinstance(compile_config, Mapping):
        d.malformed("compile_config is no object", where)
        return
    _known_arguments(d, compile_config, where)
    for key, value in compile_config.items():
        d.library(value, f"{where}/{key}")
    for key in ("metrics", "weighted_metrics"):
        value = compile_config.get(key)
        if (
            d.era.is_3
            and value
            and not isinstance(value, list)
            and (not isinstance(value, Mapping) or "class_name" in value)
        ):
            metrics_word(d, value, f"{where}/{key}")
    if d.era.is_3:
        loss_weights(d, compile_config, where)
    optimizer = compile_config.get("optimizer")
    if model is not None and _is_built(model):
        _no_build(optimizer, d, f"{where}/optimizer")
    if d.era.is_3 and isinstance(optimizer, Mapping) and not ("class_name" in optimizer and "config" in optimizer):
        _no_optimizer(d, optimizer, f"{where}/optimizer")
    if "optimizer" in compile_config:
        _named_optimizer(optimizer, d, f"{where}/optimizer")
    optimizers.without_variables(d, optimizer, model, f"{where}/optimizer")


def _named_optimizer(optimizer: Any, d: Deserializer, where: str) -> None:
    """`optimizers.get`; Keras 2 asks it of each that a list holds (`Model._get_optimizer`), as wide and deep models have."""
    if isinstance(optimizer, list) and not d.era.is_3:
        for index, each in enumerate(optimizer):
            _named_optimizer(each, d, f"{where}/{index}")
    elif isinstance(optimizer, str):
        d.resolve.by_name("optimizer", optimizer, where)
    elif isinstance(optimizer, (int, float, list)) or (optimizer is None and not d.era.is_3):
        d.out.say(
            "unknown-optimizer",
            f"{where}: {optimizer!r} is no optimizer",
            where,
            f"Could not interpret optimizer identifier: {optimizer}",
        )


def _no_optimizer(d: Deserializer, optimizer: Mapping[str, Any], where: str) -> None:
    """`optimizers.get` on what the library left as it was, for lack of class_name or config."""
    named = "class_name" in optimizer
    d.out.say(
        "unknown-optimizer" if named else "malformed-config",
        f"{where}: no serialized optimizer, which has class_name and config",
        where,
        f"Could not interpret optimizer identifier: {optimizer}" if named else "KeyError: 'class_name'",
        remedy="load_model(..., compile=False), then compile the model again",
    )


def _is_built(model: Layer) -> bool:
    """Whether the model has its variables before it is compiled; those that do not say so themselves were built from a shape."""
    build = model.config.get("build_config")
    return model.built or (isinstance(build, Mapping) and build.get("input_shape") is not None)


def _no_build(optimizer: Any, d: Deserializer, where: str) -> None:
    """`Model.compile_from_config` of Keras 2.12 and 2.13 builds any optimizer, which legacy ones and lists know nothing of."""
    if d.era.level not in ((2, 12), (2, 13)):
        return
    if isinstance(optimizer, list):
        what, held = "a list of optimizers", "ListWrapper"
    else:
        module = optimizer.get("module") if isinstance(optimizer, Mapping) else None
        if not isinstance(module, str) or not module.endswith("optimizers.legacy"):
            return
        held = str(optimizer.get("class_name"))
        what = f"the legacy optimizer {held}"
    d.out.say(
        "unknown-optimizer",
        f"{where}: Keras {d.era.version} cannot build {what} while loading",
        where,
        f"'{held}' object has no attribute 'build'",
        remedy="load_model(..., compile=False), then compile the model; or load it with TensorFlow 2.14 or newer",
        name=held,
    )


def metrics_word(d: Deserializer, value: Any, where: str) -> None:
    """`CompileMetrics.__init__` of Keras 3 wants a list, tuple or dict."""
    d.out.say(
        "invalid-argument",
        f"{where}: metrics have to be a list, not {type(value).__name__}",
        where,
        f"Expected `metrics` argument to be a list, tuple, or dict. Received instead: metrics={value}",
        argument="metrics",
        class_name="compile",
    )


def loss_weights(d: Deserializer, config: Mapping[str, Any], where: str) -> None:
    """`CompileLoss.__init__` of Keras 3 wants a list, a dict or, from 3.3 on, a float."""
    value = config.get("loss_weights")
    kinds = (list, dict, float) if d.era.at_least(3, 3) else (list, dict)
    if not value or config.get("loss") is None or isinstance(value, kinds):
        return
    d.out.say(
        "invalid-argument",
        f"{where}: loss_weights have to be a list, a dict or a float, not {type(value).__name__}",
        f"{where}/loss_weights",
        f"Expected `loss_weights` argument to be a float (single output case) or a list, tuple, or dict. Received instead: {value}",
        remedy="load_model(..., compile=False), then compile the model again",
        argument="loss_weights",
        class_name="compile",
    )


def _known_arguments(d: Deserializer, compile_config: Mapping[str, Any], where: str) -> None:
    known = _COMPILE_ARGUMENTS | (_COMPILE_KERAS_3 if d.era.is_3 else _COMPILE_KERAS_2)
    unknown = [key for key in compile_config if key not in known]
    if unknown:
        d.out.say(
            "unknown-argument",
            f"compile does not take {', '.join(unknown)}",
            where,
            f"compile() got an unexpected keyword argument '{unknown[0]}'",
            arguments=unknown,
            class_name="compile",
        )
