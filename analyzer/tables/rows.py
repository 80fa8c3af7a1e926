"""Rows of a committed table, found by name without decoding the others.

A table is a file of JSON lines in this folder.  Every line is one object in compact form whose first key is the
table's key and whose second, where a fact holds for some releases only, is `since` and then `until`:

    {"op":"Abs","since":"1.4","until":"1.15",...}

Lines are sorted by the bytes of the key, rows of one key by release.  `since` and `until` are the first and the last
release that the row holds for; a row without `until` still holds in the newest release known, one without `since`
held from the oldest on.  Both are names from `analyzer.tables.releases.RELEASES`, or of whatever else the table counts
releases of.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]


class Rows:
    """The rows of one table, read from disk at the first question and then held as bytes."""

    __slots__ = ("_data", "_lines", "_path", "_prefix")

    def __init__(self, file: str, key: str, folder: str | os.PathLike[str] | None = None) -> None:
        """Name a table: `file` in `folder` (this package's own by default), whose lines start with `key`."""
        self._path = os.path.join(folder or os.path.dirname(__file__), file)
        self._prefix = f'{{"{key}":"'.encode()
        self._data: bytes | None = None
        self._lines: dict[str, tuple[bytes, ...]] = {}

    @property
    def path(self) -> Path:
        """Where the table is."""
        from pathlib import Path

        return Path(self._path)

    @property
    def data(self) -> bytes:
        """The whole file. Raises OSError where it cannot be read."""
        if self._data is None:
            with open(self._path, "rb") as file:
                self._data = file.read()
        return self._data

    def lines(self, name: str) -> tuple[bytes, ...]:
        """The undecoded rows of one key, oldest first; empty where there is none. Kept once found."""
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = self._read(name)
        return found

    def find(self, name: str) -> tuple[Row, ...]:
        """The decoded rows of one key, oldest first; empty where there is none."""
        return tuple(json.loads(line) for line in self.lines(name))

    def holding(self, name: str, release: int, order: Mapping[str, int]) -> Row | None:
        """The row of one key that holds for the release at this position, the only one decoded."""
        for line in self.lines(name):
            since, until = interval(line)
            if (not since or order[since] <= release) and (not until or release <= order[until]):
                row: Row = json.loads(line)
                return row
        return None

    def __contains__(self, name: str) -> bool:
        return bool(self.lines(name))

    def __iter__(self) -> Iterator[Row]:
        """Every row, decoded, in file order."""
        for line in self.data.splitlines():
            yield json.loads(line)

    def names(self) -> tuple[str, ...]:
        """Every key once, in file order."""
        skip = len(self._prefix)
        found = (line[skip : line.index(b'"', skip)].decode() for line in self.data.splitlines())
        return tuple(dict.fromkeys(found))

    def _read(self, name: str) -> tuple[bytes, ...]:
        data, found = self.data, []
        line = self._prefix + name.encode() + b'"'
        start = self._first(name)
        while data.startswith(line, start):
            end = _line_end(data, start)
            found.append(data[start:end])
            start = end + 1
        return tuple(found)

    def _first(self, name: str) -> int:
        """Offset of the first line that does not sort before a key: a binary search over the bytes, about 20 steps."""
        data, wanted = self.data, name.encode()
        skip = len(self._prefix)
        low, high = 0, len(data)  # both always at the start of a line
        while low < high:
            start = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            quote = data.index(b'"', start + skip)
            if data[start + skip : quote] < wanted:
                low = _line_end(data, quote) + 1
            else:
                high = start
        return low


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def interval(line: bytes) -> tuple[str, str]:
    """`since` and `until` of an undecoded row, empty where it has none; they stand right after the key."""
    parts = line.split(b'"', 12)
    since = parts[7].decode() if len(parts) > 7 and parts[5] == b"since" else ""
    place = 9 if since else 5
    until = parts[place + 2].decode() if len(parts) > place + 2 and parts[place] == b"until" else ""
    return since, until


def holds(row: Row, release: int, order: Mapping[str, int]) -> bool:
    """Whether a decoded row holds for the release at this position; `order` maps a release's name to its position."""
    since, until = row.get("since"), row.get("until")
    return (since is None or order[since] <= release) and (until is None or release <= order[until])


def holding(rows: Iterable[Row], release: int, order: Mapping[str, int]) -> Row | None:
    """The first of some decoded rows that holds for the release at this position."""
    return next((row for row in rows if holds(row, release, order)), None)
