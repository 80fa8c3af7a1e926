"""A checkpoint by its prefix, of whichever format lies there.

Which format is read follows c/checkpoint_reader.cc: V2 where `PREFIX.index` exists, else V1. Kinds of damage are those of
`readers.magic` where the index is something else altogether, else TensorFlow's own reasons: `too-short`, `bad-magic`,
`block-handle`, `block-truncated`, `block-checksum`, `block-compression`, `block-type`, `block-entry`, `no-entries`, `header`;
for V1 files also `slices` (the tensors that the file announces contradict each other).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY, Checkpoint, Entries, Entry, Shard, TrackableObject
from analyzer.readers import magic
from analyzer.readers.block import TableError
from analyzer.readers.bundle import Bundle, text_of
from analyzer.readers.checkpoint_state import read_checkpoint_state
from analyzer.readers.checksums import Checksums
from analyzer.readers.limits import Limits
from analyzer.readers.overlaps import overlaps
from analyzer.readers.protos import DecodeError
from analyzer.readers.survey import Survey, survey
from analyzer.readers.table import Table, TableLimitError
from analyzer.readers.table_damage import table_damage
from analyzer.readers.tensor_bytes import TensorFile
from analyzer.readers.trackable import trackable_objects
from analyzer.records import dataclass
from analyzer.sources import Source

BLOCK_LIMIT = 1 << 30
CHECKED_BY_DEFAULT = 4 * 2**20
"""A checkpoint with at most so many bytes of tensors has its checksums verified unasked: it costs a few milliseconds."""
_OBJECT_GRAPH_LIMIT = 256 * 2**20
_OVERLAPS_SHOWN = 100
_SNIFFED = 1024  # a shard up to this size may be a pointer or an error page

Result = tuple[Checkpoint | None, list[Damage], list[Problem]]


def read_checkpoint(
    source: Source,
    prefix: str,
    limits: Limits,
    *,
    checksums: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """The checkpoint of that prefix; None without damage where neither an index nor a V1 file is there.

    `checksums` has every tensor's bytes verified, whatever their number; `progress` is told of bytes as they are read.
    """
    files = source.list()
    index = f"{prefix}.index"
    if index not in files:
        from analyzer.readers.checkpoint_v1 import read_checkpoint_v1

        return read_checkpoint_v1(source, prefix, checksums=checksums)
    try:
        stream = source.open(index)
    except OSError as error:
        if files[index].size < 0 and not isinstance(error, PermissionError):
            facts = {"tensorflow_error": f"{index}; Is a directory"}
            return None, [Damage(index, "not-a-file", "it is no plain file", None, facts)], []
        return None, [], [Problem(index, "unreadable", str(error))]
    with stream:
        size = files[index].size
        try:
            bundle = Bundle(Table(stream, size, BLOCK_LIMIT), index, prefix, files)
        except TableError as error:
            return None, [table_damage(stream, index, size, error)], []
        except TableLimitError as error:
            return None, [], [Problem(index, "limit", str(error))]
        return _Reader(source, bundle, checksums, progress).read(stream)


@dataclass(slots=True)
class _Reader:
    """What `read_checkpoint` does once the index is open."""

    source: Source
    bundle: Bundle
    checksums: bool
    progress: Callable[[int], None] | None

    def read(self, stream: BinaryIO) -> Result:
        bundle = self.bundle
        damage: list[Damage] = []
        problems: list[Problem] = []
        verifier = Checksums(self.source, bundle.file_of, swap=not bundle.header.little_endian, progress=self.progress)
        found = survey(bundle, verifier.one)
        verified = self._verify(found, verifier, problems)
        objects = self._objects(found, verifier, damage, problems)
        state, state_damage = read_checkpoint_state(self.source, posixpath.dirname(bundle.prefix))
        shards = tuple(map(self._look_at, found.used(bundle)))
        used = {shard.file for shard in shards}
        for shard in shards:
            if shard.content in ("lfs-pointer", "empty"):
                damage.append(magic.damage(shard.file, shard.content, self.source.read(shard.file, magic.HEAD)))
        header = bundle.header
        checkpoint = Checkpoint(
            prefix=bundle.prefix,
            version=2,
            index_file=bundle.file,
            shards=shards,
            entries=Entries(self._stream, self._find, text_of(header.key)),
            num_shards=header.num_shards,
            little_endian=header.little_endian,
            versions=header.versions,
            surplus=tuple(
                name for name in self.source.list() if name.startswith(f"{bundle.prefix}.data-") and name not in used
            ),
            objects=objects,
            state=state,
            count=found.count,
            data_bytes=found.data_bytes,
            faults=tuple(found.faults),
            faults_left_out=found.faults_left_out,
            lost=bundle.lost(),
            uncommon={dtype: tuple(keys) for dtype, keys in found.uncommon.items()},
            overlapping=overlaps(bundle, found, _OVERLAPS_SHOWN),
            checksums=verified,
            facts={"header_key": header.key, "partitioned": found.partitioned},
        )
        return checkpoint, damage + state_damage, problems

    def _stream(self) -> Iterator[Entry]:
        """The entries, read from the index again."""
        with self.source.open(self.bundle.file) as stream:
            yield from self._opened(stream).entries()

    def _find(self, keys: Iterable[str]) -> Mapping[str, Entry]:
        """Some entries, looked up in the index again."""
        with self.source.open(self.bundle.file) as stream:
            return self._opened(stream).find(keys)

    def _opened(self, stream: BinaryIO) -> Bundle:
        bundle, files = self.bundle, self.source.list()
        return Bundle(Table(stream, files[bundle.file].size, BLOCK_LIMIT), bundle.file, bundle.prefix, files)

    def _verify(self, survey: Survey, verifier: Checksums, problems: list[Problem]) -> bool:
        if survey.faults_left_out or (not self.checksums and survey.data_bytes > CHECKED_BY_DEFAULT):
            return False
        bad = {fault.key for fault in survey.faults}
        entries = (entry for entry in self.bundle.stored() if entry.key not in bad)
        try:
            for fault in verifier.verify(entries, survey.data_bytes):
                survey.fault(fault)
        except OSError as error:
            problems.append(Problem(self.bundle.prefix, "unreadable", str(error)))
            return False
        return True

    def _objects(
        self, survey: Survey, verifier: Checksums, damage: list[Damage], problems: list[Problem]
    ) -> tuple[TrackableObject, ...] | None:
        entry = self.bundle.look_up(OBJECT_GRAPH_KEY.encode())
        if entry is None or any(fault.key == OBJECT_GRAPH_KEY for fault in survey.faults) or entry.elements != 1:
            return None
        file = self.bundle.file_of(entry.shard)
        try:
            fault = verifier.one(entry)
            if fault is not None:
                survey.fault(fault)
                return None
            with self.source.open(file) as stream:
                found = TensorFile(stream, file).strings(entry, _OBJECT_GRAPH_LIMIT)
        except (OSError, ValueError) as error:
            problems.append(Problem(file, "unreadable", f"{OBJECT_GRAPH_KEY}: {error}"))
            return None
        if found is None:
            problems.append(Problem(file, "limit", f"{OBJECT_GRAPH_KEY} is larger than {_OBJECT_GRAPH_LIMIT} bytes"))
            return None
        try:
            return trackable_objects(found[0])
        except DecodeError as error:
            damage.append(Damage(file, "object-graph", f"{OBJECT_GRAPH_KEY} does not parse: {error}", entry.offset))
            return None

    def _look_at(self, shard: Shard) -> Shard:
        """A shard with what it is instead of tensors, where it is too small for its entries or small enough to be a pointer."""
        if shard.size < 0 or (shard.size >= shard.needed and shard.size > _SNIFFED):
            return shard
        try:
            kind = magic.recognize(self.source.read(shard.file, magic.HEAD), shard.size)
        except OSError:
            return shard
        wrong = kind in ("lfs-pointer", "html") or (shard.size < shard.needed and kind == "empty")
        return shard._replace(content=kind) if wrong else shard
