"""Optimizers of saved models: their classes, arguments and learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Phase
from analyzer.keras import arguments
from analyzer.keras.h5_attributes import readable
from analyzer.keras.h5_weights import names_of
from analyzer.keras.links import refused
from analyzer.keras.model import Layer
from analyzer.parts.keras import Dataset, Group, KerasFile
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_WEIGHTS = "optimizer_weights"  # in an H5 file
_SCALING = ("LossScaleOptimizer", "LossScaleOptimizerV3")  # hold another optimizer


def check(d: Deserializer, config: Any, where: str, *, used: bool = False) -> None:
    """`optimizers.deserialize` on what an H5 file says. `used`: there are weights of the optimizer, for which it makes its slots."""
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
            d.resolve.says.unresolved("optimizer", class_name, where)
        return
    kind = "optimizer"
    if not d.era.is_3 and "is_legacy_optimizer" in inner:
        kind = "legacy_optimizer" if inner["is_legacy_optimizer"] else "new_optimizer"
    found = d.resolve.by_name(kind, class_name, where)
    if found is None or isinstance(found, str):
        return
    check_arguments(d, found, inner, where, used=used)


def check_arguments(
    d: Deserializer, found: KerasSymbol, inner: Mapping[str, Any], where: str, *, used: bool = False
) -> None:
    """`Optimizer.from_config`, learning rate schedules and held optimizers included."""
    plain = dict(inner)
    if "loss_scale" in plain and any(each.name == "inner_optimizer" for each in found.parameters):
        # LossScaleOptimizer.from_config takes what TensorFlow 2.3 and older wrote (keras/mixed_precision/loss_scale_optimizer.py)
        del plain["loss_scale"]
        plain["inner_optimizer"] = plain.pop("optimizer", None)
    arguments.check(d, found, plain, where, used=used)
    rate, at = inner.get("learning_rate"), f"{where}/learning_rate"
    if isinstance(rate, Mapping) and d.era.is_3:  # which finds no schedule by its name alone
        d.library(rate, at)
    elif isinstance(rate, Mapping) and "class_name" in rate:
        schedule = d.resolve.by_name("schedule", str(rate["class_name"]), at, registered=rate.get("registered_name"))
        if schedule is not None and not isinstance(schedule, str) and isinstance(rate.get("config"), Mapping):
            arguments.check(d, schedule, rate["config"], at)
            if found.name == "Nadam" and ("optimizer_v2" in found.module or "legacy" in found.module):
                _unscheduled(d, at)
    held = inner.get("inner_optimizer", inner.get("optimizer"))
    if found.name in _SCALING and held is None and not d.era.is_3:
        d.malformed(f"{found.name} without an optimizer to scale for", where, "KeyError: 'inner_optimizer'")
    elif found.name in _SCALING and not isinstance(held, Mapping) and not d.era.is_3 and d.legacy:
        kind = type(held).__name__
        d.malformed(f"{found.name} scales for {kind}, not for an object", where, f"'{kind}' indices must be integers")
    if found.name in _SCALING and isinstance(held, Mapping):
        if d.era.is_3 or not d.legacy:
            d.library(held, f"{where}/inner_optimizer")
        else:
            check(d, held, f"{where}/inner_optimizer", used=used)


def _unscheduled(d: Deserializer, where: str) -> None:
    """`Nadam.__init__` of the optimizers before Keras 2.11, which later ones keep as legacy."""
    d.out.say(
        "invalid-argument",
        f"{where}: Nadam of Keras {d.era.version} takes no schedule for its learning rate",
        where,
        "The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as the learning rate.",
        argument="learning_rate",
        class_name="Nadam",
    )


def without_variables(d: Deserializer, optimizer: Any, model: Layer | None, where: str) -> None:
    """`Nadam.build` of Keras 2.11 and later (optimizers/nadam.py) takes the dtype of the first variable, where a model may have none."""
    if d.era.is_3 or not d.era.at_least(2, 11) or model is None or not model.built or not model.all_known():
        return
    named = optimizer if isinstance(optimizer, Mapping) else {"class_name": optimizer}
    config = named.get("config")
    flagged = config.get("is_legacy_optimizer", d.legacy) if isinstance(config, Mapping) else False
    legacy = flagged or "legacy" in str(named.get("module"))
    name = str(named.get("class_name")).rpartition(">")[2]
    if name.lower() == "nadam" and not legacy and not model.trainable_weights():
        d.out.say(
            "invalid-argument",
            f"{where}: Nadam of Keras {d.era.version} cannot be built for a model that has nothing to train",
            where,
            "IndexError: list index out of range",
            remedy="load_model(..., compile=False)",
            class_name="Nadam",
        )


def weights_of(keras: KerasFile) -> Group | None:
    """The group that holds an optimizer's weights."""
    group = keras.root.groups.get(_WEIGHTS) if keras.root is not None else None
    return group if isinstance(group, Group) else None


def check_weights(keras: KerasFile, d: Deserializer) -> None:
    """`load_optimizer_weights_from_hdf5_group`: what it names must be there; that it does not fit is only a warning."""
    d.out.phase = Phase.RESTORE
    unopened = keras.root.datasets.get(_WEIGHTS) if keras.root is not None else None
    if unopened is not None:
        refused(unopened, _WEIGHTS, d.era, d.out)
    group = weights_of(keras)
    if group is None or not readable(group, _WEIGHTS, ("weight_names",), d.era, d.out):
        return
    for name in names_of(group, "weight_names"):
        found, path = group.find(name), f"{_WEIGHTS}/{name}"
        if isinstance(found, Dataset) and found.fault:
            refused(found, path, d.era, d.out)
            return
        if found is None:
            d.out.say(
                "missing-weights",
                f"optimizer_weights names {name!r}, which is not there",
                f"/{path}",
                f"Unable to open object (object '{name}' doesn't exist)",
            )
            return
