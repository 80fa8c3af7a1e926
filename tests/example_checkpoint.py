"""Checkpoints from plain values, well formed or broken in a given place. Written from the format, not by TensorFlow.

Keys of an example: `checkpoint` maps tensor names to (dtype, shape), or to a dict with any of `dtype`, `shape`, `value` (list of
bytes for strings), `shard`, `offset`, `size`, `crc`, `slices` (list of (start, length) pairs, each a tuple), `raw` (the entry's
bytes). `shards` is the number of data files, `header` changes fields of the header, `prefix` names the checkpoint, `objects`
gives the TrackableObjectGraph in text format, `block_size` cuts the index into blocks, `v1` writes a table of SavedTensorSlices, under the name `v1_shard` where that is given.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import google_crc32c
from google.protobuf import text_format

from analyzer.parts.checkpoint import ELEMENT_BYTES, OBJECT_GRAPH_KEY, TensorSlice
from analyzer.readers.ordered_code import slice_key
from analyzer.readers.protos import message
from analyzer.readers.table import MAGIC, mask

DTYPES = {
    "float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8, "int64": 9,
    "bool": 10, "bfloat16": 14, "uint16": 17, "complex128": 18, "float16": 19, "variant": 21, "uint32": 22, "uint64": 23,
}  # fmt: skip
Items = Sequence[tuple[bytes, bytes]]


def write(given: Mapping[str, Any], files: dict[str, bytes]) -> None:
    """Put the files of a checkpoint into `files`."""
    prefix = given.get("prefix") or ("variables/variables" if "saved_model" in given else "model.ckpt")
    tensors = dict(given["checkpoint"])
    if "objects" in given:
        graph = text_format.Parse(given["objects"], message("tensorflow.TrackableObjectGraph")())
        tensors[OBJECT_GRAPH_KEY] = {"dtype": "string", "value": [graph.SerializeToString()]}
    if given.get("v1"):
        files[given.get("v1_shard", prefix)] = table(v1_items(tensors), block_size=given.get("block_size", 1 << 18))
        return
    items, shards = bundle_items(tensors, given.get("shards", 1), given.get("header", {}))
    files[f"{prefix}.index"] = table(items, block_size=given.get("block_size", 1 << 18))
    for number, content in enumerate(shards):
        files[f"{prefix}.data-{number:05d}-of-{len(shards):05d}"] = content


def table(
    items: Items, *, block_size: int = 1 << 18, interval: int = 16, compress: Callable[[bytes], bytes] | None = None
) -> bytes:
    """A LevelDB table of the items in the order given."""
    out = bytearray()
    index: list[tuple[bytes, bytes]] = []
    for group in _groups(items, block_size):
        offset = len(out)
        body = block(group, interval)
        out += sealed(compress(body) if compress else body, 1 if compress else 0)
        index.append((group[-1][0], varint(offset) + varint(len(out) - offset - 5)))
    handles = b""
    for body in (block([], 16), block(index, 1)):
        handles += varint(len(out)) + varint(len(body))
        out += sealed(body, 0)
    return bytes(out) + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def _groups(items: Items, block_size: int) -> Iterable[Items]:
    group: list[tuple[bytes, bytes]] = []
    size = 0
    for key, value in items:
        group.append((key, value))
        size += len(key) + len(value) + 3
        if size >= block_size:
            yield group
            group, size = [], 0
    if group:
        yield group


def block(items: Items, interval: int) -> bytes:
    """A block's contents: prefix-compressed entries and restart points."""
    out, restarts, last = bytearray(), [], b""
    for number, (key, value) in enumerate(items):
        shared = 0
        if number % interval == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    restarts = restarts or [0]
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def sealed(body: bytes, kind: int) -> bytes:
    """A block with its trailer: compression type and masked checksum."""
    contents = body + bytes([kind])
    return contents + struct.pack("<I", mask(google_crc32c.value(contents)))


def varint(value: int) -> bytes:
    """A varint; negative numbers take ten bytes as in protobuf."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def bundle_items(
    tensors: Mapping[str, Any], count: int, header: Mapping[str, Any]
) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
    """The index's items in key order, and the shards' contents."""
    shards = [bytearray() for _ in range(count)]
    items: dict[bytes, bytes] = {}
    for number, (name, given) in enumerate(sorted(tensors.items())):
        tensor = given if isinstance(given, dict) else {"dtype": given[0], "shape": given[1]}
        key = name.encode("utf-8", "surrogateescape")
        if "slices" in tensor:
            parts = [TensorSlice(*part) for part in tensor["slices"]]
            for part in parts:
                shape = tuple(
                    size if length == -1 else length for size, length in zip(tensor["shape"], part.length, strict=True)
                )
                piece = {**tensor, "shape": shape, **tensor.get("piece", {})}
                if part not in tensor.get("without", ()):
                    items[slice_key(key, part)] = _entry(piece, shards, number % count, ())
            items[key] = _proto({**tensor, "size": 0, "crc": 0}, parts)
        else:
            items[key] = tensor.get("raw") or _entry(tensor, shards, number % count, ())
    first = message("tensorflow.BundleHeaderProto")(num_shards=count)
    first.version.producer = 1
    text_format.Merge(header.get("text", ""), first)
    return [(b"", first.SerializeToString()), *sorted(items.items())], [bytes(shard) for shard in shards]


def _entry(tensor: Mapping[str, Any], shards: list[bytearray], shard: int, parts: Sequence[TensorSlice]) -> bytes:
    content, crc = tensor_bytes(tensor)
    offset = len(shards[shard])
    shards[shard] += content
    return _proto({"shard": shard, "offset": offset, "size": len(content), "crc": mask(crc), **tensor}, parts)


def _proto(tensor: Mapping[str, Any], parts: Sequence[TensorSlice]) -> bytes:
    proto = message("tensorflow.BundleEntryProto")()
    proto.dtype = dtype_of(tensor)
    for size in shape_of(tensor):
        proto.shape.dim.add(size=size)
    proto.shape.unknown_rank = tensor.get("unknown_rank", False)
    proto.shard_id, proto.offset = tensor.get("shard", 0), tensor.get("offset", 0)
    proto.size, proto.crc32c = tensor["size"], tensor["crc"]
    for part in parts:
        extents = proto.slices.add().extent
        for start, length in zip(part.start, part.length, strict=True):
            extent = extents.add()
            if length != -1:
                extent.start, extent.length = start, length
    serialized: bytes = proto.SerializeToString()
    return serialized


def dtype_of(tensor: Mapping[str, Any]) -> int:
    """The DataType number of a tensor, given by name or number."""
    dtype = tensor.get("dtype", "float32")
    return dtype if isinstance(dtype, int) else DTYPES[dtype]


def shape_of(tensor: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of a tensor: as given, else that of its value."""
    return tuple(tensor["shape"]) if "shape" in tensor else () if len(tensor["value"]) == 1 else (len(tensor["value"]),)


def tensor_bytes(tensor: Mapping[str, Any]) -> tuple[bytes, int]:
    """The bytes of a tensor in its shard, and their CRC32C (core/util/tensor_bundle/tensor_bundle.cc)."""
    elements = 1
    for size in shape_of(tensor):
        elements *= max(size, 0)
    if dtype_of(tensor) == 7:
        strings = tensor.get("value", [b""] * elements)
        crc = google_crc32c.value(b"".join(struct.pack("<I", len(each)) for each in strings))
        checksum = struct.pack("<I", mask(crc))
        body = b"".join(strings)
        return b"".join(varint(len(each)) for each in strings) + checksum + body, google_crc32c.extend(
            google_crc32c.extend(crc, checksum), body
        )
    elements = min(elements, 1 << 20)
    content = tensor.get("value") or bytes(
        number % 64 for number in range(elements * ELEMENT_BYTES.get(dtype_of(tensor), 4))
    )
    return content, google_crc32c.value(content)


def v1_items(tensors: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The records of a V1 checkpoint in key order."""
    meta = message("tensorflow.SavedTensorSlices")()
    meta.meta.versions.producer = 1
    items = {}
    for name, given in sorted(tensors.items()):
        tensor = given if isinstance(given, dict) else {"dtype": given[0], "shape": given[1]}
        announced = meta.meta.tensor.add(name=name, type=dtype_of(tensor))
        shape = shape_of(tensor)
        for size in shape:
            announced.shape.dim.add(size=size)
        full = [((0,) * len(shape), (-1,) * len(shape))]
        for part in (TensorSlice(*each) for each in tensor.get("slices", full)):
            extents = announced.slice.add().extent
            elements = 1
            for start, length, size in zip(part.start, part.length, shape, strict=True):
                extent = extents.add()
                elements *= size if length == -1 else length
                if length != -1:
                    extent.start, extent.length = start, length
            record = message("tensorflow.SavedTensorSlices")()
            record.data.name = name
            elements = tensor.get("elements", elements)
            _fill(record.data.data, dtype_of(tensor), elements)
            if not tensor.get("without_record"):
                items[slice_key(name.encode(), part)] = record.SerializeToString()
    return [(b"", meta.SerializeToString()), *sorted(items.items())]


def _fill(proto: Any, dtype: int, elements: int) -> None:
    proto.dtype = dtype
    field = {
        1: "float_val",
        2: "double_val",
        7: "string_val",
        8: "scomplex_val",
        9: "int64_val",
        10: "bool_val",
        19: "half_val",
    }
    values = getattr(proto, field.get(dtype, "int_val"))
    values.extend([b"x" if dtype == 7 else 1] * elements * (2 if dtype == 8 else 1))
