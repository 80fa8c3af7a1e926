"""Classes of the user's own that the load is given: whether their sources, where we have them, take the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Confidence
from analyzer.records import replace
from analyzer.tables.keras import FUNCTIONAL_KEYS

if TYPE_CHECKING:
    from analyzer.code.index import CodeIndex
    from analyzer.keras.deserialize import Deserializer


def check(d: Deserializer, name: Any, inner: Any, where: str) -> None:
    """`cls.from_config(config)` of a class that only its source tells about."""
    if not isinstance(name, str) or not isinstance(inner, Mapping):
        return
    code = _code(d)
    if code is None or code.find(name) is None:
        _unrecorded(d, name, inner, where)
        return
    from analyzer.code import misfit

    found = misfit(code, d.era.api, name, "", inner)
    if found is None:
        return
    definition, (refused, lacking) = found
    if refused:
        d.out.say(
            "unknown-argument",
            f"{where}: {definition.name} ({definition.place}) does not take {', '.join(refused)}",
            where,
            f"got an unexpected keyword argument '{refused[0]}'",
            remedy=f"make {definition.name}.__init__ take what its get_config returns, or drop {', '.join(refused)} there",
            confidence=Confidence.MEDIUM,
            arguments=list(refused),
            class_name=definition.name,
        )
    if lacking:
        d.out.say(
            "missing-argument",
            f"{where}: {definition.name} ({definition.place}) needs {', '.join(lacking)}",
            where,
            f"missing {len(lacking)} required positional argument{'s' if len(lacking) > 1 else ''}: {lacking[0]!r}",
            remedy=f"return {', '.join(lacking)} from {definition.name}.get_config and save again, or give it a default",
            confidence=Confidence.MEDIUM,
            arguments=list(lacking),
            class_name=definition.name,
        )


def _code(d: Deserializer) -> CodeIndex | None:
    """The user's sources, where there are any: nothing that reads them is imported otherwise."""
    if d.target.code is None:
        return None
    from analyzer.code.sources import opened

    return opened(d.target.code)


def _unrecorded(d: Deserializer, name: str, inner: Mapping[str, Any], where: str) -> None:
    """What the configuration itself tells of a constructor that nobody has shown us: it decides nothing, but leaves doubt.

    `Operation.get_config` of Keras 3 leaves the name out where the constructor takes neither `name` nor `**kwargs`;
    `Layer.get_config` adds `trainable` and `dtype` all the same, and `cls(**config)` fails of them, unless the constructor
    names them or calls its `**kwargs` something else. A model of a class without `get_config` says nothing of what its
    constructor was given (`Model.__new__` of Keras 3 hands it to nobody, `Model.get_config` of Keras 2 is empty then).
    """
    base = all(key in inner for key in _ADDED)
    if d.era.is_3 and "name" not in inner and base:
        d.out.say(
            "unknown-argument",
            f"{where}: when it was saved, the constructor of {name} took neither name nor **kwargs, so hardly {' and '.join(_ADDED)}",
            where,
            f"got an unexpected keyword argument {_ADDED[0]!r}",
            remedy=f"make {name}.__init__ take **kwargs and hand them to super().__init__",
            confidence=Confidence.LOW,
            arguments=list(_ADDED),
            class_name=name,
        )
    elif where == "/config" and not d.legacy and (base or not inner) and all(key in _BASE for key in inner):
        d.out.say(
            "missing-argument",
            f"{where}: {name} has no get_config, so nothing is recorded of what its constructor was given",
            where,
            "Unable to revive model from config",
            remedy=f"give {name} a get_config, or make it with its arguments and use load_weights",
            confidence=Confidence.LOW,
            arguments=[],
            class_name=name,
        )


_BASE = ("name", "trainable", "dtype", "activity_regularizer")
_ADDED = ("trainable", "dtype")
_MODELS = ("keras.Model", "keras.models.Model", "tensorflow.keras.Model", "tensorflow.keras.models.Model")
_NAMELESS = (
    "unresolved-custom-object",
    "unresolved-name",
    "unresolved-module",
    "unknown-loss",
    "unknown-metric",
    "unknown-optimizer",
)


def network(d: Deserializer, name: str, inner: Any, where: str) -> None:
    """`Model.from_config` of Keras 3 makes functional models of subclasses whose constructors are like Functional's.

    Where no source says that the class leaves it at that, only names that lead to nothing count, and decide nothing.
    """
    if not d.era.is_3 or not isinstance(inner, Mapping) or not all(key in inner for key in FUNCTIONAL_KEYS):
        return
    plain = _is_plain_model(d, name)
    symbol = d.era.api.resolve("layer", "Functional") or d.era.api.symbol("keras.src.models.functional", "Functional")
    if plain is False or symbol is None:
        return
    from analyzer.keras.network import model_from_config

    before = len(d.out.events)
    model_from_config(d, symbol, inner, where)
    if plain is None:
        perhaps(d, before)


def perhaps(d: Deserializer, before: int) -> None:
    """What was said since then hangs on a class of the user's: of it stay the names that lead to nothing, which decide nothing."""
    said = [event for event in d.out.events[before:] if event.cause in _NAMELESS]
    d.out.events[before:] = [replace(event, confidence=Confidence.LOW) for event in said]


def _is_plain_model(d: Deserializer, name: str) -> bool | None:
    """Whether a class is a Model without constructor and `from_config` of its own; None where no source tells."""
    code = _code(d)
    found = code.find(name) if code is not None else None
    if found is None or found.closed:
        return None
    own = found.own_from_config or found.constructor is not None
    return not own and bool(found.bases) and all(each in _MODELS for each in found.bases)
