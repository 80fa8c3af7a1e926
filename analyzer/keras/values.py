"""Values that constructors refuse, where the sources decide it plainly whatever else the configuration holds.

Each check names the function of Keras that makes it. A value that is not decided here is taken to be fine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.tables.keras import KerasSymbol

Check = Callable[[Era, KerasSymbol, Any, Mapping[str, Any]], str]

_FLOATING = ("Dense", "Conv1D", "Conv2D", "Conv3D")
_CHECKS: dict[str, Check] = {}

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


def refused(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    """Keras's words for refusing a value of a constructor argument; empty where it does not, or where we cannot tell."""
    try:
        return _refused(era, symbol, key, value, config)
    except (TypeError, ValueError, OverflowError):
        return f"{key}={value!r}" if isinstance(value, float) else ""


def _refused(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.kind == "initializer" or symbol.name == "VarianceScaling":
        return _initializer(era, symbol, key, value)
    if symbol.kind == "optimizer" or key == "learning_rate":
        listed = era.is_3 and isinstance(value, list)
        if key == "learning_rate" and (isinstance(value, str) or value is None or listed):
            return f"Unknown learning rate: {value}"
        if key == "decay" and value is None and not era.at_least(2, 11):
            return "'<' not supported between instances of 'NoneType' and 'float'"
        if key in ("clipnorm", "clipvalue", "decay", "lr") and not era.at_least(2, 11) and _number(value) and value < 0:
            return f"Expected {key} >= 0, received: {value}"
        return ""
    if symbol.kind == "loss" or (key == "reduction" and symbol.kind != "layer"):
        return _reduction(era, value) if key == "reduction" else ""
    check = _CHECKS.get(key)
    return (
        check(era, symbol, value, config)
        if check is not None and symbol.kind in ("layer", "model", "operation")
        else ""
    )


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _initializer(era: Era, symbol: KerasSymbol, key: str, value: Any) -> str:
    """`VarianceScaling.__init__`; seeds of stateless random ops, which late Keras 2 uses, are integers."""
    if key == "seed" and era.is_3 and isinstance(value, (float, str, list)):
        return f"`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. Received: seed={value}"
    if key == "seed" and not era.is_3 and era.at_least(2, 13) and isinstance(value, (float, str)):
        return "Value for attr 'Tseed' is not in the list of allowed values: int32, int64"
    if symbol.name != "VarianceScaling":
        return ""
    if key == "mode" and isinstance(value, str) and value not in ("fan_in", "fan_out", "fan_avg"):
        return f"Invalid `mode` argument: {value}"
    known = ("normal", "uniform", "truncated_normal", "untruncated_normal")
    if key == "distribution" and isinstance(value, str) and value.lower() not in known:
        return f"Invalid `distribution` argument: {value}"
    if key == "scale" and isinstance(value, int) and value <= 0:
        return f"`scale` must be positive float. Received: scale={value}"
    return ""


def _reduction(era: Era, value: Any) -> str:
    """`standardize_reduction` of Keras 3, which dropped `auto`."""
    if era.is_3:
        known: tuple[Any, ...] = ("sum_over_batch_size", "sum", "none", None, "mean", "mean_with_sample_weight")
    else:
        known = ("auto", "none", "sum", "sum_over_batch_size")
    fine = any(value == each and type(value) is type(each) for each in known)
    return "" if fine or not era.at_least(2) else f"Invalid value for argument `reduction`. Received: reduction={value}"


def policy_refused(era: Era, name: str) -> str:
    """`Policy._parse_name` (Keras 2), `DTypePolicy._parse_name` (Keras 3)."""
    if era.is_3:
        if name in _K3_DTYPES or name in (
            "mixed_float16",
            "mixed_bfloat16",
            "float8",
            "int4",
            "half",
            "float",
            "double",
            "int",
        ):
            return ""
        if "_from_" in name or name.startswith(("float8", "int", "uint", "complex")):
            return ""
        return f"Cannot convert '{name}' to a mixed precision `DTypePolicy`."
    if name in _TF_DTYPES or (name in ("mixed_float16", "mixed_bfloat16") and era.at_least(2)):
        return ""
    if name in ("_infer", "infer", "infer_with_float32_vars") and not era.at_least(2, 6):
        return ""
    if name.startswith(("float8", "int4", "uint4", "q")) or name.endswith("_ref"):
        return ""
    return f"Cannot convert value {name} to a mixed precision Policy."


def _on(*keys: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        for key in keys:
            _CHECKS[key] = check
        return check

    return register


@_on("name")
def _name(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Operation.__init__` of Keras 3; Keras 2 takes strings and fails on other types when it opens the name scope."""
    if value is None or (not value and symbol.name == "InputLayer" and not era.is_3):
        return ""
    if era.is_3 and (not isinstance(value, str) or "/" in value):
        return f"Argument `name` must be a string and cannot contain character `/`. Received: name={value}"
    if not era.is_3 and not isinstance(value, str):
        return f"Expected `name` to be a string, but got: {value}" if era.at_least(2, 4) else ""
    return ""


@_on("padding")
def _padding(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_padding`, `standardize_padding`."""
    if symbol.name.startswith("ZeroPadding"):
        return ""
    if not isinstance(value, str):
        windowed = symbol.name.startswith(("Conv", "Max", "Average", "Depthwise", "Separable"))
        return (
            f"'{type(value).__name__}' object has no attribute 'lower'"
            if windowed and not isinstance(value, list)
            else ""
        )
    known = ("valid", "same", "causal") if not era.is_3 or symbol.name.startswith("Conv1D") else ("valid", "same")
    one = symbol.name in ("Conv1D", "SeparableConv1D")
    if (
        value.lower() == "causal"
        and not one
        and not era.is_3
        and symbol.name.startswith(("Conv2D", "Conv3D", "Depthwise", "Separable"))
    ):
        return "Causal padding is only supported for `Conv1D` and `SeparableConv1D`."
    if value.lower() not in known:
        return f"The `padding` argument must be one of {set(known)}. Received: {value}"
    return ""


@_on("data_format")
def _data_format(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_data_format`, `standardize_data_format`."""
    if value is None or (isinstance(value, str) and value.lower() in ("channels_first", "channels_last")):
        return ""
    return f"The `data_format` argument must be one of 'channels_first', 'channels_last'. Received: {value}"


@_on("vocabulary")
def _vocabulary(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IndexLookup.set_vocabulary`: terms must differ, and a file must be there."""
    if symbol.name not in ("StringLookup", "IntegerLookup", "TextVectorization"):
        return ""
    if isinstance(value, list) and all(isinstance(each, (str, int)) for each in value):
        repeated = sorted({str(each) for each in value if value.count(each) > 1}) if len(value) < 10_000 else []
        if repeated:
            return f"The passed vocabulary has at least one repeated term. The repeated terms are {repeated[:5]}"
    if isinstance(value, str):
        return f"Vocabulary file {value} does not exist."
    return ""


@_on("dtype")
def _dtype(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`InputLayer.__init__`: a plain dtype. `Dense.build`: a floating one, for which initializers have values."""
    if symbol.name in _FLOATING and isinstance(value, str) and value.startswith(("int", "uint", "bool", "string")):
        return f"Unable to build `{symbol.name}` layer with non-floating point dtype {value}"
    if symbol.name == "InputLayer" and era.is_3 and value is not None and not isinstance(value, str):
        return f"Invalid dtype: {value}"
    if symbol.name != "InputLayer" or not isinstance(value, str):
        return ""
    known = _K3_DTYPES | {"int", "float"} if era.is_3 else _TF_DTYPES
    if value in known or value.startswith(("float8", "int4", "uint4", "q")) or value.endswith("_ref"):
        return ""
    return f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."


@_on("filepath")
def _filepath(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`TFSMLayer.__init__` loads a SavedModel from a path outside of the file."""
    if symbol.name != "TFSMLayer" or not isinstance(value, str):
        return ""
    return f"SavedModel file does not exist at: {value}/{{saved_model.pbtxt|saved_model.pb}}"


# What follows was measured: each value handed to `from_config` and the layer called, under Keras 1.15 to 3.14.


def _bad(key: str, value: Any) -> str:
    return f"Received an invalid value for argument `{key}`: {value!r}"


def _count(era: Era, key: str, value: Any, *, zero: bool, fraction: bool, text: bool) -> str:
    """A number of units or filters: what `zero`, `fraction` and `text` say is refused, negative numbers always."""
    if value is None or isinstance(value, (list, dict)):
        return _bad(key, value)
    if isinstance(value, str):
        return _bad(key, value) if text or not value.lstrip("-").isdigit() else ""
    if value != value or (isinstance(value, float) and fraction) or value < 0 or (value == 0 and zero):
        return _bad(key, value)
    return ""


@_on("units")
def _units(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name == "Dense":
        refused = era.at_least(3, 14)
        return _count(era, "units", value, zero=refused, fraction=era.is_3, text=era.is_3)
    if symbol.name.removesuffix("Cell") in ("LSTM", "GRU", "SimpleRNN"):
        return _count(era, "units", value, zero=era.at_least(2, 15), fraction=True, text=True)
    return ""


@_on("filters")
def _filters(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name not in ("Conv1D", "Conv2D", "Conv3D"):
        return ""
    fraction = era.is_3 or not era.at_least(2, 3)
    return _count(era, "filters", value, zero=era.at_least(2, 10), fraction=fraction, text=True)


@_on("output_dim")
def _output_dim(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    if symbol.name != "Embedding":
        return ""
    return _count(era, "output_dim", value, zero=era.at_least(2, 3) and not era.is_3, fraction=True, text=True)


@_on("kernel_size", "strides", "dilation_rate", "pool_size", "size")
def _window(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_tuple`, `argument_validation.standardize_tuple`: a number, or as many as there are dimensions."""
    rank = next((int(letter) for letter in symbol.name if letter in "123"), 0)
    if not rank or value is None or isinstance(value, bool):
        return ""
    items = value if isinstance(value, list) else [value] * rank
    if len(items) != rank or not all(isinstance(each, int) for each in items):
        return f"The argument must be a tuple of {rank} integers. Received: {value}"
    least = min(items)
    if symbol.name.startswith(("Max", "Average")):
        none = least < 1
    else:
        none = least < 0 or (least == 0 and era.at_least(2, 3) and symbol.name.startswith("Conv"))
    return f"The argument must be a tuple of {rank} positive integers. Received: {value}" if none else ""


@_on("rate")
def _rate(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Dropout`: checked by the constructor from 2.5 on, by tf.nn.dropout in both branches up to 2.3, not at all by 2.4."""
    if symbol.name != "Dropout" or isinstance(value, bool):
        return ""
    if not isinstance(value, (int, float)):
        return _bad("rate", value) if era.is_3 or not era.at_least(2, 4) else ""
    if era.at_least(2, 5):
        return "" if 0 <= value <= 1 else _bad("rate", value)
    return "" if era.at_least(2, 4) or 0 <= value < 1 else _bad("rate", value)


@_on("momentum", "epsilon")
def _plain_number(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`BatchNormalization`: Keras 3 makes floats of them; Keras 2 up to 2.3 calculates with the momentum while building."""
    if symbol.name != "BatchNormalization" or not (value is None or isinstance(value, str)):
        return ""
    return f"could not convert to float: {value!r}" if era.is_3 or not era.at_least(2, 4) else ""


@_on("trainable")
def _trainable(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Layer.__init__` of Keras 2.10 to 2.15 wants a bool, unless a class keeps the argument to itself (BatchNormalization)."""
    if era.is_3 or not era.at_least(2, 10) or isinstance(value, bool) or symbol.name.endswith("BatchNormalization"):
        return ""
    return f"Expected `trainable` argument to be a boolean, but got: {value}"


@_on("alpha", "negative_slope")
def _slope(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`LeakyReLU`."""
    if symbol.name != "LeakyReLU":
        return ""
    if isinstance(value, str) or (value is None and era.at_least(2, 10)):
        return _bad("alpha", value)
    return _bad("negative_slope", value) if era.is_3 and _number(value) and value < 0 else ""


@_on("axis")
def _axis(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`BatchNormalization`: Keras 3 takes one axis, not a list as Keras 2 writes it; neither takes anything else."""
    if symbol.name != "BatchNormalization":
        return ""
    if value is None or isinstance(value, str):
        return f"Expected an int or a list of ints for the argument `axis`. Received: {value}"
    if era.is_3 and isinstance(value, list):
        return "int() argument must be a string, a bytes-like object or a real number, not 'list'"
    return ""


@_on("max_value", "threshold")
def _relu(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`ReLU.__init__` compares them with zero; Keras 2.12 wrote numpy numbers as objects, which it could not read back."""
    if symbol.name == "ReLU" and isinstance(value, (str, dict, list)):
        return f"'<' not supported between instances of '{type(value).__name__}' and 'float'"
    return ""


@_on("merge_mode")
def _merge_mode(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Bidirectional.__init__`."""
    if symbol.name != "Bidirectional" or value in ("sum", "mul", "ave", "concat", None):
        return ""
    return f"Invalid merge mode. Received: {value}"


@_on("sparse")
def _sparse(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """Lookup layers and Discretization give sparse outputs in some modes only."""
    if (
        symbol.name in ("StringLookup", "IntegerLookup", "Discretization")
        and era.is_3
        and value
        and config.get("output_mode") == "int"
    ):
        return "`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` or `'tf_idf'`."
    return ""


@_on("batch_shape", "batch_input_shape")
def _batch_shape(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`InputLayer.__init__`: a list of dimensions."""
    if symbol.name != "InputLayer" or value is None or isinstance(value, (list, dict)):
        return ""
    return f"Cannot convert {value!r} to a shape."


@_on("seed")
def _seed(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`SeedGenerator.__init__` of Keras 3, which Dropout makes when it drops anything."""
    rate = config.get("rate")
    if symbol.name != "Dropout" or not era.is_3 or value is None or isinstance(value, int):
        return ""
    drops = isinstance(rate, (int, float)) and rate > 0
    return f"Argument `seed` must be an integer. Received: seed={value}" if drops else ""


@_on("groups")
def _groups(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`BaseConv.__init__` of Keras 3."""
    if (
        era.is_3
        and symbol.name.startswith("Conv")
        and not symbol.name.endswith("Transpose")
        and _number(value)
        and value <= 0
    ):
        return f"The number of groups must be a positive integer. Received: groups={value}"
    return ""
