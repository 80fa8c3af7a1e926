"""Whole files: truncated, replaced by something else, wrongly named, shifted; and changes around the content that do not matter."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

from mutating import ARCHIVE, H5, WEIGHTS, mutation

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4821904\n".format(
    "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
)
HTML = "<!DOCTYPE html>\n<html><head><title>404: Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
BOTH = (H5, ARCHIVE)


def truncation(eighths: int) -> None:
    @mutation(*BOTH, breaks="T03", models="dense cnn lstm", name=f"truncated_{eighths}_8")
    def truncated(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * eighths // 8])


for _eighths in range(1, 8):
    truncation(_eighths)


@mutation(*BOTH, breaks="T03")
def truncated_by_one_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@mutation(*BOTH, breaks="T03")
def truncated_to_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


@mutation(*BOTH, WEIGHTS, breaks="T01")
def lfs_pointer(path: Path) -> None:
    path.write_text(LFS)


@mutation(*BOTH, breaks="T01")
def html_page(path: Path) -> None:
    path.write_text(HTML)


@mutation(*BOTH, breaks="T01")
def json_error_page(path: Path) -> None:
    path.write_text('{"message": "Bad credentials", "status": "401"}\n')


@mutation(*BOTH, WEIGHTS, breaks="T03")
def empty_file(path: Path) -> None:
    path.write_bytes(b"")


@mutation(*BOTH, breaks="K01")
def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(3000))


@mutation(*BOTH, breaks="K01")
def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@mutation(*BOTH, breaks="T07")
def crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@mutation(*BOTH, breaks="T05")
def gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


@mutation(*BOTH, breaks="K01")
def first_bytes_zero(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes(8) + data[8:])


@mutation(*BOTH, breaks="K02")
def middle_inverted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(255 - byte for byte in data[middle : middle + 64])
    path.write_bytes(bytes(data))


def flip(eighths: int) -> None:
    @mutation(*BOTH, breaks="K02", models="dense cnn", name=f"bit_flipped_{eighths}_8")
    def flipped(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) * eighths // 8] ^= 0x10
        path.write_bytes(bytes(data))


for _eighths in (1, 3, 5, 7):
    flip(_eighths)


@mutation(*BOTH, breaks="A09")
def not_there(path: Path) -> None:
    path.unlink()


@mutation(*BOTH, breaks="A01")
def empty_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@mutation(*BOTH, breaks="T05")
def folder_around(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / path.name).write_bytes(data)


def renamed(name: str, form: str, suffix: str, breaks: str | None, models: str = "dense cnn") -> None:
    @mutation(form, breaks=breaks, models=models, name=name)
    def rename(path: Path) -> Path:
        return path.rename(path.with_name(path.stem + suffix))


renamed("named_keras", H5, "_h5.keras", "A07")
renamed("without_suffix", H5, "_h5", "A06")
renamed("named_pb", H5, "_h5.pb", "A06")
renamed("named_model", H5, ".model", "A06")
renamed("named_hdf5", H5, ".hdf5", None)
renamed("named_upper_case", H5, ".H5", "A06")
renamed("named_weights", H5, ".weights.h5", None)
renamed("named_h5", ARCHIVE, "_keras.h5", "K01")
renamed("named_zip", ARCHIVE, ".zip", "A08")
renamed("without_suffix", ARCHIVE, "_keras", "A08")
renamed("named_upper_case", ARCHIVE, ".KERAS", "A08")


@mutation(H5, breaks="A07")
def zip_of_h5(path: Path) -> Path:
    """An H5 file zipped and called .keras."""
    target = path.with_suffix(".keras")
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("model.h5"), path.read_bytes())
    path.unlink()
    return target


@mutation(ARCHIVE, breaks="T05")
def zip_of_archive(path: Path) -> None:
    data = path.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("model.keras"), data)


# What must not matter.


@mutation(*BOTH, models="dense cnn lstm")
def bytes_appended(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"surplus bytes at the end")


@mutation(H5, models="cnn dense")
def user_block(path: Path) -> None:
    """512 bytes before the superblock: HDF5 looks for it at 0, 512, 1024 and so on."""
    path.write_bytes(bytes(512) + path.read_bytes())


@mutation(H5, breaks="K01")
def shifted(path: Path) -> None:
    """100 bytes before the superblock, where HDF5 does not look."""
    path.write_bytes(bytes(100) + path.read_bytes())


@mutation(ARCHIVE, models="cnn dense")
def bytes_before(path: Path) -> None:
    """Bytes before the first member, as in a self-extracting archive."""
    path.write_bytes(b"#!/bin/sh\nexit 0\n" + path.read_bytes())


@mutation(*BOTH, models="lstm dense")
def renamed_with_spaces(path: Path) -> Path:
    return path.rename(path.with_name(f"my model (1) {path.name}"))


@mutation(*BOTH, models="cnn dense")
def symlink(path: Path) -> None:
    real = path.rename(path.with_name(f"{path.stem}.real{path.suffix}"))
    path.symlink_to(real.name)


@mutation(*BOTH, breaks="T09")
def symlink_broken(path: Path) -> None:
    path.unlink()
    path.symlink_to("gone-blob")
