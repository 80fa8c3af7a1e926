"""What differs between two checkpoints: `analyze --diff A B`. Both indexes are read side by side, neither is held."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.checkpoint_views.objects import described
from analyzer.parts.checkpoint import Checkpoint, Entry
from analyzer.records import NamedTuple


class Difference(NamedTuple):
    """A key that differs. `kind` is `added`, `removed`, `changed` (type or shape) or `values` (only the bytes, by checksum)."""

    kind: str
    key: str
    before: str
    after: str


def differences(before: Checkpoint, after: Checkpoint) -> Iterator[Difference]:
    """The differences in key order."""
    for old, new in _side_by_side(before, after):
        if old is None and new is not None:
            yield Difference("added", new.key, "", described(new))
        elif new is None and old is not None:
            yield Difference("removed", old.key, described(old), "")
        elif old is not None and new is not None:
            kind = _changed(old, new)
            if kind:
                yield Difference(kind, new.key, described(old), described(new))


def render(before: Checkpoint, after: Checkpoint) -> Iterator[str]:
    """The differences as text, and a last line that counts them."""
    signs = {"added": "+", "removed": "-", "changed": "!", "values": "~"}
    counts = dict.fromkeys(signs, 0)
    for each in differences(before, after):
        counts[each.kind] += 1
        if each.kind != "values":
            both = f"{each.before} -> {each.after}" if each.before and each.after else each.before or each.after
            yield f"{signs[each.kind]} {each.key}  {both}"
    yield (
        f"{counts['added']} added, {counts['removed']} removed, {counts['changed']} of another type or shape, "
        f"{counts['values']} with other values only"
    )


def _changed(old: Entry, new: Entry) -> str:
    if (old.dtype, old.shape) != (new.dtype, new.shape):
        return "changed"
    comparable = old.crc32c is not None and new.crc32c is not None and not old.slices and not new.slices
    return "values" if comparable and (old.crc32c, old.size) != (new.crc32c, new.size) else ""


def _side_by_side(before: Checkpoint, after: Checkpoint) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Entries of equal keys together; both sides come in the order of their keys' bytes."""
    left, right = iter(before.entries), iter(after.entries)
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.key.encode() < new.key.encode()):
            yield old, None
            old = next(left, None)
        elif old is None or new.key.encode() < old.key.encode():
            yield None, new
            new = next(right, None)
        else:
            yield old, new
            old, new = next(left, None), next(right, None)
