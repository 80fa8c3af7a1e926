"""The folder of a Keras SavedModel: parts missing, surplus or damaged, and paths to its inside or outside."""

from __future__ import annotations

import shutil
from pathlib import Path

from mutating import SAVED_MODEL, mutation


@mutation(SAVED_MODEL, breaks="A02", count=2)
def path_to_pb(path: Path) -> Path:
    return path / "saved_model.pb"


@mutation(SAVED_MODEL, breaks="A03", count=2)
def path_to_parent(path: Path) -> Path:
    moved = path.with_name(path.name + ".tmp")
    path.rename(moved)
    path.mkdir()
    moved.rename(path / "1")
    return path


@mutation(SAVED_MODEL, breaks="A01")
def keras_no_saved_model_pb(path: Path) -> None:
    (path / "saved_model.pb").unlink()


@mutation(SAVED_MODEL, breaks="B01")
def keras_saved_model_truncated(path: Path) -> None:
    file = path / "saved_model.pb"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


@mutation(SAVED_MODEL, breaks="G01", count=2)
def keras_no_variables(path: Path) -> None:
    shutil.rmtree(path / "variables")


@mutation(SAVED_MODEL, breaks="G03")
def keras_no_shard(path: Path) -> None:
    (path / "variables/variables.data-00000-of-00001").unlink()


@mutation(SAVED_MODEL, breaks="G04")
def keras_shard_truncated(path: Path) -> None:
    file = path / "variables/variables.data-00000-of-00001"
    file.write_bytes(file.read_bytes()[:-40])


@mutation(SAVED_MODEL, eras="w2.12 w2.15", count=2)
def keras_no_fingerprint(path: Path) -> None:
    (path / "fingerprint.pb").unlink()


@mutation(SAVED_MODEL, count=2)
def keras_no_assets_folder(path: Path) -> None:
    shutil.rmtree(path / "assets", ignore_errors=True)


@mutation(SAVED_MODEL, count=2)
def keras_surplus_files(path: Path) -> None:
    (path / "README.md").write_text("# A model\n")
    (path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (path / "variables/checkpoint").write_text('model_checkpoint_path: "variables"\n')


@mutation(SAVED_MODEL, count=2)
def keras_folder_named_keras(path: Path) -> Path:
    """A SavedModel folder whose name ends like an archive."""
    return path.rename(path.with_name(path.name + ".keras"))


@mutation(SAVED_MODEL)
def keras_folder_named_h5(path: Path) -> Path:
    return path.rename(path.with_name(path.name + ".h5"))
