"""analyzer/tables/kernels.jsonl from the dumps of `dump_release.py`.

    python -m tools.tables.build_kernels DUMPS [--out FILE]

Kernels that differ in the values of one attribute only are merged, since a node has a kernel if it has either; this is
not done over a list of types, where a kernel must allow every member.  A CUDA build has the CPU kernels of the CPU
build (measured for every pair that was had), so only the devices that differ are written, under `cuda`.  A release
after FIRST_CUDA whose CUDA wheel was not had takes the difference of the nearest one that was.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from analyzer.tables.dtypes import name_of
from analyzer.tables.kernels import FIRST, FIRST_CUDA
from analyzer.tables.releases import RELEASES, index
from tools.tables.build_ops import load
from tools.tables.fold import fold, write

Row = dict[str, Any]
TABLE = Path(__file__).parents[2] / "analyzer/tables/kernels.jsonl"
KNOWN = RELEASES[index(FIRST) :]
SHARED = ("CPU",)
"""Devices that are the same in both builds; a CUDA wheel that is not in site-packages does not load its own."""

COMPILED = ("XLA_CPU_JIT", "XLA_GPU_JIT")
"""What XLA compiles for, which is no device that a node is placed on."""


def merged(constraints: list[dict[str, frozenset[Any]]], types: dict[str, str]) -> list[dict[str, frozenset[Any]]]:
    """Fewer constraint sets that admit the same nodes."""
    for attr in sorted({attr for one in constraints for attr in one}):
        if types.get(attr, "").startswith("list"):
            continue
        groups: dict[tuple[bool, frozenset[Any]], set[Any]] = defaultdict(set)
        for one in constraints:
            rest = frozenset((name, values) for name, values in one.items() if name != attr)
            groups[attr in one, rest] |= one.get(attr, frozenset())
        constraints = [
            dict(rest) | ({attr: frozenset(values)} if has else {}) for (has, rest), values in groups.items()
        ]
    return constraints


def value(kernel_value: Any, kind: str) -> Any:
    """A constraint's value as the table writes it: a type by name, a string in quotes, else as it is."""
    if isinstance(kernel_value, str):
        return f"'{kernel_value}'"
    return name_of(kernel_value) if kind in ("type", "list(type)") else kernel_value


def entry(constraints: dict[str, frozenset[Any]], types: dict[str, str], label: str, priority: int) -> Row:
    """One kernel as the table writes it; `types` are those of the op's attributes.

    A constraint on an attribute that the op lacks admits nothing: TensorFlow's look-up then fails.
    """
    row: Row = {}
    for attr, values in sorted(constraints.items()):
        kind = types.get(attr)
        row[attr] = sorted((value(one, kind) for one in values), key=str) if kind else []
    if label:
        row["/label"] = label
    if priority:
        row["/priority"] = priority
    return row


def devices(dump: Row) -> dict[str, dict[str, list[Row]]]:
    """Kernels of one build of one release, by op and device."""
    types = {row["name"]: {attr["name"]: attr["type"] for attr in row["attrs"]} for row in dump["ops"]}
    found: dict[tuple[str, str, str, int], set[frozenset[Any]]] = defaultdict(set)
    for row in dump["kernels"]:
        if row["device"] in COMPILED:
            continue
        constraints = frozenset((name, frozenset(values)) for name, _, values in row.get("constraints", ()))
        found[row["op"], row["device"], row.get("label", ""), row.get("priority", 0)].add(constraints)
    table: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for (op, device, label, priority), sets in sorted(found.items()):
        if op not in types:
            continue  # a kernel without an op: no node can ask for it
        attrs = types[op]
        for one in merged([dict(constraints) for constraints in sets], attrs):
            table[op][device].append(entry(one, attrs, label, priority))
    for kernels in table.values():
        for rows in kernels.values():
            rows.sort(key=json.dumps)
        _leave_out_covered(kernels, "XLA_CPU", "CPU")
    return table


def _leave_out_covered(kernels: dict[str, list[Row]], device: str, by: str) -> None:
    """Drop the kernels of a device that stands beside another always, where one of the other's takes every such node."""
    kernels[device] = [
        row for row in kernels.pop(device, ()) if not any(_covers(other, row) for other in kernels.get(by, ()))
    ]
    if not kernels[device]:
        del kernels[device]


def _covers(wide: Row, narrow: Row) -> bool:
    """Whether a kernel takes every node that another takes."""
    labels = wide.get("/label", "") == narrow.get("/label", "")
    names = [name for name in wide if not name.startswith("/")]
    return labels and all(name in narrow and set(narrow[name]) <= set(wide[name]) for name in names)


def difference(cpu: Row, cuda: Row) -> dict[str, dict[str, list[Row]]]:
    """What a CUDA build has otherwise, by op and device; an empty list where it has nothing."""
    found = {}
    for op in cpu.keys() | cuda.keys():
        before, after = cpu.get(op, {}), cuda.get(op, {})
        names = sorted((before.keys() | after.keys()) - set(SHARED))
        changed = {name: after.get(name, []) for name in names if before.get(name) != after.get(name)}
        if changed:
            found[op] = changed
    return found


def facts(dumps: Path) -> dict[str, dict[str, Row]]:
    """Facts of each release by op."""
    tables = {release: devices(load(dumps, "cpu", release) or {}) for release in KNOWN}
    differences = {}
    for release in KNOWN:
        cuda = load(dumps, "cuda", release)
        if cuda is not None:
            differences[release] = difference(tables[release], devices(cuda))
    return {release: _with_cuda(tables[release], _nearest(differences, release)) for release in KNOWN}


def _nearest(differences: dict[str, Row], release: str) -> Row:
    """The difference of the nearest release whose CUDA wheel was had; none for releases before the first of them."""
    if index(release) < index(FIRST_CUDA):
        return {}
    return differences[min(differences, key=lambda had: abs(index(had) - index(release)))]


def _with_cuda(table: dict[str, dict[str, list[Row]]], cuda: Row) -> dict[str, Row]:
    return {
        op: dict(sorted(table.get(op, {}).items())) | ({"cuda": cuda[op]} if op in cuda else {})
        for op in table.keys() | cuda.keys()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE)
    arguments = parser.parse_args()
    rows = fold("op", facts(arguments.dumps), KNOWN)
    size = write(arguments.out, rows)
    print(f"{arguments.out.name}: {len(rows)} rows, {len({row['op'] for row in rows})} ops, {size} bytes")


if __name__ == "__main__":
    main()
