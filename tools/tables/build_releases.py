"""analyzer/tables/releases.jsonl and pythons.jsonl.

    python -m tools.tables.build_releases DUMPS [--out FOLDER]

From DUMPS/cpu (`dump_release.py`: graph versions, data types), DUMPS/probes (`probe_release.py`: what was tried) and
DUMPS/index.json (`collect_releases.py`: dates, Pythons, requirements).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from analyzer.tables.dtypes import REF_OFFSET, name_of
from analyzer.tables.releases import RELEASES
from tools.tables.build_ops import load
from tools.tables.fold import write

Row = dict[str, Any]
FOLDER = Path(__file__).parents[2] / "analyzer/tables"


def data_types(dump: Row) -> list[str]:
    """Names of the members of DataType, in order of number."""
    numbers = {number for number in dump["data_types"].values() if 0 < number < REF_OFFSET}
    return [name_of(number) for number in sorted(numbers)]


def release(name: str, previous: Row | None, dump: Row, probe: Row, index: Row) -> Row:
    """The row of one release; data types only those that it adds."""
    version = probe["xla_call_module"]
    before = set(previous["data_types"]) if previous else set()
    row: Row = {
        "release": name,
        "date": index["date"],
        "versions": index["versions"],
        "read": dump["version"],
        "pythons": index["pythons"],
        "graph_def_version": dump["graph_def_version"],
        "min_consumer": dump["min_consumer"],
        "min_producer": dump["min_producer"],
        "requires": {
            key: index["requires"][key] for key in ("numpy", "protobuf", "h5py", "keras") if key in index["requires"]
        },
        "installs": {python: index["installs"][python] for python in index["pythons"] if index["installs"].get(python)},
        "resolved": index["resolved"],
        "new_data_types": [dtype for dtype in data_types(dump) if dtype not in before],
        "data_types": data_types(dump),
    }
    if version.isdigit():
        row["xla_call_module"] = int(version)
    if index.get("tf-keras"):
        row["tf_keras"] = index["tf-keras"]
    row["abilities"] = [key for key, value in sorted(probe["abilities"].items()) if value]
    return row


def rows(dumps: Path) -> list[Row]:
    """All rows, oldest first; the whole list of data types is left out of what is written."""
    index = json.loads((dumps / "index.json").read_text())["releases"]
    found: list[Row] = []
    for name in RELEASES:
        dump, probe = load(dumps, "cpu", name), load(dumps, "probes", name)
        if dump is None or probe is None or name not in index:
            raise SystemExit(f"{name}: dump, probe or index facts are missing in {dumps}")
        found.append(release(name, found[-1] if found else None, dump, probe, index[name]))
    return [{key: value for key, value in row.items() if key != "data_types"} for row in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    releases = rows(arguments.dumps)
    size = write(arguments.out / "releases.jsonl", releases)
    print(f"releases.jsonl: {len(releases)} rows, {size} bytes")
    magics = json.loads((arguments.dumps / "index.json").read_text())["magics"]
    pythons = [{"python": name, "magic": magic} for name, magic in sorted(magics.items())]
    size = write(arguments.out / "pythons.jsonl", pythons)
    print(f"pythons.jsonl: {len(pythons)} rows, {size} bytes")


if __name__ == "__main__":
    main()
