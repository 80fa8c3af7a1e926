"""Values that the library of Keras 2.12 and later deserializes: losses, metrics, optimizers, functions (`serialization_lib`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import arguments, custom, lambdas, optimizers
from analyzer.keras.encoded import is_made
from analyzer.keras.events import Event
from analyzer.records import replace

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.tables.keras_symbol import KerasSymbol


def deserialize(d: Deserializer, value: Any, where: str) -> None:
    """`deserialize_keras_object` on any value; of layers `Deserializer` makes more."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            deserialize(d, each, f"{where}/{index}")
        return
    if not isinstance(value, Mapping):
        return
    if "class_name" not in value or "config" not in value:
        for key, each in value.items():
            deserialize(d, each, f"{where}/{key}")
        return
    class_name, inner = value["class_name"], d.inner(value)
    if class_name == "__lambda__":
        lambdas.plain(d, value, where)
        return
    if not isinstance(class_name, str):
        d.malformed("class_name is no string", where, "Could not deserialize")
        return
    if is_made(class_name, d.era):
        from analyzer.keras import constants

        error = constants.refused(d.era, class_name, inner)
        if error:
            d.malformed(f"a value that is no {class_name.strip('_')}", where, error)
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
    if form == "class" and d.strict and not isinstance(inner, Mapping):
        d.malformed(
            f"the configuration of {class_name} is no object", where, f"Expected 'config' to be a dict for {class_name}"
        )
    if isinstance(found, str):
        custom.check(d, class_name, inner, where)
    elif found.is_class and isinstance(inner, Mapping):
        _from_config(d, found, inner, where)


def _from_config(d: Deserializer, found: KerasSymbol, inner: Mapping[str, Any], where: str) -> None:
    if found.kind == "optimizer" or "ptimizer" in found.name:
        optimizers.check_arguments(d, found, inner, where)
        return
    if not d.era.is_3 and found.kind == "loss":
        # `LossFunctionWrapper.from_config` takes it out where archives are read.
        inner = {key: each for key, each in inner.items() if key != "fn"}
    arguments.check(d, found, inner, where)


def _cause(where: str) -> str:
    for word, cause in (("/optimizer", "unknown-optimizer"), ("/loss", "unknown-loss"), ("etrics", "unknown-metric")):
        if word in where:
            return cause
    return ""


def _renamed(event: Event, cause: str) -> Event:
    unresolved = event.cause in ("unresolved-name", "unresolved-custom-object", "unresolved-module")
    return replace(event, cause=cause) if cause and unresolved else event
