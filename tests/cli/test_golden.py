"""Whole outputs for committed artifacts, healthy and broken, of each format; `pytest --accept` rewrites them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from analyzer import cli

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "analyzer/reports/report.schema.json").read_text())
TF, KERAS = "corpus/artifacts/tf", "corpus/artifacts/keras"

# What each case shows, and what the command line is given.
CASES = {
    "saved_model_loads": ["--target", "tensorflow==2.15.0", f"{TF}/w2.15/v2_dense"],
    "saved_model_unknown_op": ["--target", "tensorflow==2.9.0", f"{TF}/w2.15/v2_dense"],
    "saved_model_keras_3": ["--target", "tensorflow==2.18.0", f"{TF}/w1.15/v1_no_tags"],
    "saved_model_gpu_pinned": ["--target", "tensorflow==2.15.0", f"{TF}/w1.4/v1_gpu_pinned"],
    "saved_model_narrowed": ["--target", "tensorflow==2.15.0", "--rules", "ops,devices", f"{TF}/w2.15/v2_dense"],
    "saved_model_no_target": [f"{TF}/w2.15/v2_table_file", "-v"],
    "checkpoint_loads": ["--target", "tensorflow==2.15.0", f"{TF}/w1.15/saver_dense/model.ckpt"],
    "checkpoint_lfs_pointer": ["--target", "tensorflow==2.15.0", f"{TF}/w1.15/saver_dense+c_index_lfs/model.ckpt"],
    "checkpoint_v1_loads": ["--target", "tensorflow==2.15.0", f"{TF}/w1.15/saver_v1_format/model.ckpt"],
    "graph_def_input_mismatch": ["--target", "tensorflow==2.21.0", f"{TF}/w1.15/frozen_conv+g_no_inputs/graph.pb"],
    "h5_two_targets": [
        *("--target", "tensorflow==2.10.0", "--target", "tensorflow==2.18.0"),
        f"{KERAS}/w2.10/compiled_objects_7.h5",
    ],
    "h5_truncated": ["--target", "tensorflow==2.10.0", f"{KERAS}/w2.10/dense+truncated_by_one_byte.h5"],
    "weights_h5": ["--target", "tensorflow==2.18.0", f"{KERAS}/w2.12/dense.weights.h5"],
    "archive_custom_layer": ["--target", "tensorflow==2.18.0", f"{KERAS}/w2.16/custom_layer.keras"],
    "several": [
        *("--target", "tensorflow==2.18.0"),
        *(
            f"{TF}/w2.15/v2_dense",
            f"{KERAS}/w2.16/custom_layer.keras",
            f"{KERAS}/w2.18/lstm.h5",
            "corpus/no_such_model",
        ),
    ],
}
TEXT_ONLY = {
    "matrix_loaders": ["--matrix", f"{TF}/w2.15/v2_dense"],
    "matrix_artifacts": ["--matrix", f"{KERAS}/w2.10/compiled_objects_7.h5", f"{KERAS}/w2.10/dense_options.h5"],
    "matrix_targets": [
        *("--matrix", "--target", "tensorflow==2.15.0", "--target", "tensorflow==2.16.1"),
        f"{KERAS}/w2.10/dense_options.h5",
    ],
    "show_objects": ["--show", "objects", f"{TF}/w2.15/object_shards/ckpt-1"],
    "diff": ["--diff", f"{TF}/w1.15/saver_dense/model.ckpt", f"{TF}/w2.15/v2_dense"],
    "explain_op": ["--explain", "op:MatMul"],
}


OTHER_FORMATS = {
    f"{name}.{form}": [*CASES[name], "--format", form]
    for form in ("sarif", "github", "html")
    for name in ("saved_model_unknown_op", "several")
}


def printed(arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("analyzer.target.installed_here", lambda: None)
    cli.main(arguments)
    out = capsys.readouterr().out
    assert "(internal)" not in out and '"kind": "internal"' not in out, out  # a fault of ours is no output to accept
    out = re.sub(r'"seconds": [\d.e-]+', '"seconds": 0', out)
    out = re.sub(r"<p>analyze [^<]+</p>", "<p>analyze -</p>", out)
    return re.sub(r'("semanticVersion"|"version"): "(?!2\.1\.0")[^"]+"', r'\1: "-"', out)


@pytest.mark.parametrize("name", [*CASES, *TEXT_ONLY])
def test_text(
    name: str,
    golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = printed({**CASES, **TEXT_ONLY}[name], capsys, monkeypatch)
    assert "\x1b" not in text
    golden(f"{name}.txt", text)


@pytest.mark.parametrize("name", CASES)
def test_json(
    name: str,
    golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = printed([*CASES[name], "--format", "json"], capsys, monkeypatch)
    jsonschema.validate(json.loads(text), SCHEMA)
    golden(f"{name}.json", text)


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_other_formats(
    name: str,
    golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    golden(name, printed(OTHER_FORMATS[name], capsys, monkeypatch))


def test_every_golden_file_has_its_case() -> None:
    files = {file.name for file in (ROOT / "tests/golden").iterdir()}
    assert files == {f"{name}.txt" for name in (*CASES, *TEXT_ONLY)} | {f"{name}.json" for name in CASES} | {
        *OTHER_FORMATS
    }
