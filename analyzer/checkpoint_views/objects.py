"""The tree of objects in a checkpoint, with types, shapes and bytes: `analyze --show objects`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.parts.checkpoint import ELEMENT_BYTES, Checkpoint, Entry
from analyzer.records import NamedTuple
from analyzer.tables.dtypes import name_of


class Line(NamedTuple):
    """A line of the tree. `bytes` and `tensors` count everything below; `tensor` describes a leaf: `float32 [3, 4]`."""

    depth: int
    name: str
    bytes: int
    tensors: int
    tensor: str = ""
    note: str = ""


class _Branch:
    """A named place in the tree and what hangs on it."""

    __slots__ = ("branches", "bytes", "entry", "note", "shown", "tensors")

    def __init__(self) -> None:
        self.branches: dict[str, _Branch] = {}
        self.entry: Entry | None = None
        self.bytes = 0
        self.tensors = 0
        self.note = ""
        self.shown = False  # something to say of it or below it


def tree(checkpoint: Checkpoint) -> Iterator[Line]:
    """The tree, parents before children; by objects where the checkpoint has an object graph, else by the parts of names."""
    entries = {entry.key: entry for entry in checkpoint.entries}
    root = _of_objects(checkpoint, entries) if checkpoint.objects else _of_names(entries)
    _count(root)
    yield from _lines(root, checkpoint.prefix.rpartition("/")[2], 0)


def render(checkpoint: Checkpoint) -> Iterator[str]:
    """The tree as text."""
    for line in tree(checkpoint):
        described = f"  {line.tensor}" if line.tensor else f"  ({line.tensors} tensors)" if line.tensors > 1 else ""
        note = f"  [{line.note}]" if line.note else ""
        yield f"{'  ' * line.depth}{line.name}{described}  {readable(line.bytes)}{note}"


def _of_objects(checkpoint: Checkpoint, entries: Mapping[str, Entry]) -> _Branch:
    """Objects by the names that lead to them; one that several names lead to is shown once and then referred to."""
    objects = checkpoint.objects or ()
    root = _Branch()
    places = {0: "root"}
    pending = [(0, root, "root")]
    owned: set[str] = set()
    for number, branch, path in pending:
        found = objects[number]
        for attribute in found.attributes:
            leaf = (
                branch if attribute.name == "VARIABLE_VALUE" else branch.branches.setdefault(attribute.name, _Branch())
            )
            leaf.entry = entries.get(attribute.checkpoint_key)
            owned.add(attribute.checkpoint_key)
            if leaf.entry is None:
                leaf.note = f"{attribute.checkpoint_key} is not in the checkpoint"
        for name, child in found.children:
            inner = branch.branches.setdefault(name, _Branch())
            if child in places:
                inner.note = f"same as {places[child]}"
            elif 0 <= child < len(objects):
                places[child] = f"{path}.{name}"
                pending.append((child, inner, f"{path}.{name}"))
        for original, name, slot in found.slots:
            if slot not in places and 0 <= slot < len(objects):
                label = f"{name} of {places.get(original, original)}"
                places[slot] = f"{path}.{label}"
                pending.append((slot, branch.branches.setdefault(label, _Branch()), places[slot]))
    for key, entry in entries.items():
        if key not in owned:
            branch = root.branches.setdefault(key, _Branch())
            branch.entry = entry
            branch.note = "" if key.startswith("_CHECKPOINTABLE") else "no object owns it"
    return root


def _of_names(entries: Mapping[str, Entry]) -> _Branch:
    root = _Branch()
    for key, entry in entries.items():
        branch = root
        for part in key.split("/"):
            branch = branch.branches.setdefault(part, _Branch())
        branch.entry = entry
    return root


def _count(root: _Branch) -> None:
    """Sum up bytes and tensors from the leaves; without recursion, since names may nest deeply."""
    order = [root]
    for branch in order:
        order.extend(branch.branches.values())
    for branch in reversed(order):
        branch.bytes = _size(branch.entry) + sum(each.bytes for each in branch.branches.values())
        branch.tensors = (branch.entry is not None) + sum(each.tensors for each in branch.branches.values())
        branch.shown = bool(branch.note) or branch.tensors > 0 or any(each.shown for each in branch.branches.values())


def _lines(root: _Branch, name: str, depth: int) -> Iterator[Line]:
    pending = [(root, name, depth)]
    while pending:
        branch, label, depth = pending.pop()
        yield Line(depth, label, branch.bytes, branch.tensors, described(branch.entry), branch.note)
        inner = sorted(branch.branches.items(), reverse=True)
        pending.extend((each, key, depth + 1) for key, each in inner if each.shown)


def described(entry: Entry | None) -> str:
    """A tensor in a few words."""
    if entry is None:
        return ""
    slices = f" in {len(entry.slices)} slices" if entry.slices else ""
    return f"{name_of(entry.dtype)} {list(entry.shape) if entry.shape is not None else 'of no shape'}{slices}"


def _size(entry: Entry | None) -> int:
    if entry is None:
        return 0
    if entry.slices or entry.size < 0:
        return entry.elements * ELEMENT_BYTES.get(entry.dtype, 0)
    return entry.size


def readable(size: int) -> str:
    """A number of bytes for people."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"
