"""A checkpoint: the entries of its index and the shards they point into. Names are those of tensor_bundle.proto.

An index may hold a million entries, so they are streamed: `Entries` reads the index again for each pass, and keeps a
dictionary only when single keys are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from analyzer.parts.graph import GraphVersions


class TensorSlice(NamedTuple):
    """A TensorSliceProto: start and length per dimension; a length of -1 stands for the whole dimension."""

    start: tuple[int, ...]
    length: tuple[int, ...]


class Entry(NamedTuple):
    """A BundleEntryProto (or a V1 SavedSliceMeta): where a tensor's bytes are. Offsets and sizes are in bytes."""

    key: str
    dtype: int
    shape: tuple[int, ...] | None
    shard: int
    offset: int
    size: int
    crc32c: int | None
    slices: tuple[TensorSlice, ...] = ()


class Entries:
    """The tensors of an index, in key order. The header and the entries of single slices are not among them."""

    def __init__(self, stream: Callable[[], Iterator[Entry]]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Entry]:
        return self._stream()

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        """All entries by key, held in memory from the first call on."""
        return {entry.key: entry for entry in self._stream()}


class Shard(NamedTuple):
    """A data file: its size, -1 where it is missing, and where the last entry in it ends. All in bytes."""

    file: str
    size: int
    needed: int


class SerializedAttribute(NamedTuple):
    """A SerializedTensor of a checkpointed object: `VARIABLE_VALUE`, the variable's full name, its checkpoint key."""

    name: str
    full_name: str
    checkpoint_key: str


class TrackableObject(NamedTuple):
    """A node of the TrackableObjectGraph; children and slots as in the SavedObjectGraph."""

    children: tuple[tuple[str, int], ...]
    attributes: tuple[SerializedAttribute, ...]
    slots: tuple[tuple[int, str, int], ...]
    registered_saver: str = ""
    has_checkpoint_values: bool | None = None


class CheckpointState(NamedTuple):
    """The `checkpoint` file: the latest prefix and all kept ones, as written."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A checkpoint by prefix, relative to the artifact (`variables/variables`, or the artifact's own name)."""

    prefix: str
    version: int  # 2 for the bundle format, 1 for SavedTensorSlices tables
    index_file: str
    shards: tuple[Shard, ...]
    entries: Entries
    little_endian: bool = True
    versions: GraphVersions = GraphVersions()
    surplus: tuple[str, ...] = ()  # files with this prefix that the index does not name
    objects: tuple[TrackableObject, ...] | None = None  # _CHECKPOINTABLE_OBJECT_GRAPH
    state: CheckpointState | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
