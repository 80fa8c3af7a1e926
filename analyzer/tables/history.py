"""When an op came, changed and went: for `analyze --explain op:NAME`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.records import dataclass
from analyzer.tables.ops import ROWS, Value
from analyzer.tables.releases import ORDER, RELEASES
from analyzer.tables.rows import Row

CUDA = "build:cuda"
LISTS = {"in": "input", "out": "output", "control": "control output", "is": "flag", "marks": "mark"}


@dataclass(frozen=True, slots=True)
class Change:
    """What one release changed about an op."""

    release: str
    kind: str
    """`added`, `removed` or `changed`."""
    text: str
    """The change in words."""
    facts: Mapping[str, Value]
    """The change as data: attribute names under `attrs_added`, `attrs_removed`, `attrs_changed`, and so on."""


def changes(op: str) -> tuple[Change, ...]:
    """Additions, removals and changes in order; the first is the addition, in the oldest release `known since`.

    Empty for an op that no release knows.
    """
    return tuple(_changes(ROWS.find(op)))


def _changes(rows: Sequence[Row]) -> Iterator[Change]:
    previous: Row | None = None
    for row in rows:
        since = ORDER[row["since"]]
        neighbour = previous is not None and ORDER[previous["until"]] + 1 == since
        if previous is not None and not neighbour:
            yield _removal(previous)
        if previous is None or not neighbour:
            word = "known since" if since == 0 else "added in"
            facts = {"signature": signature(row)}
            only = ", in the CUDA build only" if CUDA in row.get("marks", ()) else ""
            yield Change(row["since"], "added", f"{word} {row['since']}{only}: {signature(row)}", facts)
        else:
            facts = _facts(previous, row)
            yield Change(row["since"], "changed", f"{row['since']} {_words(facts)}", facts)
        previous = row
    if previous is not None and "until" in previous:
        yield _removal(previous)


def _removal(row: Row) -> Change:
    release = RELEASES[ORDER[row["until"]] + 1]
    return Change(release, "removed", f"removed in {release} (last in {row['until']})", {"last": row["until"]})


def signature(row: Mapping[str, Any]) -> str:
    """An op on one line: `Abs(x: T) -> (y: T)`."""
    return f"{row['op']}({', '.join(row.get('in', ()))}) -> ({', '.join(row.get('out', ()))})"


def _facts(old: Row, new: Row) -> dict[str, Any]:
    """What differs between two neighbouring rows, by kind."""
    facts: dict[str, Any] = {}
    before, after = old.get("attrs", {}), new.get("attrs", {})
    if added := {name: after[name] for name in after if name not in before}:
        facts["attrs_added"] = added
    if removed := {name: before[name] for name in before if name not in after}:
        facts["attrs_removed"] = removed
    if changed := {n: (before[n], after[n]) for n in after if n in before and after[n] != before[n]}:
        facts["attrs_changed"] = changed
    for key in LISTS:
        if old.get(key, []) != new.get(key, []):
            facts[key] = (tuple(old.get(key, ())), tuple(new.get(key, ())))
    if old.get("deprecated") != new.get("deprecated"):
        facts["deprecated"] = new.get("deprecated")
    return facts or {"attr_order": tuple(after)}


def _words(facts: Mapping[str, Any]) -> str:
    parts = [f"adds attribute {name} ({_attr(fact)})" for name, fact in facts.get("attrs_added", {}).items()]
    parts += [f"removes attribute {name}" for name in facts.get("attrs_removed", {})]
    parts += [
        f"changes attribute {name}: {_difference(*pair)}" for name, pair in facts.get("attrs_changed", {}).items()
    ]
    for key, word in LISTS.items():
        if key in facts:
            parts.append(_list_words(word, *facts[key]))
    if "deprecated" in facts:
        gone = facts["deprecated"]
        parts.append(f"deprecates it from GraphDef version {gone[0]} on: {gone[1]}" if gone else "ends its deprecation")
    if "attr_order" in facts:
        parts.append("reorders the attributes")
    return "; ".join(parts)


def _list_words(word: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    if CUDA in old and CUDA not in new:
        return "is registered by the CPU build too"
    gained = [item for item in new if item not in old]
    lost = [item for item in old if item not in new]
    parts = []
    if gained:
        parts.append(f"adds {word} {', '.join(gained)}")
    if lost:
        parts.append(f"removes {word} {', '.join(lost)}")
    return " and ".join(parts) or f"reorders {word}s to {', '.join(new)}"


def _attr(fact: Any) -> str:
    if isinstance(fact, str):
        return f"{fact}, no default"
    default = f"default {json.dumps(fact['default'])}" if "default" in fact else "no default"
    return f"{fact['type']}, {default}"


def _difference(old: Any, new: Any) -> str:
    old, new = ({"type": fact} if isinstance(fact, str) else fact for fact in (old, new))
    parts = []
    if old["type"] != new["type"]:
        parts.append(f"type {old['type']} becomes {new['type']}")
    if old.get("in") != new.get("in"):
        if "in" in old and "in" in new:
            parts.append(_list_words("allowed value", tuple(map(str, old["in"])), tuple(map(str, new["in"]))))
        else:
            parts.append(f"now one of {', '.join(map(str, new['in']))}" if "in" in new else "now any value")
    if old.get("min") != new.get("min"):
        parts.append(f"least value {old.get('min')} becomes {new.get('min')}")
    missing = object()
    if old.get("default", missing) != new.get("default", missing):
        before = json.dumps(old["default"]) if "default" in old else "none"
        after = json.dumps(new["default"]) if "default" in new else "none"
        parts.append(f"default {before} becomes {after}")
    return "; ".join(parts)
