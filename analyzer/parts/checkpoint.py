"""A checkpoint: the entries of its index and the shards they point into. Names are those of tensor_bundle.proto.

An index may hold a million entries, so they are streamed: `Entries` reads the index again for each pass, and keeps a
dictionary only when single keys are asked for. What one pass can tell (entries that cannot be read, types that only some
releases know, how far each shard is used) the reader has gathered in `Checkpoint.faults`, `uncommon` and `shards`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from analyzer.parts.graph import GraphVersions
from analyzer.records import NamedTuple, dataclass, field

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
STRING, RESOURCE, VARIANT = 7, 20, 21
ELEMENT_BYTES: Mapping[int, int] = {
    **dict.fromkeys((4, 6, 10, 11, 12, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33), 1),
    **dict.fromkeys((5, 14, 15, 16, 17, 19), 2),
    **dict.fromkeys((1, 3, 13, 22), 4),
    **dict.fromkeys((2, 8, 9, 23), 8),
    18: 16,
}
"""DataTypeSize of core/framework/types.cc: bytes of one element in memory and in a shard, by DataType number."""


class TensorSlice(NamedTuple):
    """A TensorSliceProto: start and length per dimension; a length of -1 stands for the whole dimension."""

    start: tuple[int, ...]
    length: tuple[int, ...]


class Entry(NamedTuple):
    """A BundleEntryProto (or a V1 SavedSliceMeta): where a tensor's bytes are. Offsets and sizes are in bytes.

    Where `slices` is not empty the tensor is stored in parts, each with an entry of its own; `shard`, `offset`, `size` and
    `crc32c` (as stored, masked) then mean nothing. `shape` is None where it is none that TensorFlow takes.
    """

    key: str
    dtype: int
    shape: tuple[int, ...] | None
    shard: int
    offset: int
    size: int
    crc32c: int | None
    slices: tuple[TensorSlice, ...] = ()

    @property
    def elements(self) -> int:
        """Number of elements; 0 for an invalid shape."""
        if self.shape is None:
            return 0
        count = 1
        for size in self.shape:
            count *= size
        return count


class Entries:
    """The tensors of an index, in key order. The header and the entries of single slices are not among them."""

    def __init__(
        self,
        stream: Callable[[], Iterator[Entry]],
        find: Callable[[Iterable[str]], Mapping[str, Entry]] | None = None,
        unlisted: str = "",
    ) -> None:
        self._stream = stream
        self._find = find
        self._unlisted = unlisted  # the first key of an index without a header: listing skips it, a look-up finds it

    def __iter__(self) -> Iterator[Entry]:
        return self._stream()

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        """All entries by key, held in memory from the first call on; without those that a look-up would not find."""
        listed = {entry.key: entry for entry in self._stream()}
        return {**self.find([self._unlisted]), **listed} if self._unlisted else listed

    def find(self, keys: Iterable[str]) -> Mapping[str, Entry]:
        """The entries of some keys as a look-up finds them, without reading the others; absent ones are left out."""
        if self._find is not None:
            return self._find(keys)
        wanted = frozenset(keys)
        return {entry.key: entry for entry in self if entry.key in wanted}


class EntryFault(NamedTuple):
    """A tensor that TensorFlow lists or looks up and cannot read.

    `kind` is one of `not-parseable`, `inner-not-parseable` (its shape; for all parsers from 2.12 on), `shape`, `size`, `shard-missing`,
    `shard-truncated`, `string-past-end` (from 2.3 on), `offset`, `checksum`, `string-lengths`, `variant`, `slices`, `not-found`, `record-size` (V1),
    or one that only a reader in Python stumbles over: `key` (no UTF-8), `numpy` (no array of that shape), `slice-size` (of a
    slice that is stored in another shape: who restores the slice alone does not look). `message` is
    TensorFlow's own error. `shard`, `offset` and `size` say where the bytes were looked for, -1 where that is not known.
    """

    kind: str
    key: str
    message: str
    shard: int = -1
    offset: int = -1
    size: int = -1
    facts: Mapping[str, object] = {}


class LostBlock(NamedTuple):
    """A block of the index that TensorFlow passes over without a word: its bytes, why, and which keys went with it."""

    kind: str
    message: str
    byte: int
    length: int
    after: str
    until: str


class Shard(NamedTuple):
    """A data file that entries point into: its size, -1 where it is missing, and where the last entry in it ends. In bytes.

    `used` is the number of bytes of all entries in it, `content` what it is instead of tensors (`lfs-pointer`, `html`,
    `empty`), empty where it looks right.
    """

    file: str
    size: int
    needed: int
    entries: int = 0
    used: int = 0
    content: str = ""


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


class KeptCheckpoint(NamedTuple):
    """Another checkpoint of a folder: its prefix, and what is wrong with its files, empty when nothing is."""

    prefix: str
    fault: str


class CheckpointState(NamedTuple):
    """The `checkpoint` file: the latest prefix and all kept ones, as written; `file` is its name within the artifact."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: tuple[str, ...]
    file: str = "checkpoint"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A checkpoint by prefix, relative to the artifact (`variables/variables`, or the artifact's own name)."""

    prefix: str
    version: int  # 2 for the bundle format, 1 for SavedTensorSlices tables
    index_file: str
    shards: tuple[Shard, ...]  # those that entries point into
    entries: Entries
    num_shards: int = 1  # as the header says; it is part of every shard's name
    little_endian: bool = True
    versions: GraphVersions = GraphVersions()
    surplus: tuple[str, ...] = ()  # data files with this prefix that no entry points into
    objects: tuple[TrackableObject, ...] | None = None  # _CHECKPOINTABLE_OBJECT_GRAPH
    state: CheckpointState | None = None
    count: int = 0  # tensors
    data_bytes: int = 0  # bytes of all tensors
    faults: tuple[EntryFault, ...] = ()
    faults_left_out: int = 0
    lost: tuple[LostBlock, ...] = ()
    uncommon: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # keys by a type that not every release reads
    overlapping: tuple[tuple[str, str], ...] = ()  # pairs of keys whose bytes overlap
    checksums: bool = False  # whether the bytes of every tensor were read and checked
    facts: Mapping[str, object] = field(default_factory=dict)
