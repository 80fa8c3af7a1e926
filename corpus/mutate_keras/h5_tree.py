"""The tree of an H5 file: groups and datasets removed, renamed, or of another shape or type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy
from mutating import H5, WEIGHTS, NotApplicable, mutation


def edit(
    breaks: str | None, models: str = "dense sequential_compiled", count: int = 1, formats: tuple[str, ...] = (H5,)
) -> Callable[[Callable[[h5py.File], None]], Callable[[h5py.File], None]]:
    """Register a function that changes an open file."""

    def register(function: Callable[[h5py.File], None]) -> Callable[[h5py.File], None]:
        @mutation(*formats, breaks=breaks, models=models, name=f"h5_{function.__name__}", count=count)
        def apply(path: Path) -> None:
            with h5py.File(path, "r+") as file:
                function(file)

        return function

    return register


def weights(file: h5py.File) -> h5py.Group:
    """The group that holds the layers: `model_weights` of a whole model."""
    return file["model_weights"] if "model_weights" in file else file


def names(group: h5py.Group, attribute: str) -> list[bytes]:
    """A list attribute as bytes, whatever string type it has."""
    return [name.encode() if isinstance(name, str) else bytes(name) for name in group.attrs[attribute]]


def put(group: h5py.Group, attribute: str, values: list[bytes]) -> None:
    """Replace a list attribute as Keras writes it: fixed-length byte strings."""
    group.attrs[attribute] = numpy.array(values, dtype="S") if values else numpy.zeros(0)


def layer_with_weights(file: h5py.File, which: int = 0) -> tuple[h5py.Group, list[bytes]]:
    """The group of the `which`-th layer that has weights, and their names."""
    found = []
    for name in names(weights(file), "layer_names"):
        group = weights(file)[name.decode()]
        if len(group.attrs["weight_names"]):
            found.append((group, names(group, "weight_names")))
    if not found:
        raise NotApplicable("weights")
    return found[which]


def first_weight(file: h5py.File) -> tuple[h5py.Group, str]:
    group, held = layer_with_weights(file)
    return group, held[0].decode()


# Groups and datasets.


@edit("K04")
def no_weights_group(file: h5py.File) -> None:
    del file["model_weights"]


@edit("K04")
def weights_group_renamed(file: h5py.File) -> None:
    file.move("model_weights", "weights")


@edit("K04")
def weights_group_empty(file: h5py.File) -> None:
    del file["model_weights"]
    file.create_group("model_weights")


@edit("K04")
def weights_group_is_dataset(file: h5py.File) -> None:
    del file["model_weights"]
    file["model_weights"] = numpy.zeros(3)


@edit("K04")
def layer_group_removed(file: h5py.File) -> None:
    group, _ = layer_with_weights(file)
    del file[group.name]


@edit("K04", models="sequential_compiled cnn")
def layer_group_without_weights_removed(file: h5py.File) -> None:
    """The group of a layer that has no weights, whose name is still listed."""
    for name in names(weights(file), "layer_names"):
        if not len(weights(file)[name.decode()].attrs["weight_names"]):
            del weights(file)[name.decode()]
            return
    raise NotApplicable("layer without weights")


@edit("K04")
def layer_group_renamed(file: h5py.File) -> None:
    group, _ = layer_with_weights(file)
    file.move(group.name, group.name + "_renamed")


@edit("K04")
def dataset_removed(file: h5py.File) -> None:
    group, name = first_weight(file)
    del group[name]


@edit("K04")
def dataset_renamed(file: h5py.File) -> None:
    group, name = first_weight(file)
    group.move(name, name + "_old")


@edit("K04")
def dataset_is_group(file: h5py.File) -> None:
    group, name = first_weight(file)
    del group[name]
    group.create_group(name)


def replaced(file: h5py.File, change: Callable[[numpy.ndarray], object]) -> None:
    """Replace the first weight by what `change` makes of its value."""
    group, name = first_weight(file)
    value = group[name][()]
    del group[name]
    group[name] = change(value)


@edit("K20")
def shape_wider(file: h5py.File) -> None:
    replaced(file, lambda value: numpy.zeros((*value.shape[:-1], value.shape[-1] + 1), value.dtype))


@edit("K20", models="cnn lstm")
def shape_transposed(file: h5py.File) -> None:
    replaced(file, lambda value: value.T)


@edit("K20")
def shape_flat(file: h5py.File) -> None:
    replaced(file, lambda value: value.ravel())


@edit("K20")
def shape_extra_axis(file: h5py.File) -> None:
    replaced(file, lambda value: value[None])


@edit("K20")
def shape_scalar(file: h5py.File) -> None:
    replaced(file, lambda value: value.ravel()[0])


@edit("K20")
def shape_empty(file: h5py.File) -> None:
    replaced(file, lambda value: numpy.zeros((0, *value.shape[1:]), value.dtype))


@edit("K20")
def dataset_null(file: h5py.File) -> None:
    """A dataset with a null dataspace."""
    replaced(file, lambda value: h5py.Empty("f4"))


@edit(None)
def dtype_float64(file: h5py.File) -> None:
    replaced(file, lambda value: value.astype("f8"))


@edit(None)
def dtype_float16(file: h5py.File) -> None:
    replaced(file, lambda value: value.astype("f2"))


@edit(None)
def dtype_integer(file: h5py.File) -> None:
    replaced(file, lambda value: value.astype("i4"))


@edit(None)
def dtype_big_endian(file: h5py.File) -> None:
    replaced(file, lambda value: value.astype(">f4"))


@edit("K20")
def dtype_strings(file: h5py.File) -> None:
    replaced(file, lambda value: numpy.full(value.shape, b"x", "S1"))


@edit(None)
def values_not_finite(file: h5py.File) -> None:
    replaced(file, lambda value: numpy.full(value.shape, numpy.nan, value.dtype))


# Weights files, which load_model refuses whatever they hold.


@edit("A13", models="dense cnn_sequential", formats=(WEIGHTS,))
def surplus_group(file: h5py.File) -> None:
    file.create_group("notes")
