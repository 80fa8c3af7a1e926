"""The command line as a caller sees it: one JSON document, exit codes, one line for what cannot be analyzed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from google.protobuf import text_format

from analyzer import cli
from analyzer.readers.protos import message

SCHEMA = json.loads((Path(cli.__file__).parent / "reports" / "report.schema.json").read_text())
TARGET = "tensorflow==2.15.0"
ARTIFACTS = Path(__file__).parents[2] / "corpus/artifacts"


def saved_model(
    folder: Path, text: str = 'meta_graphs { meta_info_def { tags: "serve" tensorflow_version: "2.15.0" } }'
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "saved_model.pb").write_bytes(
        text_format.Parse(text, message("tensorflow.SavedModel")()).SerializeToString()
    )
    return folder


def healthy(folder: Path) -> Path:
    """A copy of a committed model that every loader loads."""
    return shutil.copytree(ARTIFACTS / "tf/w2.15/v2_dense", folder)


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def as_json(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    status, out, _ = run(*arguments, "--format", "json", "--target", TARGET, capsys=capsys)
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    return status, document


def test_healthy_model_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, document = as_json(healthy(tmp_path / "m"), capsys=capsys)
    [report] = document["reports"]
    assert status == 0
    assert report["format"] == "saved_model"
    assert report["problems"] == []
    assert {verdict["loads"] for verdict in report["verdicts"]} == {True}


def test_broken_model_fails_with_its_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'meta_graphs { meta_info_def { tags: "serve" } graph_def { node { name: "x" op: "NoSuchOp" } } }'
    status, document = as_json(saved_model(tmp_path / "m", text), capsys=capsys)
    [report] = document["reports"]
    assert status == 1
    verdict = next(each for each in report["verdicts"] if each["loader"] == "tensorflow_serving")
    assert verdict == {
        "target": TARGET,
        "loader": "tensorflow_serving",
        "loads": False,
        "because": ["unknown-op"],
        "loads_with": [],
    }
    [finding] = [each for each in report["findings"] if each["rule"] == "unknown-op"]
    assert finding["where"] == [{"file": "saved_model.pb", "symbol": "graph/serve/x"}]
    assert "tensorflow_serving" in finding["stops"]
    assert finding["path"] == ["file:saved_model.pb", "op:NoSuchOp"]


def test_narrowed_rules_never_say_that_a_model_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, document = as_json(saved_model(tmp_path / "m"), "--rules", "ops,devices", capsys=capsys)
    assert {verdict["loads"] for verdict in document["reports"][0]["verdicts"]} == {None}


def test_several_paths_and_a_missing_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, document = as_json(tmp_path / "gone", saved_model(tmp_path / "m"), capsys=capsys)
    assert status == 2
    assert [report["format"] for report in document["reports"]] == ["unknown", "saved_model"]
    assert document["reports"][0]["problems"][0]["kind"] == "missing"


def test_folder_is_searched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    healthy(tmp_path / "store" / "a" / "1")
    healthy(tmp_path / "store" / "b" / "1")
    (tmp_path / "store" / "readme.txt").write_text("nothing")
    status, document = as_json(tmp_path / "store", capsys=capsys)
    assert status == 0
    assert [report["path"] for report in document["reports"]] == [str(tmp_path / f"store/{name}/1") for name in "ab"]


def test_json_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved_model(tmp_path / "m")
    _, out, _ = run(model, model, "--format", "jsonl", "--target", TARGET, capsys=capsys)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["schema"] for line in lines] == [1, 1]


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "no PATH given"),
        (["x", "--target", "nonsense"], "names no TensorFlow release"),
        (["x", "--rules", "nonsense"], "there is no rule or family 'nonsense'"),
        (["x", "--loader", "nonsense"], "there is no loader 'nonsense'"),
        (["x", "--devices", "7"], "is no device"),
        (["--explain", "nonsense"], "there is no rule or family"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(*arguments, capsys=capsys)
    assert status == 2
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


HOSTILE = {
    "empty.h5": lambda path: path.write_bytes(b""),
    "random.pb": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "random.h5": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "random.keras": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "page.h5": lambda path: path.write_text("<!DOCTYPE html><html></html>"),
    "fifo.pb": _fifo,
    "loop.h5": _loop,
    "folder.h5": Path.mkdir,
    "zip.keras": lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 30),
    "x.ckpt.index": lambda path: path.write_bytes(b"\xff" * 100),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_path_ends_in_a_report_or_a_problem(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    HOSTILE[name](tmp_path / name)
    status, document = as_json(tmp_path / name, saved_model(tmp_path / "m"), capsys=capsys)
    first, second = document["reports"]
    assert first["findings"] or first["problems"]
    assert status in (1, 2)
    assert not any(problem["kind"] == "internal" for problem in first["problems"])
    assert second["problems"] == []


def test_empty_graph_is_said_and_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No bytes are a GraphDef without nodes: every release imports it."""
    (tmp_path / "empty.pb").write_bytes(b"")
    status, document = as_json(tmp_path / "empty.pb", capsys=capsys)
    [report] = document["reports"]
    assert status == 0
    assert [finding["rule"] for finding in report["findings"]] == ["empty-file"]
    assert [verdict["loads"] for verdict in report["verdicts"]] == [True]


def test_folder_named_saved_model_pb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m" / "saved_model.pb").mkdir(parents=True)
    status, document = as_json(tmp_path / "m", capsys=capsys)
    assert status in (1, 2)
    assert document["reports"][0]["format"] == "saved_model"


@pytest.mark.parametrize("sixteenth", range(16))
def test_truncated_saved_model(sixteenth: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'meta_graphs { meta_info_def { tags: "serve" } graph_def { node { name: "x" op: "NoOp" } versions { producer: 9 } } }'
    file = saved_model(tmp_path / "m", text) / "saved_model.pb"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * sixteenth // 16])
    status, document = as_json(tmp_path / "m", capsys=capsys)
    assert status == 1
    [report] = document["reports"]
    assert {verdict["loads"] for verdict in report["verdicts"]} == {False}
    assert report["problems"] == []


def test_nothing_is_fetched_or_imported(tmp_path: Path) -> None:
    """A scan opens no socket and imports neither TensorFlow nor TensorBoard."""
    model = healthy(tmp_path / "m")
    code = (
        "import socket, sys\n"
        "def refuse(*arguments, **options): raise AssertionError('network')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from analyzer import cli\n"
        f"status = cli.main([{str(model)!r}, '--format', 'json', '--target', {TARGET!r}])\n"
        "assert not {'tensorflow', 'tensorboard', 'keras', 'torch'} & set(sys.modules)\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)


def test_graph_under_the_name_of_a_saved_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A GraphDef parses as a SavedModel without meta graphs. That is no clean model: every loader refuses it."""
    graph = message("tensorflow.GraphDef")()
    graph.node.add(name="x", op="NoOp")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "saved_model.pb").write_bytes(graph.SerializeToString())
    status, document = as_json(tmp_path / "m", capsys=capsys)
    [report] = document["reports"]
    assert status == 1
    assert {verdict["loads"] for verdict in report["verdicts"]} == {False}


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif", "github", "html"])
def test_names_that_are_no_utf8(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    name = os.fsencode(folder) + b"/a\xff.h5"
    try:
        Path(os.fsdecode(name)).write_bytes((ARTIFACTS / "keras/w2.18/lstm.h5").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    status, out, err = run(folder, "--target", TARGET, "--format", form, "-o", tmp_path / "out", capsys=capsys)
    text = (tmp_path / "out").read_bytes().decode("utf-8")  # strict
    assert (status, out, err) == (1, "", "")
    assert "%FF" in text if form == "sarif" else "\\udcff" in text
    if form == "json":
        assert json.loads(text)["reports"][0]["path"] == os.fsdecode(name)


def test_unknown_format_of_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "analyze.toml").write_text('format = "xml"\n')
    monkeypatch.chdir(tmp_path)
    status, out, err = run(healthy(tmp_path / "m"), "--target", TARGET, capsys=capsys)
    assert (status, out) == (2, "")
    assert "there is no format 'xml'; known are text, json, jsonl, sarif, github, html" in err
