"""Broken and odd checkpoints, loaded by real releases: the verdict says what they say.

Needs real TensorFlow environments: ANALYZE_TF_ENVS names a folder of them, `tf2.15`, ...
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer import engine, rules
from analyzer.loaders import judge
from analyzer.target import parse
from tests.example_checkpoint import write
from tests.examples import read

RELEASES = ("1.15", "2.4", "2.10", "2.15", "2.21")
SIMPLE: dict[str, Any] = {
    "a": ("float32", (3, 4)),
    "b": ("int64", ()),
    "s": {"dtype": "string", "value": [b"hello", b"", b"world" * 10]},
}
HALVES = [((0, 0), (2, -1)), ((2, 0), (2, -1))]
LOAD = """
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
def loads(path):
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            reader = tf.train.load_checkpoint(path)
            for name in reader.get_variable_to_shape_map():
                reader.get_tensor(name)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0
print(json.dumps([loads(path) for path in json.loads(sys.argv[1])]))
"""


def cases() -> Iterator[dict[str, bytes]]:
    """Checkpoints by their files: every kind of entry, then damage at random places."""
    for dtype in (1, 7, 10, 14, 17, 19, 20, 21, 24, 26, 29, 31, 33, 99):
        value = {"value": [b"a", b"b"]} if dtype == 7 else {}
        yield made(checkpoint={"x": {"dtype": dtype, "shape": (2,), **value}})
        yield (
            made(checkpoint={"x": {"dtype": dtype, "shape": (4, 2), "slices": HALVES}})
            if dtype != 7
            else made(checkpoint=SIMPLE)
        )
    for tensor in (
        {"size": 4},
        {"offset": 4},
        {"offset": -1},
        {"shard": 1},
        {"crc": 1},
        {"shape": (-1,), "size": 4},
        {"raw": b"\xff\xff"},
        {"shape": (0,), "offset": 999},
        {"unknown_rank": True},
    ):
        yield made(checkpoint={"x": {"dtype": "float32", "shape": (2,), **tensor}})
    for header in ("version { min_consumer: 2 }", "version { producer: 9 }", "num_shards: 2", "endianness: BIG"):
        yield made(checkpoint=SIMPLE, header={"text": header})
    for dtype in ("float32", "bool", "float16", "string"):
        yield made(checkpoint={"x": (dtype, (2,))}, v1=True)
    yield made(checkpoint={"x": {"dtype": "float32", "shape": (4, 2), "slices": HALVES}}, v1=True)
    generator = random.Random(5)
    tensors = {f"layer_{number:03d}/kernel": ("float32", (number % 5, 3)) for number in range(60)}
    for number in range(60):
        files = made(checkpoint=tensors, block_size=300) if number % 2 else made(checkpoint=SIMPLE)
        name = sorted(files)[number % 3 % len(files)]
        content = bytearray(files[name])
        content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
        files[name] = bytes(content[: generator.randrange(1, len(content))] if number % 7 == 0 else content)
        yield files


def made(**given: Any) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    write({"prefix": "m", **given}, files)
    return files


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_verdicts_are_what_the_release_says(release: str, tmp_path: Path) -> None:
    environments = os.environ.get("ANALYZE_TF_ENVS", "")
    python = Path(environments) / f"tf{release}" / "bin" / "python"
    if not environments or not python.exists():
        pytest.skip(f"no environment of TensorFlow {release}")
    every = list(cases())
    for number, files in enumerate(every):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    paths = json.dumps([str(tmp_path / str(number) / "m") for number in range(len(every))])
    done = subprocess.run([python, "-c", LOAD, paths], capture_output=True, check=True, text=True, timeout=600)
    said = json.loads(done.stdout.splitlines()[-1])
    assert [predicted(files, release) for files in every] == said


def predicted(files: dict[str, bytes], release: str) -> bool | None:
    artifact = read(files, "m")
    target = parse(f"tensorflow=={release}.0")
    findings = engine.run_rules(artifact, target, rules.select(("files", "variables")), [])
    return judge(artifact, target, findings, ["tf.train.load_checkpoint"], True)[1][0].loads
