"""The bytes of every tensor of a checkpoint against their checksums, in bounded memory and several shards at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice

from analyzer.parts.checkpoint import Entry, EntryFault
from analyzer.readers.tensor_bytes import TensorFile
from analyzer.sources import Source

BATCH = 50_000  # entries held at once; within a batch the shards are read from front to back
SPLIT = 256 * 2**20  # bytes of one shard that one thread takes at a time
THREADS = 8
SERIAL = 16 * 2**20  # bytes below which threads cost more than they save


class Checksums:
    """Verifies entries. `file_of` names a shard, `swap` says that the bundle was written big-endian."""

    def __init__(
        self,
        source: Source,
        file_of: Callable[[int], str],
        *,
        swap: bool = False,
        threads: int = THREADS,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._source = source
        self._file_of = file_of
        self._swap = swap
        self._threads = threads
        self._lock = threading.Lock()
        self._progress = self._locked(progress) if progress is not None else None

    def _locked(self, progress: Callable[[int], None]) -> Callable[[int], None]:
        def report(count: int) -> None:
            with self._lock:
                progress(count)

        return report

    def verify(self, entries: Iterable[Entry], size: int) -> Iterator[EntryFault]:
        """The faults of entries whose bytes, `size` together, do not stand up. Raises OSError."""
        stream = iter(entries)
        if size < SERIAL:
            while batch := list(islice(stream, BATCH)):
                for run in _runs(batch):
                    yield from self._run(run)
            return

        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._threads) as pool:
            while batch := list(islice(stream, BATCH)):
                for faults in pool.map(self._run, _runs(batch)):
                    yield from faults

    def one(self, entry: Entry) -> EntryFault | None:
        """The fault of a single entry, None when its bytes stand up. Raises OSError."""
        return next(iter(self._run([entry])), None)

    def _run(self, entries: list[Entry]) -> list[EntryFault]:
        name = self._file_of(entries[0].shard)
        with self._source.open(name) as stream:
            file = TensorFile(stream, name, swap=self._swap, progress=self._progress)
            return [fault for entry in entries if (fault := file.check(entry)) is not None]


def _runs(batch: list[Entry]) -> Iterator[list[Entry]]:
    """The entries in the order of their bytes, cut by shard and by size."""
    batch.sort(key=lambda entry: (entry.shard, entry.offset))
    for _, same in groupby(batch, key=lambda entry: entry.shard):
        run: list[Entry] = []
        size = 0
        for entry in same:
            run.append(entry)
            size += entry.size
            if size >= SPLIT:
                yield run
                run, size = [], 0
        if run:
            yield run
