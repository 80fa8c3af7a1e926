"""Whether a constructor found in the sources takes a configuration's keys. Silent where the source does not decide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.code.definitions import Definition
from analyzer.code.index import CodeIndex
from analyzer.records import NamedTuple
from analyzer.tables.keras import FUNCTIONAL_KEYS, KerasApi
from analyzer.tables.keras_symbol import KerasSymbol

_KERAS = ("tensorflow", "tf", "keras", "tf_keras", "tensorflow_core")
_KINDS = ("layer", "loss", "metric", "initializer", "regularizer", "constraint", "schedule")
# Classes whose `from_config` is more than `cls(**config)` in a way that their signature does not show.
_OWN_WAY = ("model", "optimizer")
_DEEPEST = 12


class Misfit(NamedTuple):
    """Keys that the constructor does not take, and parameters that the configuration does not give."""

    refused: tuple[str, ...]
    lacking: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.refused or self.lacking)


def misfit(
    code: CodeIndex, api: KerasApi, name: str, module: str, keys: Iterable[str]
) -> tuple[Definition, Misfit] | None:
    """Why `cls(**config)` fails, by the definition that is meant; None where it fits or nobody can say.

    Of several definitions of one name, each in a branch or a file of its own, one that fits is enough.
    """
    chosen = code.find(name, module)
    if chosen is None:
        return None
    given = tuple(keys)
    found = [(each, _of(code, api, each, given)) for each in code.all(name)]
    return None if any(not bad for _, bad in found) else next(pair for pair in found if pair[0] is chosen)


def _of(code: CodeIndex, api: KerasApi, definition: Definition, keys: tuple[str, ...]) -> Misfit:
    line = tuple(_ancestry(code, api, definition, _calls_constructor(api, keys), 0))
    if definition.kind != "class" or None in line:
        return Misfit((), ())
    refused = tuple(key for key in keys if not _takes(code, api, definition, key, 0))
    return Misfit(refused, tuple(each for each in _required(code, api, definition, 0) if each not in keys))


def _calls_constructor(api: KerasApi, keys: tuple[str, ...]) -> bool:
    """Whether `Model.from_config` calls `cls(**config)`: since Keras 2.9, with what does not look like a functional model."""
    since = api.package != "tf.keras" and api.at_least(2, 9)
    return since and not all(key in keys for key in FUNCTIONAL_KEYS)


def _ancestry(
    code: CodeIndex, api: KerasApi, definition: Definition, models: bool, depth: int
) -> Iterator[Definition | KerasSymbol | None]:
    """A class and its bases; None for one that says nothing, or that makes objects in a way of its own.

    `models`: `Model` makes them of the configuration as layers do.
    """
    if definition.closed or definition.own_from_config or not definition.bases or depth > _DEEPEST:
        yield None
        return
    yield definition
    for base in definition.bases:
        symbol, own = _base(code, api, base, definition)
        if symbol is not None:
            silent = symbol.kind in _OWN_WAY and not (models and symbol.name == "Model")
            yield None if silent or not symbol.is_class else symbol
        elif own is not None:
            yield from _ancestry(code, api, own, models, depth + 1)
        else:
            yield None


def _base(code: CodeIndex, api: KerasApi, dotted: str, of: Definition) -> tuple[KerasSymbol | None, Definition | None]:
    """The class of Keras or of the sources that a base is."""
    home, _, name = dotted.rpartition(".")
    if home.split(".", 1)[0] in _KERAS:
        symbols = (api.resolve(kind, name) for kind in _KINDS)
        return next((each for each in symbols if each is not None), None), None
    found = [
        each for each in code.named(dotted if home else f"{of.module}.{name}") if each is not of and each.name == name
    ]
    return None, found[0] if len(found) == 1 else None


def _takes(code: CodeIndex, api: KerasApi, definition: Definition, key: str, depth: int) -> bool:
    made = definition.constructor
    if made is not None and key in made.parameters:
        return True
    if made is not None and made.rest != "base":
        return made.rest == "any"
    for base in definition.bases:
        symbol, own = _base(code, api, base, definition)
        if symbol is not None and symbol.accepts(key):
            return True
        if own is not None and _takes(code, api, own, key, depth + 1):
            return True
    return False


def _required(code: CodeIndex, api: KerasApi, definition: Definition, depth: int) -> tuple[str, ...]:
    """Parameters without a default of the constructor that `cls(**config)` calls."""
    if definition.constructor is not None:
        return definition.constructor.required
    symbol, own = _base(code, api, definition.bases[0], definition)
    if symbol is not None:
        return tuple(sorted(symbol.required()))
    return _required(code, api, own, depth + 1) if own is not None and own.bases else ()
