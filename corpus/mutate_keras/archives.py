"""The members of a `.keras` archive and the weights inside it."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy
from mutating import ARCHIVE, NotApplicable, mutation, read_members, replace_member, write_members

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"


def member(name: str, file: str, data: bytes | None, breaks: str | None, models: str = "dense", count: int = 1) -> None:
    """Register a mutation that replaces a member, or drops it."""

    @mutation(ARCHIVE, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        replace_member(path, file, data)


member("no_config", CONFIG, None, "Z02")
member("no_metadata", METADATA, None, "Z06")
member("no_weights", WEIGHTS, None, "Z03")
member("no_weights_trained", WEIGHTS, None, "Z03", "sequential_compiled")
member("metadata_empty", METADATA, b"", None)
member("metadata_garbage", METADATA, b"{no json", None)
member(
    "metadata_version_lower",
    METADATA,
    b'{"keras_version": "2.12.0", "date_saved": "2020-01-01@00:00:00"}',
    None,
)
member("metadata_version_far", METADATA, b'{"keras_version": "9.0.0", "date_saved": "2020-01-01@00:00:00"}', None)
member("metadata_version_null", METADATA, b'{"keras_version": null}', None)
member("config_empty_member", CONFIG, b"", "Z05")
member("weights_empty", WEIGHTS, b"", "Z05")
member("weights_not_h5", WEIGHTS, b"this is not HDF5 " * 100, "Z05")
member(
    "weights_lfs_pointer", WEIGHTS, b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4821904\n", "T01"
)


@mutation(ARCHIVE, breaks="Z05", models="cnn dense")
def weights_truncated(path: Path) -> None:
    data = dict((info.filename, data) for info, data in read_members(path))[WEIGHTS]
    replace_member(path, WEIGHTS, data[: len(data) // 2])


def rezipped(
    breaks: str | None, models: str = "dense cnn", count: int = 1
) -> Callable[[Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]], object]:
    """Register a function from the members (name, data) to other members."""

    def register(function: Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]) -> object:
        @mutation(ARCHIVE, breaks=breaks, models=models, name=function.__name__, count=count)
        def apply(path: Path) -> None:
            write_members(path, function([(info.filename, data) for info, data in read_members(path)]))

        return function

    return register


Members = list[tuple[str, bytes]]


@rezipped("Z02")
def top_folder(members: Members) -> Members:
    return [("model/" + name, data) for name, data in members]


@rezipped("Z02")
def top_folder_dot(members: Members) -> Members:
    return [("./" + name, data) for name, data in members]


@rezipped("Z02")
def absolute_names(members: Members) -> Members:
    return [("/" + name, data) for name, data in members]


@rezipped("Z02")
def backslash_names(members: Members) -> Members:
    return [("model\\" + name, data) for name, data in members]


@rezipped("Z02")
def config_upper_case(members: Members) -> Members:
    return [(name.replace("config.json", "Config.json"), data) for name, data in members]


@rezipped("Z03")
def weights_renamed(members: Members) -> Members:
    return [(name.replace("model.weights.h5", "weights.h5"), data) for name, data in members]


@rezipped("Z03")
def weights_as_npz(members: Members) -> Members:
    """A weights member in the other form that Keras 3 has, with nothing in it."""
    buffer = io.BytesIO()
    numpy.savez(buffer)
    return [("model.weights.npz", buffer.getvalue()) if name == WEIGHTS else (name, data) for name, data in members]


@rezipped("Z06")
def macosx_members(members: Members) -> Members:
    return [*members, ("__MACOSX/._config.json", b"\0\5\26\7"), (".DS_Store", b"\0\0\0\1Bud1")]


@rezipped("Z06")
def surplus_member(members: Members) -> Members:
    return [*members, ("README.md", b"# A model\n")]


@rezipped("Z06")
def surplus_folder(members: Members) -> Members:
    return [("notes/", b""), *members]


@rezipped("X08")
def climbing_member(members: Members) -> Members:
    return [*members, ("../../outside.txt", b"x")]


@rezipped("X08")
def absolute_member(members: Members) -> Members:
    return [*members, ("/outside/x.txt", b"x")]


@rezipped("Z06")
def assets_surplus(members: Members) -> Members:
    return [*members, ("assets/layers/none/vocabulary.txt", b"a\nb\n")]


@rezipped("X08")
def member_twice(members: Members) -> Members:
    """Two `config.json`, the last of which is the real one: readers of the central directory take it."""
    return [(CONFIG, b"{}"), *members]


@rezipped("X08")
def member_twice_wrong_last(members: Members) -> Members:
    return [*members, (CONFIG, b"{}")]


@rezipped(None)
def members_reversed(members: Members) -> Members:
    return members[::-1]


@rezipped("Z02", models="string_lookup text_vectorization integer_lookup_adapted")
def assets_removed(members: Members) -> Members:
    kept = [(name, data) for name, data in members if not name.startswith("assets")]
    if len(kept) == len(members):
        raise NotApplicable("assets")
    return kept


@rezipped("Z19", models="string_lookup text_vectorization integer_lookup_adapted")
def assets_emptied(members: Members) -> Members:
    if not any(name.startswith("assets") for name, _ in members):
        raise NotApplicable("assets")
    return [(name, b"" if name.startswith("assets") else data) for name, data in members]


def compression(name: str, method: int) -> None:
    @mutation(ARCHIVE, models="cnn dense", name=name)
    def apply(path: Path) -> None:
        write_members(path, list(read_members(path)), method)


compression("zip_deflated", zipfile.ZIP_DEFLATED)
compression("zip_bzip2", zipfile.ZIP_BZIP2)
compression("zip_lzma", zipfile.ZIP_LZMA)


@mutation(ARCHIVE, models="dense cnn")
def zip_comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made for a test"


def crc(name: str, file: str) -> None:
    @mutation(ARCHIVE, breaks="Z04", models="dense cnn", name=name)
    def apply(path: Path) -> None:
        """A wrong checksum in the local header and the central directory."""
        with zipfile.ZipFile(path) as archive:
            right = struct.pack("<I", archive.getinfo(file).CRC)
        path.write_bytes(path.read_bytes().replace(right, struct.pack("<I", 0x12345678)))


crc("crc_config", CONFIG)
crc("crc_weights", WEIGHTS)
crc("crc_metadata", METADATA)


def flipped(name: str, file: str, breaks: str) -> None:
    @mutation(ARCHIVE, breaks=breaks, models="dense cnn", name=name)
    def apply(path: Path) -> None:
        """One byte in the middle of a stored member."""
        write_members(path, list(read_members(path)), zipfile.ZIP_STORED)
        data = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(file)
            data[info.header_offset + 30 + len(info.filename) + info.file_size // 2] ^= 0x01
        path.write_bytes(bytes(data))


flipped("flip_in_config", CONFIG, "Z04")
flipped("flip_in_weights", WEIGHTS, "Z04")
flipped("flip_in_metadata", METADATA, "Z04")


@mutation(ARCHIVE, breaks="Z01")
def no_central_directory(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
    path.write_bytes(path.read_bytes()[:start])


@mutation(ARCHIVE, breaks="Z04")
def encrypted_flag(path: Path) -> None:
    """Members flagged as encrypted."""
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + place] |= 1
            start = data.find(signature, start + 4)
    path.write_bytes(bytes(data))


# The weights inside.


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


@mutation(ARCHIVE, breaks="Z24", models="dense cnn")
def unzipped(path: Path) -> Path:
    """The archive unpacked into a folder of the same name without suffix."""
    folder = path.with_name(path.stem + "_unzipped")
    folder.mkdir(exist_ok=True)
    for info, data in read_members(path):
        if not info.is_dir():
            (folder / info.filename).parent.mkdir(parents=True, exist_ok=True)
            (folder / info.filename).write_bytes(data)
    path.unlink()
    return folder


@mutation(ARCHIVE, breaks="K11", models="sequential_compiled", eras="w2.15 w2.13")
def config_of_keras_three(path: Path) -> None:
    """A Keras 2 archive whose input layer has Keras 3's argument."""
    data = dict((info.filename, data) for info, data in read_members(path))[CONFIG]
    text = json.dumps(json.loads(data)).replace('"batch_input_shape"', '"batch_shape"')
    replace_member(path, CONFIG, text.encode())
