"""One class or function of a Keras: the arguments that it takes, and what its `from_config` makes of a config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analyzer.records import dataclass, field
from analyzer.tables.rows import Row


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a constructor or function; `default` as JSON, or `<name>` for an object; None when required."""

    name: str
    kind: str  # `plain`, `keyword` (by keyword only), `*`, `**`
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class KerasSymbol:
    """A class or function of one Keras, and what happens to a config that names it.

    `extra` are keys that `**kwargs` or `from_config` take beyond the parameters, the whole chain of bases included;
    `refuses` are parameters that a config nevertheless must not hold; `demands` keys without which `from_config` fails
    though the constructor does not require them; `supplied` required parameters that `from_config` fills in itself.
    `drops` are keys of its own default config, `swallows` keys of other releases, that `from_config` takes and does not
    hand to the constructor; `renames` says under which names it hands them on.  `from_config` names the class whose
    `from_config` does more than `cls(**config)`.  `by_value` has values of a key that are refused though the key is
    known.  `verified` is false where no instance could be made to try: then only the signature is known.
    """

    name: str
    module: str
    kind: str
    is_class: bool
    public_name: str | None = None
    registered_name: str | None = None
    parameters: tuple[Parameter, ...] = ()
    accepts_any_kwargs: bool = False
    extra: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    demands: frozenset[str] = frozenset()
    supplied: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    swallows: frozenset[str] = frozenset()
    renames: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    by_value: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    from_config: str | None = None
    verified: bool = True
    _named: dict[str, Parameter] = field(default_factory=dict, repr=False, compare=False)  # by name, once asked for

    def accepts(self, key: str) -> bool:
        """Whether `from_config` takes a config with this key."""
        if key in self.refuses:
            return False
        return self.accepts_any_kwargs or key in self.extra or key in self._by_name()

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, `*args` and `**kwargs` aside."""
        return self._by_name().get(name)

    def _by_name(self) -> dict[str, Parameter]:
        if not self._named:
            for parameter in self.parameters:
                if parameter.kind not in ("*", "**"):
                    self._named.setdefault(parameter.name, parameter)
        return self._named

    def required(self) -> frozenset[str]:
        """Keys that a config must have; none for models, and where a `from_config` could not be tried.

        A model class makes a network of a config that has the keys of one, and calls `cls(**config)` otherwise, as
        `Layer.from_config` of Keras 2 always does.
        """
        if self.kind == "model" or (not self.verified and self.from_config not in (None, "Layer")):
            return frozenset()
        named = {parameter.name for parameter in self.parameters if parameter.required}
        return (frozenset(named) - self.supplied) | self.demands


def symbol_of(address: str, root: str, row: Row | None) -> KerasSymbol:
    """The symbol at an address `module:name` (`~` for the package's root) by its row of `keras_objects.jsonl`, if it has one."""
    module, _, name = address.partition(":")
    module = root + module[1:] if module.startswith("~") else module
    if row is None:  # a function, of which nothing but its place is kept
        return KerasSymbol(name, module, "function", is_class=False)
    return KerasSymbol(
        name=name,
        module=module,
        kind=row["kind"],
        is_class=row["kind"] != "function",
        public_name=row.get("api"),
        registered_name=row.get("registered"),
        parameters=_parameters(row.get("arguments", ())),
        accepts_any_kwargs=row.get("any", False),
        extra=_words(row, "extra"),
        refuses=_words(row, "refuses"),
        demands=_words(row, "demands"),
        supplied=_words(row, "supplied"),
        drops=_words(row, "drops"),
        swallows=_words(row, "swallows"),
        renames={key: tuple(to.split(" ")) for key, to in row.get("renames", {}).items()},
        by_value={key: tuple(values) for key, values in row.get("by_value", {}).items()},
        from_config=row.get("from_config"),
        verified="unverified" not in row,
    )


def _words(row: Row, key: str) -> frozenset[str]:
    return frozenset(row[key].split(" ")) if key in row else frozenset()


def _parameters(written: list[str] | tuple[str, ...]) -> tuple[Parameter, ...]:
    """Parameters from a signature as `tools/keras_tables/facts.py` writes it: `units!`, `name=null`, `*`, `**kwargs`."""
    parameters = []
    kind = "plain"
    for item in written:
        if item.startswith("**"):
            parameters.append(Parameter(item[2:], "**"))
        elif item.startswith("*"):
            kind = "keyword"
            if item != "*":
                parameters.append(Parameter(item[1:], "*"))
        elif item.endswith("!"):
            parameters.append(Parameter(item[:-1], kind, required=True))
        else:
            name, _, default = item.partition("=")
            parameters.append(Parameter(name, kind, default=json.loads(default)))
    return tuple(parameters)
