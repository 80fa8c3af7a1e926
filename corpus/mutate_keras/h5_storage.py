"""How an H5 file stores its tree: filters, links, versions of the format; and the state of the optimizer."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy
from h5_tree import edit, first_weight, names, put, weights
from mutating import H5, NotApplicable, mutation

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
