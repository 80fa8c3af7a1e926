"""Serialized NodeDefs to columns.

A message object for every node, with one for every repeated field of it, costs several times what parsing the file costs. So
nodes are kept as the bytes that they are, and split here: TensorFlow writes a node's fields in order of number (name 1, op 2,
input 3, device 4, attr 5), and what stands behind the device is shared by all nodes of a kind. A node written in another order
is first brought into this one.

What is split here has not been parsed: whatever protobuf would refuse in a node raises DecodeError when the columns are made.
Attributes are parsed once a kind; names, inputs and devices that are not ASCII send the node through protobuf, which knows UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.parts.graph import NodeKind
from analyzer.readers.attrs import AttrDecoder
from analyzer.readers.protos import message_with_raw_nodes
from analyzer.readers.wire import varint
from analyzer.records import NamedTuple

_NAME, _OP, _INPUT, _DEVICE, _ATTR = 0x0A, 0x12, 0x1A, 0x22, 0x2A  # field number and wire type 2


class Kinds:
    """The kinds of the nodes of one file, by op and serialized attributes."""

    def __init__(self, decoder: AttrDecoder) -> None:
        self._decoder = decoder
        self.by_tail: dict[tuple[bytes, bytes], NodeKind] = {}
        self._by_attrs: dict[tuple[bytes, bytes], NodeKind] = {}

    def find(self, op: bytes, tail: bytes) -> NodeKind | None:
        """The kind of a node by its op and all that follows the device, debug information among it.

        None where something of the node still stands there that belongs before its attributes.
        """
        kind = self.by_tail.get((op, tail))
        if kind is None:
            parsed = message_with_raw_nodes("tensorflow.NodeDef").FromString(tail)
            attrs = _attrs_of(tail)
            if not op or (len(attrs) < len(tail) and tail[len(attrs)] < _ATTR):
                return None
            kind = self.by_tail[op, tail] = self._of(op, attrs, parsed)
        return kind

    def of_message(self, node: Any) -> NodeKind:
        """The kind of a parsed NodeDef whose attributes are serialized."""
        attrs = message_with_raw_nodes("tensorflow.NodeDef")(attr=node.attr)
        return self._of(node.op.encode(), attrs.SerializeToString(), node)

    def _of(self, op: bytes, attrs: bytes, parsed: Any) -> NodeKind:
        kind = self._by_attrs.get((op, attrs))
        if kind is None:
            kind = self._by_attrs[op, attrs] = NodeKind(op.decode(), self._decoder.mapping(parsed.attr))
        return kind


class _Split(NamedTuple):
    """Nodes with their fields in order, kinds, devices, and where op, inputs and device begin in each node's bytes."""

    nodes: list[bytes]
    kinds: list[NodeKind]
    devices: list[str]
    spans: list[tuple[int, int, int]]


class NodeColumns:
    """The columns of a repeated NodeDef. Raises DecodeError for a node that protobuf would refuse."""

    def __init__(self, serialized: Sequence[bytes], kinds: Kinds) -> None:
        nodes = list(serialized)
        column: list[NodeKind] = []
        devices = [""] * len(nodes)
        spans: list[tuple[int, int, int]] = []
        self._split = _Split(nodes, column, devices, spans)
        known = kinds.by_tail
        for position, node in enumerate(nodes):
            op_start, op, start, end, tail = _fields(node)
            rest = node[tail:]
            kind = known.get((op, rest))
            if kind is None or not node[:tail].isascii():
                kind = kinds.find(op, rest) if 0 <= tail <= len(node) and node[:tail].isascii() else None
            if kind is None:
                parsed = message_with_raw_nodes("tensorflow.NodeDef").FromString(node)
                kind = kinds.of_message(parsed)
                nodes[position] = node = parsed.SerializeToString(deterministic=True)
                op_start, op, start, end, tail = _fields(node)
            column.append(kind)
            if end < tail:
                devices[position] = _text(node, end, tail)
            spans.append((op_start, start, end))

    def kinds(self) -> Sequence[NodeKind]:
        """The nodes' ops and attributes."""
        return self._split.kinds

    def devices(self) -> Sequence[str]:
        """The nodes' device specifications."""
        return self._split.devices

    def names(self) -> Sequence[str]:
        """The nodes' names."""
        nodes, _, _, spans = self._split
        return [
            node[2:end].decode() if end < 0x82 else _text(node, 0, end)
            for node, (end, _, _) in zip(nodes, spans, strict=True)
        ]

    def inputs(self) -> Sequence[Sequence[str]]:
        """The nodes' inputs."""
        nodes, _, _, spans = self._split
        return [
            _texts(node, start, end) if start < end else () for node, (_, start, end) in zip(nodes, spans, strict=True)
        ]


def _fields(node: bytes) -> tuple[int, bytes, int, int, int]:
    """Where a node's op begins, the op, and where inputs, device and the rest begin; one pass over lengths."""
    try:
        position = node[1] + 2
        if node[0] != _NAME or position >= 0x82 or node[position] != _OP or node[position + 1] >= 0x80:
            position = _behind(node, 0, _NAME)
            start = _behind(node, position, _OP)
            op = _value(node, position, start)
        else:
            start = position + 2 + node[position + 1]
            op = node[position + 2 : start]
        end, size = start, len(node)
        while end < size and node[end] == _INPUT:
            length = node[end + 1]
            end = end + 2 + length if length < 0x80 else _behind(node, end, _INPUT)
        return position, op, start, end, _behind(node, end, _DEVICE)
    except IndexError:  # a node of a name or of nothing, or one that is cut off
        position = _behind(node, 0, _NAME) if len(node) > 1 else 0
        return position, b"", position, position, position


def _behind(node: bytes, position: int, tag: int) -> int:
    """The position behind a field with that tag; the same position where another field, or none, stands there."""
    if position >= len(node) or node[position] != tag:
        return position
    length = node[position + 1]
    if length < 0x80:
        return position + 2 + length
    length, start = varint(node, position + 1)
    return start + length


def _value(node: bytes, start: int, end: int) -> bytes:
    """The content of the field between two positions; empty where there is none."""
    if start == end:
        return b""
    if node[start + 1] < 0x80:
        return node[start + 2 : end]
    return node[varint(node, start + 1)[1] : end]


def _text(node: bytes, start: int, end: int) -> str:
    return _value(node, start, end).decode()


def _texts(node: bytes, start: int, end: int) -> list[str]:
    """The texts of the fields between two positions."""
    found = []
    while start < end:
        length = node[start + 1]
        if length < 0x80:
            behind = start + 2 + length
            found.append(node[start + 2 : behind].decode())
        else:
            behind = _behind(node, start, _INPUT)
            found.append(_text(node, start, behind))
        start = behind
    return found


def _attrs_of(tail: bytes) -> bytes:
    """The attributes at the beginning of what follows the device, without the fields behind them."""
    end = 0
    while end < len(tail) and tail[end] == _ATTR:
        end = _behind(tail, end, _ATTR)
    return tail[:end]
