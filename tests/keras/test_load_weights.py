"""`model.load_weights` of one file, for the model of another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from analyzer import analyze
from analyzer.artifact import Artifact, Format
from analyzer.checkpoint_views.weights import WeightsFit, fit, render
from analyzer.keras import h5_weights
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.parts.keras import Dataset, Group, KerasFile, Unreadable
from analyzer.readers.identify import Reading
from analyzer.records import replace
from analyzer.rules.keras import _models as m
from analyzer.stores.discovery import find
from analyzer.stores.local import read
from tests import examples

KERAS_2 = "tensorflow==2.13.0,keras==2.13.1,python==3.11"
KERAS_3 = "tensorflow==2.18.0,keras==3.6.0,python==3.12"
NEWEST = "tensorflow==2.21.0,keras==3.15.1,python==3.13"
MODEL = {"config": m.sequential(m.layer("Dense", units=3))}
FITS = {"layers/dense/vars/0": (4, 3), "layers/dense/vars/1": (3,)}


def tree(shapes: dict[str, tuple[int, ...]], **attributes: Any) -> Group:
    """A group with datasets at those paths."""
    groups: dict[str, dict[str, tuple[int, ...]]] = {}
    for path, shape in shapes.items():
        first, _, rest = path.partition("/")
        if rest:
            groups.setdefault(first, {})[rest] = shape
    datasets = {path: Dataset(shape, "<f4") for path, shape in shapes.items() if "/" not in path}
    inner = {name: tree(below) for name, below in groups.items()}
    return Group(attributes, inner, datasets, order=(*inner, *datasets))


def legacy(shapes: dict[str, tuple[int, ...]]) -> Group:
    """The layout of `save_weights` in H5 files of Keras 2."""
    layer = replace(tree(shapes), attributes={"weight_names": [name.encode() for name in shapes]})
    attributes = {"layer_names": [b"dense"], "keras_version": b"2.15.0", "backend": b"tensorflow"}
    return Group(attributes, {"dense": layer}, {}, order=("dense",))


def against(target: str, name: str, root: Group, model: Any = MODEL) -> WeightsFit:
    built = examples.artifact({"h5": model})
    file = KerasFile(container="h5", file=name, weights=root, root=root)
    weights = Artifact(name, built.format, built.files, name, False, keras=file)
    return fit(weights, built, examples.target({"target": target, "options": {}}))


@pytest.mark.parametrize("target", [KERAS_3, NEWEST])
def test_weights_of_the_same_model(target: str) -> None:
    found = against(target, "m.weights.h5", tree(FITS))
    assert found.succeeds
    assert len(found.restored) == 2
    assert "succeeds; 2 variables restored" in next(iter(render(found)))


def test_weights_of_keras_2_13_stand_elsewhere() -> None:
    shapes = {path.replace("layers", "_layer_checkpoint_dependencies"): shape for path, shape in FITS.items()}
    assert against(KERAS_2, "m.weights.h5", tree({**shapes, "vars/0": (1,)})).because == ("weight-count",)
    root = tree(shapes)
    root = replace(root, groups={**root.groups, "vars": Group({}, {}, {})})
    assert against(KERAS_2, "m.weights.h5", root).succeeds


@pytest.mark.parametrize("target", [KERAS_2, KERAS_3, NEWEST])
def test_weights_of_keras_2_in_h5(target: str) -> None:
    fits = {"kernel:0": (4, 3), "bias:0": (3,)}
    assert against(target, "m.h5", legacy(fits)).succeeds
    assert against(target, "m.hdf5", legacy(fits)).succeeds
    assert against(target, "m.h5", legacy({**fits, "kernel:0": (4, 4)})).because == ("weight-shape",)
    assert against(target, "m.h5", legacy({"kernel:0": (4, 3)})).because == ("weight-count",)
    assert against(target, "m.h5", tree(FITS)).because == ("layer-count",)


@pytest.mark.parametrize("target", [KERAS_3, NEWEST])
def test_weights_that_do_not_fit(target: str) -> None:
    assert against(target, "m.weights.h5", tree({**FITS, "layers/dense/vars/0": (4, 4)})).because == ("weight-shape",)
    assert against(target, "m.weights.h5", tree({"layers/dense/vars/0": (4, 3)})).because == ("weight-count",)
    assert against(target, "m.weights.h5", tree({"layers/other/vars/0": (4, 3)})).because == ("missing-weights",)
    found = against(target, "m.bin", tree(FITS))
    assert found.because == ("unsupported-file-format",)
    assert "fails" in next(iter(render(found)))


def test_a_model_that_is_not_built() -> None:
    model = {"config": {"class_name": "Sequential", "config": {"name": "m", "layers": [m.layer("Dense", units=3)]}}}
    assert against(NEWEST, "m.weights.h5", tree(FITS), model).because == ("missing-weights",)


def test_a_custom_class_decides_itself() -> None:
    model = {"config": m.sequential(m.layer("Mine", units=3))}
    found = against(NEWEST, "m.weights.h5", tree(FITS), model)
    assert found.succeeds is None
    assert found.because == ("unresolved-custom-object",)


@pytest.mark.parametrize("target", [KERAS_2, KERAS_3])
@pytest.mark.parametrize(("listed", "found"), [([b"dense"], []), ([b"dense", b"more"], ["unreadable-keras-file"])])
def test_groups_that_no_list_names_are_not_read(listed: list[bytes], found: list[str], target: str) -> None:
    group = legacy({"kernel:0": (4, 3)})
    more = Group({"weight_names": Unreadable("bad global heap collection signature")}, {}, {})
    weights = replace(
        group, attributes={**group.attributes, "layer_names": listed}, groups={**group.groups, "more": more}
    )
    root, out = Group({}, {"model_weights": weights}, {}), Recorder(file="model.h5")
    h5_weights.load(
        KerasFile(container="h5", file="model.h5", root=root), None, era_of(examples.target({"target": target})), out
    )
    assert [event.cause for event in out.events] == found


def sharded(tmp_path: Path, files: dict[str, dict[str, tuple[int, ...]]], weight_map: Any) -> Artifact:
    """Weights in several files with their index, as they are read from disk."""
    for name, shapes in files.items():
        with h5py.File(tmp_path / name, "w") as file:
            for path, shape in shapes.items():
                file[path] = np.zeros(shape, "f4")
    (tmp_path / "m.weights.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    (candidate,) = find(str(tmp_path / "m.weights.json"))
    return read(candidate, Reading())


def fit_of(weights: Artifact, target: str) -> WeightsFit:
    return fit(weights, examples.artifact({"h5": MODEL}), examples.target({"target": target, "options": {}}))


KERNEL, BIAS = {"layers/dense/vars/0": (4, 3)}, {"layers/dense/vars/1": (3,)}
BOTH = {"/layers/dense/vars": ["m_00000.weights.h5", "m_00001.weights.h5"]}


def test_weights_in_several_files(tmp_path: Path) -> None:
    weights = sharded(tmp_path, {"m_00000.weights.h5": KERNEL, "m_00001.weights.h5": BIAS}, BOTH)
    assert weights.format is Format.WEIGHTS_H5
    assert fit_of(weights, NEWEST).succeeds
    assert fit_of(weights, KERAS_3).because == ("unsupported-file-format",)


@pytest.mark.parametrize("missing", ["m_00000.weights.h5", "m_00001.weights.h5"])
def test_weights_in_several_files_of_which_one_is_missing(tmp_path: Path, missing: str) -> None:
    weights = sharded(tmp_path, {"m_00000.weights.h5": KERNEL, "m_00001.weights.h5": BIAS}, BOTH)
    (tmp_path / missing).unlink()
    (candidate,) = find(weights.path)
    assert fit_of(read(candidate, Reading()), NEWEST).because == ("missing-weights",)


def test_an_index_of_weights_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "m.weights.json").write_text("{")
    (candidate,) = find(str(tmp_path / "m.weights.json"))
    weights = read(candidate, Reading())
    assert fit_of(weights, NEWEST).because == ("unreadable-keras-file",)
    assert fit_of(weights, KERAS_3).because == ("unsupported-file-format",)


@pytest.mark.parametrize("target", [KERAS_2, KERAS_3, NEWEST, "tensorflow==2.4.0"])
def test_load_model_takes_no_index_of_weights(tmp_path: Path, target: str) -> None:
    sharded(tmp_path, {"m_00000.weights.h5": FITS}, {"/layers/dense/vars": "m_00000.weights.h5"})
    (verdict,) = analyze(tmp_path / "m.weights.json", target=target).verdicts
    assert verdict.loads is False
    assert verdict.because == ("unsupported-file-format",)
