"""analyzer/tables/README.md: what each table holds, its size, and how many rows hold for each release.

    python -m tools.tables.describe [--check]

Every `*.jsonl` of the folder is counted.  `--check` writes nothing and ends with 1 if the file is out of date.
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path
from typing import Any

from analyzer.tables.releases import ORDER, RELEASES
from analyzer.tables.rows import holds

FOLDER = Path(__file__).parents[2] / "analyzer/tables"
HEAD = """# Tables

What releases offer, one JSON row a line; the modules of this folder read them and document their rows. This file is made
by `python -m tools.tables.describe`; see `tools/README.md` for the builders of the tables.
"""

Row = dict[str, Any]


def tables(folder: Path) -> dict[str, list[Row]]:
    """Rows of every table by file name."""
    return {path.name: [json.loads(line) for line in path.open("rb")] for path in sorted(folder.glob("*.jsonl"))}


def by_release(rows: list[Row]) -> bool:
    """Whether the intervals of a table's rows are of TensorFlow's minor releases, all of them."""
    return all("since" in row and row["since"] in ORDER and row.get("until", "2.0") in ORDER for row in rows)


def sizes(found: dict[str, list[Row]], folder: Path) -> list[str]:
    """The table of files."""
    lines = ["| file | key | keys | rows | KB | KB compressed |", "|---|---|---:|---:|---:|---:|"]
    total = packed = 0
    for name, rows in found.items():
        data = (folder / name).read_bytes()
        small = len(zlib.compress(data, 9))
        total, packed = total + len(data), packed + small
        key = next(iter(rows[0])) if rows else ""
        keys = len({row[key] for row in rows})
        lines.append(f"| `{name}` | {key} | {keys:,} | {len(rows):,} | {len(data) / 1000:,.0f} | {small / 1000:,.0f} |")
    lines.append(f"| all | | | | {total / 1000:,.0f} | {packed / 1000:,.0f} |")
    return lines


def counts(found: dict[str, list[Row]]) -> list[str]:
    """Rows that hold for each release, of the tables with intervals of releases."""
    names = [name for name, rows in found.items() if rows and by_release(rows)]
    lines = ["| release | " + " | ".join(f"`{name}`" for name in names) + " |", "|---|" + "---:|" * len(names)]
    for position, release in enumerate(RELEASES):
        cells = [sum(holds(row, position, ORDER) for row in found[name]) for name in names]
        lines.append(f"| {release} | " + " | ".join(f"{cell:,}" if cell else "" for cell in cells) + " |")
    return lines


def marks(rows: list[Row]) -> list[str]:
    """Ops of each release by mark, and those that are deprecated."""
    words = sorted({mark for row in rows for mark in row.get("marks", ())})
    lines = ["| release | ops | " + " | ".join(words) + " | deprecated |", "|---|---:|" + "---:|" * (len(words) + 1)]
    for position, release in enumerate(RELEASES):
        here = [row for row in rows if holds(row, position, ORDER)]
        cells = [sum(word in row.get("marks", ()) for row in here) for word in words]
        cells.append(sum("deprecated" in row for row in here))
        lines.append(f"| {release} | {len(here):,} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    return lines


def devices(rows: list[Row]) -> list[str]:
    """Ops of each release with a kernel on the common devices, by build."""
    lines = [
        "| release | CPU or DEFAULT | GPU, CPU build | GPU, CUDA build | GPU only, CUDA build |",
        "|---|---:|---:|---:|---:|",
    ]
    for position, release in enumerate(RELEASES):
        here = [row for row in rows if holds(row, position, ORDER)]
        if not here:
            continue
        host = sum("CPU" in row or "DEFAULT" in row for row in here)
        gpu = sum("GPU" in row for row in here)
        cuda = [row | row.get("cuda", {}) for row in here]
        on_gpu = [row for row in cuda if row.get("GPU")]
        only = sum(not row.get("CPU") and not row.get("DEFAULT") for row in on_gpu)
        lines.append(f"| {release} | {host:,} | {gpu:,} | {len(on_gpu):,} | {only:,} |")
    return lines


def text(folder: Path = FOLDER) -> str:
    """The whole file."""
    found = tables(folder)
    parts = [
        HEAD,
        "## Files\n",
        "\n".join(sizes(found, folder)),
        "\n## Rows that hold for each release of TensorFlow\n",
    ]
    parts.append("\n".join(counts(found)))
    parts += ["\n## Ops by mark\n", "\n".join(marks(found["ops.jsonl"]))]
    parts += ["\n## Ops with a kernel\n", "\n".join(devices(found["kernels.jsonl"]))]
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, end with 1 if the file is out of date")
    arguments = parser.parse_args()
    path = FOLDER / "README.md"
    if not arguments.check:
        path.write_text(text())
    elif not path.exists() or path.read_text() != text():
        raise SystemExit(f"{path.name} is out of date: run python -m tools.tables.describe")


if __name__ == "__main__":
    main()
