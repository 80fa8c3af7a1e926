"""Weights of an H5 file against the model that its configuration makes.

In graph mode (TensorFlow 1) a value of another shape is assigned without complaint when it has the same rank.

After `load_weights_from_hdf5_group` (saving/hdf5_format.py, saving/legacy/hdf5_format.py, legacy/saving/legacy_h5_format.py):
layers with weights are matched by order, then their weights by order.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras import h5_mismatches
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.h5_attributes import readable
from analyzer.keras.h5_conversion import CONVERTED, RECURRENT, nested, nested_model, preprocessed
from analyzer.keras.links import dataset, follow, look, refused
from analyzer.keras.model import Layer, Weight, fits
from analyzer.parts.keras import Dataset, Group, KerasFile

_ROOT = "model_weights"
_NAMES = ("weight_names",)

# Kinds whose weights of another release Keras converts before it looks at them.
_CONVERTED_BEFORE = (*CONVERTED, *RECURRENT, "TimeDistributed", "Bidirectional", "Sequential", "Functional")


def names_of(group: Group, attribute: str) -> list[str]:
    """`load_attributes_from_hdf5_group`: a list of names, also where it is split over `name0`, `name1`, ..."""
    if attribute in group.attributes:
        return _texts(group.attributes[attribute])
    found: list[str] = []
    chunk = 0
    while f"{attribute}{chunk}" in group.attributes:
        found += _texts(group.attributes[f"{attribute}{chunk}"])
        chunk += 1
    return found


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value] if value not in (None, "") else []
    texts = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in items]
    return [text.partition("\0")[0] for text in texts]  # where HDF5 ends it


def _path(group: str, name: str) -> str:
    """Where HDF5 finds a name in a group: names that begin with a slash start from the file's root."""
    return name.strip("/") if name.startswith("/") or not group else f"{group}/{name}"


def load(keras: KerasFile, model: Layer | None, era: Era, out: Recorder) -> None:
    """Say where the file's weights do not fit the model."""
    if keras.root is None:
        return
    group = look(keras.root, _ROOT, "the file has a model, but no group model_weights", era, out)
    if not isinstance(group, Group):
        if isinstance(group, Dataset):
            refused(group, _ROOT, era, out)
        return
    if model is None:
        _saved_layers(keras.root, group, _ROOT, era, out)
    else:
        assign(keras.root, group, _ROOT, model, era, out)


def assign(root: Group, group: Group, at: str, model: Layer, era: Era, out: Recorder) -> None:
    """`load_weights_from_hdf5_group` on a group, which stands at a path of the file."""
    saved = _saved_layers(root, group, at, era, out)
    if saved is None or (not era.is_3 and _tables(model, out)):
        return
    expected = _layers_with_weights(model)
    if expected is None:
        _names_in_place(root, saved, at, era, out)
        return
    if len(saved) != len(expected):
        h5_mismatches.layer_count(len(expected), len(saved), at, era, out)
        return
    old = "keras_version" not in group.attributes or _texts(group.attributes["keras_version"]) == ["1"]
    for index, (name, layer) in enumerate(zip(saved, expected, strict=True)):
        inner = follow(root, _path(at, name))
        if isinstance(inner, Group):
            _layer(root, inner, at, name, index, layer, era, out, converted=old and not era.is_3)
    top = group.find("top_level_model_weights")
    if not isinstance(top, Group) or not (era.is_3 or era.at_least(2, 6)):
        return
    if (
        readable(top, _path(at, "top_level_model_weights"), _NAMES, era, out)
        and model.known
        and model.symbol is not None
    ):
        count = len(names_of(top, "weight_names"))
        own = len(model.own)
        if count != own:
            out.say(
                "weight-count",
                f"the model itself has {own} weights, the file {count} for it",
                f"/{_path(at, 'top_level_model_weights')}",
                f"Weight count mismatch for top-level weights when loading weights from file. Model expects {own} "
                f"top-level weight(s). Received {count} saved top-level weight(s)",
            )


def _saved_layers(root: Group, group: Group, at: str, era: Era, out: Recorder) -> list[str] | None:
    """Names of saved layers that have weights; None where one is missing, or what the load reads first cannot be read."""
    if not readable(group, at, ("keras_version", "backend", "layer_names"), era, out):
        return None
    saved = []
    for name in names_of(group, "layer_names"):
        found = look(root, _path(at, name), f"layer_names has {name!r}", era, out)
        if found is None:
            return None
        if isinstance(found, Dataset):
            refused(found, _path(at, name), era, out)
            return None
        if not readable(found, _path(at, name), _NAMES, era, out):
            return None
        if names_of(found, "weight_names"):
            saved.append(name)
    return saved


def _tables(model: Layer, out: Recorder) -> bool:
    """`_legacy_weights` takes variables only: vocabularies that are not in the configuration are none."""
    for layer in model.layers:
        if layer.symbol is not None and any(weight.table for weight in layer.all_weights()):
            out.say(
                "missing-weights",
                f"{layer.kind} {layer.name!r} has no vocabulary in its configuration, and an H5 file holds none",
                layer.where,
                "Save or restore weights that is not an instance of `tf.Variable` is not supported in h5, "
                "use `save_format='tf'` instead.",
                remedy="save it as SavedModel or .keras, or give the vocabulary when making the layer",
            )
            return True
    return False


def _names_in_place(root: Group, saved: list[str], at: str, era: Era, out: Recorder) -> None:
    """`load_subset_weights_from_hdf5_group`: what `weight_names` lists is read whatever layer it is meant for."""
    for name in saved:
        group = follow(root, _path(at, name))
        if not isinstance(group, Group):
            continue
        for each in names_of(group, "weight_names"):
            found = dataset(root, _path(_path(at, name), each), f"{name} names the weight {each!r}", era, out)
            if found is None:
                return
            if era.at_least(2) and found.dtype.startswith("|V"):
                h5_mismatches.opaque(f"{name}: {each}", f"/{_path(_path(at, name), each)}", found, era, out)
                return


def _layers_with_weights(model: Layer) -> list[Layer] | None:
    """Layers of the model that have weights; None where we do not know of some."""
    if model.symbol is None or not model.known:
        return None
    found = []
    for layer in model.layers:
        if not layer.all_known():
            return None
        if layer.all_weights():
            found.append(layer)
    return found


def _layer(
    root: Group,
    group: Group,
    at: str,
    name: str,
    index: int,
    layer: Layer,
    era: Era,
    out: Recorder,
    *,
    converted: bool,
) -> None:
    where = f"/{_path(at, name)}"
    weights = layer.trainable_weights() + layer.non_trainable_weights()
    datasets: list[tuple[str, Dataset]] = []
    for each in names_of(group, "weight_names"):
        found = dataset(root, _path(_path(at, name), each), f"{name} names the weight {each!r}", era, out)
        if found is None:
            return
        datasets.append((each, found))
    if converted and layer.kind in _CONVERTED_BEFORE:
        return
    model = nested_model(layer, era)
    if model is not None:
        if not nested(model, [dataset.shape for _, dataset in datasets], era, out, where):
            return
        del datasets[len(weights) :]  # of more weights than the layers within have, nothing is left
    if len(datasets) != len(weights):
        h5_mismatches.weight_count(layer, where, name, index, len(weights), len(datasets), era, out)
        return
    shapes = preprocessed(layer, weights, [dataset.shape for _, dataset in datasets], era, out, where)
    if shapes is None:
        return
    for weight, (each, stored), shape in zip(weights, datasets, shapes, strict=True):
        _value(layer, weight, f"{where}/{each}", index, name, stored, shape, era, out)


def _value(
    layer: Layer,
    weight: Weight,
    where: str,
    index: int,
    name: str,
    stored: Dataset,
    shape: tuple[int, ...],
    era: Era,
    out: Recorder,
) -> None:
    if not fits(weight.shape, shape, rank_only=not era.at_least(2)):
        h5_mismatches.shape(layer, weight, where, index, name, stored, era, out)
    elif era.at_least(2) and stored.dtype.startswith("|V"):
        h5_mismatches.opaque(f"{layer.kind} {layer.name!r}: {weight.name}", where, stored, era, out)
    elif stored.dtype[1:2] in ("S", "O"):
        h5_mismatches.text(layer, weight, where, stored, era, out)
