"""The recorder: what a row holds, what is kept of a message, and that it goes on where it ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from corpus import record
from tests.confirm.conftest import FAKE

DETECTED = """Detected at node 'a' defined at (most recent call last):
    File "load.py", line 101, in <module>
      main()
Node: 'a'
Cannot assign a device"""

TOO_OLD = (
    "Converting GraphDef to Graph has failed. The binary trying to import the GraphDef was built when GraphDef version was 440. The "
    "GraphDef was produced by a binary built when GraphDef version was 1645. The difference between these versions is larger than "
    "TensorFlow's forward compatibility guarantee. The following error might be due to the binary trying to import the GraphDef being "
    "too old: "
)


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("SavedModel file does not exist at: /a/b/{saved_model.pb}", "SavedModel file does not exist at: <path>/{saved_model.pb}"),
        ("Op type not registered 'X' in binary running on my-host.lan. Make", "Op type not registered 'X' in binary running on <host>. Make"),
        (f"{TOO_OLD}Op type not registered 'X'.", "Converting GraphDef to Graph has failed [...]: Op type not registered 'X'."),
        ("at <GFile object at 0x7fc634f8ffd0>.", "at <GFile object at 0x...>."),
        ("in /home/me/env/lib/python3.11/site-packages/keras/x.py", "in <site-packages>/keras/x.py"),
        (DETECTED, "Detected at node a: Cannot assign a device"),
        ("Shapes (4, 3) and (4, 3, 7) are incompatible", "Shapes (4, 3) and (4, 3, 7) are incompatible"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_message_keeps_what_tells_the_cause(message: str, kept: str) -> None:
    assert record.shorten(message, "/a/b") == kept


def test_a_long_message_keeps_head_and_tail() -> None:
    short = record.shorten("head " + "x" * 5000 + " tail", "/a")
    assert short.startswith("head ") and short.endswith(" tail") and len(short) <= record.MESSAGE


@pytest.mark.parametrize(
    "rewrite", [lambda file: file.write_bytes(b"other"), lambda file: file.rename(file.with_name("c"))]
)
def test_a_digest_follows_bytes_and_names(tmp_path: Path, rewrite: object) -> None:
    file = tmp_path / "model" / "variables" / "b"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"bytes")
    before = record.digest(tmp_path / "model")
    assert record.digest(tmp_path / "model") == before
    rewrite(file)  # type: ignore[operator]
    assert record.digest(tmp_path / "model") != before


def test_a_checkpoint_is_its_own_files_only(tmp_path: Path) -> None:
    for name in (
        "ckpt-1.index",
        "ckpt-1.data-00000-of-00001",
        "ckpt-1.meta",
        "ckpt-10.index",
        "ckpt-1.txt",
        "checkpoint",
    ):
        (tmp_path / name).touch()
    assert [file.name for file in record.files_of(tmp_path / "ckpt-1")] == [
        "ckpt-1.data-00000-of-00001", "ckpt-1.index", "ckpt-1.meta",
    ]  # fmt: skip


def test_a_checkpoint_with_a_meta_has_a_second_loader(tmp_path: Path) -> None:
    entry = {"format": "checkpoint"}
    assert record.loaders_for(entry, tmp_path / "ckpt") == ("tf.train.load_checkpoint",)
    (tmp_path / "ckpt.meta").touch()
    assert record.loaders_for(entry, tmp_path / "ckpt")[1:] == ("tf.compat.v1.train.import_meta_graph",)


@pytest.fixture
def corpus(tmp_path: Path) -> list[str]:
    """Arguments for a recorder over two artifacts, one of them broken, and an environment that has the fake TensorFlow."""
    python = tmp_path / "envs" / "tf2.15" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho run >> {tmp_path}/runs\nPYTHONPATH={FAKE} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    rows = []
    for name, order in (("good", "ok"), ("bad", "raise Unknown layer: Special")):
        (artifacts / f"{name}.h5").write_text(order)
        rows.append({"id": name, "path": f"{name}.h5", "format": "keras_h5"})
    rows.append({"id": "not made here", "path": "other.h5", "format": "keras_h5"})
    (tmp_path / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [
        str(tmp_path / "manifest.jsonl"), "--envs", str(tmp_path / "envs"), "--artifacts", str(artifacts),
        "--truth", str(tmp_path / "truth"),
    ]  # fmt: skip


def test_rows_have_the_keys_of_the_public_truth(corpus: list[str], tmp_path: Path) -> None:
    assert record.main(corpus) == 0
    rows = record.read_truth(tmp_path / "truth" / "tf2.15.jsonl.gz")
    common = {"loader": "tf.keras.models.load_model", "tensorflow": "2.15.0", "keras": None}
    good, bad = rows["good", common["loader"]], rows["bad", common["loader"]]
    assert common.items() <= good.items() and good["loads"] is True and "message" not in good
    assert (bad["loads"], bad["exception"], bad["message"]) == (False, "LoadError", "Unknown layer: Special")
    assert len(rows) == 2


def test_a_second_run_loads_only_what_changed(corpus: list[str], tmp_path: Path) -> None:
    record.main(corpus)
    file = tmp_path / "truth" / "tf2.15.jsonl.gz"
    first = file.read_bytes()
    record.main(corpus)
    assert (tmp_path / "runs").read_text().count("run") == 1
    assert file.read_bytes() == first
    (tmp_path / "artifacts" / "bad.h5").write_text("ok")
    record.main(corpus)
    assert (tmp_path / "runs").read_text().count("run") == 2
    assert record.read_truth(file)["bad", "tf.keras.models.load_model"]["loads"] is True


def test_an_environment_that_does_not_work_fails_the_run_and_not_the_others(corpus: list[str], tmp_path: Path) -> None:
    broken = tmp_path / "envs" / "tf2.14" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert record.main(corpus) == 1
    assert len(record.read_truth(tmp_path / "truth" / "tf2.15.jsonl.gz")) == 2


def test_rows_of_artifacts_that_are_gone_are_kept_unless_pruned(corpus: list[str], tmp_path: Path) -> None:
    record.main(corpus)
    manifest = Path(corpus[0])
    manifest.write_text(manifest.read_text().splitlines()[0] + "\n")
    file = tmp_path / "truth" / "tf2.15.jsonl.gz"
    record.main(corpus)
    assert len(record.read_truth(file)) == 2
    record.main([*corpus, "--prune"])
    assert len(record.read_truth(file)) == 1


def test_legacy_keras_has_a_file_and_rows_of_its_own(corpus: list[str], tmp_path: Path) -> None:
    record.main([*corpus, "--legacy-keras"])
    rows = record.read_truth(tmp_path / "truth" / "tf2.15-legacy-keras.jsonl.gz")
    assert len(rows) == 2 and all(row["legacy_keras"] for row in rows.values())
    assert not (tmp_path / "truth" / "tf2.15.jsonl.gz").exists()
