"""The quick reader says what h5py says, or nothing at all."""

from __future__ import annotations

import contextlib
import io
import random

import h5py
import numpy
import pytest

from analyzer.parts.keras import Group, Unreadable
from analyzer.readers import hdf5_attributes, hdf5_library, hdf5_metadata, keras_h5
from analyzer.readers.limits import DEFAULT
from tests import example_keras
from tests.readers.test_keras_h5 import CONFIG, written

CONTENT = example_keras.h5(
    {
        "config": CONFIG,
        "training_config": {"loss": "mse"},
        "weights": {f"layer_{number}": {"kernel:0": (2, number + 1), "bias:0": (3,)} for number in range(40)},
    }
)


def by_library(content: bytes) -> Group | None:
    try:
        return hdf5_library.read(io.BytesIO(content), "x", DEFAULT, [], endless=False)
    except (OSError, RuntimeError, KeyError, ValueError):
        return None


def test_same_tree() -> None:
    assert hdf5_metadata.read(CONTENT) == by_library(CONTENT)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i1", "u1", "i2", "u4", "i8", ">f4", ">i4", "S7"])
def test_types(kind: str) -> None:
    content = written(lambda file: file.create_dataset("x", data=numpy.zeros((2, 3), kind)))
    assert hdf5_metadata.read(content) == by_library(content)


@pytest.mark.parametrize(
    "fill",
    [
        lambda file: file.create_dataset("x", data=numpy.zeros(4, bool)),
        lambda file: file.create_dataset("x", data=numpy.zeros(4), chunks=(2,)),
        lambda file: file.create_dataset("x", data=numpy.zeros(4, "c8")),
        lambda file: file.__setitem__("x", h5py.ExternalLink("a", "b")),
        lambda file: file.create_group("g", track_order=True),
        lambda file: file.__setitem__("t", numpy.dtype("f4")),
    ],
)
def test_other_forms_are_left_to_the_library(fill: object) -> None:
    with pytest.raises(hdf5_metadata.UnusualError):
        hdf5_metadata.read(written(fill))


def test_new_format_is_left_to_the_library() -> None:
    with pytest.raises(hdf5_metadata.UnusualError):
        hdf5_metadata.read(written(lambda file: file.create_group("g"), libver="latest"))


@pytest.mark.parametrize("size", [0, 8, 50, 96, 500, len(CONTENT) - 1])
def test_truncated_is_left_to_the_library(size: int) -> None:
    with pytest.raises(hdf5_metadata.UnusualError):
        hdf5_metadata.read(CONTENT[:size])


def damaged_heap(at: int, content: bytes) -> bytes:
    """CONTENT with other bytes at an offset of its first global heap."""
    start = CONTENT.index(b"GCOL") + at
    return CONTENT[:start] + content + CONTENT[start + len(content) :]


def test_endless_heap() -> None:
    content = damaged_heap(16, bytes(16))
    assert hdf5_attributes.endless(content)
    assert not hdf5_attributes.endless(CONTENT)
    found = hdf5_metadata.read(content).attributes["model_config"]
    assert found == Unreadable(hdf5_attributes.ENDLESS)
    by_other_means = content + bytes(8)  # which the library opens, and says nothing of
    keras, damage, problems = keras_h5.read_stream(io.BytesIO(by_other_means), "model.h5", DEFAULT)
    assert keras is not None
    assert keras.root is not None
    assert keras.root.attributes["model_config"] == found
    assert (damage, problems) == ([], [])


def test_reference_to_no_object() -> None:
    found = hdf5_metadata.read(damaged_heap(16, b"\x99\x01")).attributes["model_config"]
    assert isinstance(found, Unreadable)
    assert "bad heap index" in found.fault


def test_a_heap_that_is_none() -> None:
    found = hdf5_metadata.read(damaged_heap(0, bytes(4))).attributes["model_config"]
    assert isinstance(found, Unreadable)
    assert "bad global heap collection signature" in found.fault


def test_flipped_bits_never_raise_anything_else() -> None:
    draw = random.Random(3)
    for _ in range(2000):
        damaged = bytearray(CONTENT)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        with contextlib.suppress(hdf5_metadata.UnusualError):
            assert isinstance(hdf5_metadata.read(bytes(damaged)), Group)
