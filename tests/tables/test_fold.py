"""Builders: folding by interval, merging of kernels, the generated README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.tables.releases import RELEASES
from tools.tables.build_kernels import merged
from tools.tables.describe import FOLDER, text
from tools.tables.fold import fold, unfold, write

ORDER = ("1", "2", "3", "4")


def place(release: str) -> int:
    return ORDER.index(release)


FACTS = {
    "1": {"b": {"x": 1}, "a": {"x": 1}},
    "2": {"b": {"x": 1}},
    "3": {"b": {"x": 2}, "a": {"x": 1}},
    "4": {"b": {"x": 2}, "a": {"x": 1}, "B": {}},
}


def test_fold_by_interval() -> None:
    assert fold("op", FACTS, ORDER) == [
        {"op": "B", "since": "4"},
        {"op": "a", "since": "1", "until": "1", "x": 1},
        {"op": "a", "since": "3", "x": 1},
        {"op": "b", "since": "1", "until": "2", "x": 1},
        {"op": "b", "since": "3", "x": 2},
    ]


@pytest.mark.parametrize("release", ORDER)
def test_unfold_is_its_inverse(release: str) -> None:
    assert unfold("op", fold("op", FACTS, ORDER), release, place) == FACTS[release]


def test_a_release_without_changes_changes_no_line() -> None:
    longer = fold("op", FACTS | {"5": FACTS["4"]}, (*ORDER, "5"))
    assert longer == fold("op", FACTS, ORDER)


def test_a_table_is_one_row_a_line(tmp_path: Path) -> None:
    rows = fold("op", FACTS, ORDER)
    size = write(tmp_path / "t.jsonl", rows)
    lines = (tmp_path / "t.jsonl").read_text().splitlines()
    assert size == (tmp_path / "t.jsonl").stat().st_size
    assert [json.loads(line) for line in lines] == rows
    assert all(line.startswith('{"op":"') for line in lines)


def test_kernels_that_differ_in_one_attribute_merge() -> None:
    sets = [{"T": frozenset({1})}, {"T": frozenset({2})}, {"T": frozenset({3}), "U": frozenset({1})}]
    found = merged(sets, {"T": "type", "U": "type"})
    assert {"T": frozenset({1, 2})} in found
    assert {"T": frozenset({3}), "U": frozenset({1})} in found
    assert len(found) == 2


def test_kernels_over_a_list_of_types_do_not() -> None:
    sets = [{"T": frozenset({1})}, {"T": frozenset({2})}]
    assert len(merged(sets, {"T": "list(type)"})) == 2


def test_kernels_that_differ_in_two_attributes_do_not() -> None:
    sets = [{"T": frozenset({1}), "U": frozenset({1})}, {"T": frozenset({2}), "U": frozenset({2})}]
    assert len(merged(sets, {"T": "type", "U": "type"})) == 2


def test_the_readme_is_current() -> None:
    assert (FOLDER / "README.md").read_text() == text(), "run python -m tools.tables.describe"


def test_the_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.jsonl")) < 8_000_000
    assert len(RELEASES) == 34
