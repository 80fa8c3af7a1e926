"""What a Keras says when it does not find a name, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Confidence
from analyzer.keras.encoded import MADE
from analyzer.tables.keras import releases_with

if TYPE_CHECKING:
    from analyzer.keras.resolve import Resolver

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
_MANY = 3  # packages that have a class of one name: more say little about whose it is
_OPERATIONS = ("numpy", "core", "nn", "math", "image", "linalg")  # modules of keras.ops
_CAUSES = {
    "loss": "unknown-loss",
    "metric": "unknown-metric",
    "optimizer": "unknown-optimizer",
    "legacy_optimizer": "unknown-optimizer",
    "new_optimizer": "unknown-optimizer",
    "schedule": "unknown-optimizer",
}


class Unresolved:
    """Says that names lead to nothing."""

    def __init__(self, resolver: Resolver) -> None:
        self.era = resolver.era
        self.out = resolver.out
        self.reached = resolver.reached
        self.config = resolver.config

    def unresolved(self, kind: str, name: str, where: str) -> None:
        """A name that the kind's table does not have."""
        if kind == "layer" and self.era.is_3 and self._is_operation(name):
            self._operation(name, where)
            return
        elsewhere = releases_with("layer" if kind == "layer" else kind, name)
        printable = _PRINTABLE.get(kind, kind)
        error = f"Unknown {printable}: '{name}'"
        if self.era.is_3 and kind != "layer":
            error = f"Could not interpret {printable} identifier: {name}"
        elif not self.era.at_least(2, 9):
            error = f"Unknown {printable}: {name}"
        self._say_unresolved(kind, name, where, error, elsewhere)

    def _is_operation(self, name: str) -> bool:
        """Whether `keras.ops` has a class of that name, which nodes of functional models are then of."""
        api = self.era.api
        found = (api.symbol(f"keras.src.ops.{module}", name) for module in _OPERATIONS)
        return any(symbol is not None and symbol.kind == "operation" for symbol in found)

    def _operation(self, name: str, where: str) -> None:
        """H5 files name operations by class alone, and the table of layers does not have them."""
        self.out.say(
            "unresolved-name",
            f"{where}: {name!r} is an operation of keras.ops, which Keras {self.era.version} does not find by name in H5 files",
            where,
            f"Unknown layer: '{name}'",
            remedy="save the model as .keras, or build it from its code and call model.load_weights on this file",
            name=name,
            kind="operation",
        )

    def _say_unresolved(
        self, kind: str, name: str, where: str, error: str, elsewhere: Iterable[tuple[str, str]], module: str = ""
    ) -> None:
        elsewhere = tuple(elsewhere)
        known = f"Keras {self.era.version}" if self.era.package != "tf.keras" else f"tf.keras {self.era.version}"
        if elsewhere:
            cause = _CAUSES.get(kind, "unresolved-name")
            message = f"{known} has no {_PRINTABLE.get(kind, kind)} {name!r}; {_span(elsewhere)}"
            remedy = "load it with a Keras that has it, or replace the object"
            if (self.era.api.package, self.era.api.version) in elsewhere:
                message = f"{known} looks {name!r} up by its module, and {_named(module)}"
                remedy = (
                    "build the model from its code and load the weights, or save it again with the Keras that wrote it"
                )
        else:
            cause = _CAUSES.get(kind, "unresolved-custom-object")
            message = (
                f"{name!r} is no {_PRINTABLE.get(kind, kind)} of any Keras: custom code that the load has to be given"
            )
            plain = _plain(name) if _plain(name).isidentifier() else "..."
            remedy = f"import the code that defines it and pass custom_objects={{{name!r}: {plain}}}"
            if not self.reached:
                remedy = (
                    f"keras.utils.get_custom_objects()[{name!r}] = {plain} before loading: Keras {self.era.version} does "
                    "not hand custom_objects on to here"
                )
            elif ">" in name and plain != "...":
                remedy = f"import the code that registers it; if none does, pass custom_objects={{{name!r}: {plain}}}"
            remedy += _defined_elsewhere(name)
        self.out.say(
            cause,
            f"{where}: {message}",
            where,
            error,
            remedy=remedy,
            name=name,
            kind=kind,
            module=module,
            custom=not elsewhere,
            keys=list(self.config) if isinstance(self.config, Mapping) else [],
        )

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

    def function_object(self, kind: str, name: Any, where: str) -> None:
        """A function in the form of archives where Keras 2 reads the older form: it takes `function` for a class's name."""
        printable = _PRINTABLE.get(kind, kind)
        self.out.say(
            "unresolved-custom-object",
            f"{where}: the function {name!r} is written in the form of archives, which Keras {self.era.version} does not "
            "read in H5 files, whatever it is given",
            where,
            f"Unknown {printable}: 'function'",
            remedy=f"load it with Keras 3 (TensorFlow 2.16 or newer) and custom_objects={{{name!r}: {_plain(name)}}}, or "
            "build the model from its code and call model.load_weights on this file",
            name=name,
            kind=kind,
        )

    def not_in_json(self, name: str, where: str) -> None:
        """A function by its name in an H5 file; whether what is supplied is one the file does not say."""
        self.out.say(
            "unresolved-custom-object",
            f"{where}: Keras {self.era.version} cannot be given a function for {name!r} in an H5 file, only a class",
            where,
            "Object of type function is not JSON serializable",
            remedy="pip install 'keras>=3.11'",
            confidence=Confidence.LOW,
            name=name,
        )

    def unregistered(self, class_name: str, registered: Any, where: str) -> None:
        """A class whose module is null: Keras wrote that it was nobody's public class and not registered."""
        error = (
            f"Could not locate class '{class_name}'"
            if self.era.is_3
            else f"Cannot deserialize object of type `{class_name}`"
        )
        self._say_unresolved("layer", str(registered or class_name), where, error, ())

    def could_not_locate(
        self, name: str, registered: Any, module: Any, form: str, where: str, *, loading: bool = False
    ) -> None:
        if name in MADE:
            self._not_made(name, where)
            return
        kind = "layer" if form == "class" else "function"
        wanted = _wanted(name, registered, form)
        elsewhere = () if module is None and isinstance(registered, str) and ">" in registered else _with_symbol(name)
        package = module.split(".", 1)[0] if isinstance(module, str) else ""
        if package not in ("keras", "tf_keras", "") and (form, module) != ("function", "builtins"):
            elsewhere = ()
        error = f"Could not locate {form} '{name}'."
        if loading:
            error = f"Cannot deserialize `{module}.{name}`, loading functions are not allowed during deserialization"
        elif package == "keras" and self.era.api.saveable_only and self.era.at_least(3, 10):
            error = f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable subclass"
        self._say_unresolved(kind, wanted, where, error, elsewhere, module or "")

    def _not_made(self, name: str, where: str) -> None:
        """A value that a newer `serialization_lib` writes as if it were of a class."""
        self.out.say(
            "unresolved-name",
            f"{where}: Keras {self.era.version} does not read {name}, as newer ones write a value",
            where,
            f"Could not locate class '{name}'.",
            remedy="load it with Keras 3.3 or newer",
            name=name,
        )

    def no_module(self, name: str, registered: Any, module: str, form: str, where: str) -> None:
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
            self._say_unresolved("layer", _wanted(name, registered, form), where, error, (), module)

    def _module_remedy(self, module: str) -> str:
        if self.era.is_3 and (".engine" in module or "legacy" in module):
            return "load it with the Keras 2 that wrote it (the file says which)"
        if not self.era.is_3 and "legacy" not in module:
            return "load it with TensorFlow 2.16 or newer: the file was written by Keras 3"
        return "load it with the Keras that wrote it (metadata.json says which)"

    def undecided(self, name: str, module: str, form: str, where: str) -> None:
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


def _defined_elsewhere(name: str) -> str:
    """The packages outside Keras that define a class of the name, and where in them."""
    from analyzer.tables.libraries import keras_library_of

    modules = {one.distribution: one.module for one in keras_library_of(name)}
    if not modules or len(modules) > _MANY:
        return ""
    plain = _plain(name)
    found = " or ".join(f"{package} (from {module} import {plain})" for package, module in sorted(modules.items()))
    return f"; one of that name is in {found}"


def _plain(name: Any) -> str:
    return str(name).rsplit(">", 1)[-1]


def _named(module: str) -> str:
    return f"{module} does not hold it" if module else "the configuration names none"


def _wanted(name: str, registered: Any, form: str) -> str:
    """The key under which `get_registered_object` looks: a function's name, a class's registered name."""
    return registered if form == "class" and isinstance(registered, str) and ">" in registered else name


def _with_symbol(name: str) -> tuple[tuple[str, str], ...]:
    """Where a class of that name exists among layers; enough to tell Keras's classes from the user's."""
    for kind in ("layer", "optimizer", "metric", "loss", "initializer", "activation", "policy"):
        found = releases_with(kind, name)
        if found:
            return found
    return ()


def _span(releases: tuple[tuple[str, str], ...]) -> str:
    """`keras 2.6 to 2.15 have it`."""
    first, last = releases[0], releases[-1]
    if first == last:
        return f"{first[0]} {first[1]} has it"
    return f"{first[0]} {first[1]} to {last[0]} {last[1]} have it"
