"""analyzer/tables/text_names.jsonl: the names in text protos that not every release knows.

    python -m tools.tables.build_text_names DUMPS [--out FILE]

From DUMPS/names (`dump_text_names.py`), one dump for each release from 1.15 on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.tables.releases import RELEASES
from tools.tables.fold import fold, write

OUT = Path(__file__).parents[2] / "analyzer/tables/text_names.jsonl"
COVERED = RELEASES[RELEASES.index("1.15") :]


def rows(known: Mapping[str, Mapping[str, list[str]]]) -> list[dict[str, Any]]:
    """Intervals of releases for every name that some release does not know."""
    facts = {
        release: {f"{owner}.{name}": dict[str, Any]() for owner, names in known[release].items() for name in names}
        for release in COVERED
    }
    everywhere = set.intersection(*map(set, facts.values()))
    return [row for row in fold("name", facts, COVERED) if row["name"] not in everywhere]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    known = {release: json.loads((arguments.dumps / f"names/{release}.json").read_bytes()) for release in COVERED}
    print(f"{arguments.out}: {write(arguments.out, rows(known)):,} bytes")


if __name__ == "__main__":
    main()
