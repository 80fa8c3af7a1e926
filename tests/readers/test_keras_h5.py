"""Keras HDF5 files: the tree, its attributes, and what HDF5 refuses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from analyzer.parts.keras import Dataset, Group, KerasFile, Link
from analyzer.readers.keras_h5 import read_h5
from analyzer.readers.limits import DEFAULT
from analyzer.sources.folder import FolderSource
from analyzer.sources.memory import MemorySource
from tests import example_keras

CONFIG = {"class_name": "Sequential", "config": {"name": "m", "layers": []}}


def read(content: bytes) -> tuple[KerasFile | None, Any, Any]:
    return read_h5(MemorySource({"model.h5": content}), "model.h5", DEFAULT)


def written(fill: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", **options) as file:
        fill(file)
    return stream.getvalue()


def test_model() -> None:
    content = example_keras.h5({"config": CONFIG, "weights": {"dense": {"kernel:0": (2, 3)}}, "keras_version": "2.4.0"})
    keras, damage, problems = read(content)
    assert (damage, problems) == ([], [])
    assert keras is not None
    assert (keras.config, keras.keras_version, keras.layout) == (CONFIG, "2.4.0", "model_weights")
    assert isinstance(keras.weights, Group)
    assert dict(keras.weights.walk()) == {"dense/kernel:0": Dataset((2, 3), "<f4")}


def test_file_on_disk_reads_alike(tmp_path: Path) -> None:
    content = example_keras.h5({"config": CONFIG, "weights": {"dense": {"kernel:0": (2, 3)}}})
    (tmp_path / "model.h5").write_bytes(content)
    keras, damage, _ = read_h5(FolderSource(str(tmp_path)), "model.h5", DEFAULT)
    assert damage == []
    assert keras is not None
    assert keras.config == CONFIG


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"bytes", b"bytes"),
        ("text", "text"),
        (numpy.bytes_(b"fixed"), b"fixed"),
        (3, 3),
        (0.5, 0.5),
        (numpy.array([b"a", b"bc"]), [b"a", b"bc"]),
        (["one", "two"], ["one", "two"]),
    ],
)
def test_attributes(value: Any, expected: Any) -> None:
    def fill(file: Any) -> None:
        file.attrs["x"] = value

    keras, _, _ = read(written(fill))
    assert keras is not None
    assert keras.root is not None
    assert keras.root.attributes["x"] == expected


def test_links_are_listed_not_followed() -> None:
    def fill(file: Any) -> None:
        file["soft"] = h5py.SoftLink("/elsewhere")
        file["external"] = h5py.ExternalLink("other.h5", "/x")

    keras, damage, _ = read(written(fill))
    assert keras is not None
    assert keras.root is not None
    assert damage == []
    assert keras.root.links == {"soft": Link("soft", "", "/elsewhere"), "external": Link("external", "other.h5", "/x")}


def test_new_file_format() -> None:
    def fill(file: Any) -> None:
        file.create_group("g", track_order=True).create_dataset("d", data=numpy.zeros((2,), "int64"))
        file["g"].attrs["a"] = "b"

    keras, damage, _ = read(written(fill, libver="latest"))
    assert damage == []
    assert keras is not None
    assert keras.root is not None
    assert keras.root.find("g/d") == Dataset((2,), "<i8")


def test_a_group_that_holds_itself_ends() -> None:
    def fill(file: Any) -> None:
        file.create_group("a")
        file["a/b"] = file["a"]

    keras, _, problems = read(written(fill))
    assert keras is not None
    assert [problem.kind for problem in problems] == ["limit"]


def test_compressed_values_are_read() -> None:
    def fill(file: Any) -> None:
        file.create_dataset("d", data=numpy.arange(4096, dtype="int32"), chunks=(4096,), compression="gzip")

    content = bytearray(written(fill))
    keras, _, _ = read(bytes(content))
    assert keras is not None
    assert keras.root is not None
    dataset = keras.root.find("d")
    assert isinstance(dataset, Dataset)
    assert (dataset.filters, dataset.fault) == (("1",), "")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n", "lfs-pointer"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b"\x89HDF\r\n\x1a\n", "garbage"),
        (b"PK\x03\x04", "wrong-format"),
    ],
)
def test_what_is_no_hdf5(content: bytes, kind: str) -> None:
    keras, damage, problems = read(content)
    assert keras is None
    assert problems == []
    assert [each.kind for each in damage] == [kind]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(share: float) -> None:
    content = example_keras.h5({"config": CONFIG, "weights": {"dense": {"kernel:0": (20, 30)}}})
    keras, damage, _ = read(content[: int(len(content) * share)])
    assert keras is None
    assert [each.kind for each in damage] == ["truncated"]


def test_user_block() -> None:
    def fill(file: Any) -> None:
        file.attrs["x"] = 1

    content = written(fill)
    blocked = b"\0" * 512 + content
    keras, damage, _ = read(blocked)
    assert (keras is None) == bool(damage)


def test_weights_alone() -> None:
    keras, _, _ = read(example_keras.h5({"weights": {"dense": {"kernel:0": (2,)}}, "without": ("model_weights",)}))
    assert keras is not None
    assert (keras.config_text, keras.layout) == (None, "layer_names")
