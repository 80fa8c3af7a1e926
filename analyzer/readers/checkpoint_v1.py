"""V1 checkpoints: tables of SavedTensorSlices, metadata under the empty key and one record for each slice.

Sources: core/util/tensor_slice_reader.cc (`LoadShard`, `GetTensor`), tensor_slice_reader.h (`CopySliceData`),
core/util/saved_tensor_slice_util.cc. A prefix names one file, or several `PREFIX-?????-of-?????`; then TensorFlow has to be
given that pattern. Data stands in the table itself, so that checking the blocks' checksums is checking the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.checkpoint import Checkpoint, Entries, Entry, EntryFault, Shard, TensorSlice
from analyzer.parts.graph import GraphVersions
from analyzer.readers.block import TableError
from analyzer.readers.bundle_entry import tensor_slice, valid_shape
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.protos import DecodeError, message
from analyzer.readers.slices import slice_fault, slice_shape
from analyzer.readers.table import Table, TableLimitError
from analyzer.readers.table_damage import table_damage
from analyzer.records import dataclass, field
from analyzer.sources import Source

BLOCK_LIMIT = 2**31
CHECKED_BY_DEFAULT = 4 * 2**20
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})")
_VALUES = {
    1: "float_val",
    2: "double_val",
    **dict.fromkeys((3, 4, 5, 6, 11, 12, 13, 15, 16, 17), "int_val"),
    7: "string_val",
    8: "scomplex_val",
    9: "int64_val",
    10: "bool_val",
    18: "dcomplex_val",
    19: "half_val",
}  # SaveTypeTraits of saved_tensor_slice_util.h: the field of TensorProto that holds a type's elements
LISTED = frozenset((1, 2, 3, 4, 5, 6, 7, 9))
"""Types that TensorSliceReader::GetTensor gives back."""

Result = tuple[Checkpoint | None, list[Damage], list[Problem]]


@dataclass(slots=True)
class _Tensor:
    dtype: int
    shape: tuple[int, ...]
    slices: list[tuple[TensorSlice, int]] = field(default_factory=list)


def files_of(names: Sequence[str], prefix: str) -> list[str]:
    """The files of a V1 checkpoint among some names."""
    if prefix in names:
        return [prefix]
    return sorted(name for name in names if name.startswith(prefix) and _SHARD.fullmatch(name[len(prefix) :]))


def read_checkpoint_v1(source: Source, prefix: str, *, checksums: bool = False) -> Result:
    """The checkpoint of that prefix; None without damage where there is no such file."""
    files = source.list()
    names = files_of(list(files), prefix)
    if not names:
        return None, [], []
    reader = _Reader(source, checksums or sum(files[name].size for name in names) <= CHECKED_BY_DEFAULT)
    for number, name in enumerate(names):
        try:
            reader.load(number, name, files[name].size)
        except OSError as error:
            return None, [], [Problem(name, "unreadable", str(error))]
        if reader.damage or reader.problems:
            return None, reader.damage, reader.problems
    entries = tuple(reader.entries())
    return (
        Checkpoint(
            prefix=prefix,
            version=1,
            index_file=names[0],
            shards=tuple(Shard(name, files[name].size, 0, reader.counts[name], files[name].size) for name in names),
            entries=Entries(lambda: iter(entries)),
            num_shards=len(names),
            versions=reader.versions,
            count=len(entries),
            data_bytes=sum(files[name].size for name in names),
            faults=tuple(reader.faults),
            uncommon=_uncommon(entries),
            checksums=reader.checksums,
            facts={"pattern": _pattern(prefix, names)},
        ),
        [],
        [],
    )


def _pattern(prefix: str, names: Sequence[str]) -> str:
    """What TensorFlow has to be given to find the files."""
    return prefix if names == [prefix] else f"{prefix}-?????-of-{names[0][-5:]}"


def _uncommon(entries: Sequence[Entry]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for entry in entries:
        if entry.dtype not in LISTED:
            found.setdefault(entry.dtype, []).append(entry.key)
    return {dtype: tuple(keys) for dtype, keys in found.items()}


@dataclass(slots=True)
class _Reader:
    source: Source
    checksums: bool
    tensors: dict[str, _Tensor] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[EntryFault] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    versions: GraphVersions = GraphVersions()

    def load(self, number: int, name: str, size: int) -> None:
        """Read a file's metadata, and its records when the bytes are to be checked. Raises OSError."""
        with self.source.open(name) as stream:
            try:
                table = Table(stream, size, BLOCK_LIMIT)
                meta = self._meta(table, name)
                if meta is not None and self._register(meta, number, name) and self.checksums:
                    self._records(table, number)
            except TableError as error:
                self.damage.append(_damage(stream, name, size, error))
            except TableLimitError as error:
                self.problems.append(Problem(name, "limit", str(error)))

    def _meta(self, table: Table, name: str) -> Any:
        value = table.get(b"")
        try:
            if value is not None:
                return message("tensorflow.SavedTensorSlices").FromString(value).meta
        except DecodeError:
            pass
        text = f"Failed to find the saved tensor slices at the beginning of the checkpoint file: {name}"
        fault = next(iter(table.faults.values()), None)
        kind = fault.kind if fault is not None else "no-entries"
        why = f" ({fault.message})" if fault is not None else ""
        self.damage.append(Damage(name, kind, text + why, fault.byte if fault else 0, {"tensorflow_error": text}))
        return None

    def _register(self, meta: Any, number: int, name: str) -> bool:
        """Take over what a file announces; whether TensorFlow would (RegisterTensorSlice of tensor_slice_set.cc)."""
        if meta.HasField("versions"):
            raw = meta.versions
            self.versions = GraphVersions(raw.producer, raw.min_consumer, tuple(raw.bad_consumers))
        self.counts[name] = sum(len(tensor.slice) for tensor in meta.tensor)
        for raw in meta.tensor:
            shape = valid_shape(raw.shape)
            if shape is None:
                return self._refuse(name, raw.name, "its shape is invalid")
            tensor = self.tensors.setdefault(raw.name, _Tensor(raw.type, shape)) if raw.slice else None
            for proto in raw.slice:
                part = tensor_slice(proto)
                assert tensor is not None
                if tensor.shape != shape or tensor.dtype != raw.type:
                    return self._refuse(name, raw.name, "its slices are announced with different shapes or types")
                extent = slice_shape(shape, part)
                if isinstance(extent, str):
                    return self._refuse(name, raw.name, extent)
                tensor.slices.append((part, number))
            fault = self._overlap(raw.name, tensor) if tensor is not None and len(tensor.slices) > 1 else None
            if fault is not None:
                return self._refuse(name, raw.name, fault.message)
        return True

    def _overlap(self, name: str, tensor: _Tensor) -> EntryFault | None:
        entry = Entry(name, tensor.dtype, tensor.shape, 0, 0, 0, None, tuple(part for part, _ in tensor.slices))
        fault = slice_fault(entry, [None] * len(entry.slices))
        return fault if fault is not None and fault.message.startswith("Overlapping") else None

    def _refuse(self, file: str, name: str, why: str) -> bool:
        self.damage.append(Damage(file, "slices", f"tensor {name}: {why}", None, {"tensorflow_error": why}))
        return False

    def _records(self, table: Table, number: int) -> None:
        for name, tensor in self.tensors.items():
            for part, file in tensor.slices:
                if file == number and (fault := _record_fault(table, name, tensor, part)) is not None:
                    self.faults.append(fault)

    def entries(self) -> Iterator[Entry]:
        """The tensors by name. Their bytes have no offset of their own."""
        for name, tensor in sorted(self.tensors.items()):
            parts = tuple(part for part, _ in tensor.slices)
            whole = len(parts) == 1 and slice_shape(tensor.shape, parts[0]) == tensor.shape
            yield Entry(name, tensor.dtype, tensor.shape, tensor.slices[0][1], -1, -1, None, () if whole else parts)


def _record_fault(table: Table, name: str, tensor: _Tensor, part: TensorSlice) -> EntryFault | None:
    """What keeps the record of a slice from being read (CopySliceData)."""
    value = table.get(slice_key(name.encode(), part))
    if value is None:
        fault = next(iter(table.faults.values()), None)
        why = f" ({fault.message})" if fault is not None else ""
        return EntryFault("not-found", name, f"Failed to seek to the record for tensor {name}{why}")
    try:
        data = message("tensorflow.SavedTensorSlices").FromString(value).data.data
    except DecodeError:
        return EntryFault("not-parseable", name, f"Failed to parse the record for tensor {name}")
    shape = slice_shape(tensor.shape, part)
    count = 1
    for size in shape if not isinstance(shape, str) else ():
        count *= size
    values = _VALUES.get(tensor.dtype)
    if values is None:
        return None
    have = len(getattr(data, values)) // (2 if tensor.dtype in (8, 18) else 1)
    if have != count:
        return EntryFault("record-size", name, f"the record of tensor {name} has {have} elements, its slice {count}")
    return None


def _damage(stream: BinaryIO, file: str, size: int, error: TableError) -> Damage:
    found = table_damage(stream, file, size, error)
    text = (
        f"Unable to open table file {file}: DATA_LOSS: {error.message}: perhaps your file is in a different file format "
        "and you need to use a different restore operator?"
    )
    return found._replace(facts={**found.facts, "tensorflow_error": text})
