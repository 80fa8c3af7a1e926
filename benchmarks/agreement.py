"""How often the analyzer says what TensorFlow does.

    python benchmarks/agreement.py                                  the committed artifacts against the committed baseline
    python benchmarks/agreement.py --root DIR                       another folder of artifacts with its manifest*.jsonl
    python benchmarks/agreement.py --corpus DIR                     a folder with manifest.jsonl, truth.jsonl and artifacts

Every artifact is analyzed once, for all releases that its truth was recorded under. A row of the truth is one load
(artifact, release, loader) and falls into one class:

    agreed       the verdict says what happened
    false alarm  said to fail, and loads
    miss         said to load, and fails
    undecided    the verdict is open, or there is none

Of the loads that fail and are said to fail, "right cause" counts those where a rule that stands for the error
(`analyzer/confirm/messages.py`) is among the verdict's reasons, "no pattern" those whose error no pattern knows.
Exit 1 when a number is worse than the baseline's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from analyzer.confirm.messages import rules_for  # noqa: E402
from benchmarks.agreement_tables import (  # noqa: E402
    Judged,
    count,
    disagreements,
    folded,
    grouped,
    summary,
    table,
    worse_than,
    worst_first,
)

CORPUS = REPOSITORY / "corpus"
BASELINE = Path(__file__).resolve().parent / "agreement-baseline.json"
TF_KERAS = {"2.20": "2.20.1"}  # where the environment's tf_keras is not X.Y.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Artifact:
    """One artifact of a manifest and what was recorded of it."""

    id: str
    path: str
    format: str
    breaks: str
    truth: tuple[Row, ...]


@dataclass
class Result:
    """All that was judged, and artifacts that the analyzer raised on."""

    judged: list[Judged] = field(default_factory=list)
    crashes: list[tuple[str, str]] = field(default_factory=list)  # id, what was raised
    problems: list[tuple[str, str]] = field(default_factory=list)  # id, kind; only of artifacts that some loader loads


def read_lines(file: Path) -> Iterator[Row]:
    """The rows of a JSON lines file, compressed or not."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else open(file, encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def collect(manifests: Iterable[Path], truths: Iterable[Path], root: Path, releases: Sequence[str]) -> list[Artifact]:
    """The artifacts that are there and have truth, in the order of their ids."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for file in truths:
        for row in read_lines(file):
            if not releases or release_of(row) in releases:
                rows[row["id"]].append(row)
    found = {}
    for file in manifests:
        for entry in read_lines(file):
            path = root / entry["path"]
            if entry["id"] in rows and is_there(path):
                found[entry["id"]] = Artifact(
                    entry["id"], str(path), entry["format"], entry.get("breaks") or "", tuple(rows[entry["id"]])
                )
    return [found[name] for name in sorted(found)]


def is_there(path: Path) -> bool:
    """Whether a folder, a file, or a checkpoint of this prefix is there."""
    if path.exists() or path.is_symlink():
        return True
    return path.parent.is_dir() and any(name.startswith(f"{path.name}.") for name in os.listdir(path.parent))


def release_of(row: Row) -> str:
    """The minor release a row was recorded under."""
    return ".".join(row["tensorflow"].split(".")[:2])


def target_of(row: Row) -> str:
    """The target specification of the environment that a row was recorded in."""
    release = release_of(row)
    parts = [f"tensorflow=={row['tensorflow']}"]
    if row.get("keras"):
        parts.append(f"keras=={row['keras']}")
    if tuple(map(int, release.split("."))) >= (2, 16):
        parts.append(f"tf-keras=={row.get('tf_keras') or TF_KERAS.get(release, f'{release}.0')}")
    parts.append("python==" + ".".join(row["python"].split(".")[:2]))
    if row.get("legacy_keras"):
        parts.append("TF_USE_LEGACY_KERAS=1")
    return ",".join(parts)


def judge(artifact: Artifact) -> Result:
    """Analyze one artifact for every release of its truth, and compare row by row."""
    from analyzer import analyze

    targets = list(dict.fromkeys(target_of(row) for row in artifact.truth))
    try:
        report = analyze(artifact.path, targets=targets)
    except Exception as error:
        return Result(
            [compare(artifact, row, None, ("analyzer raised",)) for row in artifact.truth],
            [(artifact.id, f"{type(error).__name__}: {error}")],
        )
    said = {(verdict.target, verdict.loader): verdict for verdict in report.verdicts}
    judged = []
    for row in artifact.truth:
        verdict = said.get((target_of(row), row["loader"]))
        loads, because = (verdict.loads, verdict.because) if verdict is not None else (None, ("no verdict",))
        judged.append(compare(artifact, row, loads, tuple(because)))
    crashes = [(artifact.id, problem.message) for problem in report.problems if problem.kind == "internal"]
    healthy = any(row["loads"] for row in artifact.truth)
    problems = [(artifact.id, problem.kind) for problem in report.problems if healthy and problem.kind != "internal"]
    return Result(judged, crashes, problems)


def compare(artifact: Artifact, row: Row, said: bool | None, because: tuple[str, ...]) -> Judged:
    """One load counted."""
    if said is None:
        outcome = "undecided"
    elif said == row["loads"]:
        outcome = "agreed"
    else:
        outcome = "false alarm" if row["loads"] else "miss"
    explained = () if row["loads"] else rules_for(row.get("exception"), row.get("message"))
    both_fail = outcome == "agreed" and not row["loads"]
    return Judged(
        id=artifact.id,
        loader=row["loader"],
        release=release_of(row) + ("-legacy-keras" if row.get("legacy_keras") else ""),
        format=artifact.format,
        breaks=artifact.breaks,
        outcome=outcome,
        cause=cause_of(row, explained, because),
        right_cause=not set(explained).isdisjoint(because) if both_fail and explained else None,
        said=said,
        because=because,
        loads=row["loads"],
        error="" if row["loads"] else f"{row.get('exception')}: {row.get('message')}",
        explained_by=explained,
    )


def cause_of(row: Row, explained: Sequence[str], because: Sequence[str]) -> str:
    """The one name that a load is counted under: the reason named if it explains the error, else the error's own."""
    if row["loads"]:
        return because[0] if because else "(loads)"
    shared = [name for name in because if name in explained]
    return (shared or list(explained) or [f"({row.get('exception')})"])[0]


def run(artifacts: Sequence[Artifact], jobs: int) -> Result:
    """Judge all artifacts, in a pool of processes where `jobs` is over 1."""
    if jobs == 1:
        results: Iterable[Result] = map(judge, artifacts)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            results = list(pool.map(judge, artifacts, chunksize=8))
    whole = Result()
    for result in results:
        whole.judged += result.judged
        whole.crashes += result.crashes
        whole.problems += result.problems
    return whole


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder with manifest.jsonl, truth.jsonl and the artifacts")
    parser.add_argument("--root", type=Path, help="what the manifests' paths start from")
    parser.add_argument("--manifest", nargs="+", type=Path, help="default: manifest*.jsonl in the root")
    parser.add_argument("--truth", nargs="+", type=Path, help="default: what is committed")
    parser.add_argument("--releases", nargs="+", default=[])
    parser.add_argument("--only", default="", help="only artifacts whose id contains this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", type=int, default=40, help="how many disagreements to list; 0 for all")
    parser.add_argument("--json", type=Path, help="write every number and disagreement here")
    parser.add_argument("--baseline", type=Path, help="compare with this file")
    parser.add_argument("--accept", action="store_true", help="write the baseline instead of comparing with it")
    options = parser.parse_args(argv)
    committed = options.root is None and options.corpus is None and options.manifest is None and options.truth is None
    if options.corpus:
        options.manifest, options.truth = [options.corpus / "manifest.jsonl"], [options.corpus / "truth.jsonl"]
    options.root = options.root or options.corpus or CORPUS / "artifacts"
    options.manifest = options.manifest or sorted(options.root.glob("manifest*.jsonl"))
    options.truth = options.truth or sorted((CORPUS / "truth").glob("*.jsonl.gz"))
    if committed and not options.only and not options.releases:
        options.baseline = options.baseline or BASELINE
    return options


def main(argv: list[str]) -> int:
    """Print the tables; 1 when something got worse than the baseline."""
    options = arguments(argv)
    artifacts = collect(options.manifest, options.truth, options.root, options.releases)
    artifacts = [each for each in artifacts if options.only in each.id]
    begin = time.time()
    result = run(artifacts, options.jobs)
    seconds = time.time() - begin
    judged = result.judged
    print(f"{len(artifacts)} artifacts, {len(judged)} loads, {seconds:.1f} s\n")
    for key in ("loader", "release", "format"):
        print("\n".join(table(key, grouped(judged, key))))
    print("\n".join(table("cause", worst_first(grouped(judged, "cause")), 60)))
    if any(one.breaks for one in judged):
        print("\n".join(table("failures.md", worst_first(grouped(judged, "breaks")), 60)))
    print("\n".join(table("all", {"all": count(judged)})))
    print("\n".join(disagreements(judged, options.show)))
    print("\n".join(folded("analyzer raised", result.crashes) + folded("problem on what loads", result.problems)))
    now = summary(judged)
    if options.json:
        rows = [asdict(one) for one in judged if one.outcome != "agreed" or one.right_cause is False]
        options.json.write_text(
            json.dumps({"summary": now, "disagreements": rows, "crashes": result.crashes}, indent=1)
        )
    if options.accept:
        (options.baseline or BASELINE).write_text(json.dumps(now, indent=1) + "\n")
        return 0
    if options.baseline and options.baseline.exists():
        worse = worse_than(json.loads(options.baseline.read_text()), now)
        print("\n".join(["", *worse]) if worse else "\nnothing worse than the baseline")
        return 1 if worse else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
