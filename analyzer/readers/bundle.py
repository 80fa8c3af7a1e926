"""The index of a V2 checkpoint, surveyed in one pass as TensorFlow would read every tensor.

Sources: core/util/tensor_bundle/tensor_bundle.cc (`BundleReader`), c/checkpoint_reader.cc (`BuildV2VarMaps`, the listing
behind `tf.train.load_checkpoint`), core/util/tensor_slice_set.cc. The pass holds no entries: it keeps what is wrong, how far
each shard is used, two numbers an entry to find overlaps, and the entries of slices until their tensor comes by.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.artifact import FileEntry
from analyzer.parts.checkpoint import ELEMENT_BYTES, STRING, VARIANT, Entry, EntryFault, LostBlock, Shard
from analyzer.parts.graph import GraphVersions
from analyzer.readers.bundle_entry import EntryDecoder
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.protos import DecodeError, message
from analyzer.readers.slices import slice_fault
from analyzer.readers.table import Table, TableError

COMMON = frozenset((*range(1, 11), 14, 17, 18, 19, 22, 23))
"""Types that `get_tensor` gives back in every release; for the others see the rule `unreadable-dtype`."""
KEPT_FAULTS = 20_000
HINT_LIMIT = (
    2**20
)  # a string tensor up to the size of TensorFlow's read buffer is read ahead, all of it (InputBuffer::Hint)
_NUMPY_DIMENSIONS = 32
_UNREADABLE = "Entry for key {} not parseable."


@dataclass(frozen=True, slots=True)
class Header:
    """A BundleHeaderProto; `key` is that of the entry it was read from, empty when all is well."""

    key: bytes
    num_shards: int
    little_endian: bool
    versions: GraphVersions


@dataclass(slots=True)
class ShardUse:
    """How the entries so far use one shard. Spans alternate offset and size."""

    needed: int = 0
    entries: int = 0
    used: int = 0
    ascending: bool = True
    spans: array[int] = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class Survey:
    """What one pass over an index found out."""

    shards: dict[int, ShardUse] = field(default_factory=dict)
    faults: list[EntryFault] = field(default_factory=list)
    faults_left_out: int = 0
    uncommon: dict[int, list[str]] = field(default_factory=dict)
    count: int = 0
    data_bytes: int = 0
    partitioned: int = 0

    def fault(self, fault: EntryFault) -> None:
        """Keep a fault, or count it when there are too many."""
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(fault)
        else:
            self.faults_left_out += 1


class Bundle:
    """An opened index. `file_of` names the shard of a number, `sizes` gives sizes of files in bytes."""

    def __init__(self, table: Table, file: str, prefix: str, files: Mapping[str, FileEntry]) -> None:
        """Read the header. Raises TableError with TensorFlow's own message."""
        self.table = table
        self.prefix = prefix
        self.file = file
        self._files = files
        self._decoder = EntryDecoder()
        self.header = self._header()

    def _header(self) -> Header:
        found = self.table.seek(b"")
        corrupt = f"Unable to read file ({self.file}). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes"
        if found is None:
            fault = next(iter(self.table.faults.values()), None)
            kind, byte = (fault.kind, fault.byte) if fault is not None else ("no-entries", 0)
            why = f": {fault.message}" if fault is not None else ""
            raise TableError(kind, f"{corrupt} (failed to seek to header entry){why}", byte)
        key, value = found
        try:
            proto = message("tensorflow.BundleHeaderProto").FromString(value)
        except DecodeError:
            text = f"{corrupt} (unable to parse header): Entry for key {_text(key)} not parseable."
            raise TableError("header", text, 0) from None
        version = proto.version
        versions = GraphVersions(version.producer, version.min_consumer, tuple(version.bad_consumers))
        return Header(key, proto.num_shards, proto.endianness != 1, versions)

    def file_of(self, shard: int) -> str:
        """DataFilename of core/util/tensor_bundle/naming.cc."""
        return f"{self.prefix}.data-{shard:05d}-of-{self.header.num_shards:05d}"

    def size_of(self, shard: int) -> int:
        """Size of a shard, -1 where it is missing."""
        entry = self._files.get(self.file_of(shard))
        return entry.size if entry is not None else -1

    def raw(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values after the header, each key once and with the value that a look-up finds."""
        walk = self.table.walk()
        next(walk, None)
        return walk

    def entries(self) -> Iterator[Entry]:
        """The tensors; slices, and what a look-up would not find or parse, are left out."""
        decode = self._decoder.entry
        pieces: dict[bytes, bytes] = {}
        orderly = True
        for key, value in self.raw():
            orderly = orderly and self.table.orderly
            found = value if orderly else self.table.get(key)
            if key[:1] == b"\0":
                pieces[key] = value
            elif found is not None and (entry := decode(_text(key), found)) is not None:
                for part in entry.slices:
                    pieces.pop(slice_key(key, part), None)
                yield entry
        for key, value in pieces.items():
            if (entry := decode(_text(key), value)) is not None:
                yield entry

    def stored(self) -> Iterator[Entry]:
        """Everything that has bytes of its own: tensors stored whole, and slices under the key of their tensor."""
        decode = self._decoder.entry
        pieces: dict[bytes, bytes] = {}
        for key, value in self.raw():
            if key[:1] == b"\0":
                pieces[key] = value
                continue
            entry = decode(_text(key), value)
            if entry is not None and not entry.slices:
                yield entry
            for part in entry.slices if entry is not None else ():
                piece = decode(_text(key), pieces.pop(slice_key(key, part), b"\xff"))
                if piece is not None:
                    yield piece
        for key, value in pieces.items():
            entry = decode(_text(key), value)
            if entry is not None:
                yield entry

    def survey(self, check_bytes: Callable[[Entry], EntryFault | None]) -> Survey:
        """Go over everything once; a second time, looking each key up, where listing and looking up may differ."""
        survey = self._pass(check_bytes, exact=False)
        return survey if self.table.orderly else self._pass(check_bytes, exact=True)

    def _pass(self, check_bytes: Callable[[Entry], EntryFault | None], exact: bool) -> Survey:
        survey = Survey()
        checks = _Checks(self, survey, check_bytes)
        decode = self._decoder.entry
        pieces: dict[bytes, bytes] = {}
        seen: set[bytes] = set()
        for key, value in self.raw():
            if key[:1] == b"\0":
                pieces[key] = value
                continue
            try:
                text = key.decode()
            except UnicodeDecodeError as error:
                text = _text(key)
                survey.fault(EntryFault("key", text, str(error)))
            entry = decode(text, value)
            if entry is None:
                entry = self._decoder.lenient(text, value)
                survey.fault(
                    EntryFault("not-parseable" if entry is None else "trailing", text, _UNREADABLE.format(text))
                )
                if entry is None:
                    continue
            if exact:
                if key in seen:
                    continue
                seen.add(key)
                found = self.table.get(key)
                again = decode(text, found) if found is not None else None
                if again is None:
                    survey.fault(EntryFault("not-found", text, f"Key {text} not found in checkpoint"))
                    continue
                entry = again
            if entry.slices:
                checks.partitioned(entry, key, pieces)
            else:
                checks.whole(entry)
        if exact:
            for key in [key for key, value in pieces.items() if self.table.get(key) != value]:
                del pieces[key]
                survey.fault(EntryFault("not-found", _text(key), f"Key {_text(key)} not found in checkpoint"))
        checks.orphans(pieces)
        return survey

    def look_up(self, key: bytes) -> Entry | None:
        """A single entry as TensorFlow finds it."""
        value = self.table.get(key)
        return self._decoder.entry(_text(key), value) if value is not None else None

    def decode(self, key: bytes, value: bytes) -> Entry | None:
        """The entry of a key and value."""
        return self._decoder.entry(_text(key), value)

    def shards(self, survey: Survey) -> tuple[Shard, ...]:
        """The shards that entries point into, in order."""
        return tuple(
            Shard(self.file_of(number), self.size_of(number), use.needed, use.entries, use.used)
            for number, use in sorted(survey.shards.items())
        )

    def lost(self) -> tuple[LostBlock, ...]:
        """The blocks that were passed over."""
        return tuple(
            LostBlock(fault.kind, fault.message, fault.byte, fault.length, _text(fault.after), _text(fault.until))
            for _, fault in sorted(self.table.faults.items())
        )


class _Checks:
    """The checks of GetValue and GetSliceValue that need no bytes, and the count of what the entries use."""

    def __init__(self, bundle: Bundle, survey: Survey, check_bytes: Callable[[Entry], EntryFault | None]) -> None:
        self._bundle = bundle
        self._survey = survey
        self._check_bytes = check_bytes
        self._sizes: dict[int, int] = {}

    def whole(self, entry: Entry) -> None:
        """A tensor that is stored in one piece."""
        survey = self._survey
        survey.count += 1
        if entry.dtype not in COMMON:
            survey.uncommon.setdefault(entry.dtype, []).append(entry.key)
        fault = self.value(entry)
        if fault is not None:
            survey.fault(fault)

    def value(self, entry: Entry) -> EntryFault | None:
        """What keeps the bytes of an entry from being read, as far as its numbers tell."""
        key, dtype, shape, shard, offset, size, _, _ = entry
        if shape is None:
            return EntryFault("shape", key, f"Invalid tensor shape: {key}")
        elements = 1
        for dimension in shape:
            elements *= dimension
        width = ELEMENT_BYTES.get(dtype)
        if width is not None:
            if size != elements * width:
                text = f"Invalid size in bundle entry: key {key}; stored size {size}; expected size {elements * width}"
                return EntryFault("size", key, text, shard, offset, size)
        elif dtype == STRING and size < elements:
            text = f"Invalid size in bundle entry: key {key}; stored size {size}; expected size is at least {elements}"
            return EntryFault("size", key, text, shard, offset, size)
        self._count(shard, offset, size)
        have = self._sizes.get(shard)
        if have is None:
            have = self._sizes[shard] = self._bundle.size_of(shard)
        if have < 0:
            text = f"{self._bundle.file_of(shard)}; No such file or directory"
            return EntryFault("shard-missing", key, text, shard, offset, size)
        if offset < 0 or size < 0:
            return EntryFault("offset", key, f"Seeking to a negative position: {offset}", shard, offset, size)
        if offset + size > have and size:
            if dtype in (STRING, VARIANT) and (size > HINT_LIMIT or dtype == VARIANT):
                return self._check_bytes(entry)  # their size is no more than a hint
            return EntryFault("shard-truncated", key, "Read less bytes than requested", shard, offset, size)
        return self._array(entry, elements)

    def _array(self, entry: Entry, elements: int) -> EntryFault | None:
        """What keeps a tensor from becoming a NumPy array, which only a reader in Python asks of it."""
        shape = entry.shape or ()
        nonzero = 1
        for dimension in shape:
            nonzero *= dimension or 1
        if len(shape) > _NUMPY_DIMENSIONS:
            text = f"Cannot convert tensor with {len(shape)} dimensions to NumPy array. NumPy arrays can have at most 32 dimensions"
            return EntryFault("numpy", entry.key, text)
        if nonzero >= 2**60 and not elements:
            return EntryFault("numpy", entry.key, f"Failed to create numpy array from tensor of shape {list(shape)}")
        return None

    def _count(self, shard: int, offset: int, size: int) -> None:
        survey = self._survey
        use = survey.shards.get(shard)
        if use is None:
            use = survey.shards[shard] = ShardUse()
        use.entries += 1
        survey.data_bytes += size
        if size:
            if offset < use.needed:
                use.ascending = False
            use.needed = max(use.needed, offset + size)
            use.used += size
            if -(2**63) <= offset < 2**63 and -(2**63) <= size < 2**63:
                use.spans.extend((offset, size))

    def partitioned(self, entry: Entry, key: bytes, pieces: dict[bytes, bytes]) -> None:
        """A tensor that is stored in slices."""
        survey = self._survey
        survey.count += 1
        survey.partitioned += 1
        if entry.dtype not in COMMON:
            survey.uncommon.setdefault(entry.dtype, []).append(entry.key)
        if entry.shape is None:
            survey.fault(EntryFault("shape", entry.key, f"Invalid tensor shape: {entry.key}"))
            return
        stored: list[Entry | None] = []
        for part in entry.slices:
            name = slice_key(key, part)
            value = pieces.pop(name, None)
            stored.append(self._bundle.decode(name, value) if value is not None else None)
        fault = slice_fault(entry, stored)
        whole = any(all(length == -1 for length in part.length) for part in entry.slices)
        for piece in (*stored, entry if whole else None):
            if piece is not None and (found := self.value(replace_key(piece, entry.key))) is not None:
                fault = fault or found
        if fault is not None:
            survey.fault(fault)

    def orphans(self, pieces: Mapping[bytes, bytes]) -> None:
        """Slices of no tensor: TensorFlow lists each as a tensor of its own."""
        for key, value in pieces.items():
            entry = self._bundle.decode(key, value)
            try:
                key.decode()
            except UnicodeDecodeError as error:
                self._survey.fault(EntryFault("key", _text(key), str(error)))
                continue
            if entry is None:
                self._survey.fault(EntryFault("not-parseable", _text(key), _UNREADABLE.format(_text(key))))
            else:
                self.whole(entry)


def replace_key(entry: Entry, key: str) -> Entry:
    """The entry under another key."""
    return entry._replace(key=key)


def overlaps(use: ShardUse) -> list[tuple[int, int]]:
    """Pairs of offsets whose bytes overlap; the entries came in any order."""
    if use.ascending:
        return []
    spans = sorted(zip(use.spans[::2], use.spans[1::2], strict=True))
    found = []
    reach, owner = -1, -1
    for offset, size in spans:
        if offset < reach:
            found.append((owner, offset))
        if offset + size > reach:
            reach, owner = offset + size, offset
    return found


def _text(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")
