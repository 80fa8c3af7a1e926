"""Arguments of initializers and losses."""

from __future__ import annotations

from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.dtypes import policy_refused
from analyzer.tables.keras_symbol import KerasSymbol


def initializer(era: Era, symbol: KerasSymbol, key: str, value: Any, *, used: bool) -> str:
    """`VarianceScaling.__init__`; seeds of stateless random ops, which late Keras 2 uses, are integers once values are drawn."""
    if (
        key == "seed"
        and used
        and era.is_3
        and not era.at_least(3, 6)
        and isinstance(value, dict)
        and ("class_name" in value or not value)
    ):
        return f"Argument `seed` must be either an integer or an instance of `SeedGenerator`. Received: seed={value}"
    if key == "seed" and era.is_3 and isinstance(value, (float, str, list)):
        return f"`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. Received: seed={value}"
    if key == "seed" and used and era.is_3 and isinstance(value, bool) and not _mixes(era, value):
        return "Can't convert Python sequence with mixed types to Tensor."
    if key == "seed" and used and not era.is_3 and era.at_least(2, 3) and isinstance(value, (str, list, dict)):
        return "Can't convert Python sequence with mixed types to Tensor."
    if key == "seed" and used and isinstance(value, bool) and (2, 4) <= era.level <= (2, 6) and not era.is_3:
        return "Can't convert Python sequence with mixed types to Tensor."
    drawn = key == "seed" and used and not era.is_3 and (value or era.at_least(2, 10))  # zero was no seed before
    odd = isinstance(value, float) or (isinstance(value, bool) and era.at_least(2, 10))
    if drawn and _stateless(era) and odd:
        return "Value for attr 'Tseed' is not in the list of allowed values: int32, int64"
    if key == "dtype" and not era.at_least(2) and isinstance(value, str):
        return policy_refused(era, value)  # `dtypes.as_dtype` (ops/init_ops.py)
    if symbol.name != "VarianceScaling":
        return ""
    if key == "mode" and isinstance(value, str) and value not in ("fan_in", "fan_out", "fan_avg"):
        return f"Invalid `mode` argument: {value}"
    if key == "mode" and isinstance(value, (list, dict)):
        return f"unhashable type: '{type(value).__name__}'"
    if key == "distribution" and isinstance(value, list):
        return "'list' object has no attribute 'lower'"
    known = ("normal", "uniform", "truncated_normal", "untruncated_normal")
    if key == "distribution" and isinstance(value, str) and value.lower() not in known:
        return f"Invalid `distribution` argument: {value}"
    if key == "scale" and isinstance(value, list):
        return "'<=' not supported between instances of 'list' and 'float'"
    if key == "scale" and isinstance(value, int) and value <= 0:
        return f"`scale` must be positive float. Received: scale={value}"
    return ""


def _stateless(era: Era) -> bool:
    """Whether initializers use stateless random ops: not those of 2.7 to 2.9 (`RandomGenerator`), nor of TensorFlow 1."""
    return era.at_least(2, 1) and not ((2, 7) <= era.level <= (2, 9))


def _mixes(era: Era, seed: bool) -> bool:
    """Whether Keras 3 makes a tensor of a bool and a number (`draw_seed`), or takes False for no seed, as it did up to 3.4."""
    return era.at_least(3, 5) and not era.at_least(3, 7) if seed or era.at_least(3, 5) else True


def reduction(era: Era, value: Any) -> str:
    """`standardize_reduction` of Keras 3, which dropped `auto` and got means in 3.7."""
    if era.is_3:
        known: tuple[Any, ...] = ("sum_over_batch_size", "sum", "none", None)
        if era.at_least(3, 7):
            known += ("mean", "mean_with_sample_weight")
    else:
        known = ("auto", "none", "sum", "sum_over_batch_size")
    fine = any(value == each and type(value) is type(each) for each in known)
    return "" if fine or not era.at_least(2) else f"Invalid value for argument `reduction`. Received: reduction={value}"
