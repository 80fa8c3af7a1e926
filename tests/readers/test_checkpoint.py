"""Checkpoints of both formats: what the reader gathers, and what it says of damage."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY, Checkpoint
from analyzer.readers.checkpoint import CHECKED_BY_DEFAULT, read_checkpoint
from analyzer.readers.checkpoint_state import latest_prefix, named_elsewhere
from analyzer.readers.limits import DEFAULT
from analyzer.sources.memory import MemorySource
from tests.example_checkpoint import bundle_items, table, write

SIMPLE: dict[str, Any] = {
    "a": ("float32", (3, 4)),
    "b": ("int64", ()),
    "s": {"dtype": "string", "value": [b"hello", b"", b"world" * 100]},
}
HALVES = [((0, 0), (2, -1)), ((2, 0), (2, -1))]
OBJECTS = """
nodes { children { node_id: 1 local_name: "w" } }
nodes { attributes { name: "VARIABLE_VALUE" full_name: "w" checkpoint_key: "w/.ATTRIBUTES/VARIABLE_VALUE" } }
"""


def files(**given: Any) -> dict[str, bytes]:
    written: dict[str, bytes] = {}
    write({"prefix": "m", **given}, written)
    return written


def read(content: dict[str, bytes], *, checksums: bool = False) -> Checkpoint:
    found, damage, problems = read_checkpoint(MemorySource(content), "m", DEFAULT, checksums=checksums)
    assert not damage
    assert not problems
    assert found is not None
    return found


def kinds(content: dict[str, bytes], *, checksums: bool = False) -> list[str]:
    return [fault.kind for fault in read(content, checksums=checksums).faults]


def test_entries_shards_and_header() -> None:
    found = read(files(checkpoint=SIMPLE, shards=2))
    assert [entry.key for entry in found.entries] == ["a", "b", "s"]
    assert found.entries.by_key["a"].shape == (3, 4)
    assert found.count == 3
    assert found.num_shards == 2
    assert found.checksums
    assert [(shard.file, shard.size == shard.needed == shard.used) for shard in found.shards] == [
        ("m.data-00000-of-00002", True),
        ("m.data-00001-of-00002", True),
    ]
    assert not found.faults
    assert not found.surplus


@pytest.mark.parametrize("block_size", [50, 1 << 18])
def test_many_entries_in_blocks(block_size: int) -> None:
    tensors = {f"layer_{number}/kernel": ("float32", (number % 5, 2)) for number in range(300)}
    found = read(files(checkpoint=tensors, shards=3, block_size=block_size))
    assert {entry.key for entry in found.entries} == set(tensors)
    assert not found.faults


def test_slices_are_one_tensor() -> None:
    found = read(files(checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": HALVES}, "x": ("int32", (2,))}))
    assert [(entry.key, len(entry.slices)) for entry in found.entries] == [("w", 2), ("x", 0)]
    assert found.count == 2
    assert found.data_bytes == 40
    assert not found.faults


def test_object_graph() -> None:
    found = read(files(checkpoint={"w/.ATTRIBUTES/VARIABLE_VALUE": ("float32", (2,))}, objects=OBJECTS))
    assert found.objects is not None
    assert found.objects[0].children == (("w", 1),)
    assert found.objects[1].attributes[0].checkpoint_key == "w/.ATTRIBUTES/VARIABLE_VALUE"
    assert OBJECT_GRAPH_KEY in found.entries.by_key


def test_state_file() -> None:
    found = read(
        {**files(checkpoint=SIMPLE), "checkpoint": b'model_checkpoint_path: "m"\nall_model_checkpoint_paths: "m"\n'}
    )
    assert found.state is not None
    assert found.state.model_checkpoint_path == "m"


@pytest.mark.parametrize(
    "state, prefix, why",
    [
        (b'model_checkpoint_path: "m"\n', "m", ""),
        (b'model_checkpoint_path: "./m"\nall_model_checkpoint_paths: "old"\n', "m", ""),
        (b'model_checkpoint_path: "/home/me/m"\n', None, "an absolute path"),
        (b'model_checkpoint_path: "n"\n', None, "which is not there"),
        (b"None\n", None, "not a CheckpointState"),
        (b"", None, "names none"),
    ],
)
def test_latest_prefix(state: bytes, prefix: str | None, why: str) -> None:
    found, reason = latest_prefix(MemorySource({**files(checkpoint=SIMPLE), "checkpoint": state}))
    assert found == prefix
    assert why in reason


def test_an_index_without_a_header_hides_its_first_tensor_from_lists_only() -> None:
    """A float's entry reads as a header of one shard, and CheckpointReader lists what comes behind it."""
    items, shards = bundle_items({"a": ("float32", (3, 4)), "b": ("int64", ())}, 1, {})
    found = read({"m.index": table(items[1:]), "m.data-00000-of-00001": shards[0]})
    assert [entry.key for entry in found.entries] == ["b"]
    assert set(found.entries.by_key) == set(found.entries.find(["a", "b"])) == {"a", "b"}
    whole = read({"m.index": table(items), "m.data-00000-of-00001": shards[0]})
    assert [entry.key for entry in whole.entries] == list(whole.entries.by_key) == ["a", "b"]


@pytest.mark.parametrize("header", ["version { producer: 7 }", "endianness: BIG version { bad_consumers: 9 }"])
def test_headers_that_do_not_matter(header: str) -> None:
    plain = {"a": ("float32", (3, 4)), "b": ("int64", ())}
    assert kinds(files(checkpoint=plain, header={"text": header})) == []


@pytest.mark.parametrize(
    "tensor, kind",
    [
        ({"dtype": "float32", "shape": (2,), "size": 4}, "size"),
        ({"dtype": "float32", "shape": (-2,), "size": 8}, "shape"),
        ({"dtype": "float32", "shape": (1 << 40, 1 << 40), "size": 8}, "shape"),
        ({"dtype": "float32", "shape": (2,), "shard": 1}, "shard-missing"),
        ({"dtype": "float32", "shape": (0,), "shard": 1}, "shard-missing"),
        ({"dtype": "float32", "shape": (2,), "offset": 900}, "shard-truncated"),
        ({"dtype": "float32", "shape": (2,), "offset": -1}, "offset"),
        ({"dtype": "float32", "shape": (2,), "crc": 1}, "checksum"),
        ({"dtype": "string", "value": [b"abc"], "crc": 1}, "checksum"),
        ({"dtype": "string", "value": [b"abc", b"d"], "shape": (1,)}, "string-lengths"),
        ({"dtype": "string", "value": [b"abc"], "size": 0}, "size"),
        ({"raw": b"\xff"}, "not-parseable"),
        ({"dtype": "float32", "shape": (1,) * 40}, "numpy"),
        ({"dtype": "float32", "shape": (4, 2), "slices": HALVES[:1]}, "slices"),
        ({"dtype": "float32", "shape": (4, 2), "slices": [*HALVES, HALVES[0]]}, "slices"),
        ({"dtype": "float16", "shape": (4, 2), "slices": HALVES}, "slices"),
    ],
)
def test_faults(tensor: dict[str, Any], kind: str) -> None:
    assert kind in kinds(files(checkpoint={"a": ("float32", (2,)), "x": tensor}))


@pytest.mark.parametrize(
    "tensor",
    [
        {"dtype": "float32", "shape": (0,), "offset": 9999},
        {"dtype": "float32", "shape": ()},
        {"dtype": "string", "shape": (0,), "value": []},
        {"dtype": "float32", "shape": (2,), "unknown_rank": True},
        {"dtype": "bool", "shape": (4, 2), "slices": HALVES},
        {"dtype": "float32", "shape": (4, 2), "slices": [((0, 0), (4, -1))]},
        {"dtype": "complex128", "shape": (3,)},
    ],
)
def test_what_is_no_fault(tensor: dict[str, Any]) -> None:
    assert kinds(files(checkpoint={"a": ("float32", (2,)), "x": tensor})) == []


def test_appended_bytes_are_no_fault() -> None:
    content = files(checkpoint=SIMPLE)
    content["m.data-00000-of-00001"] += b"more"
    assert kinds(content) == []


@pytest.mark.parametrize("name, kind", [(b"\xff\xfe", "key"), ("grün".encode(), None)])
def test_keys_that_are_no_text(name: bytes, kind: str | None) -> None:
    found = kinds(files(checkpoint={name.decode("utf-8", "surrogateescape"): ("float32", (2,))}))
    assert found == ([kind] if kind else [])


def test_large_checkpoints_are_verified_on_demand_only() -> None:
    content = files(checkpoint={f"{number}": ("float32", (1 << 18,)) for number in range(6)})
    shard = bytearray(content["m.data-00000-of-00001"])
    assert len(shard) > CHECKED_BY_DEFAULT
    shard[5] ^= 1
    content["m.data-00000-of-00001"] = bytes(shard)
    assert not read(content).checksums
    assert kinds(content) == []
    assert kinds(content, checksums=True) == ["checksum"]


@pytest.mark.parametrize(
    "content, kind", [(b"", "empty"), (b"x" * 80, "wrong-format"), (bytes(80), "bad-magic"), (b"\0", "too-short")]
)
def test_an_index_that_is_none(content: bytes, kind: str) -> None:
    found, damage, problems = read_checkpoint(MemorySource({"m.index": content}), "m", DEFAULT)
    assert found is None
    assert [each.kind for each in damage] == [kind]
    assert not problems


def test_nothing_there_is_no_damage() -> None:
    assert read_checkpoint(MemorySource({}), "m", DEFAULT) == (None, [], [])


def test_a_pointer_in_place_of_a_shard() -> None:
    content = files(checkpoint=SIMPLE)
    content["m.data-00000-of-00001"] = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 5\n" % (
        b"0" * 64
    )
    found, damage, _ = read_checkpoint(MemorySource(content), "m", DEFAULT)
    assert found is not None
    assert [each.kind for each in damage] == ["lfs-pointer"]


def test_v1() -> None:
    found = read(files(checkpoint={"a": ("float32", (3, 4)), "s": ("string", (2,))}, v1=True))
    assert found.version == 1
    assert [(entry.key, entry.shape) for entry in found.entries] == [("a", (3, 4)), ("s", (2,))]
    assert not found.faults


@pytest.mark.parametrize(
    "tensor, kind",
    [
        ({"dtype": "float32", "shape": (4, 2), "without_record": True}, "not-found"),
        ({"dtype": "float32", "shape": (4, 2), "elements": 3}, "record-size"),
    ],
)
def test_v1_faults(tensor: dict[str, Any], kind: str) -> None:
    assert kinds(files(checkpoint={"x": tensor}, v1=True)) == [kind]


def test_v1_shards_answer_to_a_pattern() -> None:
    found = read(files(checkpoint=SIMPLE, v1=True, v1_shard="m-00000-of-00001"))
    assert found.facts["pattern"] == "m-?????-of-00001"


@pytest.mark.parametrize("v1", [False, True])
def test_random_damage_is_never_an_exception(v1: bool) -> None:
    generator = random.Random(11)
    whole = files(
        checkpoint={**SIMPLE, "p": {"dtype": "float32", "shape": (4, 2), "slices": HALVES}}, v1=v1, block_size=100
    )
    names = sorted(whole)
    for _ in range(300):
        content = dict(whole)
        name = generator.choice(names)
        changed = bytearray(content[name])
        for _ in range(generator.randrange(1, 4)):
            changed[generator.randrange(len(changed))] = generator.randrange(256)
        content[name] = bytes(
            changed[: generator.randrange(1, len(changed) + 1)] if generator.random() < 0.3 else changed
        )
        found, _, problems = read_checkpoint(MemorySource(content), "m", DEFAULT)
        assert not problems
        if found is not None:
            assert sum(1 for _ in found.entries) <= 4


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("below/m", ("below", "m")),
        ("../run/below/m", ("below", "m")),
        ("./m", ("", "m")),
        ("m", None),
        ("below/n", None),
        ("/home/somebody/run/m", None),
    ],
)
def test_a_state_file_that_names_a_path(tmp_path: Path, path: str, found: tuple[str, str] | None) -> None:
    run = tmp_path / "run"
    (run / "below").mkdir(parents=True)
    for index in (run / "m.index", run / "below" / "m.index"):
        index.write_bytes(b"")
    source = MemorySource({"checkpoint": f'model_checkpoint_path: "{path}"'.encode()})
    expected = (str(run / found[0]), found[1]) if found else None
    assert named_elsewhere(source, str(run)) == expected


def test_a_state_file_that_names_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "m.index").write_bytes(b"")
    source = MemorySource({"checkpoint": f'model_checkpoint_path: "{tmp_path}/m"'.encode()})
    assert named_elsewhere(source, str(tmp_path)) == (str(tmp_path), "m")
