"""Weights of an archive against the model that its configuration makes (`saving_lib._load_state`).

A layer's own variables stand under `PATH/vars/0`, `1`, ...; paths are made of the attributes and containers that lead to
the layer. Keras 2.12 to 2.14 go through `_layer_checkpoint_dependencies`, later ones through `layers`, and Keras 3
reads both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.links import dataset, follow, look
from analyzer.keras.model import Layer, Weight, fits, shape_text
from analyzer.parts.keras import Group, KerasFile

_OLD_CONTAINER = "_layer_checkpoint_dependencies"
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")


def load(keras: KerasFile, model: Layer | None, era: Era, out: Recorder) -> None:
    """Say where the stored variables do not fit the model."""
    if keras.weights is None or model is None or model.symbol is None:
        return
    _Store(keras.weights, era, out).layer(model, "")


class _Store:
    def __init__(self, root: Group, era: Era, out: Recorder) -> None:
        self.root = root
        self.era = era
        self.out = out
        self.container = _OLD_CONTAINER if not era.at_least(2, 15) else "layers"
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
            for name, each in self._contained(layer):
                self.layer(each, _join(path, self.container, name))
        for attribute, part in layer.parts.items():
            self.layer(part, _join(path, self._attribute(attribute)))
        for name, each in zip(_snake_names(layer.cells), layer.cells, strict=True):
            self.layer(each, _join(path, "cells", name))

    def _attribute(self, attribute: str) -> str:
        """Keras 3 visits properties before private attributes."""
        return attribute.lstrip("_") if self.era.is_3 else attribute

    def _contained(self, model: Layer) -> Iterator[tuple[str, Layer]]:
        layers = [layer for layer in model.layers if model.kind != "Sequential" or layer.kind != "InputLayer"]
        yield from zip(_snake_names(layers, doubled=self.era.level == (2, 12)), layers, strict=True)

    def _vars(self, path: str) -> tuple[Group | None, str]:
        """The group of a path's variables and where it stands; no group where there is none."""
        place = _join(path, "vars")
        if self.root.find(place) is None and self.era.is_3 and _OLD_CONTAINER in self.root.groups:
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
        if group is None and not path and not self.era.is_3 and "vars" not in self.root.groups:
            self.out.say(
                "missing-weights",
                "the weights have no group vars",
                "/vars",
                "Unable to open object (object 'vars' doesn't exist)",
            )
            return
        stored = layer.stored()
        found = len(group.order) if group is not None else 0
        if layer.kind in _LOOKUPS or (layer.kind == "Normalization" and not self.era.is_3):
            return
        if found != len(stored):
            self._count(layer, where, len(stored), found)
            return
        for index, weight in enumerate(stored):
            self._variable(layer, weight, f"{place}/{index}")

    def _count(self, layer: Layer, where: str, expected: int, found: int) -> None:
        self.out.say(
            "weight-count" if found else "missing-weights",
            f"{layer.kind} {layer.name!r} has {expected} variables, the file {found} for it under {where}",
            where,
            f"Layer '{layer.name}' expected {expected} variables, but received {found} variables during loading.",
            expected=expected,
            found=found,
        )

    def _variable(self, layer: Layer, weight: Weight, place: str) -> None:
        item = dataset(
            self.root, place, f"{layer.kind} {layer.name!r} has a variable {weight.name}", self.era, self.out
        )
        if item is None or fits(weight.shape, item.shape):
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


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _snake_names(layers: list[Layer], *, doubled: bool = False) -> list[str]:
    """Names in a container: the class in snake case, numbered. Keras 2.12 counts layers with weights twice."""
    used: dict[str, int] = {}
    names = []
    for layer in layers:
        plain = snake_case(layer.kind)
        number = used.get(plain, 0)
        names.append(f"{plain}_{number}" if number else plain)
        used[plain] = number + (2 if doubled and layer.all_weights() else 1)
    return names


def snake_case(name: str) -> str:
    """`generic_utils.to_snake_case`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
