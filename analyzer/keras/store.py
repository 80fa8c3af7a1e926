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
from analyzer.keras.model import Layer, Weight, fits, shape_text
from analyzer.parts.keras import Dataset, Group, KerasFile, Link, Member

_OLD_CONTAINER = "_layer_checkpoint_dependencies"
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")


def load(keras: KerasFile, model: Layer | None, era: Era, out: Recorder) -> None:
    """Say where the stored variables do not fit the model."""
    if keras.weights is None or model is None or model.symbol is None:
        return
    _Store(keras.weights, keras.members, era, out).layer(model, "")


class _Store:
    def __init__(self, root: Group, members: tuple[Member, ...], era: Era, out: Recorder) -> None:
        self.root = root
        self.members = members
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

    def _vars(self, path: str) -> Group | str | None:
        """The group of a path's variables; None for none; a fault where HDF5 or Keras refuses it."""
        found = self.root.find(_join(path, "vars"))
        if found is None and self.era.is_3 and _OLD_CONTAINER in self.root.groups:
            found = self.root.find(_join(path.replace("layers", _OLD_CONTAINER), "vars"))
        if isinstance(found, Link):
            return f"a {found.kind} link" if self.era.at_least(3, 13) else None
        return found if isinstance(found, Group) else None

    def _own(self, layer: Layer, path: str) -> None:
        group = self._vars(path)
        where = f"/{path or 'vars'}"
        if isinstance(group, str):
            self.out.say("unsafe-hdf5-link", f"{where} is {group}", where, "Not allowed: H5 file with SoftLink")
            return
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
            self._variable(layer, weight, group, str(index), where)

    def _count(self, layer: Layer, where: str, expected: int, found: int) -> None:
        self.out.say(
            "weight-count" if found else "missing-weights",
            f"{layer.kind} {layer.name!r} has {expected} variables, the file {found} for it under {where}",
            where,
            f"Layer '{layer.name}' expected {expected} variables, but received {found} variables during loading.",
            expected=expected,
            found=found,
        )

    def _variable(self, layer: Layer, weight: Weight, group: Group | None, key: str, where: str) -> None:
        item = group.find(key) if group is not None else None
        place = f"{where}/vars/{key}"
        if isinstance(item, Link):
            if self.era.at_least(3, 13):
                self.out.say(
                    "unsafe-hdf5-link",
                    f"{place} is a {item.kind} link",
                    place,
                    "Not allowed: H5 file with ExternalLink",
                )
            return
        if not isinstance(item, Dataset):
            self.out.say(
                "missing-weights",
                f"{place}, a variable of {layer.kind} {layer.name!r}, is not there",
                place,
                f"KeyError: '{key}'",
            )
            return
        if item.fault:
            self.out.say("missing-weights", f"{place}: {item.fault}", place, item.fault)
        elif item.storage != "plain" and self.era.at_least(3, 13):
            self.out.say(
                "unsafe-hdf5-link",
                f"{place} is an {item.storage} dataset",
                place,
                f"Not allowed: H5 file with {item.storage} Dataset",
            )
        elif not fits(weight.shape, item.shape):
            self.out.say(
                "weight-shape",
                f"{layer.kind} {layer.name!r}: {weight.name} is {shape_text(weight.shape)} by the configuration, "
                f"{item.shape} in the file",
                place,
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match."
                if self.era.is_3
                else f"Cannot assign value to variable: Shape mismatch. The variable shape {shape_text(weight.shape)}, "
                f"and the assigned value shape {item.shape} are incompatible.",
                expected=shape_text(weight.shape),
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
