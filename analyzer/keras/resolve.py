"""Names to classes and functions: what a Keras finds, and what it says when it finds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.findings import Confidence
from analyzer.keras.era import Era
from analyzer.keras.events import CUSTOM_OBJECTS, LEGACY_KERAS, Recorder
from analyzer.tables.keras import KerasSymbol, releases_with
from analyzer.target import Target

# How Keras 2 names a kind in "Unknown KIND: 'NAME'" (printable_module_name).
_PRINTABLE = {
    "layer": "layer",
    "activation": "activation function",
    "initializer": "initializer",
    "regularizer": "regularizer",
    "constraint": "constraint",
    "loss": "loss function",
    "metric": "metric function",
    "optimizer": "optimizer",
    "legacy_optimizer": "optimizer",
    "new_optimizer": "optimizer",
    "schedule": "decay",
    "policy": "dtype policy",
}
# Kinds that only `compile` needs.
_CAUSES = {
    "loss": "unknown-loss",
    "metric": "unknown-metric",
    "optimizer": "unknown-optimizer",
    "legacy_optimizer": "unknown-optimizer",
    "new_optimizer": "unknown-optimizer",
    "schedule": "unknown-optimizer",
}
# Packages that a module path may name up to Keras 3.6 and that are there whenever TensorFlow is.
_ALWAYS_THERE = ("tensorflow", "numpy", "h5py", "builtins")


class Resolver:
    """Looks names up in the table of one Keras, with the custom objects that the target supplies."""

    def __init__(self, era: Era, target: Target, out: Recorder) -> None:
        self.era = era
        self.target = target
        self.out = out
        self._found: dict[tuple[str, str], KerasSymbol | None] = {}
        self.config: Any = None  # of the class that is being looked up: its keys tell whether a constructor fits

    def supplied(self, *names: Any) -> bool:
        """Whether one of the names is among the custom objects that the load is given."""
        return any(isinstance(name, str) and name in self.target.custom_objects for name in names)

    def by_name(
        self, kind: str, name: str, where: str, registered: Any = None, config: Any = None
    ) -> KerasSymbol | str | None:
        """A class or function by its kind's table; the name itself where the user supplies it; None when unresolved."""
        if self.supplied(name, registered):
            return name
        found = self._look("name", f"{kind}:{name}")
        if found is None:
            self.config = config
            self.unresolved(kind, name, where)
            self.config = None
        return found

    def _look(self, way: str, what: str) -> KerasSymbol | None:
        """The table's answer, asked once: models repeat the same few names thousands of times."""
        key = (way, what)
        if key not in self._found:
            first, _, second = what.partition(":")
            api = self.era.api
            self._found[key] = api.resolve(first, second) if way == "name" else api.symbol(first, second)
        return self._found[key]

    def member(self, class_name: str, registered: Any, module: Any, where: str) -> KerasSymbol | str | None:
        """Keras 2's `layers.deserialize` on the library's form: by class name alone, unless the module is null."""
        if self.supplied(class_name, registered):
            return class_name
        found = self._look("name", f"registered:{registered}") if isinstance(registered, str) else None
        found = found or self._look("name", f"layer:{class_name}")
        if found is not None and module is not None:
            return found
        if module is None:
            self.unregistered(class_name, registered, where)
        else:
            self.unresolved("layer", class_name, where)
        return None

    def by_module(self, name: str, registered: Any, module: Any, form: str, where: str) -> KerasSymbol | str | None:
        """`_retrieve_class_or_fn`: registered objects first, then the module's attribute."""
        api = self.era.api
        if self.supplied(name if form == "function" else registered, registered, name):
            return name
        if isinstance(registered, str):
            found = self._look("name", f"registered:{registered}")
            if found is not None:
                return found
        if not module:
            self._could_not_locate(name, registered, module, form, where)
            return None
        if not isinstance(module, str):
            self.out.say("malformed-config", f"{where}: module is not a string", where)
            return None
        found = self._look("symbol", f"{module}:{name}")
        if found is not None:
            return found
        if isinstance(registered, str) and not self.era.at_least(3, 9) and api.symbol(module, registered) is not None:
            return api.symbol(module, registered)  # "special case for keras.metrics.metrics"
        if form == "function" and module == "builtins":
            self._could_not_locate(name, registered, module, form, where)
            return None
        return self._from_elsewhere(name, registered, module, form, where)

    def _from_elsewhere(self, name: str, registered: Any, module: str, form: str, where: str) -> str | None:
        api = self.era.api
        package = module.split(".", 1)[0]
        own = package in ("keras", "tf_keras", api.root.split(".", 1)[0])
        if own:
            if f"{module}.{name}" in api.rule("loading_apis", ()):
                self._could_not_locate(name, registered, module, form, where, loading=True)
            elif api.importable(module):
                if form == "function" and not api.saveable_only:
                    return name  # functions of Keras's own modules are not in the table
                self._could_not_locate(name, registered, module, form, where)
            else:
                self._no_module(name, module, form, where)
            return None
        if not api.imports_any_module:
            self._could_not_locate(name, registered, module, form, where)
            return None
        if package in _ALWAYS_THERE or package in ("keras_hub", "keras_cv", "keras_nlp"):
            if package in _ALWAYS_THERE or self._installed(package):
                return name
        elif self._installed(package):
            self._undecided(name, module, form, where)
            return name
        elif package == "__main__" or not _standard(package):
            if package in ("__main__", "builtins"):
                self._could_not_locate(name, registered, module, form, where)
                return None
        else:
            return name
        self._no_module(name, module, form, where)
        return None

    def _installed(self, package: str) -> bool:
        plain = package.replace("_", "-")
        return any(each.replace("_", "-") == plain for each in self.target.libraries)

    # Saying so ------------------------------------------------------------------------------------------------------

    def unresolved(self, kind: str, name: str, where: str) -> None:
        """A name that the kind's table does not have."""
        elsewhere = releases_with("layer" if kind == "layer" else kind, name)
        printable = _PRINTABLE.get(kind, kind)
        error = f"Unknown {printable}: '{name}'"
        if self.era.is_3 and kind != "layer":
            error = f"Could not interpret {printable} identifier: {name}"
        elif not self.era.at_least(2, 9):
            error = f"Unknown {printable}: {name}"
        self._say_unresolved(kind, name, where, error, elsewhere)

    def _say_unresolved(
        self, kind: str, name: str, where: str, error: str, elsewhere: Iterable[tuple[str, str]], module: str = ""
    ) -> None:
        elsewhere = tuple(elsewhere)
        known = f"Keras {self.era.version}" if self.era.package != "tf.keras" else f"tf.keras {self.era.version}"
        if elsewhere:
            cause = _CAUSES.get(kind, "unresolved-name")
            message = f"{known} has no {_PRINTABLE.get(kind, kind)} {name!r}; {_span(elsewhere)}"
            remedy = self._older_or_newer(elsewhere)
        else:
            cause = _CAUSES.get(kind, "unresolved-custom-object")
            message = (
                f"{name!r} is no {_PRINTABLE.get(kind, kind)} of any Keras: custom code that the load has to be given"
            )
            plain = name.rsplit(">", 1)[-1]
            remedy = f"import the code that defines it and pass custom_objects={{{name!r}: {plain}}}"
        self.out.say(
            cause,
            f"{where}: {message}",
            where,
            error,
            remedy=remedy,
            rescued_by=(CUSTOM_OBJECTS,),
            name=name,
            kind=kind,
            module=module,
            custom=not elsewhere,
            keys=list(self.config) if isinstance(self.config, Mapping) else [],
        )

    def _older_or_newer(self, elsewhere: tuple[tuple[str, str], ...]) -> str:
        if self.era.is_3 and any(
            package in ("tf_keras", "keras", "tf.keras") and _major(v) < 3 for package, v in elsewhere
        ):
            release = ".".join(map(str, self.era.tensorflow[:2]))
            return f"install tf_keras=={release} and set {LEGACY_KERAS}, or load it with TensorFlow 2.15 or older"
        return "load it with a Keras that has it, or replace the object"

    def uninterpretable(self, kind: str, value: Any, where: str) -> None:
        """A value that is neither a name nor a serialized object."""
        printable = _PRINTABLE.get(kind, kind)
        self.out.say(
            "invalid-argument",
            f"{where}: {value!r} is no {printable}",
            where,
            f"Could not interpret {printable} identifier: {value}",
            argument=where.rsplit("/", 1)[-1],
        )

    def unregistered(self, class_name: str, registered: Any, where: str) -> None:
        """A class whose module is null: Keras wrote that it was nobody's public class and not registered."""
        error = (
            f"Could not locate class '{class_name}'"
            if self.era.is_3
            else f"Cannot deserialize object of type `{class_name}`"
        )
        self._say_unresolved("layer", str(registered or class_name), where, error, ())

    def _could_not_locate(
        self, name: str, registered: Any, module: Any, form: str, where: str, *, loading: bool = False
    ) -> None:
        kind = "layer" if form == "class" else "activation"
        elsewhere = () if module is None and isinstance(registered, str) and ">" in registered else _with_symbol(name)
        package = module.split(".", 1)[0] if isinstance(module, str) else ""
        if package not in ("keras", "tf_keras", ""):
            elsewhere = ()
        error = f"Could not locate {form} '{name}'."
        if loading:
            error = f"Cannot deserialize `{module}.{name}`, loading functions are not allowed during deserialization"
        elif package == "keras" and self.era.api.saveable_only and self.era.at_least(3, 10):
            error = f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable subclass"
        self._say_unresolved(kind, name, where, error, elsewhere, module or "")

    def _no_module(self, name: str, module: str, form: str, where: str) -> None:
        """A module that the target does not have: Keras's own internals move between versions."""
        error = f"Could not deserialize {form} '{name}' because its parent module {module} cannot be imported."
        own = module.split(".", 1)[0] in ("keras", "tf_keras")
        if own:
            self.out.say(
                "unresolved-module",
                f"{where}: {module} is no module of Keras {self.era.version}, so {name!r} cannot be found there",
                where,
                error,
                remedy=self._module_remedy(module),
                name=name,
                module=module,
            )
        else:
            self._say_unresolved("layer", name, where, error, (), module)

    def _module_remedy(self, module: str) -> str:
        if (self.era.is_3 and ".engine" in module) or "legacy" in module:
            release = ".".join(map(str, self.era.tensorflow[:2]))
            return f"install tf_keras=={release} and set {LEGACY_KERAS}: the file was written by Keras 2"
        if not self.era.is_3:
            return "load it with TensorFlow 2.16 or newer: the file was written by Keras 3"
        return "load it with the Keras that wrote it (metadata.json says which)"

    def _undecided(self, name: str, module: str, form: str, where: str) -> None:
        self.out.say(
            "unresolved-custom-object",
            f"{where}: whether {module} holds {name!r} depends on the installed version of that package",
            where,
            f"Could not locate {form} '{name}'.",
            confidence=Confidence.LOW,
            name=name,
            module=module,
            custom=True,
        )


def _with_symbol(name: str) -> tuple[tuple[str, str], ...]:
    """Where a class of that name exists among layers; enough to tell Keras's classes from the user's."""
    for kind in ("layer", "optimizer", "metric", "loss", "initializer", "activation", "policy"):
        found = releases_with(kind, name)
        if found:
            return found
    return ()


def _major(version: str) -> int:
    return int(version.split(".", 1)[0])


def _span(releases: tuple[tuple[str, str], ...]) -> str:
    """`keras 2.6 to 2.15 have it`."""
    first, last = releases[0], releases[-1]
    if first == last:
        return f"{first[0]} {first[1]} has it"
    return f"{first[0]} {first[1]} to {last[0]} {last[1]} have it"


def _standard(package: str) -> bool:
    """Whether a package is in Python's standard library."""
    import sys

    return package in sys.stdlib_module_names
