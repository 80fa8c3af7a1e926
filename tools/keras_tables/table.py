"""Build `analyzer/tables/keras_*.jsonl` from what `dump.py` wrote under each Keras.

    python -m tools.keras_tables.table COMMAND

    pool DUMP...            print the argument names and values to try, for dump.py
    build DUMP...           make the tables anew from these dumps alone
    add DUMP...             replace or add these versions, keep the others
    changes OLD NEW [-v]    what a version has that another has not (`keras-3.6.0`)
    run PACKAGE OUT [--python EXE] [--path FOLDER]
                            write the dump of one installed Keras; FOLDER may hold another

A new Keras: `run` it, `add` its dump, look at `changes`.

A version is named `PACKAGE-RELEASE`: `tf.keras-1.15` is Keras inside TensorFlow, `keras-2.10` Keras 2 by minor release
(its patches do not differ in what is kept here), `keras-3.6.0` every patch of Keras 3, `tf_keras-2.18`.  Versions are
ordered as the code went: standalone Keras to 2.4, Keras in TensorFlow, Keras 2, tf_keras, Keras 3, so that a fact that
did not change between them is one row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.keras_tables.facts import facts_of, label, position
from tools.keras_tables.pool import pool
from tools.tables.fold import Row, fold, unfold, write

FOLDER = Path(__file__).parents[2] / "analyzer" / "tables"
# Table file -> the key of its rows.
TABLES = {
    "keras_names.jsonl": "name",
    "keras_symbols.jsonl": "symbol",
    "keras_objects.jsonl": "object",
    "keras_modules.jsonl": "module",
    "keras_rules.jsonl": "rule",
}
Facts = dict[str, dict[str, dict[str, Row]]]  # table file -> version -> key -> row


def read_tables(folder: Path = FOLDER) -> Facts:
    """The committed tables, unfolded: what `facts_of` gave for each version."""
    rules = _rows(folder / "keras_rules.jsonl")
    order: list[str] = next((row["value"] for row in rules if row["rule"] == "versions"), [])
    index = {version: number for number, version in enumerate(order)}
    facts: Facts = {}
    for file, key in TABLES.items():
        rows = [row for row in _rows(folder / file) if row[key] != "versions"]
        facts[file] = {version: unfold(key, rows, version, index.__getitem__) for version in order}
    return facts


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_tables(facts: Facts, folder: Path = FOLDER) -> dict[str, int]:
    """Fold and write every table. Returns file -> bytes."""
    sizes = {}
    for file, key in TABLES.items():
        versions = sorted(facts[file], key=position)
        rows = fold(key, facts[file], versions)
        if file == "keras_rules.jsonl":
            rows.append({"rule": "versions", "since": versions[0], "value": versions})
            rows.sort(key=lambda row: row["rule"].encode())
        sizes[file] = write(folder / file, rows)
    return sizes


def add(facts: Facts, dumps: Iterable[str]) -> None:
    """Put the facts of dumps in place of what `facts` has for their versions."""
    for dump in dumps:
        document = json.loads(Path(dump).read_text(encoding="utf-8"))
        for file, rows in facts_of(document).items():
            facts.setdefault(file, {})[label(document)] = rows


def objects_of(dumps: Iterable[str]) -> list[Row]:
    """The rows of the object table that dumps give."""
    documents = (json.loads(Path(dump).read_text(encoding="utf-8")) for dump in dumps)
    return [row for document in documents for row in facts_of(document)["keras_objects.jsonl"].values()]


def changes(old: str, new: str, verbose: bool) -> None:
    """Print what differs between two versions."""
    facts = read_tables()
    for file in TABLES:
        before, after = facts[file][old], facts[file][new]
        gone, came = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
        changed = sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
        print(f"{file}: {len(came)} new, {len(gone)} gone, {len(changed)} changed")
        for sign, keys in (("+", came), ("-", gone)):
            for key in keys if verbose or file != "keras_modules.jsonl" else ():
                print(f"  {sign} {key}")
        for key in changed:
            for fact in sorted(before[key].keys() | after[key].keys()):
                if before[key].get(fact) != after[key].get(fact):
                    print(f"  ~ {key} {fact}: {_difference(before[key].get(fact), after[key].get(fact))}")


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, str) and isinstance(after, str) and " " in before + after:
        before, after = before.split(), after.split()
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = ([f"{name}: {value}" for name, value in each.items()] for each in (before, after))
    if isinstance(before, list) and isinstance(after, list):
        signs = [f"-{item}" for item in before if item not in after] + [
            f"+{item}" for item in after if item not in before
        ]
        return " ".join(map(str, signs)) or "order"
    return f"{json.dumps(before)} -> {json.dumps(after)}"


def run(package: str, out: str, python: str, path: str | None) -> None:
    """Write the dump of one installed Keras: once for its names, once more with those of all others tried on it."""
    environment = dict(os.environ) | ({"PYTHONPATH": path} if path else {})
    command = [python, str(Path(__file__).with_name("dump.py")), package, out]
    subprocess.run(command, env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder, "pool.json")
        names.write_text(
            json.dumps(pool([*_rows(FOLDER / "keras_objects.jsonl"), *objects_of([out])])), encoding="utf-8"
        )
        subprocess.run([*command, str(names)], env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pool", "build", "add"):
        commands.add_parser(name).add_argument("dumps", nargs="+")
    command = commands.add_parser("changes")
    command.add_argument("old")
    command.add_argument("new")
    command.add_argument("-v", "--verbose", action="store_true")
    command = commands.add_parser("run")
    command.add_argument("package", choices=("tf.keras", "keras", "tf_keras"))
    command.add_argument("out")
    command.add_argument("--python", default=sys.executable)
    command.add_argument("--path")
    given = parser.parse_args()
    if given.command == "pool":
        json.dump(pool(objects_of(given.dumps)), sys.stdout, indent=0)
    elif given.command == "changes":
        changes(given.old, given.new, given.verbose)
    elif given.command == "run":
        run(given.package, given.out, given.python, given.path)
    else:
        facts: Facts = {} if given.command == "build" else read_tables()
        add(facts, given.dumps)
        for file, size in write_tables(facts).items():
            print(f"{file}: {size} bytes")


if __name__ == "__main__":
    main()
