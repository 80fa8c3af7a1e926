"""Configurations to objects, as each Keras does it.

Three ways, after `keras/saving/legacy/serialization.py` and `keras/saving/serialization_lib.py`:

- `legacy`: Keras 2 reading H5 files and SavedModels. Every name is looked up in its kind's table.
- `library`: `.keras` archives. Classes by `module` and `class_name`; nested initializers, activations and the like still
  by name in their kind's table (`module_objects`).
- Keras 3 reading H5 files: legacy for layers, with the shims of `saving_utils.model_from_config`; the library within.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from analyzer.keras import build_config, instances
from analyzer.keras.encoded import type_name
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer
from analyzer.keras.resolve import Resolver
from analyzer.records import replace
from analyzer.target import Target

Config = Mapping[str, Any]


class Deserializer:
    """Makes layers of configurations and says what Keras would refuse."""

    def __init__(self, era: Era, target: Target, out: Recorder, *, legacy: bool) -> None:
        self.era = era
        self.target = target
        self.out = out
        self.legacy = legacy  # the whole load is in the legacy scope (Keras 2), or starts from an H5 file (Keras 3)
        self.resolve = Resolver(era, target, out)
        self.shared: dict[Any, Layer] = {}
        self.shared_policies: dict[Any, str] = {}
        self.fine: set[tuple[str, str]] = set()
        self.constructed: dict[
            tuple[Any, ...], str
        ] = {}  # dtype policies of layers that were fine, by class and arguments
        self.watched: dict[tuple[str, ...], list[str]] = {}  # by class and keys that it takes: keys whose values matter
        self.made_up: dict[str, int] = {}
        self.within_model = False  # layers are called by a model that runs its graph (`called_again`)
        self.later = Recorder(out.file)  # what goes wrong only once a layer is called
        self.resolve.reached = era.hands_on_to_h5 or not legacy

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
        if (self.era.is_3 or not self.legacy) and isinstance(config, dict) and "module" in config:
            return self.library_layer(config, where, nested=True)
        return self.legacy_layer(config, where)

    def held(self, config: Any, where: str) -> Layer | None:
        """The layer in a wrapper, the cell in an RNN."""
        if self.legacy and not self.era.is_3:
            return self.legacy_layer(config, where)
        return self.library_layer(config, where, nested=not self.era.is_3)

    def library(self, value: Any, where: str) -> None:
        """`deserialize_keras_object` on a value that is no layer."""
        from analyzer.keras import serialization_lib  # with optimizers, which few layers need

        serialization_lib.deserialize(self, value, where)

    def legacy_layer(self, config: Any, where: str) -> Layer | None:
        """`layers.deserialize` in the legacy scope: by name in the table of layers."""
        if isinstance(config, str) and not self.era.is_3:
            return self._layer_by_name(config, where)
        if not self._is_legacy_config(config, where):
            return None
        class_name, inner = config["class_name"], config["config"]
        found = self.resolve.by_name("layer", class_name, where, config=inner)
        if found is None:
            return None
        if not isinstance(inner, (Mapping, list)):
            self.malformed(
                f"config is {type_name(inner)}, not an object",
                where,
                f"'{type_name(inner)}' object has no attribute 'items'",
            )
            return None
        if isinstance(inner, list) and not self._takes_lists(where):
            return None
        if isinstance(inner, Mapping) and self.era.is_3:
            from analyzer.keras import h5_shims

            inner = h5_shims.adapted(self, class_name, inner, where)
        if self.unhashable_id(config, where):
            return None
        key = config.get("shared_object_id")
        if key is not None and key in self.shared and not self.era.is_3:
            return self.shared[key]
        if self.era.replaces_in_json:
            self._through_json(inner, where)
        loses = self.era.is_3 and not self.legacy and not instances.takes_custom_objects(found)
        with self._without_custom_objects() if loses else nullcontext():
            layer = instances.instance(self, found, inner, where, class_name)
        if key is not None and layer is not None:
            self.shared[key] = layer
        return layer

    def _takes_lists(self, where: str) -> bool:
        """Whether a configuration may be a list.

        `class_and_config_for_serialized_keras_object` of 2.1 and 2.2 walks through `cls_config.items()`, from 2.3 on only where
        it is no list (utils/generic_utils.py). Keras 3 pops `batch_input_shape` from it (legacy/saving/saving_utils.py,
        `model_from_config`).
        """
        if self.era.is_3:
            error = "pop expected at most 1 argument, got 2"
        elif self.era.level in ((2, 1), (2, 2)):
            error = "'list' object has no attribute 'items'"
        else:
            return True
        self.malformed("a Sequential configuration that is a list, as Keras 1 and early Keras 2 wrote it", where, error)
        return False

    def _is_legacy_config(self, config: Any, where: str) -> bool:
        """Whether it is an object with `class_name` and `config`, of types that a class is looked up for."""
        if config is None and not self.era.is_3:
            self.malformed("null where a layer's configuration should be", where)
            return False
        if not isinstance(config, Mapping) or "class_name" not in config or "config" not in config:
            self.malformed(
                "no layer: expecting class_name and config",
                where,
                "Improper config format for {...}. Expecting python dict contains `class_name` and `config` as keys",
            )
            return False
        class_name, inner = config["class_name"], config["config"]
        if not isinstance(class_name, str):
            self.nameless("layer", class_name, where)
            return False
        if self.era.is_3 and not isinstance(inner, (Mapping, list)):
            self.malformed(f"config is {type_name(inner)}, not an object", where)
            return False
        return True

    def _through_json(self, inner: Any, where: str) -> None:
        """Keras 3 up to 3.10 puts functions in the place of their names and the result through `json.dumps`."""
        for key, value in inner.items() if isinstance(inner, Mapping) else ():
            if key != "name" and isinstance(value, str) and self.resolve.supplied(value):
                self.resolve.says.not_in_json(value, f"{where}/{key}")

    @contextmanager
    def _without_custom_objects(self) -> Iterator[None]:
        """An archive's layer of the older form: `CustomObjectScope({})` hides from it all that is not registered."""
        target, reached = self.resolve.target, self.resolve.reached
        registered = frozenset(name for name in target.custom_objects if ">" in name)
        self.resolve.target, self.resolve.reached = replace(target, custom_objects=registered), False
        try:
            yield
        finally:
            self.resolve.target, self.resolve.reached = target, reached

    def _layer_by_name(self, name: str, where: str) -> Layer | None:
        """A string where a layer should be: a class of that name without arguments."""
        found = self.resolve.by_name("layer", name, where)
        return instances.instance(self, found, {}, where, name) if found is not None else None

    def library_layer(self, config: Any, where: str, *, nested: bool = False) -> Layer | None:
        """`deserialize_keras_object` where a layer is expected. `nested`: Keras 2 looks the class up by name alone."""
        by_name = nested and not self.era.is_3 and isinstance(config, Mapping) and "class_name" in config
        if not isinstance(config, dict) or "class_name" not in config or ("config" not in config and not by_name):
            what = "without class_name and config" if isinstance(config, Mapping) else f"but {type_name(config)}"
            self.malformed(f"no serialized layer, {what}", where, "Could not parse config")
            return None
        class_name = config["class_name"]
        inner = self.inner(config)
        if not isinstance(class_name, str):
            self.malformed(f"class_name is {type_name(class_name)}, not a string", where)
            return None
        if "module" not in config and nested:
            return self.legacy_layer(config, where)
        registered = config.get("registered_name", class_name)
        anew = nested and not self.era.is_3 and self.era.at_least(2, 13)  # a built-in class, without the number
        known = anew and not self.resolve.supplied(class_name, registered)  # (`serialize_with_public_class`)
        key = None if known else config.get("shared_object_id")
        if key is not None and key in self.shared:
            return self.shared[key]
        self.resolve.config = inner
        if nested and not self.era.is_3:
            if class_name == "function":  # a class, named by what a function's name would be
                class_name = str(config.get("config") if config.get("module") == "builtins" else registered)
            found = self.resolve.member(class_name, registered, config.get("module", "_"), where)
        else:
            found = self.resolve.by_module(class_name, registered, config.get("module"), "class", where)
        self.resolve.config = None
        if found is None:
            return None
        if not isinstance(inner, dict) and (not isinstance(inner, list) or self.strict):
            self.malformed(
                f"config is {type_name(inner)}, not an object",
                where,
                f"Expected 'config' to be a dict for {class_name}",
            )
            return None
        layer = instances.instance(self, found, inner, where, class_name)
        if layer is not None:
            self._take_build_config(layer, config.get("build_config"), where)
            if key is not None:
                self.shared[key] = layer
        return layer

    def _take_build_config(self, layer: Layer, build: Any, where: str) -> None:
        if self.era.is_3 and build and isinstance(build, (int, float)) and not build_config.is_built(self.era, layer):
            self.malformed(
                f"build_config is {type_name(build)}, not an object",
                where,
                f"argument of type '{type_name(build)}' is not iterable",
            )
        if build and isinstance(build, (dict, list, str)):
            layer.config = {**layer.config, "build_config": build}

    @contextmanager
    def when_called(self) -> Iterator[None]:
        """What is said within happens once the layer at hand is called, and never where nothing calls it."""
        now = self.out
        self.out = self.resolve.out = self.later
        try:
            yield
        finally:
            self.out = self.resolve.out = now

    def inner(self, config: Config) -> Any:
        """What `deserialize_keras_object` takes for a class's configuration: from 3.15 on only null stands for an empty one."""
        found = config.get("config")
        return found if found or (found is not None and self.strict) else {}

    @property
    def strict(self) -> bool:
        """Whether configurations of classes are objects or null, and nothing else (Keras 3.15)."""
        return self.era.is_3 and self.era.at_least(3, 15)

    def unhashable_id(self, config: Config, where: str) -> bool:
        """Whether `shared_object_id` cannot be looked up (`SharedObjectLoadingScope.get` of 2.5 and later), which is said."""
        key = config.get("shared_object_id")
        if not isinstance(key, (list, Mapping)) or self.era.is_3 or not self.era.at_least(2, 5):
            return False
        self.malformed(
            f"shared_object_id is {type_name(key)}",
            f"{where}/shared_object_id",
            f"unhashable type: '{type(key).__name__}'",
        )
        return True

    def nameless(self, kind: str, class_name: Any, where: str) -> None:
        """A class_name that is no string: Keras 2 looks it up all the same, where it can be looked up."""
        if not self.era.at_least(2, 6) or isinstance(class_name, (list, Mapping)):
            self.malformed(f"class_name is {type_name(class_name)}, not a string", where)
        else:
            self.resolve.says.unresolved(kind, str(class_name), where)

    def malformed(self, message: str, where: str, error: str = "") -> None:
        """A configuration that is not of the form that Keras reads."""
        self.out.say("malformed-config", f"{where}: {message}", where, error)
