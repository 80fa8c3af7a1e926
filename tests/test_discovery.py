"""What a search takes for an artifact, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from analyzer import analyze
from analyzer.stores.discovery import find, owner

ARTIFACTS = Path(__file__).parents[1] / "corpus/artifacts"
CHECKPOINT = ARTIFACTS / "tf/w1.15/saver_dense"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 4\n"


def found(folder: Path) -> list[str]:
    return [Path(each.path).name for each in find(str(folder))]


def loads(path: Path) -> bool | None:
    (verdict,) = analyze(path, target="tensorflow==2.15.0", loaders=["tf.train.load_checkpoint"]).verdicts
    return verdict.loads


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scene.unity.meta", b"fileFormatVersion: 2\nguid: 5c\n"),
        ("notes.meta", b"<xml/>"),
        ("notes.meta", b'{"a": 1}'),
        ("notes.meta", b"meta_info: 1"),
        ("faiss.index", b"IxFI" + bytes(100)),
        ("search.index", b"word 1 2 3\n"),
        ("search.index", b"x"),
    ],
)
def test_names_that_others_use(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / name.removesuffix(".meta")).write_bytes(b"what the file is about")
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("graph.meta", (CHECKPOINT / "model.ckpt.meta").read_bytes()),
        ("graph.meta", b"# by hand\nmeta_info_def {\n}\n"),
        ("graph.meta", POINTER),
        ("graph.meta", b""),
        ("model.index", (CHECKPOINT / "model.ckpt.index").read_bytes()),
        ("model.index", POINTER),
        ("model.index", b""),
        ("model.data-00000-of-00001", b"values"),
    ],
)
def test_parts_that_were_left_alone(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert found(tmp_path) == [name.split(".")[0]]


def test_a_damaged_index_beside_its_shard(tmp_path: Path) -> None:
    shutil.copytree(CHECKPOINT, tmp_path / "c")
    (tmp_path / "c/model.ckpt.index").write_bytes(b"nothing of a table")
    (tmp_path / "c/checkpoint").unlink(missing_ok=True)
    assert found(tmp_path / "c") == ["model.ckpt"]


def test_what_somebody_names_is_looked_at_whatever_it_holds(tmp_path: Path) -> None:
    for name in ("faiss.index", "scene.unity.meta"):
        (tmp_path / name).write_bytes(b"IxFI")
        assert len(found(tmp_path / name)) == 1


def test_a_model_beside_its_unity_meta(tmp_path: Path) -> None:
    shutil.copy(ARTIFACTS / "keras/w2.18/lstm.h5", tmp_path / "lstm.h5")
    (tmp_path / "lstm.h5.meta").write_bytes(b"fileFormatVersion: 2\n")
    assert found(tmp_path) == ["lstm.h5"]
    [named] = find(str(tmp_path / "lstm.h5"))
    assert named.kind == "file"


def test_a_changed_file_that_is_only_named_like_a_part(tmp_path: Path) -> None:
    (tmp_path / "scene.unity").write_bytes(b"%YAML 1.1")
    (tmp_path / "scene.unity.meta").write_bytes(b"fileFormatVersion: 2\n")
    assert owner(str(tmp_path / "scene.unity.meta")) is None
    assert owner(str(tmp_path / "scene.unity")) is None
    shutil.copytree(CHECKPOINT, tmp_path / "c")
    changed = owner(str(tmp_path / "c/model.ckpt.meta"))
    assert changed is not None and changed.name == "model.ckpt"
    assert changed == owner(str(tmp_path / "c/model.ckpt.index"))
    assert changed.path == str(tmp_path / "c/model.ckpt")


def hdf5(path: Path, **datasets: list[int]) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("label_map.pbtxt", b'item {\n  name: "dog"\n  id: 1\n}\n'),
        ("schema.pbtxt", b'# TFX\nfeature {\n  name: "x"\n}\n'),
        ("api_def_Acos.pbtxt", b'op {\n  graph_op_name: "Acos"\n}\n'),
        ("notes.pbtxt", b'{"node": 1}'),
        ("host.xplane.pb", b"\n\x05\x08\x01\x12\x01x"),
        ("input_0.pb", b"\x08\x01\x08\x03\x10\x01B\x04dataJ\x04\x00\x00\x80?"),  # TensorProto of ONNX
        ("init_net.pb", b"\n\x03net\x12\x09\x12\x01w\x22\x04Fill"),  # NetDef of Caffe2
        ("feed.pb", b"\n\x05\n\x032.0\x12\x04\n\x0242"),  # GTFS realtime
        ("mission.pb", b"QGC WPL PB 110\ndefaults {\n  frame: 1\n}\n"),
        ("main.pb", b"; PureBasic\nProcedure main()\nEndProcedure\n"),
        ("epoch=3.ckpt", b"PK\x03\x04" + bytes(60)),
        ("old.ckpt", b"\x80\x02}q\x00."),
    ],
)
def test_files_of_others_with_suffixes_of_models(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert found(tmp_path) == [] and owner(str(tmp_path / name)) is None
    assert len(found(tmp_path / name)) == 1  # which somebody named


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("graph.pbtxt", b'node {\n  name: "x"\n}\n'),
        ("graph.pbtxt", b"# frozen\nversions {\n}\n"),
        ("model.pbtxt", b"saved_model_schema_version: 1\n"),
        ("meta.pbtxt", b"meta_info_def {\n}\n"),
        ("graph.pbtxt", POINTER),
        ("graph.pbtxt", b""),
        ("graph.pb", b"404: Not Found"),
        ("graph.pb", b"\n\x12\n\x01x\x12\x0bPlaceholder\x1a\x00"),
        ("graph.pb", b"\x22\x03\x08\x87\x01"),  # versions alone
        ("graph.pb", b"node {\n  name: 'x'\n}\n"),
        ("model.pb", b"\x08\x01\x12\x02\n\x00"),  # a SavedModel under another name
        ("graph.pb", bytes(60)),
        ("graph.pb", POINTER),
        ("model.ckpt", bytes(60)),
        ("weights.h5", b"404: Not Found"),
        ("weights.h5", b"\x89HDF\r\n\x1a\n"),
    ],
)
def test_graphs_and_what_was_left_in_their_place(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert found(tmp_path) == [name] and owner(str(tmp_path / name)) is not None


def test_hdf5_that_is_data(tmp_path: Path) -> None:
    hdf5(tmp_path / "train.h5", train_set_x=[1, 2], list_classes=[3])
    hdf5(tmp_path / "my.weights.h5", kernel=[1])
    shutil.copy(ARTIFACTS / "keras/w2.18/lstm.h5", tmp_path / "lstm.h5")
    assert found(tmp_path) == ["lstm.h5", "my.weights.h5"]
    assert owner(str(tmp_path / "train.h5")) is None
    assert found(tmp_path / "train.h5") == ["train.h5"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
@pytest.mark.parametrize("name", ["graph.pbtxt", "model.h5", "model.index", "model.meta"])
def test_a_fifo_is_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    assert len(found(tmp_path)) == 1


@pytest.mark.parametrize(
    "file", ["scss/variables/_colors.scss", "module/variables/variables.tf", "web/assets/logo.png", "assets/icon.svg"]
)
def test_folders_that_others_name_like_parts_of_a_saved_model(file: str, tmp_path: Path) -> None:
    path = tmp_path / "project" / file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"$red: #f00;")
    assert found(tmp_path) == [] and owner(str(path)) is None


@pytest.mark.parametrize(
    "left", ["variables/variables.index", "variables/variables.data-00000-of-00001", "fingerprint.pb"]
)
def test_what_is_left_of_a_saved_model(left: str, tmp_path: Path) -> None:
    path = tmp_path / "store/model" / left
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert found(tmp_path) == ["model"]
    changed = owner(str(path))
    assert changed is not None and changed.kind == "saved_model"


def test_a_folder_that_is_named_like_the_state_file(tmp_path: Path) -> None:
    """`checkpoint` is TensorFlow's state file where it is a file; many name a folder of checkpoints so."""
    shutil.copytree(CHECKPOINT, tmp_path / "repository/checkpoint")
    inside = found(tmp_path / "repository/checkpoint")
    assert len(inside) == 1
    assert [each.kind for each in find(str(tmp_path / "repository"))] == ["checkpoint"]
    (tmp_path / "repository/checkpoint/checkpoint").touch()
    assert [each.kind for each in find(str(tmp_path / "repository/checkpoint"))] == ["checkpoint_folder"]


def test_a_prefix_that_is_named_like_the_state_file(tmp_path: Path) -> None:
    """KerasTuner saves the weights of a trial under the prefix `checkpoint`."""
    for suffix in (".index", ".data-00000-of-00001"):
        shutil.copy(CHECKPOINT / f"model.ckpt{suffix}", tmp_path / f"checkpoint{suffix}")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "checkpoint"\n')
    (named,) = find(str(tmp_path / "checkpoint"))
    assert (named.kind, named.name) == ("checkpoint", "checkpoint")
    assert found(tmp_path) == [tmp_path.name]
    assert loads(tmp_path / "checkpoint")
    (tmp_path / "checkpoint").write_text("not a state file")
    assert loads(tmp_path / "checkpoint")  # which load_checkpoint does not ask for
    (tmp_path / "checkpoint.index").unlink()
    assert loads(tmp_path / "checkpoint") is False  # without an index, the state file is taken for a V1 table


@pytest.mark.parametrize(
    ("name", "index", "kind"),
    [
        ("checkpoint", b"", "file"),
        ("notes", b"a list of words", "file"),
        ("model.h5", b"table", "file"),
        ("model", b"table", "checkpoint"),
    ],
)
def test_a_file_beside_an_index(name: str, index: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    if index == b"table":
        shutil.copy(CHECKPOINT / "model.ckpt.index", tmp_path / f"{name}.index")
    elif index:
        (tmp_path / f"{name}.index").write_bytes(index)
    (named,) = find(str(tmp_path / name))
    assert named.kind == kind


@pytest.mark.parametrize("content", [b"", b"UEsDBAoAAAAA\n", b"fileFormatVersion: 2\n"])
def test_what_stands_beside_a_v1_checkpoint_is_its_meta_graph(content: bytes, tmp_path: Path) -> None:
    table = (CHECKPOINT / "model.ckpt.index").read_bytes()  # V1 checkpoints are tables, too
    (tmp_path / "model.ckpt").write_bytes(table)
    (tmp_path / "model.ckpt.meta").write_bytes(content)
    for path in (tmp_path, tmp_path / "model.ckpt", tmp_path / "model.ckpt.meta"):
        assert [each.kind for each in find(str(path))] == ["checkpoint"]


def test_a_folder_of_one_version_is_no_store(tmp_path: Path) -> None:
    for version in ("1", "2"):
        (tmp_path / "model" / version).mkdir(parents=True)
        (tmp_path / "model" / version / "saved_model.pb").write_bytes(b"")
        (tmp_path / "model" / ".DS_Store").write_bytes(b"")
        found = [each.path for each in find(str(tmp_path / "model"))]
        searched = [str(tmp_path / "model" / each) for each in ("1", "2")]
        assert found == ([str(tmp_path / "model")] if version == "1" else searched)
    assert [each.path for each in find(str(tmp_path))] == searched


def test_a_folder_unpacked_into_its_namesake_is_no_store(tmp_path: Path) -> None:
    for inner in ("model", "other"):
        (tmp_path / inner / "model").mkdir(parents=True)
        (tmp_path / inner / "model" / "saved_model.pb").write_bytes(b"")
    assert [each.path for each in find(str(tmp_path / "model"))] == [str(tmp_path / "model")]
    assert [each.path for each in find(str(tmp_path / "other"))] == [str(tmp_path / "other" / "model")]
    assert {Path(each.path).parent.name for each in find(str(tmp_path))} == {"model", "other"}
