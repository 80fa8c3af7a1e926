"""The attributes of an H5 file: versions, backend, the config's type, and the names of layers and weights."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy
from h5_tree import edit, layer_with_weights, names, put, weights
from mutating import H5, NotApplicable, mutation


def without_attribute(
    name: str, group: str, attribute: str, breaks: str | None, models: str = "dense", count: int = 1
) -> None:
    @mutation(H5, breaks=breaks, models=models, name=f"h5_{name}", count=count)
    def apply(path: Path) -> None:
        with h5py.File(path, "r+") as file:
            place = layer_with_weights(file)[0] if group == "LAYER" else file[group]
            if attribute not in place.attrs:
                raise NotApplicable(attribute)
            del place.attrs[attribute]


without_attribute("no_model_config", "/", "model_config", "A13")
without_attribute("no_keras_version", "/", "keras_version", None)
without_attribute("no_backend", "/", "backend", None)
without_attribute("no_training_config", "/", "training_config", None, "sequential_compiled")
without_attribute("no_layer_names", "model_weights", "layer_names", "K04")
without_attribute("no_weight_names", "LAYER", "weight_names", "K04")
without_attribute("no_keras_version_weights", "model_weights", "keras_version", None)
without_attribute("no_backend_weights", "model_weights", "backend", None, "cnn lstm")


def with_attribute(
    name: str, group: str, attribute: str, value: object, breaks: str | None, models: str = "dense", count: int = 1
) -> None:
    @mutation(H5, breaks=breaks, models=models, name=f"h5_{name}", count=count)
    def apply(path: Path) -> None:
        with h5py.File(path, "r+") as file:
            file[group].attrs[attribute] = value


with_attribute("keras_version_lower", "/", "keras_version", b"2.1.0", None)
with_attribute("keras_version_far", "/", "keras_version", b"9.0.0", None)
with_attribute("keras_version_garbage", "/", "keras_version", b"unknown", None)
with_attribute("keras_version_one", "model_weights", "keras_version", b"1.2.2", "K21", "cnn lstm")
with_attribute("keras_version_one_dense", "model_weights", "keras_version", b"1.0.0", "K21", "dense")
with_attribute("keras_version_empty", "model_weights", "keras_version", b"", None)
with_attribute("backend_theano", "model_weights", "backend", b"theano", "K21", "cnn")
with_attribute("backend_theano_dense", "model_weights", "backend", b"theano", None, "dense")
with_attribute("backend_theano_root", "/", "backend", b"theano", None, "cnn")
with_attribute("backend_jax", "model_weights", "backend", b"jax", None, "cnn dense")
with_attribute("backend_number", "model_weights", "backend", 5, None)
with_attribute("surplus_attribute", "/", "comment", "made for a test", None)
with_attribute("surplus_attribute_weights", "model_weights", "comment", [1, 2, 3], None)


@edit("K03")
def model_config_text_type(file: h5py.File) -> None:
    """`model_config` as a text string where older Keras calls `.decode()`."""
    value = file.attrs["model_config"]
    file.attrs["model_config"] = value.decode() if isinstance(value, bytes) else value


@edit(None)
def model_config_fixed_length(file: h5py.File) -> None:
    value = file.attrs["model_config"]
    file.attrs["model_config"] = numpy.bytes_(value.encode() if isinstance(value, str) else value)


@edit("K04")
def model_config_number(file: h5py.File) -> None:
    file.attrs["model_config"] = 5


@edit("K04")
def model_config_array(file: h5py.File) -> None:
    value = file.attrs["model_config"]
    del file.attrs["model_config"]
    file.attrs["model_config"] = numpy.array([value.encode() if isinstance(value, str) else value])


@edit("K03")
def names_text_type(file: h5py.File) -> None:
    """Names as variable-length text, as other writers of HDF5 store them."""
    held = [name.decode() for name in names(weights(file), "layer_names")]
    del weights(file).attrs["layer_names"]
    weights(file).attrs.create("layer_names", held, dtype=h5py.string_dtype())


@edit(None)
def names_variable_bytes(file: h5py.File) -> None:
    held = names(weights(file), "layer_names")
    del weights(file).attrs["layer_names"]
    weights(file).attrs.create("layer_names", held, dtype=h5py.string_dtype("ascii"))


@edit("K18", models="dense sequential_compiled cnn")
def layer_names_without_first(file: h5py.File) -> None:
    """The first layer with weights is not listed."""
    listed = names(weights(file), "layer_names")
    gone = layer_with_weights(file)[0].name.rsplit("/", 1)[1].encode()
    put(weights(file), "layer_names", [name for name in listed if name != gone])


@edit("K04")
def layer_names_unknown_added(file: h5py.File) -> None:
    put(weights(file), "layer_names", [*names(weights(file), "layer_names"), b"no_such_layer"])


@edit("K18")
def layer_names_twice_listed(file: h5py.File) -> None:
    listed = names(weights(file), "layer_names")
    put(weights(file), "layer_names", [*listed, listed[-1]])


@edit("K18")
def layer_names_empty(file: h5py.File) -> None:
    put(weights(file), "layer_names", [])


@edit("K20", models="dense sequential_compiled")
def layer_names_reversed(file: h5py.File) -> None:
    put(weights(file), "layer_names", names(weights(file), "layer_names")[::-1])


@edit(None, models="sequential_compiled cnn")
def layer_names_weightless_removed(file: h5py.File) -> None:
    """Only layers with weights are listed, which is what counts."""
    held = [
        name for name in names(weights(file), "layer_names") if len(weights(file)[name.decode()].attrs["weight_names"])
    ]
    put(weights(file), "layer_names", held)


@edit(None, models="dense lstm")
def layer_renamed_everywhere(file: h5py.File) -> None:
    """Another name in the list and of the group: layers are matched by order."""
    group, _ = layer_with_weights(file)
    old = group.name.rsplit("/", 1)[1]
    file.move(group.name, weights(file).name.rstrip("/") + "/renamed_layer")
    put(
        weights(file),
        "layer_names",
        [b"renamed_layer" if name == old.encode() else name for name in names(weights(file), "layer_names")],
    )


@edit("K19", models="dense sequential_compiled cnn")
def weight_names_without_last(file: h5py.File) -> None:
    group, held = layer_with_weights(file)
    put(group, "weight_names", held[:-1])


@edit("K19")
def weight_names_twice(file: h5py.File) -> None:
    group, held = layer_with_weights(file)
    put(group, "weight_names", [*held, held[-1]])


@edit("K04")
def weight_names_unknown(file: h5py.File) -> None:
    group, held = layer_with_weights(file)
    put(group, "weight_names", [b"no/such/weight:0", *held[1:]])


@edit("K18")
def weight_names_empty(file: h5py.File) -> None:
    group, _ = layer_with_weights(file)
    put(group, "weight_names", [])


@edit("K20", models="dense lstm")
def weight_names_swapped(file: h5py.File) -> None:
    group, held = layer_with_weights(file)
    put(group, "weight_names", [held[1], held[0], *held[2:]])


@edit("K19", models="sequential_compiled")
def weights_given_to_dropout(file: h5py.File) -> None:
    """A layer without weights that claims some."""
    for name in names(weights(file), "layer_names"):
        other = weights(file)[name.decode()]
        if not len(other.attrs["weight_names"]):
            other["surplus"] = numpy.zeros(2, "f4")
            put(other, "weight_names", [b"surplus"])
            return
    raise NotApplicable("layer without weights")
