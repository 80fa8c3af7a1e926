"""Dtype policies of layers: `dtype_policies.get` of Keras 3, `Layer._set_dtype_policy` and `policy.deserialize` of Keras 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import arguments, values
from analyzer.keras.values.dtypes import mode_refused

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.tables.keras_symbol import KerasSymbol

_DROP_DTYPE = ("StringLookup", "IntegerLookup")
# Layers of Keras 2 that make their dtype themselves, whatever the argument.
_OWN_DTYPE = (
    "StringLookup",
    "IntegerLookup",
    "TextVectorization",
    "Discretization",
    "Hashing",
    "HashedCrossing",
    "CategoryEncoding",
)
# Policies by names that are no dtypes: up to 2.4 `_set_dtype_policy` looks for dtypes alone where it is given text.
_NO_DTYPES = ("mixed_", "infer", "_infer")
_STRING = 7  # in TensorFlow's enumeration (framework/types.proto)
_BY_NAME = ("Policy", "DTypePolicy", "FloatDTypePolicy", "PolicyV1")


def check(d: Deserializer, value: Any, where: str, owner: str) -> str:
    """A layer's `dtype`: the policy's name, empty where there is none."""
    if value is None or (
        _dropped(d, value, owner) if d.era.is_3 else owner in _OWN_DTYPE and not isinstance(value, str)
    ):
        return ""
    if value == "" and not d.era.is_3:
        return ""
    if isinstance(value, str):
        what = f"{value!r} is no dtype or dtype policy"
        if value.startswith(_NO_DTYPES) and (2,) <= d.era.level < (2, 5):
            error = f"Cannot convert value {value!r} to a TensorFlow DType."
            d.out.say("invalid-argument", f"{where}: {what} of Keras {d.era.version}", where, error, argument="dtype")
        else:
            _name(d, value, what, where)
        return value
    if isinstance(value, Mapping) and "class_name" in value:
        return _object(d, value, where)
    if isinstance(value, Mapping) and not value and not d.era.is_3 and not d.era.at_least(2, 1):
        return ""  # which stands for the default, as anything that is empty
    if isinstance(value, Mapping):
        d.malformed("a dtype policy without class_name", where)
        return ""
    # `tf.as_dtype` of Keras 2 takes numbers of its enumeration, and what is empty stands for the default.
    number = isinstance(value, (int, float)) and value in range(24)
    if d.era.is_3 or (value and not number):
        d.out.say("invalid-argument", f"{where}: dtype is {value!r}", where, argument="dtype")
    takes_none = owner == "MultiHeadAttention" and not d.era.at_least(2, 14)  # which hands no dtype on before
    return "string" if value == _STRING and not d.era.is_3 and not takes_none else ""


def _dropped(d: Deserializer, value: Any, owner: str) -> bool:
    """Whether nobody looks at it: `IndexLookup.__init__` of Keras 3, `Operation.from_config` before policies had quantization.

    StackedRNNCells has a `from_config` of its own and asks its policy for nothing, so that it may stay a name from 3.3 on.
    """
    if owner == "StackedRNNCells":
        return isinstance(value, Mapping) and d.era.at_least(3, 3)
    return owner in _DROP_DTYPE and not (isinstance(value, Mapping) and d.era.at_least(3, 4))


def _name(d: Deserializer, name: str, what: str, where: str, *, plain: bool = False) -> None:
    problem = values.policy_refused(d.era, name, plain=plain)
    if problem:
        d.out.say("invalid-argument", f"{where}: {what} of Keras {d.era.version}", where, problem, argument="dtype")


def _object(d: Deserializer, value: Mapping[str, Any], where: str) -> str:
    class_name = value.get("class_name")
    number = value.get("shared_object_id") if "config" in value and _by_module(d) and not d.legacy else None
    if number is not None and number in d.shared_policies:
        return d.shared_policies[number]
    if not isinstance(class_name, str):
        d.malformed("a dtype policy whose class_name is no string", where, "unhashable type")
        return ""
    if d.resolve.supplied(class_name, value.get("registered_name")):
        return ""
    if "config" not in value and _by_module(d):  # the library leaves it as it is
        d.malformed("a dtype policy without config", where, "'TrackedDict' object has no attribute 'variable_dtype'")
        return ""
    found = _found(d, class_name, value, where)
    if found is None or isinstance(found, str):
        return ""
    if "config" not in value and not d.era.is_3:
        d.malformed("a dtype policy without config", where, f"Improper config format for {dict(value)}.")
        return ""
    inner = value.get("config")
    name = _made(d, found, class_name, inner or {} if _by_module(d) else inner, where)
    if number is not None:
        d.shared_policies[number] = name
    return name


def _by_module(d: Deserializer) -> bool:
    """`dtype_policies.get` up to 3.2 asks the library without `module_objects`, which looks for shared objects first."""
    return d.era.is_3 and not d.era.at_least(3, 3)


def _found(d: Deserializer, class_name: str, value: Mapping[str, Any], where: str) -> KerasSymbol | str | None:
    registered = value.get("registered_name", class_name)
    if _by_module(d):
        return d.resolve.by_module(class_name, registered, value.get("module"), "class", where)
    if d.era.is_3 and value.get("module", "_") is None:
        d.resolve.says.unregistered(class_name, value.get("registered_name"), where)
        return None
    if d.era.is_3 and not d.era.at_least(3, 4):  # which leaves a name that it does not know until the layer asks it
        with d.when_called():
            return d.resolve.by_name("policy", class_name, where)
    return d.resolve.by_name("policy", class_name, where)


def _made(d: Deserializer, found: KerasSymbol, class_name: str, inner: Any, where: str) -> str:
    """The policy of a configuration: its name."""
    if not isinstance(inner, Mapping):
        if inner:
            message = "the configuration of a dtype policy is no object"
            d.malformed(message, where, "argument after ** must be a mapping")
        return ""
    arguments.check(d, found, inner, where)
    name = inner.get("name")
    default = name is None and d.era.at_least(3, 4)  # `DTypePolicy.__init__`: that of the moment
    if "name" in inner and not isinstance(name, str) and not default:
        message = "a dtype policy whose name is no string"
        d.malformed(message, where, "'name' must be a string, such as 'mixed_float16'.")
    if isinstance(name, str) and class_name in _BY_NAME:
        _name(d, name, f"{name!r} is no dtype policy", where, plain=True)
        return name
    mode, source = inner.get("mode"), inner.get("source_name")
    problem = ""
    if d.era.at_least(3, 4) and isinstance(mode, str) and isinstance(source, str):
        problem = mode_refused(d.era, class_name, mode, source)
    if problem:
        message = f"{where}: no {class_name} of Keras {d.era.version} for the mode {mode!r} upon {source!r}"
        d.out.say("invalid-argument", message, where, problem, argument="dtype")
    return f"{mode}_from_{source}" if isinstance(mode, str) else ""  # QuantizedDTypePolicy and those after it
