"""Tensors of a checkpoint that lie over one another in their shard."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.readers.bundle import Bundle
from analyzer.readers.survey import Survey


def overlaps(bundle: Bundle, survey: Survey, shown: int) -> tuple[tuple[str, str], ...]:
    """Pairs of keys whose bytes overlap.

    A shard whose entries come in the order of their bytes, or use exactly what they span, has none; only the others cost a
    second pass.
    """
    suspects: Mapping[int, list[tuple[int, int, str]]] = {
        number: [] for number, use in survey.shards.items() if not use.ascending and use.used != use.needed
    }
    if not suspects:
        return ()
    for entry in bundle.stored():
        if entry.shard in suspects and entry.size > 0:
            suspects[entry.shard].append((entry.offset, entry.size, entry.key))
    found = []
    for spans in suspects.values():
        reach, owner = -1, ""
        for offset, size, key in sorted(spans):
            if offset < reach:
                found.append((owner, key))
            if offset + size > reach:
                reach, owner = offset + size, key
    return tuple(found[:shown])
