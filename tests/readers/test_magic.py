"""What files are recognised as, by their first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.readers import magic, wire

HDF5 = b"\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize(
    "head, kind",
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "lfs-pointer"),
        (HDF5 + b"rest", "hdf5"),
        (b"\0" * 512 + HDF5, "hdf5"),
        (b"\0" * 2048 + HDF5, "hdf5"),
        (b"\0" * 600 + HDF5, ""),
        (b"PK\x03\x04rest", "zip"),
        (b"\x1c\0\0\0TFL3", "tflite"),
        (b"  <!DOCTYPE html><html>", "html"),
        (b"<html lang=en>", "html"),
        (b'{"class_name": "Sequential"}', "json"),
        (b'node { name: "x" }', "text"),
        ("größe".encode(), "text"),
        (b"\n\x05\n\x01x\x12\x00", ""),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_recognize(head: bytes, kind: str) -> None:
    assert magic.recognize(head) == kind


def test_pointer_facts() -> None:
    head = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"a" * 64)
    assert magic.lfs_pointer(head) == {"oid": "a" * 64, "size": 12345}


@given(st.binary(max_size=5000))
def test_recognize_takes_anything(head: bytes) -> None:
    assert isinstance(magic.recognize(head), str)


@given(st.binary(max_size=300))
def test_wire_takes_anything(data: bytes) -> None:
    stop = wire.stops_at(data)
    assert stop is None or 0 <= stop < len(data)


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_varint_round_trip(number: int) -> None:
    encoded, rest = bytearray(), number
    while rest >= 128:
        encoded.append(rest & 127 | 128)
        rest >>= 7
    encoded.append(rest)
    assert wire.varint(bytes(encoded), 0) == (number, len(encoded))


@pytest.mark.parametrize(
    "data, stop", [(b"\x08\x01", None), (b"\x08\x01\x00\x00", 2), (b"\x0c", 0), (b"\x12\x05ab", None)]
)
def test_stops_at(data: bytes, stop: int | None) -> None:
    assert wire.stops_at(data) == stop


@pytest.mark.parametrize(
    "head",
    [
        b"\n\x10\n\x01x\x12\x0bPlaceholder",
        b"\n\x90\x02\n\x03a/b\x12\x05Const" + b"\xff" * 9,
        b'node { name: "x" }',
        b"# a comment\nlibrary {\n",
        b'node <\n  name: "x"\n>',
    ],
)
def test_a_graph_is_one_whatever_it_is_called(head: bytes) -> None:
    assert magic.is_graph_def(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\n",
        b"\n\x05\n\x01x\x12\x00",
        b"\n\x06\n\x01x\x12\x01c",
        b"\n\x0a\x12\x03Add\n\x01x",
        b"nodes of a graph {",
        b'{"node": 1}',
        b"item { name: 'cat' }",
        b"\x1c\0\0\0TFL3",
        HDF5,
    ],
)
def test_what_is_no_graph_by_its_first_bytes(head: bytes) -> None:
    assert not magic.is_graph_def(head)
