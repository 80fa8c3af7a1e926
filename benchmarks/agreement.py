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
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from analyzer.confirm.messages import rules_for  # noqa: E402

CORPUS = REPOSITORY / "corpus"
BASELINE = Path(__file__).resolve().parent / "agreement-baseline.json"
TF_KERAS = {"2.20": "2.20.1"}  # where the environment's tf_keras is not X.Y.0
CLASSES = ("agreed", "false alarm", "miss", "undecided")
NUMBERS = (*CLASSES, "right cause", "wrong cause", "no pattern")
WORSE_WHEN_MORE = ("false alarm", "miss", "undecided", "wrong cause")

Row = dict[str, Any]


@dataclass(frozen=True)
class Artifact:
    """One artifact of a manifest and what was recorded of it."""

    id: str
    path: str
    format: str
    breaks: str
    truth: tuple[Row, ...]


@dataclass(frozen=True)
class Judged:
    """One load: what happened, what was said, and how that is counted."""

    id: str
    loader: str
    release: str
    format: str
    breaks: str
    outcome: str
    cause: str
    right_cause: bool | None
    said: bool | None
    because: tuple[str, ...]
    loads: bool
    error: str
    explained_by: tuple[str, ...]


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


def count(judged: Iterable[Judged]) -> Counter[str]:
    """How many loads fell into each class."""
    numbers: Counter[str] = Counter()
    for one in judged:
        numbers[one.outcome] += 1
        if one.outcome == "agreed" and not one.loads:
            numbers[
                "no pattern" if one.right_cause is None else "right cause" if one.right_cause else "wrong cause"
            ] += 1
    return numbers


def grouped(judged: Iterable[Judged], key: str) -> dict[str, Counter[str]]:
    """The numbers for each value of a field."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[getattr(one, key)].append(one)
    return {name: count(groups[name]) for name in sorted(groups, key=natural)}


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key under which 2.4 comes before 2.10."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.-]", name))


def table(title: str, groups: dict[str, Counter[str]], limit: int = 0) -> list[str]:
    """A table of numbers as lines of text."""
    width = max([len(name) for name in groups] + [len(title)])
    lines = [f"{title:{width}}  {'loads':>7} " + " ".join(f"{name:>11}" for name in NUMBERS)]
    for name, numbers in list(groups.items())[: limit or None]:
        total = sum(numbers[each] for each in CLASSES)
        lines.append(f"{name:{width}}  {total:>7} " + " ".join(f"{numbers[each]:>11}" for each in NUMBERS))
    return [*lines, ""]


def worst_first(groups: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Groups by what they cost: a false alarm weighs as ten misses."""

    def cost(item: tuple[str, Counter[str]]) -> int:
        return -10 * item[1]["false alarm"] - item[1]["miss"] - item[1]["undecided"]

    return dict(sorted(groups.items(), key=cost))


def disagreements(judged: Iterable[Judged], shown: int) -> list[str]:
    """Both sides of each load where the two differ; the same disagreement in other releases is folded into one line."""
    groups_of: dict[tuple[str, ...], list[Judged]] = defaultdict(list)
    order = {"false alarm": 0, "miss": 1, "undecided": 2, "wrong cause": 3}
    for one in judged:
        kind = "wrong cause" if one.right_cause is False else one.outcome
        if kind != "agreed":
            groups_of[kind, one.id, one.loader, " ".join(one.because), one.error[:60]].append(one)
    groups = sorted(groups_of.items(), key=lambda item: (order[item[0][0]], -len(item[1]), item[0]))
    lines = []
    for (kind, name, loader, because, _), ones in groups[: shown or None]:
        releases = " ".join(sorted({one.release for one in ones}, key=natural))
        lines += [f"{kind}: {name}  [{loader}]  {releases}"]
        lines += [f"    analyzer:   {word(ones[0].said)} {because}".rstrip()]
        error = ones[0].error.replace("\n", " ")
        lines += [f"    tensorflow: {word(ones[0].loads)} {error[:300]}".rstrip()]
    if shown and len(groups) > shown:
        lines.append(f"... and {len(groups) - shown} more (--show 0 for all)")
    return lines


def folded(title: str, named: Sequence[tuple[str, str]]) -> list[str]:
    """Each text once, with how often it came and the first id it came with."""
    first = {text: name for name, text in reversed(named)}
    times = Counter(text for _, text in named)
    return [f"{title}, {number} x: {text}, first on {first[text]}" for text, number in times.most_common()]


def word(loads: bool | None) -> str:
    """A verdict in a word."""
    return {True: "loads", False: "fails", None: "undecided"}[loads]


def summary(judged: list[Judged]) -> dict[str, dict[str, int]]:
    """What the baseline holds: numbers overall, by loader, release and format."""
    groups = {"all": count(judged)}
    for key in ("loader", "release", "format"):
        groups |= {f"{key} {name}": numbers for name, numbers in grouped(judged, key).items()}
    return {name: {each: numbers[each] for each in NUMBERS} for name, numbers in groups.items()}


def worse_than(baseline: dict[str, dict[str, int]], now: dict[str, dict[str, int]]) -> list[str]:
    """Each number that got worse, in words."""
    return [
        f"{group}: {name} was {before.get(name, 0)}, is {now[group][name]}"
        for group, before in baseline.items()
        if group in now
        for name in WORSE_WHEN_MORE
        if now[group][name] > before.get(name, 0)
    ]


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
