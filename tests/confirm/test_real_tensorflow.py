"""Really loading, under the releases whose environments are here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.confirm import Load, confirm
from tests import example_checkpoint

ENVS = os.environ.get("ANALYZE_TF_ENVS", "")
RELEASES = ("1.13", "1.15", "2.4", "2.10", "2.15", "2.18", "2.21")
pytestmark = [pytest.mark.tensorflow, pytest.mark.skipif(not ENVS, reason="ANALYZE_TF_ENVS names no folder")]
GRAPH = """node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "b" op: "%s" input: "a" attr { key: "T" value { type: DT_FLOAT } } }
"""


def put(folder: Path, given: dict[str, object]) -> str:
    files: dict[str, bytes] = {}
    example_checkpoint.write(given, files)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return str(folder / next(name for name in files if name.endswith(".index")).removesuffix(".index"))


@pytest.mark.parametrize("release", RELEASES)
def test_each_loader_says_what_this_release_says(release: str, tmp_path: Path) -> None:
    python = Path(ENVS) / f"tf{release}" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no environment for {release}")
    for name, op in (("known.pbtxt", "Neg"), ("unknown.pbtxt", "Zebra")):
        (tmp_path / name).write_text(GRAPH % op)
    os.mkfifo(tmp_path / "hangs.pb")  # opening it waits for a writer that never comes
    (tmp_path / "empty").mkdir()
    healthy = put(tmp_path, {"checkpoint": {"w": ("float32", (2, 3))}, "prefix": "healthy"})
    aborting = put(
        tmp_path, {"checkpoint": {"w": {"dtype": 99, "shape": (2, 3), "raw": b"\x08\x63"}}, "prefix": "aborts"}
    )
    importing = "tf.import_graph_def"
    loads = [
        Load(str(tmp_path / "known.pbtxt"), importing),
        Load(str(tmp_path / "unknown.pbtxt"), importing),
        Load(str(tmp_path / "hangs.pb"), importing),
        Load(healthy, "tf.train.load_checkpoint"),
        Load(aborting, "tf.train.load_checkpoint"),
        Load(str(tmp_path / "empty"), "tf.saved_model.load"),
        Load(str(tmp_path / "empty"), "tf.compat.v1.saved_model.load"),
        Load(str(tmp_path / "empty"), "tensorflow_serving"),
        Load(str(tmp_path / "empty"), "tf.keras.models.load_model"),
    ]
    confirmation = confirm(loads, str(python), seconds=20)
    assert confirmation.environment.tensorflow.startswith(f"{release}.")
    outcomes = {(Path(each.path).name, each.loader): each for each in confirmation.outcomes}
    assert len(outcomes) == len(loads)
    assert outcomes["known.pbtxt", importing].loads
    assert outcomes["unknown.pbtxt", importing].rules[:1] == ("unknown-op",)
    assert outcomes["hangs.pb", importing].exception == "Timeout"
    assert outcomes["healthy", "tf.train.load_checkpoint"].loads
    assert not outcomes["aborts", "tf.train.load_checkpoint"].loads
    for loader in (
        "tf.saved_model.load",
        "tf.compat.v1.saved_model.load",
        "tensorflow_serving",
        "tf.keras.models.load_model",
    ):
        assert not outcomes["empty", loader].loads
    assert "missing-saved-model" in outcomes["empty", "tensorflow_serving"].rules


def test_an_artifact_that_aborts_the_process_is_an_outcome(tmp_path: Path) -> None:
    python = Path(ENVS) / "tf2.15" / "bin" / "python"
    if not python.exists():
        pytest.skip("no environment for 2.15")
    aborting = put(
        tmp_path, {"checkpoint": {"w": {"dtype": 99, "shape": (2, 3), "raw": b"\x08\x63"}}, "prefix": "aborts"}
    )
    (outcome,) = confirm([Load(aborting, "tf.train.load_checkpoint")], str(python)).outcomes
    assert (outcome.loads, outcome.exception) == (False, "SIGABRT")
