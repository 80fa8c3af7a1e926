"""Artifacts that people wrote: is every one read, and do the verdicts agree with the recorded loads?

    python benchmarks/public.py FOLDER       a folder with manifest.jsonl and truth.jsonl

Prints counts by format, problems, and agreement by loader. Text GraphDefs under 2.10.0 are counted apart: there the recorded
error is that of parsing the text as binary, which TensorFlow 2.10.0 itself does not stop at when the caller goes on to the text parser.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analyzer import analyze_all
from analyzer.findings import Report

KERAS = {"2.10.0": "2.10.0", "2.15.0": "2.15.0", "2.18.0": "3.6.0", "2.21.0": "3.14.1"}
TF_KERAS = ("2.18.0", "2.21.0")


def spec(row: dict[str, Any]) -> str:
    """The target of a recorded load, by the folder's README."""
    release = row["tensorflow"]
    parts = [f"tensorflow=={release}", f"python=={row['python']}"]
    parts += [f"keras=={KERAS[release]}"] if release in KERAS else []
    parts += [f"tf-keras=={release}"] if release in TF_KERAS else []
    return ",".join(parts)


def main() -> None:
    """Scan and count."""
    folder = Path(sys.argv[1])
    manifest = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    truth = defaultdict(list)
    for line in (folder / "truth.jsonl").read_text().splitlines():
        row = json.loads(line)
        truth[row["id"]].append(row)
    formats: Counter[tuple[str, str]] = Counter()
    problems: Counter[str] = Counter()
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    listed = []
    for entry in manifest:
        rows = truth[entry["id"]]
        targets = list(dict.fromkeys(map(spec, rows))) or ["tensorflow==2.15.0"]
        reports: list[Report] = list(analyze_all(folder / entry["path"], targets=targets))
        for report in reports:
            formats[entry["format"], report.format] += 1
            problems.update(problem.kind for problem in report.problems)
        verdicts = {(each.target, each.loader): each for report in reports for each in report.verdicts}
        for row in rows:
            verdict = verdicts.get((spec(row), row["loader"]))
            outcome = _outcome(row, verdict.loads if verdict is not None else None)
            outcomes[row["loader"]][outcome] += 1
            if outcome not in ("agreed", "text parsed as binary"):
                listed.append(f"{outcome}: {entry['id']} [{row['loader']}] {row['tensorflow']}")
    _print(formats, problems, outcomes, listed)


def _outcome(row: dict[str, Any], loads: bool | None) -> str:
    if loads is None:
        return "undecided"
    if loads == row["loads"]:
        return "agreed"
    if row.get("exception") == "DecodeError" and row["tensorflow"] == "2.10.0":
        return "text parsed as binary"
    return "false alarm" if row["loads"] else "miss"


def _print(
    formats: Counter[tuple[str, str]], problems: Counter[str], outcomes: dict[str, Counter[str]], listed: list[str]
) -> None:
    print("artifacts by format in the manifest -> as read")
    for (named, read), count in sorted(formats.items()):
        print(f"  {named:<14} -> {read:<14} {count:>4}")
    print(f"problems: {dict(problems) or 'none'}")
    kinds = ("agreed", "false alarm", "miss", "undecided", "text parsed as binary")
    print(f"{'loader':<42}" + "".join(f"{kind:>23}" for kind in kinds))
    for loader, counts in sorted(outcomes.items()):
        print(f"{loader:<42}" + "".join(f"{counts[kind]:>23}" for kind in kinds))
    print("\n".join(sorted(listed)))


if __name__ == "__main__":
    main()
