"""Constructor arguments against the configuration: unknown, missing, and values that the constructor refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import values
from analyzer.keras.values.registry import bad
from analyzer.tables.keras_symbol import KerasSymbol
from analyzer.tables.keras_values import Refusals, refusals

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.keras.era import Era


_OR_BATCH_SHAPE = (
    "shape",
    "input_shape",
    "batch_size",
)  # refused of inputs beside a batch_shape, which those tried had


def check(
    deserializer: Deserializer, symbol: KerasSymbol, config: Mapping[str, Any], where: str, *, used: bool = True
) -> None:
    """Say what `cls.from_config(config)` would refuse of the configuration's keys and plain values.

    `used`: the load goes on to use the object, so that values only then refused matter too.
    """
    era = deserializer.era
    keys = (symbol.module, symbol.name, *config)
    watched = deserializer.watched.get(keys)
    if watched is None:
        unknown, missing, watched = _keys(era, symbol, config)
        _say_keys(deserializer, symbol, config, unknown, missing, where)
        if not unknown and not missing:
            deserializer.watched[keys] = watched
    for key in watched:
        check_value(deserializer, symbol, config, key, where, used=used)


def check_value(
    deserializer: Deserializer,
    symbol: KerasSymbol,
    config: Mapping[str, Any],
    key: str,
    where: str,
    *,
    used: bool = True,
) -> None:
    """Say whether one value is refused."""
    era, value = deserializer.era, config[key]
    measured = refusals(era.api, symbol)
    problem = (
        _by_value(symbol, key, value)
        or values.refused(era, symbol, key, value, config, used=used)
        or (key in measured.arguments and _measured(measured, symbol, config, key, used=used))
    )
    if problem:
        _say_value(deserializer, symbol, key, value, where, problem)
        return
    problem = values.refused_in_call(era, symbol, key, value, config)
    if problem:
        with deserializer.when_called():
            _say_value(deserializer, symbol, key, value, where, problem)


def _say_value(deserializer: Deserializer, symbol: KerasSymbol, key: str, value: Any, where: str, problem: str) -> None:
    deserializer.out.say(
        "invalid-argument",
        f"{where}: {symbol.name} of Keras {deserializer.era.version} refuses {key}={value!r}"[:400],
        f"{where}/{key}",
        problem,
        argument=key,
        class_name=symbol.name,
    )


def _keys(era: Era, symbol: KerasSymbol, config: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Of a configuration's keys: those that are unknown, those that are missing, those whose values may be refused."""
    unknown = [key for key in config if not symbol.accepts(key)]
    missing = sorted(key for key in symbol.required() if key not in config)
    measured = refusals(era.api, symbol).arguments
    watched = [
        key
        for key in config
        if key not in unknown and (key in measured or key in symbol.by_value or values.looks_at(era, symbol, key))
    ]
    return unknown, missing, watched


def _say_keys(
    deserializer: Deserializer,
    symbol: KerasSymbol,
    config: Mapping[str, Any],
    unknown: list[str],
    missing: list[str],
    where: str,
) -> None:
    """What Keras says of keys that are unknown, and of those that are missing."""
    out, era = deserializer.out, deserializer.era
    if unknown:
        out.say(
            "unknown-argument",
            f"{where}: {symbol.name} of Keras {era.version} does not take {_listed(unknown)}",
            where,
            _refusal(deserializer, symbol, {key: config[key] for key in unknown}),
            remedy=_remedy(deserializer, symbol, unknown),
            arguments=unknown,
            class_name=symbol.name,
            count=len(unknown),
        )
    if missing:
        out.say(
            "missing-argument",
            f"{where}: {symbol.name} of Keras {era.version} needs {_listed(missing)}",
            where,
            f"__init__() missing {len(missing)} required positional argument{'s' if len(missing) > 1 else ''}: "
            + " and ".join(repr(key) for key in missing),
            arguments=missing,
            class_name=symbol.name,
        )


def _by_value(symbol: KerasSymbol, key: str, value: Any) -> str:
    refused = symbol.by_value.get(key)
    if not refused:
        return ""
    return f"{key}={value!r}" if any(value == each and type(value) is type(each) for each in refused) else ""


def _measured(known: Refusals, symbol: KerasSymbol, config: Mapping[str, Any], key: str, *, used: bool) -> str:
    """What releases were seen to do with such a value."""
    if symbol.name == "InputLayer" and key in _OR_BATCH_SHAPE and config.get("batch_shape") is None:
        return ""
    value = config[key]
    refused = known.in_constructor(key, value) or (used and known.in_call(key, value))
    return bad(key, value) if refused else ""


def _refusal(deserializer: Deserializer, symbol: KerasSymbol, unknown: Mapping[str, Any]) -> str:
    """Keras's own words, as far as they are the same for all classes of an era."""
    first = next(iter(unknown))
    if deserializer.era.is_3 and symbol.kind in ("layer", "model"):
        return f"Unrecognized keyword arguments passed to {symbol.name}: {dict(unknown)}"
    if symbol.kind == "layer":
        if symbol.name == "InputLayer":  # which looks at them itself, and raises a ValueError
            return f"Unrecognized keyword arguments: {list(unknown)}"
        return f"('Keyword argument not understood:', '{first}')"
    return f"__init__() got an unexpected keyword argument '{first}'"


# What releases call the same argument.
_RENAMED = {"batch_shape": "batch_input_shape", "negative_slope": "alpha", "lr": "learning_rate"}
# Arguments of layers of Keras 1 (its legacy/interfaces.py in Keras 2.0 has what became of them).
_KERAS_1 = frozenset(
    [
        "output_dim",
        "init",
        "bias",
        "W_regularizer",
        "b_regularizer",
        "W_constraint",
        "b_constraint",
        "input_dtype",
        "nb_filter",
        "nb_row",
        "nb_col",
        "filter_length",
        "border_mode",
        "subsample",
        "subsample_length",
        "dim_ordering",
        "inner_init",
        "inner_activation",
        "dropout_W",
        "dropout_U",
    ]
)


def _remedy(deserializer: Deserializer, symbol: KerasSymbol, unknown: list[str]) -> str:
    if any(key in _KERAS_1 for key in unknown) and symbol.kind == "layer":
        return "load it with Keras 1, or build the model from its code and load the weights"
    renamed = {key: _RENAMED[key] for key in unknown if key in _RENAMED and symbol.accepts(_RENAMED[key])}
    kept = [key for key in unknown if key not in renamed]
    ways = [f"rename {key} to {new}" for key, new in renamed.items()]
    ways += [f"drop {_listed(kept)}"] if kept else []
    drop = f"{' and '.join(ways)} in the configuration"
    if not deserializer.era.is_3:
        return f"load it with a newer Keras, or {drop}"
    return f"load it with the Keras that wrote it, or {drop}"


def _listed(names: list[str]) -> str:
    return ", ".join(names)
