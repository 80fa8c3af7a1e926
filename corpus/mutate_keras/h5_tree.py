"""The tree of an H5 file: groups, datasets and attributes removed, renamed, retyped, reordered, linked elsewhere or rewritten."""

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


# Attributes.


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


# Ways of storing that do not matter, links, and damage to chunks.


@edit(None, models="cnn dense")
def surplus_members(file: h5py.File) -> None:
    file.create_group("notes")["values"] = numpy.arange(5)
    weights(file).create_group("unlisted_layer")["kernel:0"] = numpy.zeros((2, 2), "f4")


@edit(None, models="cnn dense")
def recompressed(file: h5py.File) -> None:
    """Every dataset chunked and gzipped."""
    found: list[str] = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) and item.shape else None)
    for name in found:
        value = file[name][()]
        del file[name]
        file.create_dataset(name, data=value, chunks=True, compression="gzip", shuffle=True, fletcher32=True)


@edit(None)
def recompressed_lzf(file: h5py.File) -> None:
    group, name = first_weight(file)
    value = group[name][()]
    del group[name]
    group.create_dataset(name, data=value, chunks=True, compression="lzf")


@edit("K04")
def unknown_filter(file: h5py.File) -> None:
    """A dataset whose filter (Blosc's number) is not installed; no chunk is written."""
    group, name = first_weight(file)
    shape = group[name].shape
    del group[name]
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk(shape)
    properties.set_filter(32001, h5py.h5z.FLAG_OPTIONAL, (0, 0))
    space = h5py.h5s.create_simple(shape)
    parent, leaf = (group[name.rsplit("/", 1)[0]], name.rsplit("/", 1)[1]) if "/" in name else (group, name)
    h5py.h5d.create(parent.id, leaf.encode(), h5py.h5t.NATIVE_FLOAT, space, properties)


@edit("X03")
def link_external(file: h5py.File) -> None:
    group, name = first_weight(file)
    del group[name]
    group[name] = h5py.ExternalLink("no_such_file.h5", "/kernel")


@edit("X03")
def link_external_group(file: h5py.File) -> None:
    del file["model_weights"]
    file["model_weights"] = h5py.ExternalLink("no_such_file.h5", "/model_weights")


@edit(None)
def link_external_unused(file: h5py.File) -> None:
    file["elsewhere"] = h5py.ExternalLink("no_such_file.h5", "/x")


@edit(None)
def link_soft(file: h5py.File) -> None:
    group, name = first_weight(file)
    group.move(name, "kept_elsewhere")
    group[name] = h5py.SoftLink(group.name + "/kept_elsewhere")


@edit("K04")
def link_soft_dangling(file: h5py.File) -> None:
    group, name = first_weight(file)
    del group[name]
    group[name] = h5py.SoftLink("/nowhere")


@edit(None)
def link_hard(file: h5py.File) -> None:
    group, name = first_weight(file)
    file["second_name"] = group[name]


@edit("X03")
def dataset_external(file: h5py.File) -> None:
    """Raw data in another file, which is not there: reads as fill values."""
    group, name = first_weight(file)
    shape, dtype = group[name].shape, group[name].dtype
    del group[name]
    group.create_dataset(name, shape, dtype, external=[("no_such_file.raw", 0, h5py.h5f.UNLIMITED)])


@edit("X03")
def dataset_virtual(file: h5py.File) -> None:
    group, name = first_weight(file)
    shape, dtype = group[name].shape, group[name].dtype
    del group[name]
    layout = h5py.VirtualLayout(shape, dtype)
    layout[...] = h5py.VirtualSource("no_such_file.h5", "kernel", shape)
    group.create_virtual_dataset(name, layout)


@mutation(H5, models="cnn dense")
def newest_format(path: Path) -> None:
    """The same tree in HDF5's newest layout (superblock 3)."""
    copied = path.with_suffix(".tmp")
    with h5py.File(path) as source, h5py.File(copied, "w", libver="latest") as target:
        copy_tree(source, target)
    copied.replace(path)


@mutation(H5, models="lstm dense")
def earliest_format(path: Path) -> None:
    copied = path.with_suffix(".tmp")
    with h5py.File(path) as source, h5py.File(copied, "w", libver="earliest", track_order=True) as target:
        copy_tree(source, target)
    copied.replace(path)


def copy_tree(source: h5py.File, target: h5py.File) -> None:
    for name in source:
        source.copy(name, target)
    for name, value in source.attrs.items():
        target.attrs[name] = value.encode() if isinstance(value, str) else value


@mutation(H5, models="sequential_compiled dense")
def attribute_order(path: Path) -> None:
    """The root's attributes written in another order."""
    with h5py.File(path, "r+") as file:
        held = dict(file.attrs)
        for name in held:
            del file.attrs[name]
        for name in reversed(list(held)):
            value = held[name]
            file.attrs[name] = value.encode() if isinstance(value, str) else value


@mutation(H5, breaks="K02", models="cnn")
def chunk_damaged(path: Path) -> None:
    """A gzipped chunk overwritten."""
    with h5py.File(path, "r+") as file:
        group, name = first_weight(file)
        value = group[name][()]
        del group[name]
        made = group.create_dataset(name, data=value, chunks=value.shape, compression="gzip")
        info = made.id.get_chunk_info(0)
        place, size = info.byte_offset, info.size
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(bytes(data))


# The optimizer's state: warnings at most.

TRAINED = "sequential_compiled cnn_sequential lstm_plain"


@edit(None, models=TRAINED)
def optimizer_weights_removed(file: h5py.File) -> None:
    if "optimizer_weights" not in file:
        raise NotApplicable("optimizer_weights")
    del file["optimizer_weights"]


@edit("M03", models=TRAINED)
def optimizer_weights_fewer(file: h5py.File) -> None:
    put(file["optimizer_weights"], "weight_names", names(file["optimizer_weights"], "weight_names")[:-1])


@edit("M03", models=TRAINED)
def optimizer_weights_more(file: h5py.File) -> None:
    group = file["optimizer_weights"]
    group["surplus"] = numpy.zeros(3, "f4")
    put(group, "weight_names", [*names(group, "weight_names"), b"surplus"])


@edit("M03", models=TRAINED)
def optimizer_weights_shape(file: h5py.File) -> None:
    group = file["optimizer_weights"]
    name = names(group, "weight_names")[-1].decode()
    shape = group[name].shape
    del group[name]
    group[name] = numpy.zeros((*shape[:-1], shape[-1] + 2) if shape else (2,), "f4")


@edit("M03", models=TRAINED)
def optimizer_weights_missing_dataset(file: h5py.File) -> None:
    group = file["optimizer_weights"]
    del group[names(group, "weight_names")[-1].decode()]


@edit("M03", models=TRAINED)
def optimizer_weights_without_names(file: h5py.File) -> None:
    del file["optimizer_weights"].attrs["weight_names"]


@edit(None, models=TRAINED)
def optimizer_weights_renamed(file: h5py.File) -> None:
    group = file["optimizer_weights"]
    listed = names(group, "weight_names")
    for number, name in enumerate(listed):
        group.move(name.decode(), f"slot_{number}")
    put(group, "weight_names", [b"slot_%d" % number for number in range(len(listed))])


@edit("M03", models=TRAINED)
def optimizer_weights_empty(file: h5py.File) -> None:
    del file["optimizer_weights"]
    file.create_group("optimizer_weights")


# Weights files, which load_model refuses whatever they hold.


@edit("A13", models="dense cnn_sequential", formats=(WEIGHTS,))
def surplus_group(file: h5py.File) -> None:
    file.create_group("notes")
