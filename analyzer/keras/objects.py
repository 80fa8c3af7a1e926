"""Initializers, regularizers, constraints and activations from their configurations: `initializers.get` and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from analyzer.keras import arguments, custom
from analyzer.keras.encoded import type_name
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Config, Deserializer

_GETTERS = {
    "_initializer": "initializer",
    "_regularizer": "regularizer",
    "_constraint": "constraint",
}


@cache
def kind_of(class_name: str, key: str) -> str | None:
    """Which getter a constructor hands an argument to."""
    if key == "activation" or key == "recurrent_activation":
        return "activation"
    for suffix, kind in _GETTERS.items():
        if key.endswith(suffix):
            return kind
    if key in ("initializer", "regularizer", "constraint") and class_name in (
        "SpectralNormalization",
        "Orthogonal",
    ):
        return key
    return None


def check(d: Deserializer, kind: str, value: Any, where: str, *, used: bool = True) -> None:
    """`activations.get`, `initializers.get`, `regularizers.get`, `constraints.get`.

    `used`: the load goes on to use the object; of initializers, draws values from it.
    """
    if isinstance(value, str):
        if _left_alone(d, kind) and kind == "regularizer" and d.era.api.resolve(kind, value) is None:
            return
        found = d.resolve.by_name(kind, value, where)
        if found is not None and not isinstance(found, str) and found.is_class and kind != "activation":
            arguments.check(d, found, {}, where)
        return
    if not isinstance(value, dict):
        d.resolve.says.uninterpretable(kind, value, where)
        return
    if "class_name" not in value or ("config" not in value and not _module_style(d, value)):
        d.malformed(f"no serialized {kind}: class_name and config expected", where)
        return
    if d.unhashable_id(value, where):
        return
    # Models repeat the same few initializers thousands of times: what was fine once is fine again.
    known = (kind if used else f"unused {kind}", repr(value))
    if known in d.fine:
        return
    before = len(d.out.events), len(d.later.events)
    _deserialized(d, kind, value, where, used=used)
    if (len(d.out.events), len(d.later.events)) == before:
        d.fine.add(known)


def _left_alone(d: Deserializer, kind: str) -> bool:
    """Keras 2's library returns names that it does not know, and nothing calls a regularizer while loading.

    A constraint is looked up again, in the legacy way, when the weight is added (`base_layer.py` add_weight).
    """
    return not d.legacy and not d.era.is_3 and kind in ("regularizer", "constraint")


def _module_style(d: Deserializer, value: Config) -> bool:
    """Whether the library deserializes it, which makes do without `config`."""
    return d.era.is_3 or ("module" in value and not d.legacy)


def _deserialized(d: Deserializer, kind: str, value: Config, where: str, *, used: bool) -> None:
    class_name, inner = value["class_name"], value.get("config")
    if not isinstance(class_name, str):
        d.nameless(kind, class_name, where)
        return
    if kind == "activation" and d.era.is_3 and d.era.at_least(3, 10):
        _activation(d, class_name, inner, value, where)
        return
    if d.era.is_3 and class_name != "function" and d.resolve.supplied(class_name, value.get("registered_name")):
        _given(d, class_name, inner, value, where)
        return
    if class_name == "function":
        if _by_library(d, value):
            _function(d, kind, value, where)
        else:
            d.resolve.says.function_object(kind, inner, where)
        return
    found = _class_of(d, kind, class_name, value, where)
    if found is None or not found.is_class:
        return
    if not inner and _by_library(d, value):
        inner = {}
    if not isinstance(inner, dict):
        d.malformed(f"the configuration of {class_name} is {type_name(inner)}, not an object", where)
        return
    arguments.check(d, found, inner, where, used=used)
    _inner_objects(d, found, inner, where)


def _by_library(d: Deserializer, value: Config) -> bool:
    return d.era.is_3 or (not d.legacy and "module" in value)


def _class_of(d: Deserializer, kind: str, class_name: str, value: Config, where: str) -> KerasSymbol | None:
    """Keras's class of that name; None where there is none, which is said unless nothing minds, and where it is the user's."""
    registered, by_library = value.get("registered_name"), _by_library(d, value)
    if by_library and value.get("module", "_") is None and not d.resolve.handed(class_name, registered):
        d.resolve.says.unregistered(class_name, registered, where)
        return None
    if d.resolve.handed(class_name, registered) if by_library else d.resolve.supplied(class_name, registered):
        custom.check(d, class_name, value.get("config"), where)
        return None
    if by_library and _left_alone(d, kind) and d.era.api.resolve(kind, class_name) is None:
        if kind == "constraint" or where.endswith("/activity_regularizer"):  # which a call calls
            with d.when_called():
                d.resolve.by_name(kind, class_name, where)
        return None
    if (
        by_library and not d.era.is_3 and d.resolve.unhashable(registered, where)
    ):  # Keras 3 looks among its own by class
        return None
    found = d.resolve.by_name(kind, class_name, where, registered=registered)
    return None if isinstance(found, str) else found


def _given(d: Deserializer, class_name: str, inner: Any, value: Config, where: str) -> None:
    """`deserialize_keras_object` of Keras 3 on what custom_objects has: whether by the name that it is registered under."""
    registered = value.get("registered_name", class_name)
    found = d.resolve.by_module(class_name, registered, value.get("module"), "class", where)
    if isinstance(found, str):
        custom.check(d, class_name, inner, where)


def _activation(d: Deserializer, class_name: str, inner: Any, value: Config, where: str) -> None:
    """`activations.get` of Keras 3.10 and later deserializes objects by module, layers among them."""
    form = "function" if class_name == "function" else "class"
    name = str(inner) if form == "function" else class_name
    found = d.resolve.by_module(name, value.get("registered_name", class_name), value.get("module"), form, where)
    if found is not None and not isinstance(found, str) and found.is_class and isinstance(inner, Mapping):
        arguments.check(d, found, inner, where)
        _inner_objects(d, found, inner, where)


def _inner_objects(d: Deserializer, found: KerasSymbol, inner: Config, where: str) -> None:
    """Activation layers and wrappers of initializers take activations and layers of their own."""
    for key, value in inner.items():
        kind = kind_of(found.name, key)
        if kind is not None and value is not None and found.kind in ("layer", "activation") and found.accepts(key):
            check(d, kind, value, f"{where}/{key}")


def _function(d: Deserializer, kind: str, value: Config, where: str) -> None:
    """A serialized function: by name in the table when it is built in."""
    if "module" not in value:
        d.malformed("a serialized function without a module", where, "KeyError: 'module'")
        return
    named_by = "config" if value["module"] == "builtins" else "registered_name"
    if named_by not in value:
        d.malformed(f"a serialized function without {named_by}", where, f"KeyError: '{named_by}'")
        return
    name, inner = value[named_by], value.get("config")
    if d.resolve.supplied(inner, value.get("registered_name")):
        return
    if not isinstance(name, str):
        d.resolve.says.uninterpretable(kind, name, where)
        return
    found = d.resolve.by_name(kind, name, where)
    if found is not None and not isinstance(found, str) and value["module"] != "builtins":
        d.resolve.by_module(name, name, value["module"], "function", where)
