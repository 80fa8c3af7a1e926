"""Rows are found by name without reading the others, and intervals hold at both ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.tables.rows import Rows, holding, holds, interval

LINES = (
    '{"op":"A","since":"1.4","until":"1.15","x":1}',
    '{"op":"A","since":"2.1","x":2}',
    '{"op":"AB","since":"2.0","until":"2.0"}',
    '{"op":"Addons>X","since":"2.0"}',
    '{"op":"_B","until":"2.0"}',
    '{"op":"z"}',
)
ORDER = {"1.4": 0, "1.15": 1, "2.0": 2, "2.1": 3, "2.2": 4}


@pytest.fixture(params=["\n", ""], ids=["newline at the end", "no newline at the end"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Rows:
    (tmp_path / "t.jsonl").write_text("\n".join(LINES) + request.param)
    return Rows("t.jsonl", "op", tmp_path)


@pytest.mark.parametrize("name,count", [("A", 2), ("AB", 1), ("Addons>X", 1), ("_B", 1), ("z", 1)])
def test_every_key_is_found(table: Rows, name: str, count: int) -> None:
    assert len(table.find(name)) == count
    assert name in table


@pytest.mark.parametrize("name", ["", "0", "AA", "ABC", "B", "_", "zz", "é", 'A"', "A\n"])
def test_other_names_are_not(table: Rows, name: str) -> None:
    assert table.find(name) == ()
    assert name not in table
    assert table.holding(name, 2, ORDER) is None


def test_names_and_iteration(table: Rows) -> None:
    assert table.names() == ("A", "AB", "Addons>X", "_B", "z")
    assert len(list(table)) == len(LINES)


@pytest.mark.parametrize("release,x", [("1.4", 1), ("1.15", 1), ("2.0", None), ("2.1", 2), ("2.2", 2)])
def test_intervals_hold_at_both_ends(table: Rows, release: str, x: int | None) -> None:
    row = table.holding("A", ORDER[release], ORDER)
    assert (row and row["x"]) == x
    assert holding(table.find("A"), ORDER[release], ORDER) == row


def test_an_open_interval_holds_on_its_side(table: Rows) -> None:
    assert all(holds({}, position, ORDER) for position in range(5))
    assert [table.holding("_B", position, ORDER) is not None for position in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "line,expected",
    [(LINES[0], ("1.4", "1.15")), (LINES[1], ("2.1", "")), (LINES[4], ("", "2.0")), (LINES[5], ("", ""))],
)
def test_an_interval_is_read_without_decoding(line: str, expected: tuple[str, str]) -> None:
    assert interval(line.encode()) == expected


def test_a_missing_table_is_an_error_when_asked(tmp_path: Path) -> None:
    rows = Rows("none.jsonl", "op", tmp_path)
    with pytest.raises(OSError, match=r"none\.jsonl"):
        rows.find("A")
