"""Build `analyzer/tables/keras_functions.jsonl` from what `functions.py` wrote under several releases.

    python -m tools.keras_tables.functions_table DUMP...

A release that was not asked, and lies between two that were, gets what both have; later ones what the last one has.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from analyzer.tables.keras import versions
from analyzer.tables.keras_functions import NEVER_SAID, VERSION_1
from tools.keras_tables.table import label
from tools.tables.fold import Row, fold, write

TABLE = Path(__file__).parents[2] / "analyzer" / "tables" / "keras_functions.jsonl"
# Left out: what other packages register when they are imported, and what the table does not decide.
_OTHERS = ("estimator.", "compat.v1.estimator.", *NEVER_SAID)


def names_of(dump: str) -> tuple[str, dict[str, Row]]:
    """The version that was asked, and the names that it has, with the arguments of functions that layers call."""
    document = json.loads(Path(dump).read_text(encoding="utf-8"))
    called = {name: {"arguments": words} for name, words in document["arguments"].items() if words is not None}
    return label(document), {name: called.get(name, {}) for name in document["names"] if not name.startswith(_OTHERS)}


def own(name: str, rows: Mapping[str, Row], names: Container[str]) -> bool:
    """Whether the name says more than the same one without the prefix of TensorFlow 1: that it is there, or other arguments."""
    plain = name.removeprefix(VERSION_1)
    return plain == name or plain not in names or (bool(rows[name]) and rows[name] != rows.get(plain))


def filled(measured: Mapping[str, Mapping[str, Row]], order: Iterable[str]) -> dict[str, dict[str, Row]]:
    """Names of every version from the first measured one on."""
    labels = list(order)
    places = [number for number, each in enumerate(labels) if each in measured]
    facts: dict[str, dict[str, Row]] = {}
    for number, each in enumerate(labels):
        before = max((place for place in places if place <= number), default=None)
        after = min((place for place in places if place >= number), default=before)
        if before is None or after is None:
            facts[each] = {}
        else:
            old, new = measured[labels[before]], measured[labels[after]]
            facts[each] = {name: row if new[name] == row else {} for name, row in old.items() if name in new}
    return facts


def main(dumps: Iterable[str]) -> None:
    """Build the table anew from these dumps."""
    measured = dict(map(names_of, dumps))
    plain = frozenset().union(*measured.values())
    measured = {
        each: {name: row for name, row in rows.items() if own(name, rows, plain)} for each, rows in measured.items()
    }
    everything = [f"{package}-{version}" for package, version in versions()]
    known: dict[str, dict[str, Row]] = {each: {} for each in everything} | filled(
        measured, [each for each in everything if _has_names(each)]
    )
    rows = fold("function", known, everything)
    print(f"{len(rows)} rows, {write(TABLE, rows)} bytes")


def _has_names(version: str) -> bool:
    """Keras inside TensorFlow, Keras 2 of 2.6 and later, tf_keras: what may have the layers that call functions by name."""
    package, _, number = version.rpartition("-")
    numbers = tuple(int(part) for part in number.split("."))
    return package in ("tf.keras", "tf_keras") or (package == "keras" and (2, 6) <= numbers < (3,))


if __name__ == "__main__":
    main(sys.argv[1:])
