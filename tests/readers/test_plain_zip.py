"""The plain reader says what zipfile says, or leaves it to zipfile."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analyzer.readers import keras_archive
from analyzer.readers.limits import DEFAULT
from analyzer.readers.plain_zip import open_plain
from analyzer.sources.folder import FolderSource
from analyzer.sources.memory import MemorySource
from tests import example_keras

CONTENT = example_keras.archive(
    {"config": {"class_name": "Sequential", "config": {}}, "weights": {"layers/dense/vars/0": (2, 3)}}
)


def packed(method: int = zipfile.ZIP_STORED, **members: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(content: bytes) -> Any:
    keras, damage, problems = keras_archive.read_archive(MemorySource({"m.keras": content}), "m.keras", DEFAULT)
    fields = [getattr(keras, name) for name in keras.__match_args__] if keras is not None else None
    return fields, damage, problems


def by_zipfile(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(keras_archive, "open_plain", lambda stream, limits: None)
        return read(content)


@pytest.mark.parametrize(
    "content",
    [
        CONTENT,
        packed(a="x", b="y" * 1000),
        packed(zipfile.ZIP_DEFLATED, a="x", b="y" * 1000),
        packed(zipfile.ZIP_DEFLATED, **{"config.json": "{}", "model.weights.h5": b"PK"}),
    ],
)
def test_what_keras_writes_is_plain(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = open_plain(io.BytesIO(content), DEFAULT)
    assert archive is not None
    with archive, zipfile.ZipFile(io.BytesIO(content)) as expected:
        for info in expected.infolist():
            ours = archive.getinfo(info.filename)
            assert bytes(archive.read(ours)) == expected.read(info)
            assert (ours.file_size, ours.compress_size) == (info.file_size, info.compress_size)
    assert read(content) == by_zipfile(content, monkeypatch)


def with_comment() -> bytes:
    stream = io.BytesIO(CONTENT)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"c"
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        packed(),
        with_comment(),
        b"#!" + CONTENT,
        packed(zipfile.ZIP_BZIP2, a="x"),
        packed(**{"folder/": ""}),
        CONTENT[:-1],
        CONTENT + b"\0",
    ],
)
def test_other_forms_are_left_to_zipfile(content: bytes) -> None:
    assert open_plain(io.BytesIO(content), DEFAULT) is None


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_flipped_bytes_are_judged_by_zipfile(method: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(method)
    content = packed(
        method, **{"metadata.json": "{}", "config.json": '{"a": [1, 2, 3]}' * 3, "assets/x": "words\n" * 20}
    )
    for _ in range(400):
        broken = bytearray(content)
        for _ in range(draw.randint(1, 2)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        assert read(bytes(broken)) == by_zipfile(bytes(broken), monkeypatch)


@pytest.mark.parametrize("at", [None, 100, 1 << 20, 3 << 20])
def test_large_members_are_summed_beside_the_reading(at: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(packed(**{"metadata.json": "{}", "config.json": "{}", "assets/x": "words\n" * (1 << 20)}))
    if at is not None:
        content[len(content) - (4 << 20) + at] ^= 1
    found, expected = read(bytes(content)), by_zipfile(bytes(content), monkeypatch)
    assert found == expected
    assert ("Bad CRC-32" in repr(found)) == (at is not None)


def test_it_does_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", refuse)
    test_large_members_are_summed_beside_the_reading(None, monkeypatch)
    test_large_members_are_summed_beside_the_reading(1 << 20, monkeypatch)


def test_the_file_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "m.keras").write_bytes(CONTENT)
    keras, damage, problems = keras_archive.read_archive(FolderSource(str(tmp_path)), "m.keras", DEFAULT)
    assert keras is not None and keras.weights is not None and not damage and not problems
    with (tmp_path / "m.keras").open("rb") as stream:
        archive = open_plain(stream, DEFAULT)
        assert archive is not None
        with archive:
            view = archive.read(archive.getinfo("model.weights.h5"))
        with pytest.raises(ValueError, match="released"):
            bytes(view)
