"""Weights of an archive against the model that its configuration makes (`saving_lib._load_state`).

A layer's own variables stand under `PATH/vars/0`, `1`, ...; paths are made of the attributes and containers that lead to
the layer. Keras 2.12 to 2.14 go through `_layer_checkpoint_dependencies`, later ones through `layers`, and Keras 3
reads both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.findings import Confidence
from analyzer.keras import optimizer_state, vocabularies
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.links import dataset, follow, look, refused
from analyzer.keras.model import Layer, Weight, fits, shape_text, snake_case
from analyzer.parts.keras import Dataset, Group, KerasFile

_OLD_CONTAINER = "_layer_checkpoint_dependencies"


def load(keras: KerasFile, model: Layer | None, era: Era, out: Recorder, *, compiled: bool = True) -> None:
    """Say where the stored variables do not fit the model; `compiled`: the optimizer is made and its state is read."""
    if model is None or model.symbol is None:
        return
    if keras.weights is None:
        _npz(keras, model, era, out)
        return
    restore(keras.weights, keras.config if compiled else None, model, era, out)
    _assets(keras, model, era, out)


def restore(root: Group, config: Any, model: Layer, era: Era, out: Recorder) -> None:
    """The variables of the model, and of the optimizer that the model's configuration names."""
    _Store(root, era, out).layer(model, "")
    if isinstance(config, dict):
        optimizer_state.check(root, config, model, era, out)


def _npz(keras: KerasFile, model: Layer, era: Era, out: Recorder) -> None:
    """Keras 3 finds nothing in model.weights.npz: values are stored as objects, which numpy does not load by default."""
    if keras.layout == "npz" and era.is_3 and model.all_known() and model.all_weights():
        out.say(
            "missing-weights",
            "the weights are in model.weights.npz, from which Keras 3 reads no variables",
            "/layers",
            "expected 2 variables, but received 0 variables during loading.",
            confidence=Confidence.MEDIUM,
        )


def _assets(keras: KerasFile, model: Layer, era: Era, out: Recorder) -> None:
    """What lookup layers read from files of their own, beside the variables."""
    if len(keras.members) > 3 and model.kind in ("Sequential", "Functional"):
        for name, layer in _contained(model, era):
            vocabularies.assets(keras, layer, f"assets/{_container(era)}/{name}/", era, out)


class _Store:
    def __init__(self, root: Group, era: Era, out: Recorder) -> None:
        self.root = root
        self.era = era
        self.out = out
        self.container = _container(era)
        self.seen: set[int] = set()

    def layer(self, layer: Layer, path: str) -> None:
        """A layer's own variables, then those of what it holds."""
        if id(layer) in self.seen:
            return
        self.seen.add(id(layer))
        if layer.symbol is None:
            return
        if layer.known:
            self._own(layer, path)
        elif not layer.is_model:
            return
        if layer.is_model and not layer.known:
            return  # which layers the model has is not known for certain
        if layer.layers:
            for name, each in _contained(layer, self.era):
                self.layer(each, _join(path, self.container, name))
        for attribute, part in layer.parts.items():
            self.layer(part, _join(path, self._attribute(layer, attribute)))
        for name, each in zip(_snake_names(layer.cells), layer.cells, strict=True):
            self.layer(each, _join(path, "cells", name))

    def _attribute(self, layer: Layer, attribute: str) -> str:
        """Keras 3 visits properties before private attributes; grouped attention has no properties for its own."""
        public = self.era.is_3 and layer.kind != "GroupedQueryAttention"
        return attribute.lstrip("_") if public else attribute

    def _vars(self, path: str) -> tuple[Group | None, str]:
        """The group of a path's variables and where it stands; no group where there is none."""
        place = _join(path, "vars")
        above = self.root.find(path)
        direct = above.member("vars") if isinstance(above, Group) else self.root.find(place)
        for each, entry in (
            (path, above),
            (place, direct),
        ):  # which `H5IOStore.get` opens also for layers without variables
            if isinstance(entry, Dataset) and entry.fault:
                refused(entry, each, self.era, self.out)
                return None, place
        if isinstance(direct, Group):
            return direct, place
        if direct is None and self.era.is_3 and _OLD_CONTAINER in self.root.groups:
            place = _join(path.replace("layers", _OLD_CONTAINER), "vars")
        if follow(self.root, place) is None:
            return None, place
        found = look(self.root, place, "variables", self.era, self.out)
        return (found if isinstance(found, Group) else None), place

    def _own(self, layer: Layer, path: str) -> None:
        before = len(self.out.events)
        group, place = self._vars(path)
        if len(self.out.events) > before:
            return
        where = f"/{path or 'vars'}"
        if group is None and not path and not self.era.at_least(3, 6) and "vars" not in self.root.groups:
            self.out.say(
                "missing-weights",
                "the weights have no group vars, which Keras 3.10 and later do not write where it is empty",
                "/vars",
                "Unable to open object (object 'vars' doesn't exist)",
                remedy="load it with Keras 3.6 or newer, which does without",
            )
            return
        stored = layer.stored()
        found = len(group.order) if group is not None else 0
        if layer.kind in vocabularies.LOOKUPS:
            vocabularies.idf_weights(layer, group, place, self.era, self.out)
            return
        if layer.counted and found != len(stored):
            self._count(layer, where, len(stored), found)
            return
        for index, weight in enumerate(stored):
            item = group.datasets.get(str(index)) if group is not None else None
            self._variable(layer, weight, item, f"{place}/{index}")

    def _count(self, layer: Layer, where: str, expected: int, found: int) -> None:
        self.out.say(
            "weight-count" if found else "missing-weights",
            f"{layer.kind} {layer.name!r} has {expected} variables, the file {found} for it under {where}",
            where,
            f"Layer '{layer.name}' expected {expected} variables, but received {found} variables during loading.",
            expected=expected,
            found=found,
        )

    def _no_numbers(self, layer: Layer, weight: Weight, item: Dataset, place: str) -> None:
        self.out.say(
            "weight-dtype",
            f"{layer.kind} {layer.name!r}: {weight.name} holds text ({item.dtype}) in the file",
            f"/{place}",
            "could not convert string to float",
            found=item.dtype,
        )

    def _variable(self, layer: Layer, weight: Weight, item: Dataset | None, place: str) -> None:
        if item is None or item.fault or item.storage != "plain":
            what = f"{layer.kind} {layer.name!r} has a variable {weight.name}"
            item = dataset(self.root, place, what, self.era, self.out)
        if item is None:
            return
        if item.dtype[1:2] in ("S", "U") or item.dtype.startswith("|O"):
            self._no_numbers(layer, weight, item, place)
        if fits(weight.shape, item.shape):
            return
        expected = shape_text(weight.shape)
        self.out.say(
            "weight-shape",
            f"{layer.kind} {layer.name!r}: {weight.name} is {expected} by the configuration, {item.shape} in the file",
            f"/{place}",
            "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match."
            if self.era.is_3
            else f"Cannot assign value to variable: Shape mismatch. The variable shape {expected}, "
            f"and the assigned value shape {item.shape} are incompatible.",
            expected=expected,
            found=list(item.shape),
        )


def _container(era: Era) -> str:
    """The attribute of a model through which its layers are reached first."""
    return _OLD_CONTAINER if not era.at_least(2, 15) else "layers"


def _contained(model: Layer, era: Era) -> Iterator[tuple[str, Layer]]:
    layers = [layer for layer in model.layers if model.kind != "Sequential" or layer.kind != "InputLayer"]
    yield from zip(_snake_names(layers, doubled=era.level in ((2, 12), (2, 13))), layers, strict=True)


def _join(*parts: str) -> str:
    return "/".join(filter(None, parts))


def _snake_names(layers: list[Layer], *, doubled: bool = False) -> list[str]:
    """Names in a container: the class in snake case, numbered. Keras 2.12 and 2.13 count layers with weights twice."""
    used: dict[str, int] = {}
    names = []
    for layer in layers:
        plain = snake_case(layer.kind)
        number = used.get(plain, 0)
        names.append(f"{plain}_{number}" if number else plain)
        used[plain] = number + (2 if doubled and layer.all_weights() else 1)
    return names
