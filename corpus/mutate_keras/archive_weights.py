"""The weights inside a `.keras` archive: groups and variables missing, surplus, of other shapes, linked elsewhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy
from archives import WEIGHTS
from mutating import ARCHIVE, NotApplicable, mutation, read_members, replace_member


def weights_edit(
    breaks: str | None, models: str = "dense sequential_compiled", count: int = 2
) -> Callable[[Callable[[h5py.File], None]], object]:
    """Register a function that changes the open weights member."""

    def register(function: Callable[[h5py.File], None]) -> object:
        @mutation(ARCHIVE, breaks=breaks, models=models, name=function.__name__, count=count)
        def apply(path: Path) -> None:
            data = dict((info.filename, data) for info, data in read_members(path))[WEIGHTS]
            buffer = io.BytesIO(data)
            with h5py.File(buffer, "r+") as file:
                function(file)
            replace_member(path, WEIGHTS, buffer.getvalue())

        return function

    return register


def layers(file: h5py.File) -> h5py.Group:
    """The group of layers, under whichever name this era gives it."""
    for name in ("layers", "_layer_checkpoint_dependencies"):
        if name in file:
            return file[name]
    raise NotApplicable("layers")


def first_layer(file: h5py.File) -> h5py.Group:
    """The group of variables of the first layer that has any."""
    for name in layers(file):
        group = layers(file)[name].get("vars")
        if group is not None and len(group):
            return group
    raise NotApplicable("vars")


@weights_edit("Z12")
def store_layer_removed(file: h5py.File) -> None:
    del file[first_layer(file).parent.name]


@weights_edit("Z12")
def store_layer_renamed(file: h5py.File) -> None:
    group = first_layer(file).parent
    file.move(group.name, group.name + "_renamed")


@weights_edit("Z12")
def store_vars_removed(file: h5py.File) -> None:
    del file[first_layer(file).name]


@weights_edit("Z12")
def store_variable_removed(file: h5py.File) -> None:
    group = first_layer(file)
    del group[sorted(group, key=int)[-1]]


@weights_edit("Z12")
def store_variable_added(file: h5py.File) -> None:
    first_layer(file)["9"] = numpy.zeros(2, "f4")


@weights_edit("Z13")
def store_shape_wider(file: h5py.File) -> None:
    group = first_layer(file)
    shape = group["0"].shape
    del group["0"]
    group["0"] = numpy.zeros((*shape[:-1], shape[-1] + 1), "f4")


@weights_edit("Z13")
def store_variables_swapped(file: h5py.File) -> None:
    group = first_layer(file)
    group.move("0", "x")
    group.move("1", "0")
    group.move("x", "1")


@weights_edit(None)
def store_dtype_float64(file: h5py.File) -> None:
    group = first_layer(file)
    value = group["0"][()].astype("f8")
    del group["0"]
    group["0"] = value


@weights_edit("Z12")
def store_layers_removed(file: h5py.File) -> None:
    del file[layers(file).name]


@weights_edit("Z10")
def store_layers_old_name(file: h5py.File) -> None:
    if "layers" not in file:
        raise NotApplicable("layers")
    file.move("layers", "_layer_checkpoint_dependencies")


@weights_edit(None)
def store_surplus_group(file: h5py.File) -> None:
    file.create_group("notes")["x"] = numpy.zeros(2)
    layers(file).create_group("unknown_layer").create_group("vars")


@weights_edit(None)
def store_attributes(file: h5py.File) -> None:
    file.attrs["comment"] = "made for a test"
    first_layer(file).attrs["name"] = "another"


@weights_edit(None, models="sequential_compiled")
def store_optimizer_removed(file: h5py.File) -> None:
    if "optimizer" not in file:
        raise NotApplicable("optimizer")
    del file["optimizer"]


@weights_edit("M03", models="sequential_compiled")
def store_optimizer_variable_removed(file: h5py.File) -> None:
    group = file["optimizer/vars"]
    del group[sorted(group, key=int)[-1]]


@weights_edit("M03", models="sequential_compiled")
def store_optimizer_shape(file: h5py.File) -> None:
    group = file["optimizer/vars"]
    last = sorted(group, key=int)[-1]
    del group[last]
    group[last] = numpy.zeros(77, "f4")


@weights_edit("M03", models="sequential_compiled")
def store_optimizer_surplus(file: h5py.File) -> None:
    file["optimizer/vars/99"] = numpy.zeros(3, "f4")


@weights_edit(None, models="sequential_compiled")
def store_metrics_removed(file: h5py.File) -> None:
    if "metrics" in file:
        del file["metrics"]


@weights_edit("X03")
def store_link_external(file: h5py.File) -> None:
    group = first_layer(file)
    del group["0"]
    group["0"] = h5py.ExternalLink("no_such_file.h5", "/kernel")


@weights_edit("X03")
def store_dataset_external(file: h5py.File) -> None:
    group = first_layer(file)
    shape = group["0"].shape
    del group["0"]
    group.create_dataset("0", shape, "f4", external=[("no_such_file.raw", 0, h5py.h5f.UNLIMITED)])


@weights_edit(None)
def store_link_soft(file: h5py.File) -> None:
    group = first_layer(file)
    file.move(group["0"].name, "moved")
    group["0"] = h5py.SoftLink("/moved")


@weights_edit("Z12", models="lstm cnn")
def store_deep_removed(file: h5py.File) -> None:
    """The variables of a part of a layer (a cell) or, where there is none, of the last layer."""
    found: list[str] = []
    file.visititems(
        lambda name, item: (
            found.append(name) if isinstance(item, h5py.Group) and name.endswith("vars") and len(item) else None
        )
    )
    del file[max(found, key=lambda name: name.count("/"))]


@weights_edit(None, models="cnn dense")
def store_recompressed(file: h5py.File) -> None:
    group = first_layer(file)
    value = group["0"][()]
    del group["0"]
    group.create_dataset("0", data=value, chunks=True, compression="gzip")


@mutation(ARCHIVE, breaks="Z21", models="dense sequential_compiled")
def weights_of_old_layout(path: Path) -> None:
    """The weights member in the layout of save_weights up to TensorFlow 2.11."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["layer_names"] = numpy.array([b"dense"])
        group = file.create_group("dense")
        group.attrs["weight_names"] = numpy.array([b"dense/kernel:0"])
        group["dense/kernel:0"] = numpy.zeros((4, 8), "f4")
    replace_member(path, WEIGHTS, buffer.getvalue())


@mutation(ARCHIVE, breaks="A13", models="dense cnn")
def weights_of_other_model(path: Path) -> None:
    """The weights of a model without any layer."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("vars")
        file.create_group("layers")
    replace_member(path, WEIGHTS, buffer.getvalue())
