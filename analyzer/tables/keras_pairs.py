"""Packages `keras` and `tf_keras` that a TensorFlow release does not get on with, from `keras_pairs.jsonl`.

Pairs were really tried; what is not in the table works, or could not be. A row holds a TensorFlow release, a package, the minor
of it from which on it fails so, up to that of the next row or to its last one (`to`), where that is (`import` of tensorflow itself, `keras` for the first use of
`tf.keras`, `load` for any model), the error, and the Python from which on where older ones get on. Builder:
tools/tables/pair_keras.py.
"""

from __future__ import annotations

from analyzer.records import NamedTuple
from analyzer.tables.releases import RELEASES, index
from analyzer.tables.rows import Rows

_TABLE = Rows("keras_pairs.jsonl", "tensorflow")


class Refusal(NamedTuple):
    """Where a pair fails, and Python's words for it."""

    step: str
    error: str


def refusal(tensorflow: str, package: str, version: tuple[int, ...], python: tuple[int, ...]) -> Refusal | None:
    """What TensorFlow says to a version of `keras` or `tf-keras`; None where they get on."""
    rows = [row for row in _TABLE.find(RELEASES[index(tensorflow)]) if row["package"] == package]
    row = next((row for row in reversed(rows) if _numbers(row["from"]) <= version), None)
    if row is None or version[:2] > _numbers(row.get("to", "999")) or python < _numbers(row.get("python", "0")):
        return None
    return Refusal(row["step"], row["error"])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
