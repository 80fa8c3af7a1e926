"""Checkpoints of any size: the index check, and `--checksums` beside what reading and CRC32C cost by themselves.

Run: python -m benchmarks.checkpoints [--tensorflow PYTHON] [--bytes N]

Writes into a temporary folder: an index of 1,000,000 entries over 1,000 sparse shards, and one of N bytes of real tensors in
8 shards (default 1 GiB). `--tensorflow` names an interpreter that has TensorFlow; `tf.train.load_checkpoint` and
`list_variables` are then timed on the same files, import excluded. Prints one line of JSON per figure.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import google_crc32c

from analyzer.readers.checkpoint import read_checkpoint
from analyzer.readers.limits import DEFAULT
from analyzer.readers.table import mask
from analyzer.sources.folder import FolderSource
from tests.example_checkpoint import table, varint

ENTRIES, SHARDS = 1_000_000, 1000
PIECE = 4 * 2**20
_TENSORFLOW = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
start = time.perf_counter()
{call}
print("seconds", time.perf_counter() - start)
"""


def entry(shard: int, offset: int, sizes: tuple[int, int], crc: int) -> bytes:
    """A BundleEntryProto of float32."""
    shape = b"".join(b"\x12" + varint(len(varint(size)) + 1) + b"\x08" + varint(size) for size in sizes)
    fields = b"\x08\x01\x12" + varint(len(shape)) + shape
    fields += b"\x18" + varint(shard) if shard else b""
    fields += b"\x20" + varint(offset) if offset else b""
    return fields + b"\x28" + varint(4 * sizes[0] * sizes[1]) + b"\x35" + struct.pack("<I", crc)


def header(shards: int) -> tuple[bytes, bytes]:
    """The first item of an index."""
    return b"", b"\x08" + varint(shards) + b"\x1a\x02\x08\x01"


def write_large_index(folder: str) -> None:
    """A million entries of 1 KiB; the shards are holes."""
    each = ENTRIES // SHARDS
    items = [header(SHARDS)]
    for number in range(ENTRIES):
        key = b"model/layer_%06d/weights/.ATTRIBUTES/VARIABLE_VALUE" % number
        items.append((key, entry(number // each, number % each * 1024, (16, 16), number)))
    with open(os.path.join(folder, "m.index"), "wb") as file:
        file.write(table(items))
    for shard in range(SHARDS):
        with open(os.path.join(folder, f"m.data-{shard:05d}-of-{SHARDS:05d}"), "wb") as file:
            file.truncate(each * 1024)


def write_tensors(folder: str, size: int, shards: int = 8) -> None:
    """Real bytes in tensors of 4 MiB."""
    items = [header(shards)]
    each = max(1, size // shards // PIECE)
    for shard in range(shards):
        with open(os.path.join(folder, f"m.data-{shard:05d}-of-{shards:05d}"), "wb") as file:
            for number in range(each):
                content = os.urandom(PIECE)
                file.write(content)
                key = b"layer_%02d_%04d/kernel" % (shard, number)
                items.append((key, entry(shard, number * PIECE, (1024, 1024), mask(google_crc32c.value(content)))))
    with open(os.path.join(folder, "m.index"), "wb") as file:
        file.write(table(items))


def read_only(folder: str) -> None:
    """What `--checksums` cannot do without: read every shard and compute CRC32C, as many at once."""

    def one(path: str) -> None:
        with open(path, "rb") as file:
            crc = 0
            while piece := file.read(PIECE):
                crc = google_crc32c.extend(crc, piece)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, _shards(folder)))


def _shards(folder: str) -> Iterator[str]:
    return (os.path.join(folder, name) for name in sorted(os.listdir(folder)) if ".data-" in name)


def timed(what: Callable[[], object], runs: int = 3) -> float:
    """The best of some runs, in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        what()
        best = min(best, time.perf_counter() - start)
    return best


def tensorflow(python: str, call: str) -> float | None:
    """Seconds that a call takes there, None where it fails."""
    done = subprocess.run(
        [python, "-c", _TENSORFLOW.format(call=call)], capture_output=True, check=False, text=True, timeout=1800
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("seconds ")]
    return float(lines[0].split()[1]) if lines else None


def show_peak() -> None:
    """Print the peak of this process's memory in MiB; ru_maxrss would count that of the process it was forked from."""
    with open("/proc/self/status", encoding="ascii") as lines:
        peak = next(line for line in lines if line.startswith("VmHWM"))
    print(int(peak.split()[1]) // 1024)


def check(folder: str, checksums: bool) -> None:
    """What `analyze` reads; a fault would make the figures meaningless."""
    found, damage, problems = read_checkpoint(FolderSource(folder), "m", DEFAULT, checksums=checksums)
    assert found is not None
    assert not (damage or problems or found.faults)
    assert found.checksums == checksums


def show(name: str, seconds: float | None, **more: object) -> None:
    """One figure."""
    print(json.dumps({"name": name, "seconds": seconds and round(seconds, 3), **more}), flush=True)


def main() -> None:
    """Write, time, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tensorflow", metavar="PYTHON")
    options.add_argument("--bytes", type=int, default=2**30)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_large_index(folder)
        here = f"import sys; sys.path[:0] = {sys.path!r}; from benchmarks import checkpoints as c"
        code = f"{here}; c.check({folder!r}, False); c.show_peak()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
        show(
            "metadata of 1,000 shards, 1,000,000 entries",
            timed(lambda: check(folder, False)),
            peak_mib=int(done.stdout),
        )
        if given.tensorflow:
            path = os.path.join(folder, "m")
            show(
                "tf.train.load_checkpoint of the same",
                tensorflow(given.tensorflow, f"tf.train.load_checkpoint({path!r})"),
            )
            show(
                "tf.train.list_variables of the same",
                tensorflow(given.tensorflow, f"tf.train.list_variables({path!r})"),
            )
    with tempfile.TemporaryDirectory() as folder:
        write_tensors(folder, given.bytes)
        size = sum(map(os.path.getsize, _shards(folder)))
        limit = timed(lambda: read_only(folder))
        ours = timed(lambda: check(folder, True))
        show("read and CRC32C alone", limit, gb_per_second=round(size / limit / 1e9, 2))
        show("--checksums", ours, gb_per_second=round(size / ours / 1e9, 2), ratio=round(ours / limit, 2))
        if given.tensorflow:
            path = os.path.join(folder, "m")
            every = f"r = tf.train.load_checkpoint({path!r})\nfor n in r.get_variable_to_shape_map(): r.get_tensor(n)"
            show("tf.train.load_checkpoint and every tensor", tensorflow(given.tensorflow, every))


if __name__ == "__main__":
    main()
