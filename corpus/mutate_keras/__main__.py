"""`python corpus/mutate_keras ROOT [NAME...]`: break the healthy Keras artifacts below ROOT/keras.

Bases are those of the releases' ``written.jsonl``. Mutants are put beside their bases; the lines of ROOT/manifest-keras.jsonl (tier
1: recorded under every release) and ROOT/manifest-keras-more.jsonl (the rest) are made anew.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import mutating  # noqa: E402

for _path in sorted(HERE.glob("*.py")):
    if _path.stem not in ("__main__", "mutating"):
        importlib.import_module(_path.stem)

Row = dict[str, Any]


def healthy(root: Path) -> dict[str, Row]:
    """The rows of what the writers wrote, by id."""
    rows: dict[str, Row] = {}
    for listing in sorted(root.glob("keras/*/written.jsonl")):
        release = listing.parent.name
        for line in map(json.loads, listing.read_text().splitlines()):
            row: Row = {"id": f"{release}/{line.pop('name')}", "path": f"keras/{release}/{line.pop('path')}"}
            row |= {"format": line["format"], "written_by": line["written_by"], "base": None, "mutation": None}
            rows[row["id"]] = row | {"breaks": line["breaks"], "tier": line["tier"]}
    return rows


def target_name(base: str, mutation: str) -> str:
    """`dense.h5` and `truncated` make `dense+truncated.h5`."""
    stem, dot, suffix = base.partition(".")
    return f"{stem}+{mutation}{dot}{suffix}"


def same(first: Path, second: Path) -> bool:
    """Whether two files, links or folders hold the same."""
    if first.is_symlink() or second.is_symlink():
        return first.is_symlink() and second.is_symlink() and first.readlink() == second.readlink()
    if first.is_dir() and second.is_dir():
        inside = sorted(path.name for path in first.iterdir())
        return inside == sorted(path.name for path in second.iterdir()) and all(
            same(first / name, second / name) for name in inside
        )
    return first.is_file() and second.is_file() and first.read_bytes() == second.read_bytes()


def deliver(made: Path, folder: Path) -> set[Path]:
    """Move what a mutation left in the folder `made` to `folder`, leaving alone what is there already; the paths."""
    delivered = set()
    for item in made.iterdir():
        target = folder / item.name
        if not same(item, target):
            mutating.discard(target)
            item.rename(target)
        delivered.add(target)
    return delivered


def mutant(root: Path, base: Row, entry: mutating.Mutation) -> tuple[Row, set[Path]] | None:
    """Apply one mutation to one artifact: its row and all paths that came out, or None where it changes nothing."""
    source = root / base["path"]
    with tempfile.TemporaryDirectory(dir=root) as place:
        target = Path(place) / target_name(source.name, entry.name)
        mutating.copy(source, target)
        try:
            result = entry.apply(target) or target
        except (mutating.NotApplicable, KeyError, IndexError):
            return None
        if result == target and same(result, source):
            return None
        path = source.parent / result.relative_to(place)
        paths = deliver(Path(place), source.parent)
    row = base | {"id": f"{base['id']}+{entry.name}", "path": path.relative_to(root).as_posix()}
    return row | {"base": base["id"], "mutation": entry.name, "breaks": entry.breaks}, paths


def mutants(root: Path, rows: dict[str, Row], entry: mutating.Mutation) -> Iterator[tuple[Row, set[Path]]]:
    """Apply one mutation to the artifacts it is tried on; of the groups and formats, one by turns is tier 1."""
    groups = [(form, group) for form in entry.formats for group in mutating.bases(entry, form)]
    recorded = zlib.crc32(entry.name.encode()) % len(groups)
    for number, (form, group) in enumerate(groups):
        made = 0
        for release, name in group:
            base = rows.get(f"{release}/{name}")
            outcome = mutant(root, base, entry) if base and base["format"] == form and made < entry.count else None
            if outcome:
                made += 1
                yield outcome[0] | {"tier": 1 if made == 1 and number == recorded else 2}, outcome[1]
        if not made:
            print(f"{entry.name}: nothing of {form} to apply it to in {group[0][0]} and its like", file=sys.stderr)


def main(root: Path, names: set[str]) -> None:
    """Mutate everything (or what `names` says) and write both manifests."""
    rows = healthy(root)
    kept = list(rows.values())
    delivered: set[Path] = set()
    for entry in mutating.MUTATIONS:
        if not names or entry.name in names:
            for row, paths in mutants(root, rows, entry):
                kept.append(row)
                delivered |= paths
    if names:
        return
    for path in set(root.glob("keras/*/*+*")) - delivered:
        mutating.discard(path)
    kept.sort(key=lambda row: str(row["id"]))
    for tier, file in ((1, "manifest-keras.jsonl"), (2, "manifest-keras-more.jsonl")):
        lines = [json.dumps({key: row[key] for key in row if key != "tier"}) for row in kept if row["tier"] == tier]
        (root / file).write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
