"""analyzer/tables/ops.jsonl from the dumps of `dump_release.py`.

    python -m tools.tables.build_ops DUMPS [--out FILE]

DUMPS holds `cpu/RELEASE.json` for every release and `cuda/RELEASE.json` for those whose CUDA wheel was had.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analyzer.tables.dtypes import name_of
from analyzer.tables.releases import RELEASES, index
from tools.tables.fold import fold, write

Row = dict[str, Any]
TABLE = Path(__file__).parents[2] / "analyzer/tables/ops.jsonl"
FLAGS = {
    "is_stateful": "stateful",
    "is_commutative": "commutative",
    "is_aggregate": "aggregate",
    "allows_uninitialized_input": "uninitialized",
    "is_distributed_communication": "distributed",
}


def load(dumps: Path, build: str, release: str) -> Row | None:
    """The dump of one build of one release; None where there is none."""
    path = dumps / build / f"{release}.json"
    return json.loads(path.read_text()) if path.exists() else None


def arg(row: Row) -> str:
    """An argument in the words of `OpDefBuilder::Input`: `values: N * T`, `ref: Ref(T)`, `x: int32`."""
    kind = name_of(row["type"]) if row.get("type") else row.get("type_attr") or row["type_list_attr"]
    if "number_attr" in row:
        kind = f"{row['number_attr']}*{kind}"
    return f"{row['name']}: Ref({kind})" if row.get("is_ref") else f"{row['name']}: {kind}"


def attr(row: Row) -> Any:
    """An attribute's type alone, or an object with what else is declared; types by name."""
    fact: Row = {"type": row["type"]}
    if "minimum" in row:
        fact["min"] = row["minimum"]
    if "allowed" in row:
        fact["in"] = _named(row["allowed"])
    if "default" in row:
        is_type = row["type"] in ("type", "list(type)")
        fact["default"] = _named(row["default"]) if is_type else row["default"]
    return fact if len(fact) > 1 else row["type"]


def _named(values: Any) -> Any:
    if isinstance(values, list):
        return [_named(value) for value in values]
    return name_of(values) if isinstance(values, int) else values


def op(row: Row) -> Row:
    """The fact of one op in one release."""
    fact: Row = {}
    if row["inputs"]:
        fact["in"] = [arg(a) for a in row["inputs"]]
    if row["outputs"]:
        fact["out"] = [arg(a) for a in row["outputs"]]
    if row["control_outputs"]:
        fact["control"] = row["control_outputs"]
    if row["attrs"]:
        fact["attrs"] = {a["name"]: attr(a) for a in row["attrs"]}
    flags = [word for flag, word in FLAGS.items() if row.get(flag)]
    if flags:
        fact["is"] = flags
    if "deprecation" in row:
        fact["deprecated"] = row["deprecation"]
    return fact


def facts(dumps: Path, releases: tuple[str, ...] = RELEASES) -> dict[str, dict[str, Row]]:
    """Facts of each release by op, marks included."""
    cpu = {release: load(dumps, "cpu", release) for release in releases}
    missing = [release for release, dump in cpu.items() if dump is None]
    if missing:
        raise SystemExit(f"no dump of {', '.join(missing)} in {dumps}/cpu: run tools/tables/remake.py first")
    test_ops = {name for dump in cpu.values() if dump for name in dump["test_ops"]}
    extra = cuda_only(dumps, releases)
    return {release: _release(cpu[release] or {}, extra.get(release, ()), test_ops) for release in releases}


def cuda_only(dumps: Path, releases: tuple[str, ...]) -> dict[str, list[Row]]:
    """The ops that only the CUDA build has; a release whose CUDA wheel was not had takes the nearest later one's.

    Releases before the first CUDA wheel that was had get none: too little is known of them.
    """
    found: dict[str, list[Row]] = {}
    for release in reversed(releases):
        cpu, cuda = load(dumps, "cpu", release), load(dumps, "cuda", release)
        if cpu is not None and cuda is not None:
            names = {row["name"] for row in cpu["ops"]}
            found[release] = [row for row in cuda["ops"] if row["name"] not in names]
    had = [index(release) for release in found]
    for release in releases:
        later = [position for position in had if position >= index(release)]
        if release not in found and had and min(had) < index(release) and later:
            found[release] = found[RELEASES[min(later)]]
    return found


def _release(cpu: Row, cuda: Iterable[Row], test_ops: set[str]) -> dict[str, Row]:
    python = set(cpu["python_ops"])
    found = {}
    for row, build in (*((row, "") for row in cpu["ops"]), *((row, "build:cuda") for row in cuda)):
        name = row["name"]
        holds = {
            "test": name in test_ops,
            "private": name.startswith("_"),
            "python": name in python,
            "build:cuda": bool(build),
            "build:mkl": "Mkl" in name,
        }
        marks = [mark for mark, is_so in holds.items() if is_so]
        found[name] = op(row) | ({"marks": marks} if marks else {})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE)
    arguments = parser.parse_args()
    rows = fold("op", facts(arguments.dumps), RELEASES)
    size = write(arguments.out, rows)
    print(f"{arguments.out.name}: {len(rows)} rows, {len({row['op'] for row in rows})} ops, {size} bytes")


if __name__ == "__main__":
    main()
