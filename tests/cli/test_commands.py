"""What the command line can be asked beside a plain scan: matrix, confirmation, checkpoints, processes, the terminal."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from analyzer import cli
from analyzer.engine import Scan
from analyzer.stores import pool
from analyzer.stores.discovery import Candidate, find
from analyzer.target import parse

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "analyzer/reports/report.schema.json").read_text())
TF, KERAS = ROOT / "corpus/artifacts/tf", ROOT / "corpus/artifacts/keras"
DENSE = TF / "w2.15/v2_dense"
H5 = KERAS / "w2.10/dense_options.h5"
TRUNCATED = KERAS / "w2.10/dense+truncated_by_one_byte.h5"
CHECKPOINT = TF / "w1.15/saver_dense/model.ckpt"
FAKE = ROOT / "tests/confirm/fake"


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


# --matrix


def test_matrix_as_json_is_one_document_with_every_release(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--matrix", DENSE, "--format", "json", capsys=capsys)
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    assert status == 1
    assert [target["tensorflow"].rsplit(".", 1)[0] for target in document["targets"]][:3] == ["1.15", "2.0", "2.1"]
    assert len(document["targets"]) == 23
    [report] = document["reports"]
    assert len(report["verdicts"]) == 4 * 23


def test_matrix_of_what_loads_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--matrix", CHECKPOINT, "--loader", "tf.train.load_checkpoint", capsys=capsys)
    assert status == 0
    assert "tf.train.load_checkpoint: loads everywhere, from 1.15 to 2.21" in out


def test_matrix_says_where_loading_ends_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("--matrix", DENSE, "--loader", "tf.keras.models.load_model", capsys=capsys)
    assert "loads from 2.10 to 2.15" in out
    assert "2.16 to 2.21 fail: Keras 3" in out


def test_matrix_of_a_missing_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run("--matrix", tmp_path / "gone", capsys=capsys)
    assert status == 2
    assert "there is nothing at this path" in out


# --confirm, with a TensorFlow that costs nothing


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter with TensorFlow 2.15 as far as its metadata and a fake module go."""
    environment = tmp_path / "environment"
    packages = environment / f"lib/python3.{sys.version_info.minor}/site-packages"
    for name in ("tensorflow-2.15.0", "keras-2.15.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    (environment / "bin").mkdir()
    script = environment / "bin/python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={FAKE} exec {sys.executable} "$@"\n')
    script.chmod(0o755)
    return script


def test_confirmation_beside_prediction(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run("--confirm", "--python", python, DENSE, "--format", "json", capsys=capsys)
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    assert document["confirmed_under"]["executable"] == str(python)
    said = [verdict["confirmation"]["status"] for verdict in document["reports"][0]["verdicts"]]
    assert len(said) == 4
    assert "not tried" in said or set(said) <= {"confirmed", "contradicted"}
    assert "loading runs what it contains" in err
    assert status in (0, 1)


def test_confirmation_as_text(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("--confirm", "--python", python, DENSE, capsys=capsys)
    assert "loaded with TensorFlow" in out.splitlines()[-1]


@pytest.mark.tensorflow
@pytest.mark.parametrize("release", ["2.10", "2.15"])
def test_confirmation_by_a_real_tensorflow(release: str, capsys: pytest.CaptureFixture[str]) -> None:
    python = Path(os.environ.get("ANALYZE_TF_ENVS", "/no/such/folder")) / f"tf{release}/bin/python"
    if not python.exists():
        pytest.skip("no environment with this TensorFlow; ANALYZE_TF_ENVS names their folder")
    status, out, _ = run("--confirm", "--python", python, DENSE, TRUNCATED, "--format", "json", capsys=capsys)
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    said = [verdict["confirmation"] for report in document["reports"] for verdict in report["verdicts"]]
    assert [each["status"] for each in said] == ["confirmed"] * 5
    assert [each["loads"] for each in said] == [True, True, True, True, False]
    assert status == 1


def test_confirm_does_not_take_the_path_for_a_release(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = run("--python", python, "--confirm", DENSE, capsys=capsys)
    _, after, _ = run(DENSE, "--python", python, "--confirm", capsys=capsys)
    assert before.splitlines()[0] == after.splitlines()[0] == f"{DENSE}: SavedModel, written by TensorFlow 2.15.0"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--confirm", "tensorflow==2.15", "--python", "x", "y"], "give one of them"),
        (
            ["--confirm", "--matrix", "--python", sys.executable, "y", "--target", "tensorflow==2.15.0"],
            "give one of them",
        ),
        (["--confirm", "--python", "/no/such/python", str(DENSE)], "there is no such interpreter"),
        (["--jobs", "0", str(DENSE)], "at least one process"),
        (["--code", "/no/such/code", str(DENSE)], "there is nothing at this path"),
        (["--show", "objects"], "no PATH of a checkpoint given"),
        (["--show", "objects", str(H5)], "holds no checkpoint that can be read: it is a keras_h5"),
        (["--diff", "/no/such/a", "/no/such/b"], "there is nothing at this path"),
        (["--against", str(TF / "w1.15/frozen_conv/graph.pb"), str(CHECKPOINT)], "says nothing of variables"),
        (["--explain", "unknwn-op"], "did you mean unknown-op"),
        (["--explain", "op:MatMull"], "did you mean MatMul"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(*arguments, capsys=capsys)
    assert status == 2
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


# Checkpoints


def test_objects_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--show", "objects", DENSE, "--format", "json", capsys=capsys)
    assert status == 0
    [shown] = json.loads(out)["objects"]
    names = {line["name"]: line for line in shown["lines"]}
    assert names["w"]["tensor"].startswith("float [")


def test_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--diff", DENSE, DENSE, capsys=capsys)
    assert status == 0
    assert out == "0 added, 0 removed, 0 of another type or shape, 0 with other values only\n"


def test_difference_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("--diff", DENSE, CHECKPOINT, "--format", "json", capsys=capsys)
    assert status == 1
    kinds = {each["kind"] for each in json.loads(out)["differences"]}
    assert kinds == {"added", "removed"}


def test_checkpoint_fits_its_own_graph(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(CHECKPOINT, "--against", f"{CHECKPOINT}.meta", capsys=capsys)
    assert status == 0
    assert "Saver.restore: succeeds" in out


def test_checkpoint_does_not_fit_another_model(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(CHECKPOINT, "--against", DENSE, "--format", "json", capsys=capsys)
    assert status == 1
    [fit] = json.loads(out)["fits"]
    assert not any(way["succeeds"] for way in fit["ways"])


# Many artifacts


def test_processes_keep_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [KERAS / "w2.10", TF / "w2.7", "--target", "tensorflow==2.10.0", "--format", "jsonl"]
    _, alone, _ = run(*asked, "--jobs", 1, capsys=capsys)
    _, together, _ = run(*asked, "--jobs", 2, capsys=capsys)

    def without_seconds(text: str) -> list[dict]:
        return [{**json.loads(line), "seconds": 0} for line in text.splitlines()]

    assert without_seconds(alone) == without_seconds(together)


class Deadly(Candidate):
    """A candidate whose analysis ends the process, as a fault in a native library would."""

    @property
    def kind(self) -> str:  # type: ignore[override]
        os._exit(1)


def test_a_process_that_dies_costs_one_report() -> None:
    [good] = find(str(H5))
    bad = Deadly("bad.h5", *good[1:])
    reports = list(pool.scan_many([good, good, bad, good], Scan((parse("tensorflow==2.10.0"),)), 2))
    assert [report.path for report in reports] == [str(H5), str(H5), "bad.h5", str(H5)]
    assert [bool(report.problems) for report in reports] == [False, False, True, False]
    assert "died" in reports[2].problems[0].message


def test_paths_that_name_nothing_keep_their_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(H5, tmp_path / "gone", TRUNCATED, "--format", "jsonl", capsys=capsys)
    assert status == 2
    assert [json.loads(line)["path"] for line in out.splitlines()] == [str(H5), str(tmp_path / "gone"), str(TRUNCATED)]


# Changed files


def test_a_changed_shard_means_its_saved_model(capsys: pytest.CaptureFixture[str]) -> None:
    shard = DENSE / "variables/variables.data-00000-of-00001"
    arguments = ["--changed", "--target", "tensorflow==2.15.0", "--format", "jsonl"]
    status, out, _ = run(*arguments, shard, DENSE / "saved_model.pb", capsys=capsys)
    assert status == 0
    assert [json.loads(line)["path"] for line in out.splitlines()] == [str(DENSE)]


def test_a_path_that_is_not_what_loaders_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = ("--target", "tensorflow==2.15.0", "--format", "json")
    status, out, said = run(DENSE / "saved_model.pb", *target, capsys=capsys)
    [report] = json.loads(out)["reports"]
    assert (status, said) == (1, "")
    assert report["path"] == str(DENSE / "saved_model.pb")
    assert {verdict["loads"] for verdict in report["verdicts"]} == {False}
    (tmp_path / "export").symlink_to(DENSE)
    status, out, said = run(tmp_path, *target, capsys=capsys)
    [report] = json.loads(out)["reports"]
    assert (status, report["path"]) == (0, str(tmp_path / "export"))
    assert said == f"analyze: {tmp_path} is no SavedModel itself; give a loader {tmp_path / 'export'}\n"
    assert run(DENSE, *target, capsys=capsys)[2] == ""


def test_changed_files_of_no_artifact(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--changed", ROOT / "pyproject.toml", __file__, capsys=capsys) == (0, "", "")


# Where it is printed


def test_output_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    _, out, _ = run(DENSE, "--format", "json", "-o", file, capsys=capsys)
    assert out == ""
    assert json.loads(file.read_text())["reports"][0]["path"] == str(DENSE)


def test_paths_between_options(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(H5, "--format", "jsonl", TRUNCATED, "--target", "tensorflow==2.10.0", H5, capsys=capsys)
    assert [json.loads(line)["path"] for line in out.splitlines()] == [str(H5), str(TRUNCATED), str(H5)]


def _on_terminal(*arguments: object, **settings: str) -> str:
    """What is printed on a terminal of 80 columns."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm", **settings}
    command = [sys.executable, "-m", "analyzer.cli", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
    os.close(follower)
    chunks = []
    try:
        while chunk := os.read(leader, 65536):
            chunks.append(chunk)
    except OSError:  # Linux says so when the other end is closed
        pass
    process.wait()
    os.close(leader)
    return b"".join(chunks).decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_colour_and_short_lines() -> None:
    text = _on_terminal(TRUNCATED, "--target", "tensorflow==2.10.0")
    assert "\x1b[31;1mfails" in text
    assert max(len(line) for line in text.splitlines() if "\x1b" not in line and str(TRUNCATED) not in line) <= 80
    assert "\x1b" not in _on_terminal(TRUNCATED, "--target", "tensorflow==2.10.0", NO_COLOR="1")


def test_a_reader_that_leaves_early() -> None:
    command = f"{sys.executable} -m analyzer.cli {KERAS / 'w2.10'} --target tensorflow==2.18.0 -v | head -1"
    done = subprocess.run(["sh", "-c", command], check=False, capture_output=True, text=True, cwd=ROOT)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize(("path", "status"), [(H5, 0), (TRUNCATED, 1)])
def test_the_status_where_nobody_listens(path: Path, status: int) -> None:
    command = f"{sys.executable} -m analyzer.cli {path} --target tensorflow==2.10.0 >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False, cwd=ROOT).returncode == status


def test_lists_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("--list-rules", "--format", "json", capsys=capsys)
    assert {"rule", "family", "severity", "phase", "title"} == set(json.loads(out)["rules"][0])
    _, out, _ = run("--list-releases", "--format", "json", capsys=capsys)
    assert json.loads(out)["releases"][-1]["release"] == "2.21"


def test_a_copy_elsewhere_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = shutil.copytree(DENSE, tmp_path / "copy")
    arguments = ["--target", "tensorflow==2.9.0"]
    _, first, _ = run(*arguments, DENSE, capsys=capsys)
    _, second, _ = run(*arguments, copy, capsys=capsys)
    assert first.replace(str(DENSE), "x") == second.replace(str(copy), "x")


# --code


CUSTOM = KERAS / "w2.16/custom_layer.keras"


def test_code_says_where_a_class_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "layers.py").write_text("import keras\n\nclass Scale(keras.layers.Layer):\n    pass\n")
    _, out, _ = run(CUSTOM, "--target", "tensorflow==2.18.0", "--code", tmp_path, capsys=capsys)
    assert f"found at {tmp_path}/layers.py:3" in out


def test_code_that_does_not_have_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "layers.py").write_text("raise SystemExit('this is never run')\n")
    _, out, _ = run(CUSTOM, "--target", "tensorflow==2.18.0", "--code", tmp_path, capsys=capsys)
    assert "the given sources do not define it" in out


def test_changed_files_are_looked_up_in_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(CUSTOM, tmp_path / "model.keras")
    (tmp_path / "layers.py").write_text("class Scale:\n    pass\n")
    monkeypatch.chdir(tmp_path)
    _, out, _ = run("--changed", "model.keras", "--target", "tensorflow==2.18.0", capsys=capsys)
    assert "found at layers.py:1" in out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_bar_on_a_terminal_leaves_standard_output_alone(tmp_path: Path) -> None:
    for number in range(10):
        shutil.copy(H5, tmp_path / f"{number}.h5")
    leader, follower = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "analyzer.cli",
        str(tmp_path),
        "--format",
        "jsonl",
        "--target",
        "tensorflow==2.10.0",
    ]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=follower, cwd=ROOT)
    os.close(follower)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert [json.loads(line)["format"] for line in done.stdout.splitlines()] == ["keras_h5"] * 10
    assert "artifacts" in shown


def test_many_artifacts_are_a_line_each_where_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(8):
        shutil.copy(H5, tmp_path / f"{number}.h5")
    shutil.copy(TRUNCATED, tmp_path / "9.h5")
    _, out, _ = run(tmp_path, "--target", "tensorflow==2.10.0", capsys=capsys)
    lines = out.splitlines()
    assert lines[0] == "with tensorflow==2.10.0 (filled in: python==3.10, keras==2.10.0)"
    assert [line.rsplit(": ", 1)[1] for line in lines[2:10]] == ["loads with every loader"] * 8
    assert "error unreadable-keras-file" in out
    assert lines[-1] == "9 artifacts; loads with every loader: 8, fails with every loader: 1"


def test_a_fault_of_ours_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("analyzer.commands.scan.run", broken)
    status, out, err = run(DENSE, capsys=capsys)
    assert (status, out) == (2, "")
    assert err == "analyze: a fault of ours: RuntimeError: boom (-v shows where)\n"


# --tags


@pytest.mark.parametrize(("tags", "loads"), [("", True), ("train", True), (None, False), ("serve", False)])
def test_tags_that_are_none(tags: str | None, loads: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A module for TensorFlow Hub has a meta graph without tags, and often one to train."""
    (tmp_path / "saved_model.pb").write_bytes(b"\x12\x02\x0a\x00" + b"\x12\x09\x0a\x07\x22\x05train")
    asked = () if tags is None else ("--tags", tags)
    loader = "tf.compat.v1.saved_model.load"
    _, out, _ = run(
        tmp_path, "--loader", loader, "--target", "tensorflow==2.15.0", "--format", "json", *asked, capsys=capsys
    )
    (verdict,) = json.loads(out)["reports"][0]["verdicts"]
    assert verdict["loads"] is loads


SCANNING = [sys.executable, "-m", "analyzer.cli", "--jobs", "2", *map(str, (DENSE, TF / "w2.15/v2_train_step"))]


def test_processes_end_with_the_command() -> None:
    """Whoever reads the output waits until nobody holds it."""
    done = subprocess.run(SCANNING, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert done.returncode in (0, 1) and not done.stderr
    assert done.stdout.splitlines()[-1].startswith("2 artifacts; ")


def test_processes_end_when_the_command_is_killed() -> None:
    with subprocess.Popen(SCANNING, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=60)


# where memory is short


def test_a_small_model_is_read_in_little_memory() -> None:
    """Reading at most 2 GiB of a file must not ask for as much (`BufferedReader.read` does)."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
        "from analyzer.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "--target", "tensorflow==2.15.0", str(DENSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "with every loader" in done.stdout
