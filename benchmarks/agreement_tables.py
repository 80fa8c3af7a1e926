"""Judged loads as numbers, tables and lists of disagreements, for `agreement.py`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CLASSES = ("agreed", "false alarm", "miss", "undecided")
NUMBERS = (*CLASSES, "right cause", "wrong cause", "no pattern")
WORSE_WHEN_MORE = ("false alarm", "miss", "undecided", "wrong cause")


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
