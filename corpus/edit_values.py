"""Replace one value, anywhere in the configuration of Keras models, in ways that nobody thought of beforehand.

    python corpus/edit_values.py OUT FILE... [--count 300] [--seed 0]

Each FILE is an `.h5` or `.keras` that loads. OUT gets COUNT copies, each with one value of `model_config`, `training_config` or
`config.json` dropped, renamed or replaced by another of an odd type or size, and `manifest-edits.jsonl`, which `record.py` and
`benchmarks/agreement.py --root OUT` take. Values are chosen evenly by the key that they stand under, so that the rare ones get
their share. The same files, count and seed make the same copies.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent / "mutate_keras"))

import h5py
from mutating import ARCHIVE, H5, read_config, replace_member

Place = tuple[str | int, ...]


def _first(value: Any) -> Any:
    items = list(value.values()) if isinstance(value, dict) else value
    return items[0] if isinstance(items, (list, str)) and items else value


def _case(value: Any) -> Any:
    return (value.upper() if value != value.upper() else value.lower()) if isinstance(value, str) else value


EDITS: dict[str, Callable[[Any], Any]] = {
    "none": lambda value: None,
    "int": lambda value: 7,
    "negative": lambda value: -1,
    "text": lambda value: "odd",
    "list": lambda value: [1, 2],
    "object": lambda value: {"a": 1},
    "wrapped": lambda value: [value],
    "true": lambda value: True,
    "fraction": lambda value: 0.5,
    "empty": lambda value: type(value)() if isinstance(value, (str, list, dict)) else 0,
    "first": _first,
    "twice": lambda value: value * 2 if isinstance(value, (str, list)) else value,
    "case": _case,
}
DROPPED, RENAMED = "dropped", "renamed"


def places(tree: Any, above: Place = ()) -> Iterator[Place]:
    """Where each value of a configuration is."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


def by_key(tree: Any) -> dict[str, list[Place]]:
    """Those by the key that they stand under; elements of lists by that of the list."""
    found: dict[str, list[Place]] = {}
    for place in places(tree):
        key = next((each for each in reversed(place) if isinstance(each, str)), "")
        found.setdefault(f"{key}[]" if isinstance(place[-1], int) else key, []).append(place)
    return found


def edited(tree: Any, place: Place, edit: str) -> Any:
    """A copy with one value changed."""
    changed = copy.deepcopy(tree)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    last: Any = place[-1]
    if edit == DROPPED:
        del holder[last]
    elif edit == RENAMED and isinstance(holder, dict):
        renamed = {f"{key}_x" if key == last else key: value for key, value in holder.items()}
        holder.clear()
        holder.update(renamed)
    elif edit != RENAMED:
        holder[last] = EDITS[edit](holder[last])
    return changed


def read(path: Path) -> dict[str, Any]:
    """The configurations of a file by their names."""
    found = {"model_config": json.loads(read_config(path))}
    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            if "training_config" in file.attrs:
                found["training_config"] = json.loads(file.attrs["training_config"])
    return found


def write(path: Path, name: str, tree: Any) -> None:
    """Put a configuration back into its file."""
    if h5py.is_hdf5(path):
        with h5py.File(path, "r+") as file:
            file.attrs[name] = json.dumps(tree)
    else:
        replace_member(path, "config.json", json.dumps(tree).encode())


def make(out: Path, source: Path, draw: random.Random, number: int) -> dict[str, Any] | None:
    """One copy with one edit, and its line of the manifest; None where the edit changes nothing."""
    configurations = read(source)
    name = draw.choice(sorted(configurations)) if draw.random() < 0.3 else "model_config"
    under = by_key(configurations[name])
    place = draw.choice(under[draw.choice(sorted(under))])
    edit = draw.choice([*EDITS, DROPPED, RENAMED])
    changed = edited(configurations[name], place, edit)
    if json.dumps(changed) == json.dumps(configurations[name]):
        return None
    path = out / f"{number:05}-{source.name}"
    shutil.copy(source, path)
    write(path, name, changed)
    where = "/".join(map(str, (name, *place)))
    form = H5 if h5py.is_hdf5(source) else ARCHIVE
    row = {"id": f"edits/{path.name}", "path": path.name, "format": form, "base": source.name, "tier": 1}
    return {**row, "mutation": f"{edit} {where}", "breaks": None, "written_by": ""}


def main() -> None:
    """Make the copies and their manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    draw = random.Random(given.seed)
    rows: list[dict[str, Any]] = []
    while len(rows) < given.count:
        row = make(given.out, draw.choice(sorted(given.files)), draw, len(rows))
        rows += [row] if row else []
    (given.out / "manifest-edits.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


if __name__ == "__main__":
    main()
