"""analyzer/tables/libraries.jsonl and libraries_wheels.jsonl from the facts of `collect.py`.

    python -m tools.libraries.fold FACTS [--out DIR]

An op row says which versions of a distribution register the op and which statement does it: the import where importing
was seen to register it, else what the library offers for it, else `tf.load_op_library` of the object that holds it.
A wheel row says in which TensorFlow all objects of that version load.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from packaging.version import Version

Row = dict[str, Any]
TABLES = Path(__file__).parents[2] / "analyzer/tables"


def facts(folder: Path) -> dict[str, list[Row]]:
    """What was collected, by distribution, oldest version first; `tf.contrib` counts as `tensorflow`."""
    found: dict[str, list[Row]] = {}
    for path in folder.glob("*-*.json"):
        if not path.name.endswith(".wheels.json"):
            fact = json.loads(path.read_text())
            found.setdefault(fact["distribution"], []).append(fact)
    return {name: sorted(rows, key=lambda row: Version(row["version"])) for name, rows in sorted(found.items())}


def held(fact: Row) -> dict[str, dict[str, str]]:
    """For each TensorFlow in which the objects were tried: op -> object that registers it.

    An object whose name ends in a TensorFlow version (tf-sentencepiece has one for each) counts in that one only.
    """
    answer = {}
    for minor, objects in fact["loads"].items():
        answer[minor] = {
            op: path
            for path, result in objects.items()
            if isinstance(result, dict) and made_for(path) in (None, minor)
            for op in result.get("ops", ())
        }
    return answer


def made_for(path: str) -> str | None:
    found = re.search(r"\.so\.(\d+\.\d+)(?:\.|$)", path)
    return found[1] if found else None


def minors(fact: Row) -> list[str]:
    """The TensorFlow minors in which every op of this version gets registered."""
    known = ops_of(fact)
    return sorted((minor for minor, ops in held(fact).items() if ops and ops.keys() == known), key=Version)


def needs_cuda(fact: Row) -> bool:
    """Whether objects load only where a CUDA build of TensorFlow supplies their symbols."""
    results = [result for minor in minors(fact) for result in fact["loads"][minor].values() if result.get("ops")]
    return any(not name.startswith("libpython") for result in results for name in result.get("stubs", ()))


def ops_of(fact: Row) -> set[str]:
    """Ops of this version in any TensorFlow that loads it."""
    return {op for ops in held(fact).values() for op in ops}


def seen(fact: Row) -> dict[str, str]:
    """Op -> the statement that was seen to register it; of `tf.contrib` the import of the module that holds it."""
    contrib = fact["distribution"] == "tensorflow"
    answer: dict[str, str] = {}
    known = ops_of(fact)
    for said in fact["imports"].values():
        whole = True  # so far only imports that run all of tf.contrib
        for step in said.get("steps", ()):
            statement = step["statement"]
            whole = whole and statement in ("import tensorflow.contrib", "import tensorflow.contrib.all_reduce")
            for op in step["ops"]:
                if op in known:
                    answer[op] = owner(fact, op) if contrib and whole else statement
    return answer


def by_path(fact: Row, op: str) -> str:
    """A statement that loads the object that holds the op."""
    path = next(ops[op] for ops in held(fact).values() if op in ops)
    if fact["distribution"] == "tensorflow":
        return f"tf.load_op_library(tf.contrib.__path__[0] + '/{path}')"
    package, _, rest = re.sub(r"^[^/]+\.data/(?:purelib|platlib)/", "", path).partition("/")
    return f"import {package}; tf.load_op_library({package}.__path__[0] + '/{rest}')"


def statement(run: list[Row], op: str) -> str:
    """What registers the op in these versions: as the newest of them whose import was seen to, else by its object."""
    for fact in reversed(run):
        found = seen(fact).get(op)
        if found:
            return found
    return by_path(run[-1], op)


def owner(fact: Row, op: str) -> str:
    """The import of the `tf.contrib` module whose folder holds the op; any such import runs all of `tf.contrib`."""
    path = next(ops[op] for ops in held(fact).values() if op in ops)
    return f"import tensorflow.contrib.{path.partition('/')[0]}"


def runs(versions: list[Row], op: str) -> Iterator[list[Row]]:
    """Consecutive versions that register the op."""
    for has, group in groupby(versions, key=lambda fact: op in ops_of(fact)):
        if has:
            yield list(group)


def statement_runs(run: list[Row], op: str) -> Iterator[tuple[str, list[Row]]]:
    """The run with what registers the op; of `tf.contrib`, which was imported in every release, cut where that changes."""
    if run[0]["distribution"] != "tensorflow":
        yield statement(run, op), run
        return
    for text, group in groupby(run, key=lambda fact: statement([fact], op)):
        yield text, list(group)


def op_rows(collected: dict[str, list[Row]]) -> list[Row]:
    rows = []
    for distribution, versions in collected.items():
        usable = [fact for fact in versions if ops_of(fact)]
        for op in {op for fact in usable for op in ops_of(fact)}:
            for run in runs(usable, op):
                for text, part in statement_runs(run, op):
                    row: Row = {"op": op, "library": distribution, "since": part[0]["version"]}
                    if part[-1] is not usable[-1] or distribution == "tensorflow":
                        row["until"] = part[-1]["version"]
                    rows.append(row | {"load": text})
    return sorted(rows, key=lambda row: (row["op"].encode(), row["library"], Version(row["since"])))


def wheel_rows(collected: dict[str, list[Row]]) -> list[Row]:
    rows = []
    for distribution, versions in collected.items():
        if distribution == "tensorflow":
            continue
        for fact in versions:
            if not ops_of(fact):
                continue
            pythons = [f"{tag[2]}.{tag[3:]}" for tag in fact["pythons"] if tag.startswith("cp")]
            row: Row = {"distribution": distribution, "version": fact["version"], "tensorflow": minors(fact)}
            row["pythons"] = sorted(pythons, key=Version)
            if needs_cuda(fact):
                row["cuda"] = True
            rows.append(row)
    return rows


def write(path: Path, rows: list[Row]) -> None:
    """One compact row a line."""
    path.write_text("".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=Path)
    parser.add_argument("--out", type=Path, default=TABLES)
    options = parser.parse_args()
    collected = facts(options.facts)
    write(options.out / "libraries.jsonl", op_rows(collected))
    write(options.out / "libraries_wheels.jsonl", wheel_rows(collected))


if __name__ == "__main__":
    main()
