"""Folders that hold what a `.keras` archive does: who finds them, and what each Keras says of them, as real loads did."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from analyzer import analyze
from analyzer.stores.discovery import find, owner

ARCHIVE = Path(__file__).parents[2] / "corpus/artifacts/keras/w2.18/embedding.keras"
KERAS_3_1, KERAS_3_4, KERAS_3_14 = (
    f"tensorflow=={tensorflow},keras=={keras}"
    for tensorflow, keras in (("2.16.1", "3.1.1"), ("2.17.0", "3.4.1"), ("2.21.0", "3.14.1"))
)


def unpacked(folder: Path) -> Path:
    zipfile.ZipFile(ARCHIVE).extractall(folder)
    return folder


def causes(path: Path, target: str) -> list[str]:
    (verdict,) = analyze(path, target=target).verdicts
    return [] if verdict.loads else list(verdict.because)


@pytest.mark.parametrize("target", [KERAS_3_4, KERAS_3_14])
def test_keras_3_4_loads_a_folder_whatever_else_is_in_it(target: str, tmp_path: Path) -> None:
    model = unpacked(tmp_path / "model")
    assert causes(model, target) == []
    (model / "README.md").write_text("as the hub wants it")
    (model / ".gitattributes").write_text("*.h5 filter=lfs")
    assert causes(model, target) == []
    (model / "metadata.json").unlink()
    assert causes(model, target) == []


@pytest.mark.parametrize("target", ["tensorflow==2.9.0", "tensorflow==2.15.0", KERAS_3_1])
def test_older_ones_do_not(target: str, tmp_path: Path) -> None:
    assert causes(unpacked(tmp_path / "model"), target) == ["unsupported-file-format"]


def test_a_folder_named_like_an_archive_is_opened_as_a_file(tmp_path: Path) -> None:
    assert causes(unpacked(tmp_path / "model.keras"), KERAS_3_14) == ["unsupported-file-format"]


def test_what_is_wrong_inside(tmp_path: Path) -> None:
    model = unpacked(tmp_path / "model")
    config = json.loads((model / "config.json").read_text())
    config["config"]["layers"][1]["class_name"] = "Mine"
    (model / "config.json").write_text(json.dumps(config))
    assert causes(model, KERAS_3_14) == ["unresolved-custom-object"]
    (model / "config.json").write_text("{")
    assert causes(model, KERAS_3_14) == ["malformed-config"]
    shutil.copy(unpacked(tmp_path / "other") / "config.json", model)
    (model / "model.weights.h5").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert causes(model, KERAS_3_14) == ["archive-member"]


def test_a_folder_without_its_weights(tmp_path: Path) -> None:
    model = unpacked(tmp_path / "model")
    (model / "model.weights.h5").unlink()
    assert causes(model, KERAS_3_14) == ["archive-member"]
    (model / "metadata.json").write_text('{"framework": "other"}')
    assert not list(find(str(model)))


def test_a_search_finds_the_folder_and_not_its_parts(tmp_path: Path) -> None:
    unpacked(tmp_path / "store/model")
    other = tmp_path / "store/transformer"
    other.mkdir()
    (other / "config.json").write_text('{"model_type": "bert"}')
    (other / "tf_model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    assert [(Path(each.path).name, each.kind) for each in find(str(tmp_path))] == [
        ("model", "keras_folder"),
        ("tf_model.h5", "file"),
    ]
    changed = owner(str(tmp_path / "store/model/config.json"))
    assert changed is not None and changed.kind == "keras_folder"
    assert owner(str(other / "config.json")) is None


def test_a_zip_archive_of_something_else_is_called_no_archive_of_keras(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        archive.writestr("weights.bin", b"")
    (finding,) = analyze(tmp_path / "model.zip", target="tensorflow==2.15.0").findings
    assert "no model of Keras" in finding.message


def test_a_saved_model_beside_a_configuration_is_taken_for_an_unpacked_archive(tmp_path: Path) -> None:
    """Hub repositories hold both; Keras 3.4 and later look for config.json first (`load_model` of saving_api.py)."""
    model = tmp_path / "model"
    shutil.copytree(ARCHIVE.parents[2] / "tf/w2.15/v2_dense", model)
    (model / "config.json").write_text('{"model_type": "mine"}')
    options = {"loaders": ["tf.keras.models.load_model"]}

    def because(target: str) -> tuple[str, ...]:
        return analyze(model, target=target, **options).verdicts[0].because  # type: ignore[arg-type]

    assert because("tensorflow==2.15.0") == ()
    assert because(KERAS_3_1) == ("unsupported-file-format",)
    assert because(KERAS_3_14) == ("malformed-config", "archive-member")
    unpacked(model)
    assert because(KERAS_3_14) == ()
