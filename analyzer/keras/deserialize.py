"""Configurations to objects, as each Keras does it.

Three ways, after `keras/saving/legacy/serialization.py` and `keras/saving/serialization_lib.py`:

- `legacy`: Keras 2 reading H5 files and SavedModels. Every name is looked up in its kind's table.
- `library`: `.keras` archives. Classes by `module` and `class_name`; nested initializers, activations and the like still
  by name in their kind's table (`module_objects`).
- Keras 3 reading H5 files: legacy for layers, with the shims of `saving_utils.model_from_config`; the library within.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from analyzer.keras import arguments, lambdas
from analyzer.keras.era import Era
from analyzer.keras.events import CUSTOM_OBJECTS, Recorder
from analyzer.keras.model import Layer, snake_case
from analyzer.keras.resolve import Resolver
from analyzer.tables.keras import KerasSymbol
from analyzer.target import Target

Config = Mapping[str, Any]

# Arguments of wrappers that hold layers, by the class whose from_config takes them out.
_HELD = {
    "TimeDistributed": ("layer",),
    "Bidirectional": ("layer", "backward_layer"),
    "SpectralNormalization": ("layer",),
    "Wrapper": ("layer",),
    "RNN": ("cell",),
    "ConvRNN2D": ("cell",),
    "ResidualWrapper": ("cell",),
    "DeviceWrapper": ("cell",),
    "DropoutWrapper": ("cell",),
}
_GETTERS = {
    "_initializer": "initializer",
    "_regularizer": "regularizer",
    "_constraint": "constraint",
}
_LAMBDA_DEPRECATED = ("module", "function_type", "output_shape_type", "output_shape_module")
_SHAPES = ("batch_shape", "shape", "input_shape", "batch_input_shape", "input_tensor")
_CONTAINERS = ("Functional", "Model", "Sequential")


class Deserializer:
    """Makes layers of configurations and says what Keras would refuse."""

    def __init__(self, era: Era, target: Target, out: Recorder, *, legacy: bool) -> None:
        self.era = era
        self.target = target
        self.out = out
        self.legacy = legacy  # the whole load is in the legacy scope (Keras 2), or starts from an H5 file (Keras 3)
        self.resolve = Resolver(era, target, out)
        self.shared: dict[Any, Layer] = {}
        self.fine: set[tuple[str, str]] = set()
        self.made_up: dict[str, int] = {}
        self.later = Recorder(out.file)  # what goes wrong only once a layer is called

    # Layers ---------------------------------------------------------------------------------------------------------

    def root(self, config: Any, where: str) -> Layer | None:
        """The model of a file: `model_from_config` for H5, `deserialize_keras_object` for archives."""
        if not self.legacy:
            whole = isinstance(config, Mapping) and "class_name" in config and "config" in config
            if not whole and not self.era.is_3:
                return None  # Keras 2 returns plain values as they are, and finds nothing to restore in them
            return self.library_layer(config, where)
        if isinstance(config, list):
            self.malformed(
                "a list where a model's configuration should be",
                where,
                "`model_from_config` expects a dictionary, not a list",
            )
            return None
        return self.legacy_layer(config, where)

    def member(self, config: Any, where: str) -> Layer | None:
        """A layer of a Sequential or Functional model."""
        if (self.era.is_3 or not self.legacy) and isinstance(config, Mapping) and "module" in config:
            return self.library_layer(config, where, nested=True)
        return self.legacy_layer(config, where)

    def held(self, config: Any, where: str) -> Layer | None:
        """The layer in a wrapper, the cell in an RNN."""
        if self.legacy and not self.era.is_3:
            return self.legacy_layer(config, where)
        return self.library_layer(config, where, nested=not self.era.is_3)

    def legacy_layer(self, config: Any, where: str) -> Layer | None:
        """`layers.deserialize` in the legacy scope: by name in the table of layers."""
        if config is None and not self.era.is_3:
            self.malformed("null where a layer's configuration should be", where)
            return None
        if isinstance(config, str):
            return self._layer_by_name(config, where)
        if not isinstance(config, Mapping) or "class_name" not in config or "config" not in config:
            self.malformed(
                "no layer: expecting class_name and config",
                where,
                "Improper config format for {...}. Expecting python dict contains `class_name` and `config` as keys",
            )
            return None
        class_name, inner = config["class_name"], config["config"]
        if not isinstance(class_name, str):
            self.malformed(f"class_name is {_kind(class_name)}, not a string", where)
            return None
        if self.era.is_3 and not isinstance(inner, Mapping) and not isinstance(inner, list):
            self.malformed(f"config is {_kind(inner)}, not an object", where)
            return None
        found = self.resolve.by_name("layer", class_name, where, config=inner)
        if found is None:
            return None
        if not isinstance(inner, (Mapping, list)):
            self.malformed(
                f"config is {_kind(inner)}, not an object", where, f"'{_kind(inner)}' object has no attribute 'items'"
            )
            return None
        if isinstance(inner, Mapping) and self.era.is_3:
            inner = self._shims(class_name, inner, where)
        elif isinstance(inner, list) and self.era.is_3:
            self.malformed(
                "a Sequential configuration that is a list, as Keras 1 and early Keras 2 wrote it",
                where,
                "'list' object has no attribute 'pop'",
            )
            return None
        key = config.get("shared_object_id")
        if key is not None and key in self.shared and not self.era.is_3:
            return self.shared[key]
        layer = self.instance(found, inner, where, class_name)
        if key is not None and layer is not None:
            self.shared[key] = layer
        return layer

    def _layer_by_name(self, name: str, where: str) -> Layer | None:
        """A string where a layer should be: a class of that name without arguments."""
        found = self.resolve.by_name("layer", name, where)
        return self.instance(found, {}, where, name) if found is not None else None

    def library_layer(self, config: Any, where: str, *, nested: bool = False) -> Layer | None:
        """`deserialize_keras_object` where a layer is expected. `nested`: Keras 2 looks the class up by name alone."""
        by_name = nested and not self.era.is_3 and isinstance(config, Mapping) and "class_name" in config
        if not isinstance(config, Mapping) or "class_name" not in config or ("config" not in config and not by_name):
            what = "without class_name and config" if isinstance(config, Mapping) else f"but {_kind(config)}"
            self.malformed(f"no serialized layer, {what}", where, "Could not parse config")
            return None
        class_name = config["class_name"]
        inner = config.get("config") or {}
        if not isinstance(class_name, str):
            self.malformed(f"class_name is {_kind(class_name)}, not a string", where)
            return None
        if "module" not in config and nested:
            return self.legacy_layer(config, where)
        key = config.get("shared_object_id")
        if key is not None and key in self.shared:
            return self.shared[key]
        registered = config.get("registered_name", class_name)
        self.resolve.config = inner
        if nested and not self.era.is_3:
            found = self.resolve.member(class_name, registered, config.get("module", "_"), where)
        else:
            found = self.resolve.by_module(class_name, registered, config.get("module"), "class", where)
        self.resolve.config = None
        if found is None:
            return None
        if not isinstance(inner, (Mapping, list)):
            self.malformed(f"config is {_kind(inner)}, not an object", where)
            return None
        layer = self.instance(found, inner, where, class_name)
        if layer is not None:
            build = config.get("build_config")
            if self.era.is_3 and build and isinstance(build, (int, float)):
                self.malformed(
                    f"build_config is {_kind(build)}, not an object",
                    where,
                    f"argument of type '{_kind(build)}' is not iterable",
                )
            layer.config = {**layer.config, "build_config": build} if isinstance(build, Mapping) else layer.config
            if key is not None:
                self.shared[key] = layer
        return layer

    def _shims(self, class_name: str, inner: Config, where: str) -> dict[str, Any]:
        """What Keras 3 adapts in the configuration of an H5 file (`legacy/saving/saving_utils.py`, model_from_config)."""
        config = dict(inner)
        shape = config.pop("batch_input_shape", None)
        if shape is not None:
            config["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
        axis = config.pop("axis", None)
        if isinstance(axis, list) and len(axis) == 1 and isinstance(axis[0], (int, float)):
            config["axis"] = int(axis[0])
        elif isinstance(axis, (int, float)) and self._keeps_axis():
            config["axis"] = int(axis)
        if class_name == "Lambda":
            for key in _LAMBDA_DEPRECATED:
                config.pop(key, None)
            function = config.get("function")
            if isinstance(function, list) and len(function) > 2:
                inner_function = dict(zip(("code", "defaults", "closure"), function, strict=False))
                config["function"] = {"class_name": "__lambda__", "config": inner_function}
        return config

    def _keeps_axis(self) -> bool:
        """Keras 3 up to 3.6 drops an axis that is a number (`model_from_config` pops it)."""
        return self.era.at_least(3, 7)

    def instance(self, found: KerasSymbol | str, inner: Any, where: str, class_name: str) -> Layer | None:
        """`cls.from_config(config)`. `found` is a string for a class of the user's, of which we know nothing."""
        if isinstance(found, str):
            config = inner if isinstance(inner, Mapping) else {}
            name = config.get("name")
            return Layer(class_name, name if isinstance(name, str) else "", config, where, None, known=False)
        if found.name in _CONTAINERS and found.kind in ("model", "layer"):
            from analyzer.keras.network import model_from_config

            return model_from_config(self, found, inner, where)
        if not found.is_class or found.kind not in ("layer", "model", "operation"):
            return self._no_layer(found, where, class_name)
        if not isinstance(inner, Mapping):
            self.malformed(f"the configuration of {class_name} is {_kind(inner)}, not an object", where)
            return None
        config = dict(inner)
        layer = Layer(found.name, self._name(config, found.name), config, where, found)
        layer.trainable = bool(config.get("trainable", True))
        if found.name == "Lambda":
            self.later = Recorder(self.out.file, rescues=self.out.rescues)
            lambdas.check(self, config, where)
            layer.deferred = self.later.events
        else:
            self._take_held(layer, config, where)
        arguments.check(self, found, config, where)
        if found.name == "InputLayer" and self.era.is_3 and not any(config.get(key) is not None for key in _SHAPES):
            self.out.say(
                "missing-argument",
                f"{where}: an InputLayer without a shape",
                where,
                "You must pass a `shape` argument.",
                arguments=["shape"],
            )
        self._nested(layer, config, where)
        return layer

    def _no_layer(self, found: KerasSymbol, where: str, class_name: str) -> Layer | None:
        """A name that leads to something which is no layer."""
        if found.kind in ("function",) or not found.is_class:
            layer = Layer(class_name, "", {}, where, found, known=False)
            if self.era.is_3 and not self.legacy:
                self.malformed(f"{class_name} is a function, not a layer", where)
                return None
            return layer
        self.malformed(f"{class_name} is no layer but a {found.kind}", where, "expected a layer or operation")
        return None

    def _name(self, config: Config, class_name: str) -> str:
        """The layer's name, made up where there is none: the class in snake case, numbered (`auto_name`, `unique_object_name`)."""
        name = config.get("name")
        if isinstance(name, str) and (name or self.era.at_least(2, 5)):
            return name
        prefix = snake_case(class_name)
        number = self.made_up.get(prefix, 0)
        self.made_up[prefix] = number + 1
        return f"{prefix}_{number}" if number else prefix

    def _take_held(self, layer: Layer, config: dict[str, Any], where: str) -> None:
        """Layers that a wrapper's from_config deserializes itself."""
        for key in _HELD.get(layer.kind, ()):
            if key not in config:
                continue
            value = config[key]
            if key == "backward_layer" and value is None:
                continue
            held = self.held(value, f"{where}/{key}")
            if held is not None:
                layer.parts[key] = held
            else:
                layer.known = False
        if layer.kind == "StackedRNNCells" and isinstance(config.get("cells"), list):
            for index, value in enumerate(config["cells"]):
                cell = self.held(value, f"{where}/cells/{index}")
                if cell is not None:
                    layer.cells.append(cell)
                else:
                    layer.known = False

    # What layers take -----------------------------------------------------------------------------------------------

    def _nested(self, layer: Layer, config: Config, where: str) -> None:
        """The arguments that constructors hand to `activations.get` and its siblings."""
        symbol = layer.symbol
        assert symbol is not None
        for key, value in config.items():
            kind = self._kind_of(layer.kind, key)
            if kind is None or value is None:
                continue
            if not symbol.accepts(key):
                continue
            self.object(kind, value, f"{where}/{key}", owner=layer.kind)
        if "dtype" in config and layer.kind != "InputLayer":
            layer.policy = arguments.check_policy(self, config["dtype"], f"{where}/dtype", layer.kind)

    @staticmethod
    @cache
    def _kind_of(class_name: str, key: str) -> str | None:
        """Which getter a constructor hands an argument to."""
        if key == "activation" or key == "recurrent_activation":
            return "activation"
        for suffix, kind in _GETTERS.items():
            if key.endswith(suffix):
                return kind
        if key in ("initializer", "regularizer", "constraint") and class_name in (
            "SpectralNormalization",
            "Orthogonal",
        ):
            return key
        return None

    def object(self, kind: str, value: Any, where: str, owner: str = "") -> None:
        """`activations.get`, `initializers.get`, `regularizers.get`, `constraints.get`."""
        if isinstance(value, str):
            if kind == "activation" and value == "" and not self.era.is_3:
                pass
            if self._left_alone(kind) and self.era.api.resolve(kind, value) is None:
                return
            found = self.resolve.by_name(kind, value, where)
            if found is not None and not isinstance(found, str) and found.is_class and kind != "activation":
                arguments.check(self, found, {}, where)
            return
        if not isinstance(value, Mapping):
            if kind == "constraint" and isinstance(value, list):
                pass
            self.resolve.uninterpretable(kind, value, where)
            return
        if "class_name" not in value or ("config" not in value and not self._module_style(value)):
            self.malformed(f"no serialized {kind}: class_name and config expected", where)
            return
        # Models repeat the same few initializers thousands of times: what was fine once is fine again.
        known = (kind, repr(value))
        if known in self.fine:
            return
        before = len(self.out.events)
        self._object(kind, value, where)
        if len(self.out.events) == before:
            self.fine.add(known)

    def _left_alone(self, kind: str) -> bool:
        """Keras 2's library returns names that it does not know, and nothing calls a regularizer or constraint while loading."""
        return not self.legacy and not self.era.is_3 and kind in ("regularizer", "constraint")

    def _module_style(self, value: Config) -> bool:
        """Whether the library deserializes it, which makes do without `config`."""
        return self.era.is_3 or ("module" in value and not self.legacy)

    def _object(self, kind: str, value: Config, where: str) -> None:
        class_name, inner = value["class_name"], value.get("config")
        if not isinstance(class_name, str):
            self.malformed(f"class_name is {_kind(class_name)}, not a string", where)
            return
        if kind == "activation" and self.era.is_3 and self.era.at_least(3, 10):
            self._activation(class_name, inner, value, where)
            return
        by_library = self.era.is_3 or (not self.legacy and "module" in value)
        if by_library and class_name == "function":
            self._function(kind, value, where)
            return
        if (
            by_library
            and value.get("module", "_") is None
            and not self.resolve.supplied(class_name, value.get("registered_name"))
        ):
            self.resolve.unregistered(class_name, value.get("registered_name"), where)
            return
        if self.resolve.supplied(class_name, value.get("registered_name")):
            return
        if by_library and self._left_alone(kind) and self.era.api.resolve(kind, class_name) is None:
            return
        found = self.resolve.by_name(kind, class_name, where, registered=value.get("registered_name"))
        if found is None or isinstance(found, str):
            return
        if not found.is_class:
            return
        if not inner and by_library:
            inner = {}
        if not isinstance(inner, Mapping):
            self.malformed(f"the configuration of {class_name} is {_kind(inner)}, not an object", where)
            return
        arguments.check(self, found, inner, where)
        self._inner_objects(found, inner, where)

    def _activation(self, class_name: str, inner: Any, value: Config, where: str) -> None:
        """`activations.get` of Keras 3.10 and later deserializes objects by module, layers among them."""
        form = "function" if class_name == "function" else "class"
        name = str(inner) if form == "function" else class_name
        found = self.resolve.by_module(name, value.get("registered_name", class_name), value.get("module"), form, where)
        if found is not None and not isinstance(found, str) and found.is_class and isinstance(inner, Mapping):
            arguments.check(self, found, inner, where)
            self._inner_objects(found, inner, where)

    def _inner_objects(self, found: KerasSymbol, inner: Config, where: str) -> None:
        """Activation layers and wrappers of initializers take activations and layers of their own."""
        for key, value in inner.items():
            kind = self._kind_of(found.name, key)
            if kind is not None and value is not None and found.kind in ("layer", "activation") and found.accepts(key):
                self.object(kind, value, f"{where}/{key}")

    def _function(self, kind: str, value: Config, where: str) -> None:
        """A serialized function: by name in the table when it is built in."""
        if "module" not in value:
            self.malformed("a serialized function without a module", where, "KeyError: 'module'")
            return
        name = value["config"] if value["module"] == "builtins" else value.get("registered_name")
        inner = value.get("config")
        if self.resolve.supplied(inner, value.get("registered_name")):
            return
        if not isinstance(name, str):
            self.resolve.uninterpretable(kind, name, where)
            return
        found = self.resolve.by_name(kind, name, where)
        if found is not None and not isinstance(found, str) and value["module"] != "builtins":
            self.resolve.by_module(name, name, value["module"], "function", where)

    # Saying so ------------------------------------------------------------------------------------------------------

    def malformed(self, message: str, where: str, error: str = "") -> None:
        """A configuration that is not of the form that Keras reads."""
        self.out.say("malformed-config", f"{where}: {message}", where, error)

    def custom_rescue(self) -> tuple[str, ...]:
        """What to pass for a class that only the user has."""
        return (CUSTOM_OBJECTS,)


def _kind(value: Any) -> str:
    """A JSON value's type in Python's words, as Keras's errors name it."""
    return "NoneType" if value is None else type(value).__name__
