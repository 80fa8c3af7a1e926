"""The Keras mutations: each changes what it should of a small model, and nothing of its base."""

from __future__ import annotations

import importlib
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import h5py
import numpy
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "mutate_keras"


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    """The modules of the folder, imported as its scripts import each other."""
    sys.path.insert(0, str(FOLDER))
    try:
        names = [path.stem for path in sorted(FOLDER.glob("*.py")) if path.stem != "__main__"]
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(FOLDER))


def dense(name: str, units: int) -> dict[str, object]:
    initializer = {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}}
    config = {"name": name, "units": units, "activation": "relu", "use_bias": True, "kernel_initializer": initializer}
    return {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None}


CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "small",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "entry", "batch_input_shape": [None, 4]}},
            dense("first", 8),
            {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}},
            dense("last", 2),
        ],
    },
    "compile_config": {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]},
}


def write_h5(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(CONFIG).encode()
        state = {"loss": "mse", "metrics": [], "optimizer_config": {"class_name": "Adam", "config": {}}}
        file.attrs["training_config"] = json.dumps(state).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = numpy.array([b"entry", b"first", b"dropout", b"last"])
        for name, shape in (("entry", None), ("first", (4, 8)), ("dropout", None), ("last", (8, 2))):
            group = weights.create_group(name)
            held = {f"{name}/kernel:0": shape, f"{name}/bias:0": shape[1:]} if shape else {}
            group.attrs["weight_names"] = numpy.array([key.encode() for key in held])
            for key, size in held.items():
                group[key] = numpy.ones(size, "f4")
    return path


def write_archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(CONFIG))
        archive.writestr("metadata.json", '{"keras_version": "2.15.0"}')
        archive.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(range(200)))
    return path


@pytest.mark.parametrize("form", ["keras_h5", "keras_archive"])
def test_mutations_change_a_copy(modules: dict[str, ModuleType], form: str, tmp_path: Path) -> None:
    """Most mutations apply even to one small Sequential, and leave another file (or name); none touches the base."""
    mutating = modules["mutating"]
    base = write_h5(tmp_path / "m.h5") if form == "keras_h5" else write_archive(tmp_path / "m.keras")
    before = base.read_bytes()
    applied = 0
    chosen = [entry for entry in mutating.MUTATIONS if form in entry.formats]
    for number, entry in enumerate(chosen):
        copy = tmp_path / str(number) / base.name
        copy.parent.mkdir()
        mutating.copy(base, copy)
        try:
            result = entry.apply(copy) or copy
        except (mutating.NotApplicable, KeyError, IndexError, OSError):
            continue
        changed = result.name != base.name or not result.is_file() or result.read_bytes() != before
        applied += changed
    assert base.read_bytes() == before
    assert applied > len(chosen) / 2


def test_unchanged_config_survives(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    """Reading and writing a config back changes nothing that JSON holds."""
    for base in (write_h5(tmp_path / "m.h5"), write_archive(tmp_path / "m.keras")):
        with modules["mutating"].config_of(base) as tree:
            assert tree == CONFIG
        assert json.loads(modules["mutating"].read_config(base)) == CONFIG


def test_find_names_what_is_missing(modules: dict[str, ModuleType]) -> None:
    mutating = modules["mutating"]
    assert mutating.find(CONFIG, "Dense", -1)["config"]["name"] == "last"
    with pytest.raises(mutating.NotApplicable):
        mutating.find(CONFIG, "LSTM")


def test_rewrite_reaches_nested_fields(modules: dict[str, ModuleType]) -> None:
    """Field 2 of every field 1 is changed; other fields, of every wire type, stay as they are."""
    rewrite = modules["wire"].rewrite
    inner = b"\x12\x03abc\x18\x05"
    data = b"\x0a" + bytes([len(inner)]) + inner + b"\x15\1\2\3\4" + b"\x19" + bytes(8) + b"\x22\x01z"
    assert rewrite(data, (1, 2), lambda held: held) == data
    assert rewrite(data, (7,), lambda held: b"") == data
    assert rewrite(data, (1, 2), lambda held: held.upper() * 2).startswith(b"\x0a\x0a\x12\x06ABCABC\x18\x05")
    assert rewrite(data, (1,), lambda held: None) == data[2 + len(inner) :]


def test_names_are_unlike(modules: dict[str, ModuleType]) -> None:
    """Two mutations of one format never share a name, as their artifacts would."""
    for form in ("keras_h5", "keras_archive", "saved_model", "weights_h5"):
        names = [entry.name for entry in modules["mutating"].MUTATIONS if form in entry.formats]
        assert len(names) == len(set(names))
