"""Arguments of optimizers and of schedules of learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import is_number
from analyzer.tables.keras_symbol import KerasSymbol

_SCALING = ("LossScaleOptimizer", "LossScaleOptimizerV3")
_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


def optimizer(era: Era, symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    """`Optimizer.__init__`: Keras 3 wants numbers of a learning rate; Keras 2 none below zero (`OptimizerV2.__init__`)."""
    if key == "name" and era.is_3 and value is not None and (not isinstance(value, str) or "/" in value):
        return f"Argument `name` must be a string and cannot contain character `/`. Received: name={value}"
    if key in _CLIPS and era.at_least(2, 11):
        return _clips(era, key, config)
    if key == "weight_decay" and value is None and symbol.name == "AdamW":
        missing = "Missing value of `weight_decay` which is required and must be a float value."
        return "Argument `weight_decay` must be a float. Received: weight_decay=None" if era.is_3 else missing
    if era.is_3 and symbol.name == "RMSprop" and key == "momentum" and not isinstance(value, (int, float)):
        return f"'>' not supported between instances of '{type(value).__name__}' and 'int'"  # `RMSprop.build`
    if symbol.name in _SCALING and not era.is_3 and era.at_least(2, 4):
        return _scale(key, value, config)
    if era.is_3:
        return _numbers(key, value, config)
    checked = key in ("clipnorm", "clipvalue", "decay", "lr") and not era.at_least(2, 11)
    return f"Expected {key} >= 0, received: {value}" if checked and is_number(value) and value < 0 else ""


def _scale(key: str, value: Any, config: Mapping[str, Any]) -> str:
    """`LossScaleOptimizer.__init__` of Keras 2.4 and later (mixed_precision/loss_scale_optimizer.py)."""
    if key == "dynamic" and not isinstance(value, bool):
        return f'"dynamic" argument to LossScaleOptimizer.__init__ must be a bool, but got: {value!r}'
    made = {"initial_scale": float, "dynamic_growth_steps": int}.get(key)
    dynamic = config.get("dynamic", True) is True
    if made is None or (value is None and (dynamic or key == "dynamic_growth_steps")):
        return ""
    if value is None:
        return '"initial_scale" must be specified if "dynamic" is False'
    if not dynamic and key == "dynamic_growth_steps":
        return f'"dynamic_growth_steps" must be None if "dynamic" is False, but got: {value}'
    try:
        made(value)
    except (TypeError, ValueError) as error:
        return str(error)
    return ""


def _clips(era: Era, key: str, config: Mapping[str, Any]) -> str:
    """`BaseOptimizer.__init__`: Keras 3.2 and later clip in one way; from 2.11 on not by both norms. Said of the last one."""
    one = era.is_3 and era.at_least(3, 2)
    among = _CLIPS if one else ("clipnorm", "global_clipnorm")
    given = [name for name in config if name in among and config[name] is not None]
    if len(given) < 2 or key != given[-1]:
        return ""
    if one:
        return f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: {', '.join(given)}"
    return "At most one of `clipnorm` and `global_clipnorm` can be set."


def _numbers(key: str, value: Any, config: Mapping[str, Any]) -> str:
    """`BaseOptimizer.__init__` of Keras 3: what it asks of an average of weights only where there is one."""
    if key == "learning_rate" and (value is None or isinstance(value, (str, list))):
        return f"Unknown learning rate: {value}"
    if key == "gradient_accumulation_steps" and value and not (is_number(value) and value >= 2):
        return f"`gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps={value}"
    if not config.get("use_ema"):
        return ""
    if key == "ema_momentum" and is_number(value) and not 0 <= value <= 1:
        return f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={value}"
    if key == "ema_overwrite_frequency" and value and (not isinstance(value, int) or value < 1):
        return f"`ema_overwrite_frequency` must be an integer >= 1 or None. Received: ema_overwrite_frequency={value}"
    return ""


def schedule(symbol: KerasSymbol, key: str, value: Any, config: Mapping[str, Any]) -> str:
    """`PiecewiseConstantDecay.__init__`: a value more than boundaries."""
    values = config.get("values")
    if symbol.name != "PiecewiseConstantDecay" or key != "boundaries":
        return ""
    if value is None or isinstance(value, (int, float)):
        return f"object of type '{type(value).__name__}' has no len()"
    if not isinstance(value, list) or not isinstance(values, list) or len(value) == len(values) - 1:
        return ""
    return (
        f"The length of boundaries should be 1 less than the length of values. Received: boundaries={value} of length "
        f"{len(value)}, and values={values} of length {len(values)}."
    )
