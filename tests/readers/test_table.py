"""Tables as TensorFlow reads them: what is found, what is passed over, what is refused."""

from __future__ import annotations

import io
import random

import pytest

from analyzer.parts.checkpoint import TensorSlice
from analyzer.readers.block import TableError
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.snappy import SnappyError, decompress
from analyzer.readers.table import Table, TableLimitError, mask, unmask
from tests.example_checkpoint import table, varint

ITEMS = [(f"layer_{number:03d}/kernel".encode(), bytes([number]) * (number % 7)) for number in range(200)]
LIMIT = 1 << 20


def opened(content: bytes, limit: int = LIMIT) -> Table:
    return Table(io.BytesIO(content), len(content), limit)


@pytest.mark.parametrize("block_size", [1, 100, 1000, 1 << 18])
@pytest.mark.parametrize("interval", [1, 16])
def test_walk_and_get_give_what_was_written(block_size: int, interval: int) -> None:
    found = opened(table(ITEMS, block_size=block_size, interval=interval))
    assert list(found.walk()) == ITEMS
    assert found.orderly
    assert not found.faults
    assert all(found.get(key) == value for key, value in ITEMS)
    assert found.get(b"layer_") is None
    assert found.get(b"zzz") is None


def test_bytes_before_the_footer_or_long_values_do_not_matter() -> None:
    items = [(b"a" * 300, b"x" * 5000), (b"a" * 301, b"")]
    assert list(opened(table(items)).walk()) == items


def test_a_table_without_entries_is_empty() -> None:
    assert list(opened(table([])).walk()) == []
    assert opened(table([])).seek(b"") is None


def test_a_damaged_block_is_passed_over() -> None:
    content = bytearray(table(ITEMS, block_size=400))
    handle = opened(bytes(content)).handles[3]
    content[handle.offset + 5] ^= 1
    found = opened(bytes(content))
    keys = [key for key, _ in found.walk()]
    assert 0 < len(keys) < len(ITEMS)
    assert [fault.kind for fault in found.faults.values()] == ["block-checksum"]
    assert not found.orderly
    assert found.get(keys[0]) == ITEMS[0][1]


def test_keys_out_of_order_are_listed_and_not_found() -> None:
    swapped = [*ITEMS[:10], ITEMS[20], *ITEMS[11:20], ITEMS[10], *ITEMS[21:]]
    found = opened(table(swapped))
    assert [key for key, _ in found.walk()] == [key for key, _ in swapped]
    assert not found.orderly
    assert any(found.get(key) is None for key, _ in swapped)


@pytest.mark.parametrize(
    "content, kind",
    [
        (b"", "too-short"),
        (b"x" * 47, "too-short"),
        (b"x" * 48, "bad-magic"),
        (table(ITEMS) + b"\0", "bad-magic"),
        (table(ITEMS)[:-1], "bad-magic"),
        (table(ITEMS)[-48:], "block-truncated"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, kind: str) -> None:
    with pytest.raises(TableError) as raised:
        opened(content)
    assert raised.value.kind == kind


def test_a_block_over_the_limit_is_not_read() -> None:
    with pytest.raises(TableLimitError):
        opened(table(ITEMS), limit=8)


def test_random_damage_never_raises_anything_else() -> None:
    generator = random.Random(3)
    whole = table(ITEMS, block_size=300)
    for _ in range(500):
        content = bytearray(whole)
        for _ in range(generator.randrange(1, 4)):
            content[generator.randrange(len(content))] = generator.randrange(256)
        try:
            found = opened(bytes(content))
            for key, _ in found.walk():
                found.get(key)
        except TableError:
            pass


def test_masked_checksums() -> None:
    assert all(unmask(mask(crc)) == crc for crc in (0, 1, 0xFFFFFFFF, 0x12345678))


def literal(data: bytes) -> bytes:
    return varint(len(data)) + b"".join(
        bytes([(len(piece) - 1) << 2]) + piece for piece in (data[at : at + 60] for at in range(0, len(data), 60))
    )


def test_compressed_blocks_are_read() -> None:
    assert list(opened(table(ITEMS, block_size=500, compress=literal)).walk()) == ITEMS


@pytest.mark.parametrize(
    "data, expected",
    [
        (b"\x00", b""),
        (b"\x05\x10hello", b"hello"),
        (b"\x0a\x04ab\x1e\x02\x00", b"abababababab"[:10]),
        (b"\x08\x00a\x0d\x01", b"a" * 8),
        (varint(70) + b"\xf0\x45" + bytes(range(70)), bytes(range(70))),
    ],
)
def test_snappy(data: bytes, expected: bytes) -> None:
    assert decompress(data, 1000) == expected


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 6, b"\x05\x10hell", b"\x02\x00a\x01\x09", b"\x03\x00a", b"\x01\x04ab", b"\xf0\xff\x7f"]
)
def test_broken_snappy(data: bytes) -> None:
    with pytest.raises(SnappyError):
        decompress(data, 1000)


@pytest.mark.parametrize(
    "part, expected",
    [
        (TensorSlice((0,), (-1,)), b"\0x\0\1\1\1\x80\x7f"),
        (TensorSlice((5,), (63,)), b"\0x\0\1\1\1\x85\xbf"),
        (TensorSlice((64,), (8192,)), b"\0x\0\1\1\1\xc0\x40\xe0\x20\x00"),
        (TensorSlice((), ()), b"\0x\0\1\0"),
    ],
)
def test_slice_keys(part: TensorSlice, expected: bytes) -> None:
    assert slice_key(b"x", part) == expected


def test_slice_keys_escape_names() -> None:
    assert slice_key(b"a\0b\xff", TensorSlice((), ())) == b"\0a\0\xffb\xff\0\0\1\0"
