"""Facts of releases."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from analyzer.tables.releases import ORDER, RELEASES, bytecode_magic, release


def test_every_release_has_its_row() -> None:
    assert [release(name).name for name in RELEASES] == list(RELEASES)


@pytest.mark.parametrize("name", RELEASES)
def test_rows_are_whole(name: str) -> None:
    found = release(name)
    assert date(2017, 1, 1) < date.fromisoformat(found.date)
    assert all(version.startswith(f"{name}.") for version in found.versions)
    assert found.read.rsplit(".", 1)[0] == name
    assert found.pythons == tuple(sorted(found.pythons, key=lambda python: int(python.split(".")[1])))
    assert set(found.installs) <= set(found.pythons)
    assert found.min_producer <= found.graph_def_version
    assert found.numpy
    assert found.protobuf
    for pins in found.installs.values():
        assert {"numpy", "protobuf"} <= set(pins)


def test_order_in_time_within_a_line() -> None:
    for first, second in pairwise(name for name in RELEASES if name.startswith("2.")):
        assert release(first).date < release(second).date
        assert release(first).graph_def_version <= release(second).graph_def_version


@pytest.mark.parametrize(
    "name,version", [("1.15", 134), ("2.0", 119), ("2.4", 561), ("2.10", 1205), ("2.15", 1645), ("2.16", 1766)]
)
def test_graph_versions(name: str, version: int) -> None:
    found = release(name)
    assert (found.graph_def_version, found.min_consumer, found.min_producer) == (version, 0, 0)


@pytest.mark.parametrize(
    "given,name", [("2.15.1", "2.15"), ("2.16.1rc0", "2.16"), ("2.99.0", RELEASES[-1]), ("1.15.5", "1.15")]
)
def test_a_release_is_found_by_any_of_its_versions(given: str, name: str) -> None:
    assert release(given) is release(name)


@pytest.mark.parametrize("given", ["1.3", "main"])
def test_others_are_refused(given: str) -> None:
    with pytest.raises(ValueError, match="TensorFlow"):
        release(given)


def test_which_keras() -> None:
    assert release("2.5").keras_package == "tensorflow.python.keras"
    assert release("2.5").default_keras is None
    assert release("2.5").keras_for("3.9") is None
    for name in RELEASES[ORDER["2.6"] : ORDER["2.16"]]:
        assert str(release(name).default_keras).startswith(f"{name}.")
        assert release(name).keras_package == "keras"
    for name in RELEASES[ORDER["2.16"] :]:
        found = release(name)
        assert str(found.default_keras).startswith("3.")
        assert all(str(found.keras_for(python)).startswith("3.") for python in found.pythons)
        assert str(found.default_tf_keras).startswith(f"{name}.")
        assert found.reads_legacy_flag


def test_keras_depends_on_python() -> None:
    assert release("2.16").keras_for("3.9") != release("2.16").keras_for("3.12")
    assert release("2.16").keras_for("3.13") == release("2.16").default_keras


def test_pythons() -> None:
    assert release("1.15").pythons[-1] == "3.7"
    assert release("2.15").pythons == ("3.9", "3.10", "3.11")
    assert release("2.16").pythons[-1] == "3.12"


def test_data_types_only_grow() -> None:
    for first, second in pairwise(RELEASES):
        assert release(first).data_types <= release(second).data_types
    assert 22 not in release("1.4").data_types
    assert {22, 23} <= release("1.5").data_types
    assert 24 not in release("2.11").data_types
    assert {24, 25} <= release("2.12").data_types
    assert {29, 30} <= release("2.15").data_types
    assert 31 not in release("2.19").data_types
    assert max(release("2.21").data_types) == 33


def test_xla_call_module() -> None:
    assert release("2.12").xla_call_module is None
    assert [release(name).xla_call_module for name in ("2.13", "2.14", "2.15", "2.18", "2.20", "2.21")] == [
        *(5, 8, 8, 9, 10, 10)
    ]


def test_abilities() -> None:
    assert not release("2.10").writes_fingerprint
    assert release("2.11").writes_fingerprint
    assert not release("2.4").writes_keras_metadata
    assert release("2.5").writes_keras_metadata
    assert not release("2.16").writes_keras_saved_model
    assert release("2.15").writes_keras_saved_model
    assert not release("2.12").writes_keras_archive
    assert release("2.13").writes_keras_archive
    assert not release("2.10").reads_keras_archive
    assert release("2.12").reads_keras_archive
    assert not any(release(name).reads_chunked_saved_model for name in RELEASES)
    assert not any(release(name).serving_reads_chunked_saved_model for name in RELEASES)


@pytest.mark.parametrize("python,magic", [("3.6", 3379), ("3.7", 3394), ("3.10", 3439), ("3.13", 3571), ("2.7", 62211)])
def test_bytecode_magic(python: str, magic: int) -> None:
    assert bytecode_magic(python) == magic


def test_unknown_python_has_no_magic() -> None:
    assert bytecode_magic("3.99") is None
