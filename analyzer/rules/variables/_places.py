"""Where the entries of a checkpoint stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.findings import Location
from analyzer.parts.checkpoint import Checkpoint, EntryFault

SHOWN = 20_000  # places of one finding; a shard may hold a million entries


def shard_file(checkpoint: Checkpoint, shard: int) -> str:
    """The data file of a number (core/util/tensor_bundle/naming.cc); of a V1 checkpoint the table itself."""
    if checkpoint.version == 1:
        return checkpoint.index_file
    return f"{checkpoint.prefix}.data-{shard:05d}-of-{checkpoint.num_shards:05d}"


def entry_place(checkpoint: Checkpoint, key: str) -> Location:
    """A tensor's entry in the index."""
    return Location(checkpoint.index_file, f"entry/{key}")


def bytes_place(checkpoint: Checkpoint, fault: EntryFault) -> Location:
    """A tensor's bytes in its shard."""
    if fault.offset < 0:
        return entry_place(checkpoint, fault.key)
    return Location(shard_file(checkpoint, fault.shard), f"entry/{fault.key}", fault.offset, fault.size)


def by_shard(faults: Iterable[EntryFault]) -> Mapping[int, list[EntryFault]]:
    """Faults by the shard that they are in."""
    found: dict[int, list[EntryFault]] = {}
    for fault in faults:
        found.setdefault(fault.shard, []).append(fault)
    return found


def named(faults: list[EntryFault]) -> str:
    """The first tensors, and how many more."""
    shown = ", ".join(fault.key for fault in faults[:3])
    return f"{shown} and {len(faults) - 3} more" if len(faults) > 3 else shown
