"""Folding one fact per release into rows that hold for an interval of releases, and writing them as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def fold(key: str, facts: Mapping[str, Mapping[str, Row]], releases: Sequence[str]) -> list[Row]:
    """Rows of equal facts in neighbouring releases, sorted by name and then by release.

    `facts` maps a release to its facts by name; `releases` is the order.  A row that holds in the last release has no
    `until`, so that a new release changes only what it changes.
    """
    names = sorted({name for release in releases for name in facts[release]}, key=str.encode)
    return [row for name in names for row in _intervals(key, name, facts, releases)]


def _intervals(key: str, name: str, facts: Mapping[str, Mapping[str, Row]], releases: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    current: Row | None = None
    for position, release in enumerate(releases):
        fact = facts[release].get(name)
        if current is not None and fact != current:
            rows[-1]["until"] = releases[position - 1]
        if fact is not None and fact != current:
            rows.append({key: name, "since": release, "until": None, "fact": fact})
        current = fact
    return [_flat(row, key) for row in rows]


def _flat(row: Row, key: str) -> Row:
    flat = {key: row[key], "since": row["since"]}
    if row["until"] is not None:
        flat["until"] = row["until"]
    return flat | row["fact"]


def line(row: Row) -> str:
    """One row as the table holds it: compact, keys in the order given."""
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write a table and return its size in bytes."""
    data = "".join(line(row) + "\n" for row in rows).encode()
    path.write_bytes(data)
    return len(data)


def unfold(key: str, rows: Iterable[Row], release: str, order: Callable[[str], int]) -> dict[str, Row]:
    """The facts of one release, by name: what `fold` was given for it."""
    position, facts = order(release), {}
    for row in rows:
        until = row.get("until")
        if order(row["since"]) <= position and (until is None or position <= order(until)):
            facts[row[key]] = {name: value for name, value in row.items() if name not in (key, "since", "until")}
    return facts
