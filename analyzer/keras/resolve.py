"""Names to classes and functions: what a Keras finds."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.tables.keras_symbol import KerasSymbol
from analyzer.target import Target

if TYPE_CHECKING:
    from analyzer.keras.unresolved import Unresolved

# Packages that a module path may name up to Keras 3.6 and that are there whenever TensorFlow is.
_ALWAYS_THERE = ("tensorflow", "numpy", "h5py", "builtins")
_API = "keras.api"
_AS_IN_TENSORFLOW = "keras._tf_keras.keras"  # where Keras 3 has all of its modules once more, as `tf.keras`
# Exported for TensorFlow 1 only: `serialize_with_public_class` names `keras.layers`, which does not hold them.
_TF1_ONLY = ("CuDNNGRU", "CuDNNLSTM")


class Resolver:
    """Looks names up in the table of one Keras, with the custom objects that the target supplies."""

    def __init__(self, era: Era, target: Target, out: Recorder) -> None:
        self.era = era
        self.target = target
        self.out = out
        self._found: dict[tuple[str, str], KerasSymbol | None] = {}
        self.reached = True  # whether `custom_objects` gets to where the name is looked up
        self.config: Any = None  # of the class that is being looked up: its keys tell whether a constructor fits

    @property
    def says(self) -> Unresolved:
        """What is said of names that lead to nothing."""
        from analyzer.keras.unresolved import Unresolved  # which most models never need

        return Unresolved(self)

    def supplied(self, *names: Any) -> bool:
        """Whether one of the names is among the custom objects that the load is given."""
        known = self.target.custom_objects
        return bool(known) and any(isinstance(name, str) and name in known for name in names)

    def handed(self, class_name: str, registered: Any) -> bool:
        """Whether `get_registered_object` of `_retrieve_class_or_fn` finds a class among them: by its registered name alone."""
        return self.supplied(registered if isinstance(registered, str) else class_name)

    def by_name(
        self, kind: str, name: str, where: str, registered: Any = None, config: Any = None
    ) -> KerasSymbol | str | None:
        """A class or function by its kind's table; the name itself where the user supplies it; None when unresolved."""
        if self.supplied(name, registered):
            return name
        found = self._look("name", f"{kind}:{name}")
        if found is None:
            self.config = config
            self.says.unresolved(kind, name, where)
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
        if self.handed(class_name, registered):
            return class_name
        if self.supplied(class_name):  # Keras's own is passed over then, and what was given is asked by registered name
            return self.by_module(class_name, registered, module, "class", where)
        if self.unhashable(registered, where):
            return None
        found = self._look("name", f"registered:{registered}") if isinstance(registered, str) else None
        found = found or self._look("name", f"layer:{class_name}")
        if found is not None and module is not None:
            if class_name in _TF1_ONLY and self._look("symbol", f"keras.layers:{class_name}") is None:
                self.says.could_not_locate(class_name, None, "keras.layers", "class", where)
                return None
            return found
        if module is None:
            self.says.unregistered(class_name, registered, where)
        else:
            self.says.unresolved("layer", class_name, where)
        return None

    def unhashable(self, registered: Any, where: str) -> bool:
        """Whether a registered name is no key of a dict, in which `get_registered_object` and its callers look it up."""
        if not isinstance(registered, (list, dict)):
            return False
        error = f"unhashable type: '{type(registered).__name__}'"
        self.out.say("malformed-config", f"{where}: registered_name is not a string", where, error)
        return True

    def by_module(self, name: str, registered: Any, module: Any, form: str, where: str) -> KerasSymbol | str | None:
        """`_retrieve_class_or_fn`: registered objects first, then the module's attribute."""
        api = self.era.api
        if self._given(name, registered, module, form):
            return name
        if form == "class" and self.unhashable(registered, where):
            return None
        if isinstance(registered, str):
            found = self._look("name", f"registered:{registered}")
            if found is not None:
                return found
        if not module:
            self.says.could_not_locate(name, registered, module, form, where)
            return None
        if not isinstance(module, str):
            self.out.say("malformed-config", f"{where}: module is not a string", where)
            return None
        module = self._public(module)
        found = self._look("symbol", f"{module}:{name}")
        if found is not None:
            return found if self._needs_no_name(name, registered, module, form, where) else None
        if isinstance(registered, str) and not self.era.at_least(3, 9) and api.symbol(module, registered) is not None:
            return api.symbol(module, registered)  # "special case for keras.metrics.metrics"
        if form == "function" and module == "builtins":
            self.says.could_not_locate(name, registered, module, form, where)
            return None
        return self._from_elsewhere(name, registered, module, form, where)

    def _public(self, module: str) -> str:
        """A module of Keras 3 by its public name: it has all of them once more, from 3.3 to 3.9 also below `keras.api`."""
        if self.era.is_3 and module.startswith(_AS_IN_TENSORFLOW):
            return f"keras{module.removeprefix(_AS_IN_TENSORFLOW)}"
        twice = self.era.is_3 and self.era.at_least(3, 3) and not self.era.at_least(3, 10)
        return f"keras{module.removeprefix(_API)}" if twice and f"{module}.".startswith(f"{_API}.") else module

    def _given(self, name: str, registered: Any, module: Any, form: str) -> bool:
        """`get_registered_object` finds classes by registered name alone, functions by what their config names since 2.13.

        From 3.7 on a function that an older release wrote without its package is found by the end of a registered name.
        """
        if form == "class":
            return self.supplied(registered) if self.era.is_3 else self.handed(name, registered)
        if not self.era.at_least(2, 13):
            return self.supplied(registered)
        packaged = module == "builtins" and self.era.at_least(3, 7) and ">" not in name
        ends = packaged and any(each.endswith(f">{name}") for each in self.target.custom_objects)
        return ends or self.supplied(name)

    def _needs_no_name(self, name: str, registered: Any, module: str, form: str, where: str) -> bool:
        """`_assert_no_registered_name_for_builtin` of Keras 3.15: what its public modules hold goes by no other name."""
        public = module.split(".", 1)[0] == "keras" and not module.startswith("keras.src")
        own = (name, "function" if form == "function" else name)
        if not self.era.at_least(3, 15) or not public or not registered or registered in own:
            return True
        self.out.say(
            "malformed-config",
            f"{where}: {name!r} is built into Keras and has the registered_name {registered!r}",
            where,
            f"`registered_name={registered!r}` was provided in the config, but '{module}.{name}' resolved to a Keras "
            "built-in and does not use registered names.",
            remedy="set registered_name to null in the configuration",
            class_name=name,
        )
        return False

    def _from_elsewhere(self, name: str, registered: Any, module: str, form: str, where: str) -> str | None:
        api = self.era.api
        package = module.split(".", 1)[0]
        own = package in ("keras", "tf_keras", api.root.split(".", 1)[0])
        if own:
            if f"{module}.{name}" in api.rule("loading_apis", ()):
                self.says.could_not_locate(name, registered, module, form, where, loading=True)
            elif api.importable(module):
                if form == "function" and not api.saveable_only:
                    return name  # functions of Keras's own modules are not in the table
                self.says.could_not_locate(name, registered, module, form, where)
            else:
                self.says.no_module(name, registered, module, form, where)
            return None
        if not api.imports_any_module:
            self.says.could_not_locate(name, registered, module, form, where)
            return None
        if package == "builtins" and module != package:  # which is no package
            self.says.no_module(name, registered, module, form, where)
            return None
        if package == "builtins" and form == "class" and not hasattr(builtins, name):
            self.says.could_not_locate(name, registered, module, form, where)
            return None
        if package in _ALWAYS_THERE or package in ("keras_hub", "keras_cv", "keras_nlp"):
            if package in _ALWAYS_THERE or self._installed(package):
                return name
        elif self._installed(package):
            self.says.undecided(name, module, form, where)
            return name
        elif package == "__main__" or not _standard(package):
            if package == "__main__":
                self.says.could_not_locate(name, registered, module, form, where)
                return None
        else:
            if form == "class":  # Python's classes have no from_config, its functions are taken as they are
                self.says.undecided(name, module, form, where)
            return name
        self.says.no_module(name, registered, module, form, where)
        return None

    def _installed(self, package: str) -> bool:
        plain = package.replace("_", "-")
        return any(each.replace("_", "-") == plain for each in self.target.libraries)


def _standard(package: str) -> bool:
    """Whether a package is in Python's standard library."""
    import sys

    return package in sys.stdlib_module_names
