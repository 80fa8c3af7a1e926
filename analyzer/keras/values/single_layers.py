"""Arguments of single layer classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.encoded import Items
from analyzer.keras.era import Era
from analyzer.keras.values.registry import bad, is_number, on
from analyzer.tables.keras_symbol import KerasSymbol


@on("vocabulary")
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


@on("rate")
def _rate(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Dropout`: checked by the constructor from 2.5 on, by tf.nn.dropout in both branches up to 2.3, not at all by 2.4."""
    if symbol.name != "Dropout" or isinstance(value, bool):
        return ""
    if not isinstance(value, (int, float)):
        return bad("rate", value) if era.is_3 or not era.at_least(2, 4) else ""
    if era.at_least(2, 5):
        return "" if 0 <= value <= 1 else bad("rate", value)
    return "" if era.at_least(2, 4) or 0 <= value < 1 else bad("rate", value)


@on("momentum", "epsilon")
def _plain_number(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`BatchNormalization`: Keras 3 makes floats of them."""
    if symbol.name != "BatchNormalization" or not (value is None or isinstance(value, str)):
        return ""
    return f"could not convert to float: {value!r}" if era.is_3 else ""


@on("alpha", "negative_slope")
def _slope(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`LeakyReLU`, and `ReLU` of Keras 3, which compares it with zero."""
    if symbol.name == "ReLU" and era.is_3 and "negative_slope" in config and value is config["negative_slope"]:
        return bad("negative_slope", value) if value is None or (is_number(value) and value < 0) else ""
    if symbol.name != "LeakyReLU":
        return ""
    if (isinstance(value, str) and (era.is_3 or not _numeric(value))) or (value is None and era.at_least(2, 10)):
        return bad("alpha", value)
    if era.is_3 and isinstance(value, (Mapping, list)):  # an array, as TensorFlow 1.15 and 2.0 write it
        return f"'<' not supported between instances of {type(value).__name__!r} and 'int'"
    return bad("negative_slope", value) if era.is_3 and is_number(value) and value < 0 else ""


def _numeric(text: str) -> bool:
    """Whether `backend.cast_to_floatx` makes a number of it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


@on("axis")
def _axis(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`BatchNormalization`: Keras 3 takes one axis, not a list as Keras 2 writes it; neither takes anything else."""
    if symbol.name != "BatchNormalization":
        return ""
    if era.is_3 and isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return ""  # `int(axis)`
    if value is None or isinstance(value, str):
        return f"Expected an int or a list of ints for the argument `axis`. Received: {value}"
    if era.is_3 and isinstance(value, list):
        return "int() argument must be a string, a bytes-like object or a real number, not 'list'"
    return ""


@on("max_value")
def _relu_max(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`ReLU.__init__` compares it with zero; Keras 2.12 wrote numpy numbers as objects, which it could not read back."""
    return _compared("max_value", value) if symbol.name == "ReLU" and value is not None else ""


@on("threshold")
def _relu_threshold(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`ReLU.__init__`: None is refused from 2.4 on, what is negative from 2.6 on, where it is first compared."""
    if symbol.name != "ReLU" or (value is None and not era.at_least(2, 4)):
        return ""
    uncompared = (
        isinstance(value, list) or (is_number(value) and value < 0) or (isinstance(value, str) and _numeric(value))
    )
    return "" if uncompared and not era.at_least(2, 6) else _compared("threshold", value)


def _compared(key: str, value: Any) -> str:
    """What comparing a value with zero raises, or what is said of one below zero."""
    if isinstance(value, (str, dict, list)):
        return f"'<' not supported between instances of '{type(value).__name__}' and 'float'"
    return bad(key, value) if value is None or value < 0 else ""


@on("output_mode")
def _output_mode(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`validate_string_arg` of preprocessing layers: what no release takes."""
    known = ("int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf")
    if symbol.name not in _MODES or not isinstance(value, str) or value in known:
        return ""
    return f"Unkown value for `output_mode` argument of layer {symbol.name}. Received: {value}"


@on("pad_to_max_tokens")
def _padded(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IndexLookup.__init__` from 2.6 on; TextVectorization of 2.3 and 2.4 pads by default, and to nothing where there is no maximum."""
    if symbol.name not in _LOOKUPS or not era.at_least(2, 6) or not value or config.get("max_tokens") is not None:
        return ""
    return "If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None"


@on("vocabulary_dtype")
def _vocabulary_dtype(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IntegerLookup.__init__` of Keras 3."""
    odd = symbol.name == "IntegerLookup" and era.is_3 and value != "int64"
    return (
        f"Only `vocabulary_dtype='int64'` is supported at this time. Received: vocabulary_dtype={value}" if odd else ""
    )


@on("max_tokens")
def _max_tokens(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IndexLookup.__init__`: more than one, whatever else is set."""
    if symbol.name not in _LOOKUPS or not era.at_least(2, 6) or value is None:
        return ""
    if not isinstance(value, (int, float)):
        return f"'<=' not supported between instances of '{type(value).__name__}' and 'int'"
    few = value <= 1
    return f"If set, `max_tokens` must be greater than 1. Received: max_tokens={value}" if few else ""


@on("idf_weights")
def _idf_weights(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IndexLookup.__init__` from 2.8 on."""
    mode = config.get("output_mode", "int")
    if symbol.name not in _INDEX_LOOKUPS or not era.at_least(2, 8) or value is None or mode in ("tf_idf", "tf-idf"):
        return ""
    return f"`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: output_mode={mode}"


@on("mask_token")
def _mask_token(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`IndexLookup.__init__` of Keras 3 makes a tensor of strings of it."""
    odd = symbol.name == "StringLookup" and era.is_3 and isinstance(value, (int, float))
    return f"Cannot convert {value} to EagerTensor of dtype string" if odd else ""


@on("bias_initializer")
def _bias_initializer(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`LSTMCell.build` of Keras 3 calls it for all gates but the forget gate."""
    called = config.get("use_bias", True) and config.get("unit_forget_bias", True)
    if value is not None or not called or not era.is_3 or symbol.name not in ("LSTM", "LSTMCell"):
        return ""
    return "'NoneType' object is not callable"


@on("shared_axes")
def _shared_axes(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`PReLU.build` of Keras 3 counts with them."""
    if symbol.name != "PReLU" or not era.is_3 or not value:
        return ""
    items = value if isinstance(value, list) else [value]
    odd = [each for each in items if not isinstance(each, int)]
    return f"unsupported operand type(s) for -: '{type(odd[0]).__name__}' and 'int'" if odd else ""


@on("ngrams")
def _ngrams(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`TextVectorization.__init__` takes a tuple, which H5 files and archives do not keep; `from_config` makes one from 3.1 on."""
    if symbol.name != "TextVectorization" or value is None or isinstance(value, (int, Items)):
        return ""
    if isinstance(value, list) and era.is_3 and era.at_least(3, 1) and all(isinstance(each, int) for each in value):
        return ""
    return f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={value}"


_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
_INDEX_LOOKUPS = ("StringLookup", "IntegerLookup")
_MODES = ("Discretization", "StringLookup", "IntegerLookup", "TextVectorization", "CategoryEncoding")


@on("mean", "variance")
def _mean(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Normalization.__init__`: both or neither, from 3.14 on of one shape."""
    other = config.get("variance" if value is config.get("mean") else "mean")
    if symbol.name != "Normalization" or value is None:
        return ""
    if era.is_3 and isinstance(value, list) and not _is_array(value):
        return "Can't convert Python sequence with mixed types to Tensor."
    if other is not None:
        alike = not isinstance(value, list) if not isinstance(other, list) else _lengths(value) == _lengths(other)
        if alike or not era.is_3 or not era.at_least(3, 14):
            return ""
        return "When setting values directly, `mean` and `variance` must have the same shape."
    return "When setting values directly, both `mean` and `variance` must be set."


def _is_array(value: Any) -> bool:
    """Whether nested lists hold numbers, as many each."""
    if not isinstance(value, list):
        return isinstance(value, (int, float))
    return all(map(_is_array, value)) and len({tuple(_lengths(each)) for each in value}) <= 1


def _lengths(value: Any) -> list[int]:
    """The shape of nested lists, by the first of each."""
    return [len(value), *_lengths(value[0] if value else None)] if isinstance(value, list) else []


@on("merge_mode")
def _merge_mode(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Bidirectional.__init__`."""
    if symbol.name != "Bidirectional" or value in ("sum", "mul", "ave", "concat", None):
        return ""
    return f"Invalid merge mode. Received: {value}"


@on("sparse")
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


@on("bin_boundaries")
def _bins(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Discretization.__init__` wants one of the two; Keras 3 up to 3.8 takes both that agree, later ones any (`from_config`)."""
    bins = config.get("num_bins")
    if symbol.name != "Discretization" or not era.at_least(2, 6):
        return ""
    if value is None or bins is None:
        neither = value is None and bins is None and era.is_3 and era.at_least(3, 9)
        return "You need to set either `num_bins` or `bin_boundaries`." if neither else ""
    agree = isinstance(value, list) and isinstance(bins, int) and len(value) == bins - 1
    if era.is_3 and (era.at_least(3, 9) or agree):
        return ""
    return f"Both `num_bins` and `bin_boundaries` should not be set. Received: num_bins={bins}, bin_boundaries={value}"


@on("dims")
def _dims(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Permute.__init__` makes a tuple of them, and sorts them."""
    if symbol.name != "Permute":
        return ""
    if isinstance(value, (int, float)):
        return f"'{type(value).__name__}' object is not iterable"
    try:
        counted = not isinstance(value, list) or sorted(value) == list(range(1, len(value) + 1))
    except TypeError as error:
        return str(error)
    if counted:
        return ""
    return f"Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be consecutive and start from 1. Received dims={value}"


_DROPPING = (
    *("Dropout", "GaussianDropout", "AlphaDropout", "GaussianNoise"),
    *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
)
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@on("seed")
def _seed(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`SeedGenerator.__init__` of Keras 3, which dropout and noise make when there is any, recurrent layers always.

    A bool it takes for an integer, but of it and 0 only Keras 3.5 and 3.6 make a tensor.
    """
    if not era.is_3 or value is None or (isinstance(value, dict) and "class_name" in value):
        return ""
    mixes = era.at_least(3, 5) and not era.at_least(3, 7)
    if isinstance(value, int) and (mixes or not isinstance(value, bool)):
        return ""
    rate = config.get("stddev" if symbol.name == "GaussianNoise" else "rate")
    drops = isinstance(rate, (int, float)) and rate > 0 if symbol.name in _DROPPING else symbol.name in _RECURRENT
    return f"Argument `seed` must be an integer. Received: seed={value}" if drops else ""


@on("factor")
def _bounds(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`RandomContrast` and `RandomBrightness` of Keras 3 compare each of two with numbers."""
    if symbol.name not in ("RandomContrast", "RandomBrightness") or not era.is_3 or not isinstance(value, list):
        return ""
    odd = next((each for each in value[:2] if not isinstance(each, (int, float))), 0)
    return "" if odd == 0 else f"'>' not supported between instances of '{type(odd).__name__}' and 'int'"


@on("x_factor", "y_factor")
def _shear(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`RandomShear._check_factor_range`, which refuses the lower bound that the layer itself writes of a number."""
    numbers = value if isinstance(value, list) else [value]
    if symbol.name != "RandomShear" or all(is_number(each) and 0 <= each <= 1 for each in numbers):
        return ""
    return "The `factor` argument should be a number (or a list of two numbers) in the range [0, 1.0]."
