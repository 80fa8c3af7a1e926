"""The members of a `.keras` archive: missing, damaged, surplus, elsewhere, or packed in another way."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

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
