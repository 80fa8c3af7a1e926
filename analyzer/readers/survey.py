"""Everything that one pass over the index of a V2 checkpoint can tell, without holding its entries.

Sources: c/checkpoint_reader.cc (`BuildV2VarMaps`, the listing behind `tf.train.load_checkpoint`),
core/util/tensor_bundle/tensor_bundle.cc (`GetValue`, `GetSliceValue`). The pass keeps what is wrong, how far each shard is used,
and the entries of slices until their tensor comes by. Entries that look like one which was found sound take a short way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import prod

from analyzer.parts.checkpoint import ELEMENT_BYTES, STRING, VARIANT, Entry, EntryFault, Shard, TensorSlice
from analyzer.readers.bundle import Bundle, text_of
from analyzer.readers.bundle_entry import VARINT, inner_overrun, varint
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.slices import slice_fault, slice_shape
from analyzer.records import dataclass, field

COMMON = frozenset((*range(1, 11), 14, 17, 18, 19, 22, 23))
"""Types that `get_tensor` gives back in every release; for the others see the rule `unreadable-dtype`."""
KEPT_FAULTS = 20_000
HINT_LIMIT = (
    2**20
)  # a string tensor up to the size of TensorFlow's read buffer is read ahead, all of it (InputBuffer::Hint)
_NUMPY_DIMENSIONS = 32
_REMEMBERED = 65536
_UNREADABLE = "Entry for key {} not parseable."
_QUICK = re.compile(
    rb"((?:\x08[\x01-\x7f])?(?:\x12[\x00-\x7f](?:\x12[\x02-\x0a]\x08[\x80-\xff]{0,8}[\x00-\x7f]|\x12\x00)*)?)"  # type, shape
    rb"(?:\x18" + VARINT + rb")?(?:\x20" + VARINT + rb")?(?:\x28" + VARINT + rb")?(?:\x35.{4})?",  # shard, offset, size
    re.DOTALL,
).fullmatch

CheckBytes = Callable[[Entry], "EntryFault | None"]


@dataclass(slots=True)
class ShardUse:
    """How the entries so far use one shard; `size` is the file's, -1 where it is missing."""

    size: int
    needed: int = 0
    entries: int = 0
    used: int = 0
    ascending: bool = True


@dataclass(slots=True)
class Survey:
    """What one pass over an index found out."""

    shards: dict[int, ShardUse] = field(default_factory=dict)
    faults: list[EntryFault] = field(default_factory=list)
    faults_left_out: int = 0
    uncommon: dict[int, list[str]] = field(default_factory=dict)
    count: int = 0
    partitioned: int = 0

    @property
    def data_bytes(self) -> int:
        """Bytes of all tensors."""
        return sum(use.used for use in self.shards.values())

    def fault(self, fault: EntryFault) -> None:
        """Keep a fault, or count it when there are too many."""
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(fault)
        else:
            self.faults_left_out += 1

    def used(self, bundle: Bundle) -> tuple[Shard, ...]:
        """The shards that entries point into, in order."""
        return tuple(
            Shard(bundle.file_of(number), use.size, use.needed, use.entries, use.used)
            for number, use in sorted(self.shards.items())
        )


def survey(bundle: Bundle, check_bytes: CheckBytes) -> Survey:
    """Go over everything once; a second time, looking each key up, where listing and looking up may differ.

    `check_bytes` reads a single tensor, for the few of which numbers alone do not tell whether they can be read.
    """
    found = _Pass(bundle, check_bytes, exact=False).run()
    return found if bundle.table.orderly else _Pass(bundle, check_bytes, exact=True).run()


class _Pass:
    """One pass."""

    def __init__(self, bundle: Bundle, check_bytes: CheckBytes, exact: bool) -> None:
        self._bundle = bundle
        self._check_bytes = check_bytes
        self._exact = exact
        self._survey = Survey()
        self._pieces: dict[bytes, bytes] = {}
        self._seen: set[bytes] = set()
        self._sound: dict[tuple[bytes, bytes | None], int] = {}  # type, shape and size that agree: bytes
        self._uses: dict[bytes | None, ShardUse] = {}  # by the shard's number as it stands in the entry

    def run(self) -> Survey:
        """Look at all entries."""
        look = self._one_by_one if self._exact else self._quickly
        for found in self._bundle.batches():
            look(found.keys, found.values)
        self._orphans()
        return self._survey

    def _one_by_one(self, keys: list[bytes], values: list[bytes]) -> None:
        for key, value in zip(keys, values, strict=True):
            self._entry(key, value)

    def _quickly(self, keys: list[bytes], values: list[bytes]) -> None:
        sound, uses, quick, entry = self._sound, self._uses, _QUICK, self._entry
        count = 0
        for key, value in zip(keys, values, strict=True):
            plain = quick(value)
            if plain is not None:
                head, shard, offset, size = plain.groups()
                length = sound.get((head, size))
                use = uses.get(shard)
                if length is not None and use is not None and key.isascii() and key[0]:
                    start = 0 if offset is None else varint(offset)
                    end = start + length
                    if end <= use.size:
                        count += 1
                        use.entries += 1
                        use.used += length
                        if start < use.needed:
                            use.ascending = False
                        if end > use.needed:
                            use.needed = end
                        continue
            entry(key, value)
            if plain is not None:
                self._remember(plain, key, value)
        self._survey.count += count

    def _remember(self, plain: re.Match[bytes], key: bytes, value: bytes) -> None:
        """Take note of a form that was found sound, so that the next of its kind is not looked at again."""
        head, shard, _, size = plain.groups()
        entry = self._bundle.decoder.entry("", value)
        if entry is None or entry.slices or entry.shape is None or entry.size <= 0 or len(self._sound) >= _REMEMBERED:
            return
        if entry.shard in self._survey.shards:
            self._uses[shard] = self._survey.shards[entry.shard]
        width = ELEMENT_BYTES.get(entry.dtype)
        plain_array = width is not None and entry.dtype in COMMON and len(entry.shape) <= _NUMPY_DIMENSIONS
        if plain_array and entry.size == entry.elements * (width or 0):
            self._sound[head, size] = entry.size

    def _entry(self, key: bytes, value: bytes) -> None:
        if key[:1] == b"\0":
            self._pieces[key] = value
            return
        survey, decoder, text = self._survey, self._bundle.decoder, text_of(key)
        if not key.isascii():
            try:
                key.decode()
            except UnicodeDecodeError as error:
                survey.fault(EntryFault("key", text, str(error)))
        entry = decoder.entry(text, value)
        if entry is None:
            kind = "inner-not-parseable" if inner_overrun(value) else "not-parseable"
            survey.fault(EntryFault(kind, text, _UNREADABLE.format(text)))
        if self._exact and entry is not None:
            if key in self._seen:
                return
            self._seen.add(key)
            entry = self._bundle.look_up(key)
            if entry is None:
                survey.fault(EntryFault("not-found", text, f"Key {text} not found in checkpoint"))
        if entry is not None:
            if entry.slices:
                self._partitioned(entry, key)
            else:
                self._whole(entry)

    def _whole(self, entry: Entry) -> None:
        """A tensor that is stored in one piece."""
        self._list(entry)
        fault = self._value(entry)
        if fault is not None:
            self._survey.fault(fault)

    def _list(self, entry: Entry) -> None:
        self._survey.count += 1
        if entry.dtype not in COMMON:
            self._survey.uncommon.setdefault(entry.dtype, []).append(entry.key)

    def _value(self, entry: Entry) -> EntryFault | None:
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
        have = self._count(shard, offset, size)
        if have < 0:
            text = f"{self._bundle.file_of(shard)}; No such file or directory"
            return EntryFault("shard-missing", key, text, shard, offset, size)
        if offset < 0 or size < 0:
            return EntryFault("offset", key, f"Seeking to a negative position: {offset}", shard, offset, size)
        if offset + size > have and size:
            if dtype in (STRING, VARIANT):  # their size is no more than a hint, and one that is followed up to 1 MiB
                fault = self._check_bytes(entry)
                if fault is None and dtype == STRING and size <= HINT_LIMIT:
                    return EntryFault("string-past-end", key, "Read less bytes than requested", shard, offset, size)
                return fault
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

    def _count(self, shard: int, offset: int, size: int) -> int:
        """Count an entry towards its shard, and give the shard's size."""
        use = self._survey.shards.get(shard)
        if use is None:
            use = self._survey.shards[shard] = ShardUse(self._bundle.size_of(shard))
        use.entries += 1
        if size:
            if offset < use.needed:
                use.ascending = False
            use.needed = max(use.needed, offset + size)
            use.used += size
        return use.size

    def _partitioned(self, entry: Entry, key: bytes) -> None:
        """A tensor that is stored in slices."""
        survey = self._survey
        survey.partitioned += 1
        self._list(entry)
        if entry.shape is None:
            survey.fault(EntryFault("shape", entry.key, f"Invalid tensor shape: {entry.key}"))
            return
        stored: list[Entry | None] = []
        for part in entry.slices:
            value = self._pieces.pop(slice_key(key, part), None)
            stored.append(self._bundle.decoder.entry(entry.key, value) if value is not None else None)
        fault = slice_fault(entry, stored)
        whole = any(all(length == -1 for length in part.length) for part in entry.slices)
        for piece, of in zip((*stored, entry if whole else None), (*entry.slices, None), strict=True):
            if piece is not None and (found := self._value(piece)) is not None:
                fault = fault or (_of_slice(found, entry, of) if of is not None else found)
        if fault is not None:
            survey.fault(fault)

    def _orphans(self) -> None:
        """Slices of no tensor: TensorFlow lists each as a tensor of its own."""
        for key, value in self._pieces.items():
            text = text_of(key)
            entry = self._bundle.decoder.entry(text, value)
            try:
                key.decode()
            except UnicodeDecodeError as error:
                self._survey.fault(EntryFault("key", text, str(error)))
                continue
            if entry is None:
                self._survey.fault(EntryFault("not-parseable", text, _UNREADABLE.format(text)))
            elif self._exact and self._bundle.table.get(key) != value:
                self._survey.fault(EntryFault("not-found", text, f"Key {text} not found in checkpoint"))
            else:
                self._whole(entry)


def _of_slice(fault: EntryFault, entry: Entry, part: TensorSlice) -> EntryFault:
    """A slice that is restored as such is copied into a tensor of its own shape, whatever its entry says (`GetSliceValue`)."""
    shape, width = slice_shape(entry.shape or (), part), ELEMENT_BYTES.get(entry.dtype)
    fits = (
        fault.kind == "size" and width is not None and not isinstance(shape, str) and fault.size == prod(shape) * width
    )
    return fault._replace(kind="slice-size") if fits else fault
