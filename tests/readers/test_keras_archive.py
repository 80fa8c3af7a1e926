"""`.keras` archives: members, configuration, weights, damage."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analyzer import analyze
from analyzer.artifact import Format
from analyzer.parts.keras import Group, KerasFile
from analyzer.readers.keras_archive import read_archive
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.sources.memory import MemorySource
from tests import example_keras

CONFIG = {"class_name": "Sequential", "config": {}}


def read(content: bytes, limits: Limits = DEFAULT) -> tuple[KerasFile | None, Any, Any]:
    return read_archive(MemorySource({"model.keras": content}), "model.keras", limits)


def test_model() -> None:
    keras, damage, problems = read(
        example_keras.archive({"config": CONFIG, "weights": {"layers/dense/vars/0": (2, 3)}})
    )
    assert (damage, problems) == ([], [])
    assert keras is not None
    assert (keras.config, keras.keras_version, keras.layout) == (CONFIG, "3.6.0", "layers")
    assert isinstance(keras.weights, Group)
    assert [path for path, _ in keras.weights.walk()] == ["layers/dense/vars/0"]
    assert {member.name for member in keras.members} == {"metadata.json", "config.json", "model.weights.h5"}
    assert all(not member.fault for member in keras.members)


def test_missing_members_are_no_damage() -> None:
    keras, damage, _ = read(example_keras.archive({"config": CONFIG, "without": ("config.json", "metadata.json")}))
    assert damage == []
    assert keras is not None
    assert (keras.config, keras.config_text, keras.metadata) == (None, None, None)
    assert keras.member("config.json") is None


def test_json_that_does_not_parse() -> None:
    keras, _, _ = read(example_keras.archive({"config": "{"}))
    assert keras is not None
    assert keras.config is None
    assert "JSONDecodeError" in keras.member("config.json").fault


def test_weights_that_are_no_hdf5() -> None:
    keras, _, _ = read(example_keras.archive({"config": CONFIG, "members": {"model.weights.h5": b"PK"}}))
    assert keras is not None
    assert keras.weights is None
    assert keras.member("model.weights.h5").fault


def test_flipped_byte() -> None:
    content = bytearray(example_keras.archive({"config": CONFIG, "members": {"assets/x": b"vocabulary"}}))
    content[content.index(b"vocabulary")] ^= 1
    keras, damage, _ = read(bytes(content))
    assert damage == []
    assert "CRC" in keras.member("assets/x").fault


def test_last_of_two_members_counts() -> None:
    stream = io.BytesIO(example_keras.archive({"config": CONFIG}))
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr("config.json", "{}")
    keras, _, _ = read(stream.getvalue())
    assert keras is not None
    assert keras.config == {}


def test_truncated() -> None:
    content = example_keras.archive({"config": CONFIG})
    keras, damage, _ = read(content[:-30])
    assert keras is None
    assert [each.kind for each in damage] == ["truncated"]


def test_what_is_no_zip() -> None:
    assert [each.kind for each in read(b"<html>")[1]] == ["html"]
    assert [each.kind for each in read(b"")[1]] == ["empty"]


def test_too_many_members() -> None:
    keras, damage, problems = read(example_keras.archive({"config": CONFIG}), Limits(archive_members=2))
    assert (keras, damage) == (None, [])
    assert [problem.kind for problem in problems] == ["limit"]


def test_too_long_a_member() -> None:
    _, _, problems = read(example_keras.archive({"config": CONFIG}), Limits(archive_member=10))
    assert {problem.kind for problem in problems} == {"limit"}


@pytest.mark.parametrize(
    ("name", "members", "kind"),
    [
        ("model.zip", ("model/saved_model.pb", "model/variables/variables.index"), Format.SAVED_MODEL),
        ("model", ("saved_model.pbtxt",), Format.SAVED_MODEL),
        ("model.keras", ("saved_model.pb",), Format.KERAS_ARCHIVE),
        ("model.zip", ("config.json", "saved_model.pb"), Format.KERAS_ARCHIVE),
        ("model.zip", ("notes.txt",), Format.KERAS_ARCHIVE),
    ],
)
def test_a_saved_model_that_nobody_unpacked(name: str, members: tuple[str, ...], kind: Format, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for member in members:
            archive.writestr(member, "{}")
    report = analyze(tmp_path / name, target="tensorflow==2.15.0")
    assert report.format == kind.value
    assert (kind is Format.SAVED_MODEL) == any(
        "is a zip archive that holds" in each.message for each in report.findings
    )
    assert not any(each.loads for each in report.verdicts)
