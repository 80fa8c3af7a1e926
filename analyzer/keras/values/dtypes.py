"""Dtypes and dtype policies by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import on
from analyzer.tables.keras_symbol import KerasSymbol

# tf.as_dtype / backend.standardize_dtype
_TF_DTYPES = frozenset(
    [
        "float16",
        "half",
        "float32",
        "float",
        "float64",
        "double",
        "bfloat16",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "string",
        "complex64",
        "complex128",
        "qint8",
        "qint16",
        "qint32",
        "quint8",
        "quint16",
        "resource",
        "variant",
    ]
)
_SMALL = ("float8", "float4", "int4", "uint4", "int2", "uint2")  # more of them come with newer releases
_SINCE = {"float8_e4m3fn": 12, "float8_e5m2": 12, "int4": 15, "uint4": 15}  # python/framework/dtypes.py
_K3_DTYPES = frozenset(
    [
        "float16",
        "float32",
        "float64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "bfloat16",
        "bool",
        "string",
        "float8_e4m3fn",
        "float8_e5m2",
        "complex64",
        "complex128",
    ]
)
_FLOATING = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def policy_refused(era: Era, name: str, *, plain: bool = False) -> str:
    """`Policy._parse_name` (Keras 2), `dtype_policies.get` and, where `plain`, `DTypePolicy.__init__` (Keras 3)."""
    if era.is_3:
        return _policy_3(era, name, plain=plain and era.at_least(3, 4))
    if name in _TF_DTYPES or (name in ("mixed_float16", "mixed_bfloat16") and era.at_least(2)):
        return ""
    if name in ("_infer", "infer", "infer_with_float32_vars") and not era.at_least(2, 6):
        return ""
    return "" if is_dtype(era, name) else f"Cannot convert value {name} to a mixed precision Policy."


def _policy_3(era: Era, name: str, *, plain: bool) -> str:
    """Names that begin like a kind of quantization have to go on `_from_` some other policy."""
    modes = _quantization_modes(era)
    if plain or not modes or not name.startswith(modes):
        since = next((each for start, each in (("complex", 6), ("float8", 1)) if name.startswith(start)), 0)
        known = name in _K3_DTYPES or name in ("mixed_float16", "mixed_bfloat16", "int")
        return "" if known and era.at_least(3, since) else f"Cannot convert '{name}' to a mixed precision DTypePolicy."
    mode, *source = name.split("_from_")
    sized = mode.startswith(("gptq", "awq")) or ("/" in mode and mode.startswith("int4") and era.at_least(3, 14))
    if len(source) != 1 or ("/" not in mode if sized else mode not in modes):
        return (
            "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate `QuantizedDTypePolicy`. "
            f"Received: policy={name}"
        )
    if mode == "int8" and era.at_least(3, 3) and source[0] in ("float16", "mixed_float16"):
        return "Quantization mode='int8' doesn't work well with compute_dtype='float16'."
    return _policy_3(era, source[0], plain=True)


def mode_refused(era: Era, class_name: str, mode: str, source: str) -> str:
    """`QuantizedDTypePolicy.__init__` and `_check_quantization_mode`, which the classes made after it end in, from 3.4 on."""
    modes = _quantization_modes(era)
    if class_name in ("QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy") and mode not in modes:
        return f"Invalid quantization mode. Expected one of {modes}. Received: mode={mode}"
    if mode == "int8" and source in ("float16", "mixed_float16"):
        return "Quantization mode='int8' doesn't work well with compute_dtype='float16'."
    return _policy_3(era, source, plain=True)


def _quantization_modes(era: Era) -> tuple[str, ...]:
    """`QUANTIZATION_MODES` (dtype_policies/dtype_policy.py)."""
    releases = (("int8", 1), ("float8", 3), ("int4", 11), ("gptq", 12), ("awq", 14))
    return tuple(mode for mode, since in releases if era.at_least(3, since))


def is_dtype(era: Era, name: str) -> bool:
    """`tf.as_dtype`, `standardize_dtype` of Keras 3: whether a plain dtype goes by this name."""
    if era.is_3:
        return (
            name in _K3_DTYPES or name in ("int", "float") or name.startswith((*_SMALL, "q")) or name.endswith("_ref")
        )
    plain = name.removesuffix("_ref")
    since = _SINCE.get(plain)
    return (
        plain in _TF_DTYPES
        or bool(since and era.at_least(2, since))
        or (era.at_least(2, 16) and plain.startswith(_SMALL))
    )


def metric_refused(era: Era, value: Any) -> str:
    """`Metric.__init__` and `Loss.__init__` of Keras 3.5 and later, which take a policy; earlier ones take anything."""
    if not value or not era.is_3 or not era.at_least(3, 5):
        return ""
    if isinstance(value, str):
        return policy_refused(era, value)
    plain = isinstance(value, (int, float))
    return (
        f"Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received: dtype={value}"
        if plain
        else ""
    )


def _is_integer(name: str) -> bool:
    return name.startswith(("int", "uint", "bool", "string")) and "_from_" not in name


# The one dtype that lookup layers took up to 2.7; later ones have that of their outputs.
_LOOKUPS = {"StringLookup": "string", "IntegerLookup": "int64"}


_INTEGERS = (*_LOOKUPS, "HashedCrossing")  # layers whose outputs are numbers of places, by default
_INTEGER = re.compile(r"u?int\d+")


@on("dtype")
def _dtype(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`InputLayer.__init__`: a plain dtype. `Dense.build`: a floating one, for which initializers have values."""
    own = _LOOKUPS.get(symbol.name)
    if own is not None and isinstance(value, str) and value != own and (2, 3) <= era.level <= (2, 7) and not era.is_3:
        return f"The value of the dtype argument for {symbol.name} may only be one of [tf.{own}]."
    if symbol.name == "TextVectorization" and not era.is_3:
        return _string(value)
    if symbol.name in _INTEGERS and config.get("output_mode", "int") == "int" and not era.is_3 and era.at_least(2, 8):
        return _integers(symbol.name, value)
    if symbol.name in _FLOATING and isinstance(value, str) and _is_integer(value):
        return f"Unable to build `{symbol.name}` layer with non-floating point dtype {value}"
    if symbol.name == "Hashing" and era.is_3 and value is not None and config.get("output_mode", "int") == "int":
        return _hashing(era, value)
    if symbol.name == "InputLayer" and era.is_3 and value is not None and not isinstance(value, str):
        return f"Invalid dtype: {value}"
    if symbol.name == "InputLayer" and (isinstance(value, (list, dict)) and value):
        return f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."
    if symbol.name != "InputLayer" or not isinstance(value, str) or not value or is_dtype(era, value):
        return ""
    return f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."


def _string(value: Any) -> str:
    """`TextVectorization.__init__` of Keras 2: `tf.string` by any name; a policy, as Keras 3 writes it, is another."""
    known = isinstance(value, str) and value in _TF_DTYPES and value != "string"
    if known or value is None or isinstance(value, (Mapping, list)):
        return f"`TextVectorization` may only have a dtype of string. Received dtype: {value}."
    return ""


def _integers(name: str, value: Any) -> str:
    """`IndexLookup.__init__`, `HashedCrossing.__init__` of Keras 2.8 on; the dtype that a StringLookup had before is dropped."""
    if not isinstance(value, str) or _INTEGER.fullmatch(value) or (name == "StringLookup" and value == "string"):
        return ""
    return f"When `output_mode='int'`, `dtype` should be an integer type. Received: dtype={value}"


def _hashing(era: Era, value: Any) -> str:
    """`Hashing.__init__` of Keras 3: up to 3.3 it knows dtypes by name alone, not as the policies that 3.4 writes."""
    inner = value.get("config") if isinstance(value, Mapping) and era.at_least(3, 4) else None
    name = inner.get("name") if isinstance(inner, Mapping) else value
    if name in ("int32", "int64") or (name is not value and not isinstance(name, str)):
        return ""
    return f"When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'in64'. Received: dtype={value}"
