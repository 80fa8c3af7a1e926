"""What each Keras deserializes: names, modules, constructor arguments, and what its `from_config` makes of a config.

A Keras is named by package and version: `("tf.keras", "1.15")` is Keras inside TensorFlow, `("keras", "2.10")` Keras 2,
`("tf_keras", "2.18")`, `("keras", "3.6.0")` Keras 3, where every patch release is known.  The tables were had by running
each of them (`tools/keras_tables/dump.py`); `table.py` beside it builds them.  Nothing is read before the first question.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from analyzer.records import dataclass
from analyzer.tables.keras_symbol import KerasSymbol, symbol_of
from analyzer.tables.rows import Row, Rows

_NAMES = Rows("keras_names.jsonl", "name")
_SYMBOLS = Rows("keras_symbols.jsonl", "symbol")
_OBJECTS = Rows("keras_objects.jsonl", "object")
_MODULES = Rows("keras_modules.jsonl", "module")
_RULES = Rows("keras_rules.jsonl", "rule")
# Tables in which a kind's `deserialize` looks names up.  Keras 2.9 to 2.15 and tf_keras have three for optimizers: for
# configs that do not say `is_legacy_optimizer`, for those with `true`, and for those with `false`; an empty config is of
# the last kind from 2.11 on (`keras/optimizers/__init__.py`, `deserialize`).
KINDS = (
    "layer",
    "activation",
    "initializer",
    "regularizer",
    "constraint",
    "loss",
    "metric",
    "optimizer",
    "legacy_optimizer",
    "new_optimizer",
    "schedule",
    "policy",
    "registered",
)

FUNCTIONAL_KEYS = ("name", "layers", "input_layers", "output_layers")
"""What the configuration of a functional model has, by which `Model.from_config` knows one."""


@dataclass(frozen=True, slots=True)
class KerasApi:
    """What one Keras resolves and accepts."""

    package: str
    version: str  # of the table: the newest known one that is not newer than what was asked for
    position: int

    def at_least(self, *numbers: int) -> bool:
        """Whether the table's version is that one or a later one."""
        return _numbers(self.version) >= numbers

    def resolve(self, kind: str, name: str) -> KerasSymbol | None:
        """What the `deserialize` of a kind (see KINDS) finds for a class or function name; None: it does not.

        This is the way of `module_objects`: Keras 2's `deserialize_keras_object`, and Keras 3's legacy H5 path for layers,
        its `ALL_OBJECTS_DICT` for the others.  Names that Keras registers itself (`Custom>Adam`) come first, as there.
        Optimizer names are found in any case (`keras/optimizers/__init__.py`, `deserialize`), all others exactly.
        """
        row = self._row(_NAMES, f"registered:{name}") or self._name(kind, name)
        return None if row is None else self._symbol(row["object"])

    def string_error(self, kind: str, name: str) -> str | None:
        """How the kind's `deserialize` fails for the bare name of a table entry (Keras 3 and `mse`); None: it does not.

        That is what Keras 3 calls for losses and metrics of an H5 file's `training_config`.  `losses.get` and its like
        look the name up themselves and do not fail, nor does Keras 2 within `in_tf_saved_model_scope`.
        """
        row = self._name(kind, name)
        return None if row is None else row.get("string_error")

    def symbol(self, module: str, class_name: str) -> KerasSymbol | None:
        """What the serialization library finds for `module` and `class_name`; None: it raises.

        `keras/src/saving/serialization_lib.py`, `_retrieve_class_or_fn`, custom objects aside: public names first, built-in
        functions of module `builtins`, then the names in the imported module.  Functions of internal modules, and
        modules outside Keras, are not in the table.  None for Keras that has no such library.
        """
        if self.rule("builtin_modules") is None:
            return None
        if module == "builtins":
            for place in self.rule("builtin_modules", ()):
                if row := self._row(_SYMBOLS, f"keras.{place}.{class_name}"):
                    return self._symbol(row["object"])
            return None
        name = f"{module}.{class_name}"
        if "__internal__.legacy" in name:
            name = f"compat.v1.{name}"
        if name in self.rule("loading_apis", ()):
            return None
        if row := self._row(_SYMBOLS, name):
            return self._symbol(row["object"])
        return self._held(self._module(module), class_name)

    def importable(self, module: str) -> bool:
        """Whether a module of this Keras exists under that name. Says nothing of modules of other packages."""
        return self._row(_MODULES, self._module(module)) is not None

    @property
    def root(self) -> str:
        """The package that holds the code: `keras.src` since Keras 2.13."""
        return str(self.rule("root", ""))

    @property
    def imports_any_module(self) -> bool:
        """Whether `module` may name a package other than Keras's own; from 3.9 on it may not."""
        return self.rule("any_module") is True

    @property
    def saveable_only(self) -> bool:
        """Whether a class found by importing its module must derive from KerasSaveable (3.9 on)."""
        return self.rule("not_saveable") is not True and self.rule("not_saveable") is not None

    def legacy_config(self) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
        """Layer configs before and after Keras 3's legacy H5 path has adapted them (`saving_utils.model_from_config`)."""
        pairs = []
        number = 0
        while (pair := self.rule(f"legacy_config:{number}")) is not None:
            pairs.append((pair[0], pair[1]))
            number += 1
        return tuple(pairs)

    def rule(self, name: str, default: Any = None) -> Any:
        """A rule of this Keras: `root`, `any_module`, `not_saveable`, `missing_module`, `loading_apis`, `builtin_modules`."""
        row = self._row(_RULES, name)
        return default if row is None else row["value"]

    def names(self, kind: str) -> tuple[str, ...]:
        """Every name of a kind's table."""
        prefix = f"{kind}:"
        wanted = (name for name in _NAMES.names() if name.startswith(prefix))
        return tuple(name[len(prefix) :] for name in wanted if self._row(_NAMES, name))

    def _name(self, kind: str, name: str) -> Row | None:
        if kind in ("legacy_optimizer", "new_optimizer") and self._row(_NAMES, f"{kind}:adam") is None:
            kind = "optimizer"
        if kind.endswith("optimizer"):
            return self._row(_NAMES, f"{kind}:{name.lower()}") or self._row(_NAMES, f"{kind}:{name}")
        return self._row(_NAMES, f"{kind}:{name}")

    def _held(self, module: str, name: str) -> KerasSymbol | None:
        if row := self._row(_SYMBOLS, f"import:{module}.{name}"):
            return self._symbol(row["object"])
        row = self._row(_MODULES, module)
        for home, names in (row or {}).get("holds", {}).items():
            for entry in names.split(" "):
                key, _, defined = entry.partition("=")
                if key == name:
                    return self._symbol(f"{module if home == '.' else home}:{defined or key}")
        return None

    def _module(self, module: str) -> str:
        """A module's name as the table writes it: the code's own package is `~`."""
        if self.package == "tf_keras" and (module == "keras" or module.startswith("keras.")):
            module = f"tf_{module}"
        root = self.root
        if module == root or module.startswith(f"{root}."):
            return "~" + module[len(root) :]
        return module

    def _symbol(self, address: str) -> KerasSymbol:
        return _symbol(address, self.position, self.root)

    def _row(self, table: Rows, key: str) -> Row | None:
        return _holding(table, key, self.position)


@lru_cache(maxsize=4096)  # a model has the same few classes many times
def _holding(table: Rows, key: str, position: int) -> Row | None:
    return table.holding(key, position, _order())


def keras_api(package: str, version: str) -> KerasApi:
    """The table of a package (`tf.keras`, `keras`, `tf_keras`) at a version, or at the newest known one before it.

    Raises ValueError when the package is not known or the version is older than every known one.
    """
    wanted = _numbers(version)
    best: KerasApi | None = None
    for label, position in _order().items():
        name, _, known = label.rpartition("-")
        if name == package and _numbers(known) <= wanted and (best is None or _numbers(known) > _numbers(best.version)):
            best = KerasApi(package, known, position)
    if best is None:
        raise ValueError(f"no table for {package} {version}")
    return best


def versions(package: str | None = None) -> tuple[tuple[str, str], ...]:
    """Every known (package, version), in the order of the code's history."""
    pairs = (label.rpartition("-") for label in _order())
    return tuple((name, known) for name, _, known in pairs if package in (None, name))


@lru_cache(maxsize=1024)
def releases_with(kind: str, name: str) -> tuple[tuple[str, str], ...]:
    """The (package, version) pairs whose `deserialize` of that kind finds the name."""
    return tuple(pair for pair in versions() if _at(*pair).resolve(kind, name) is not None)


def _at(package: str, version: str) -> KerasApi:
    return KerasApi(package, version, _order()[f"{package}-{version}"])


def position_of() -> dict[str, int]:
    """The position of each known version, by which rows hold."""
    return _order()


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match.group().split(".")) if match else ()


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
    (row,) = _RULES.find("versions")
    return {label: position for position, label in enumerate(row["value"])}


@lru_cache(maxsize=4096)
def _symbol(address: str, position: int, root: str) -> KerasSymbol:
    return symbol_of(address, root, _OBJECTS.holding(address, position, _order()))
