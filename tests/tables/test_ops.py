"""The op table: what it holds, and that it is what a release itself says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from analyzer.tables import dtypes
from analyzer.tables.history import changes
from analyzer.tables.ops import OpDef, ops, releases_with
from analyzer.tables.releases import ORDER, RELEASES, index
from analyzer.tables.rows import Rows

ROWS = list(Rows("ops.jsonl", "op"))
ROOT = Path(__file__).parents[2]
ATTR_TYPES = {"string", "int", "float", "bool", "type", "shape", "tensor", "func"}


def definitions(release: str) -> list[OpDef]:
    return list(ops(release, "cuda").values())


def test_rows_are_sorted_and_their_intervals_disjoint() -> None:
    keys = [(row["op"].encode(), ORDER[row["since"]]) for row in ROWS]
    assert keys == sorted(keys)
    for row, following in pairwise(ROWS):
        assert "until" not in row or ORDER[row["since"]] <= ORDER[row["until"]]
        if row["op"] == following["op"]:
            assert ORDER[row["until"]] < ORDER[following["since"]]


def test_neighbouring_rows_differ() -> None:
    def fact(row: dict) -> dict:
        return {key: value for key, value in row.items() if key not in ("since", "until")}

    for row, following in pairwise(ROWS):
        touching = "until" in row and ORDER[row["until"]] + 1 == ORDER[following["since"]]
        assert not (row["op"] == following["op"] and touching and fact(row) == fact(following)), row


@pytest.mark.parametrize("release", ["1.4", "1.15", "2.0", "2.10", "2.21"])
def test_definitions_are_whole(release: str) -> None:
    found = definitions(release)
    assert len(found) > 700
    for definition in found:
        for arg in (*definition.inputs, *definition.outputs):
            assert (arg.type > 0) + bool(arg.type_attr) + bool(arg.type_list_attr) == 1, definition
            for name in filter(None, (arg.type_attr, arg.type_list_attr, arg.number_attr)):
                assert name in definition.attrs, definition
        for name, attr in definition.attrs.items():
            assert attr.name == name
            assert attr.type.removeprefix("list(").removesuffix(")") in ATTR_TYPES
            assert attr.has_default or attr.default is None


def test_types_are_numbers() -> None:
    conv = ops("2.15")["Conv2D"]
    assert conv.attrs["T"].allowed == (19, 14, 1, 2, 3)
    assert conv.attrs["padding"].allowed == ("SAME", "VALID", "EXPLICIT")
    assert conv.attrs["dilations"].default == (1, 1, 1, 1)
    assert [arg.type_attr for arg in conv.inputs] == ["T", "T"]


def test_kinds_of_arguments() -> None:
    table = ops("2.15")
    pack, identity_n, assign = table["Pack"], table["IdentityN"], table["Assign"]
    assert (pack.inputs[0].number_attr, pack.inputs[0].type_attr) == ("N", "T")
    assert pack.attrs["N"].minimum == 1
    assert identity_n.inputs[0].type_list_attr == "T"
    assert assign.inputs[0].is_ref
    assert not assign.inputs[1].is_ref
    assert table["ReadVariableOp"].inputs[0].type == dtypes.DATA_TYPES["resource"]


def test_an_unknown_rank_default_is_a_default() -> None:
    shape = ops("2.15")["Placeholder"].attrs["shape"]
    assert shape.has_default
    assert shape.default is None
    assert not ops("2.15")["VarHandleOp"].attrs["dtype"].has_default


@pytest.mark.parametrize(
    "op,release,there",
    [
        ("Conv2D", "1.4", True),
        ("conv2d", "2.15", False),
        ("", "2.15", False),
        ("Conv2D\n", "2.15", False),
        ("DisableCopyOnRead", "2.8", False),
        ("DisableCopyOnRead", "2.10", True),
        ("DisableCopyOnRead", "2.10.1", True),
        ("BlockLSTMV2", "2.0", False),
        ("BlockLSTMV2", "1.15", True),
        ("BlockLSTMV2", "2.1", True),
        ("Window", "2.6", True),
        ("Window", "2.7", False),
        ("MatMul", "2.99", True),
        ("SentencepieceOp", "2.15", False),
    ],
)
def test_presence(op: str, release: str, there: bool) -> None:
    assert (op in ops(release)) is there
    assert (ops(release).get(op) is not None) is there


def test_a_build_may_have_more() -> None:
    assert "TRTEngineOp" not in ops("2.10")
    assert "TRTEngineOp" in ops("2.10", "cuda")
    assert "build:cuda" in ops("2.10", "cuda")["TRTEngineOp"].marks
    assert "TRTEngineOp" in ops("2.17")
    assert "TRTEngineOp" not in ops("2.18", "cuda")
    assert set(ops("2.15")) < set(ops("2.15", "cuda"))
    with pytest.raises(ValueError, match="no build"):
        ops("2.15", "rocm")


def test_deprecation() -> None:
    assert ops("2.15")["BatchNormWithGlobalNormalization"].deprecated == (9, "Use tf.nn.batch_normalization()")
    assert ops("2.15")["MatMul"].deprecated is None
    assert 55 < sum(definition.deprecated is not None for definition in definitions("2.15")) < 80


def test_marks() -> None:
    table = ops("2.15")
    assert {"test", "python"} <= table["TwoFloatInputs"].marks
    assert "private" in table["_Arg"].marks
    assert "build:mkl" in table["_MklConv2D"].marks
    assert not table["MatMul"].marks


def test_releases_with() -> None:
    assert releases_with("Conv2D") == RELEASES
    assert releases_with("Window") == ("2.6",)
    assert releases_with("NoSuchOp") == ()
    assert "2.0" not in releases_with("RaggedTensorToTensor")


def test_changes_in_words() -> None:
    texts = [change.text for change in changes("Conv2D")]
    assert texts[0].startswith("known since 1.4: Conv2D(input: T, filter: T) -> (output: T)")
    assert "1.14 adds attribute explicit_paddings (list(int), default []); " in texts[3]
    assert [(change.release, change.kind) for change in changes("Window")] == [("2.6", "added"), ("2.7", "removed")]
    assert changes("NoSuchOp") == ()


@pytest.mark.parametrize("release", RELEASES[1:])
def test_changes_are_those_between_neighbours(release: str) -> None:
    before, after = (set(ops(one, "cuda")) for one in (RELEASES[ORDER[release] - 1], release))
    added = {name for name in after if any(c.release == release and c.kind == "added" for c in changes(name))}
    removed = {name for name in before if any(c.release == release and c.kind == "removed" for c in changes(name))}
    assert added == after - before
    assert removed == before - after


@pytest.mark.parametrize(
    "given,position",
    [
        ("1.4", 0),
        ("2.15", 27),
        ("2.15.0", 27),
        ("2.16.1rc0", 28),
        ("2.99", 33),
        ("3.0", 33),
        ("1.15.5", 11),
        ("1.16", 11),
    ],
)
def test_index(given: str, position: int) -> None:
    assert index(given) == position


@pytest.mark.parametrize("given", ["", "latest", "1.3", "0.12.1", "x2.15"])
def test_index_refuses(given: str) -> None:
    with pytest.raises(ValueError, match="TensorFlow"):
        index(given)


def test_importing_reads_no_table() -> None:
    code = (
        "import builtins\n"
        "real = builtins.open\n"
        "def read(path, *a, **k):\n    assert not str(path).endswith('.jsonl'), path\n    return real(path, *a, **k)\n"
        "builtins.open = read\n"
        "import analyzer.tables.ops, analyzer.tables.kernels, analyzer.tables.releases\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def environments() -> Path:
    folder = os.environ.get("ANALYZE_TF_ENVS")
    if not folder:
        pytest.skip("ANALYZE_TF_ENVS is not set")
    return Path(folder)


@pytest.mark.tensorflow
@pytest.mark.parametrize("release", ["2.15"])
def test_the_table_says_what_the_release_says(release: str, tmp_path: Path) -> None:
    from tools.tables.build_ops import op
    from tools.tables.fold import unfold
    from tools.tables.remake import dump

    python = environments() / f"tf{release}" / "bin/python"
    if not python.exists():
        pytest.skip(f"no environment of {release}")
    dump(python, tmp_path / "ops.json")
    said = {row["name"]: op(row) for row in json.loads((tmp_path / "ops.json").read_text())["ops"]}
    table = unfold("op", ROWS, release, index)
    held = {name: fact for name, fact in table.items() if "build:cuda" not in fact.get("marks", ())}
    for fact in held.values():
        fact.pop("marks", None)
    assert held == said
