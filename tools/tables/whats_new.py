"""Print what a release changes against the one before it.

    python -m tools.tables.whats_new RELEASE [--json]

Read from the committed tables: ops that came, went or changed (in words), ops that gained or lost a device, data types,
graph versions, requirements and abilities.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from analyzer.tables import history, kernels, ops, releases
from analyzer.tables.dtypes import name_of

SILENT = ("name", "date", "versions", "read", "installs", "data_types")


def op_changes(release: str) -> list[tuple[str, history.Change]]:
    """The changes of all ops in a release, marks of builds included."""
    before, after = ops.ops(_previous(release), "cuda"), ops.ops(release, "cuda")
    names = sorted(set(before) | set(after))
    return [(name, change) for name in names for change in history.changes(name) if change.release == release]


def device_changes(release: str) -> dict[str, list[str]]:
    """Op to words such as `+CPU` or `-GPU (cuda)`; empty where the kernels of either release are not known."""
    previous = _previous(release)
    if not kernels.known(previous):
        return {}
    found: dict[str, list[str]] = {}
    for build in ops.BUILDS:
        for name in sorted(set(ops.ops(previous, build)) & set(ops.ops(release, build))):
            old, new = ({kernel.device for kernel in kernels.kernels(name, one, build)} for one in (previous, release))
            note = "" if build == "cpu" else f" ({build})"
            words = [f"+{device}{note}" for device in sorted(new - old)]
            words += [f"-{device}{note}" for device in sorted(old - new)]
            if words:
                found.setdefault(name, []).extend(words)
    return found


def fact_changes(release: str) -> dict[str, Any]:
    """Facts of the release that differ from the previous one's."""
    old, new = releases.release(_previous(release)), releases.release(release)
    found = {
        field.name: [getattr(old, field.name), getattr(new, field.name)]
        for field in dataclasses.fields(new)
        if field.name not in SILENT and getattr(old, field.name) != getattr(new, field.name)
    }
    added = new.data_types - old.data_types
    if added:
        found["data types added"] = [name_of(number) for number in sorted(added)]
    return found


def _previous(release: str) -> str:
    position = releases.index(release)
    if position == 0:
        raise SystemExit(f"{release} is the oldest release that the tables know")
    return releases.RELEASES[position - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", choices=releases.RELEASES[1:], metavar="RELEASE")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    release = arguments.release
    changed, moved, facts = op_changes(release), device_changes(release), fact_changes(release)
    if arguments.json:
        listed = [{"op": name, "kind": change.kind, "text": change.text} for name, change in changed]
        print(json.dumps({"release": release, "facts": facts, "ops": listed, "devices": moved}, indent=1))
        return
    print(f"TensorFlow {release} against {_previous(release)}")
    for name, value in facts.items():
        print(f"  {name}: {value}")
    for kind in ("added", "removed", "changed"):
        some = [(name, change) for name, change in changed if change.kind == kind]
        print(f"{kind}: {len(some)} ops")
        for name, change in some:
            print(f"  {name}: {change.text}")
    print(f"devices: {len(moved)} ops")
    for name, words in moved.items():
        print(f"  {name}: {', '.join(words)}")


if __name__ == "__main__":
    main()
