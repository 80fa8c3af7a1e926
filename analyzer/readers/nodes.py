"""Serialized NodeDefs to columns.

A message object for every node, with one for every repeated field of it, costs several times what parsing the file costs. So
nodes are kept as the bytes that they are, and split here: TensorFlow writes a node's fields in order of number (name 1, op 2,
input 3, device 4, attr 5), and what stands behind the device is shared by all nodes of a kind. A node written in another order
is first brought into this one.

The bytes have been parsed as NodeDefs before (see `proto_file.parse`), so that lengths and texts are known to be whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from analyzer.parts.graph import Attr, NodeKind
from analyzer.readers.attrs import AttrDecoder
from analyzer.readers.protos import message
from analyzer.readers.wire import varint

_NAME, _OP, _INPUT, _DEVICE, _ATTR = 0x0A, 0x12, 0x1A, 0x22, 0x2A  # field number and wire type 2


class Kinds:
    """The kinds of the nodes of one file, by op and serialized attributes."""

    def __init__(self, decoder: AttrDecoder) -> None:
        self._decoder = decoder
        self._by_tail: dict[tuple[bytes, bytes], NodeKind] = {}
        self._by_attrs: dict[tuple[bytes, bytes], NodeKind] = {}

    def find(self, op: bytes, tail: bytes) -> NodeKind | None:
        """The kind of a node by its op and all that follows the device, debug information among it.

        None where something of the node still stands there that belongs before its attributes.
        """
        kind = self._by_tail.get((op, tail))
        if kind is None:
            attrs = _attrs_of(tail)
            if not op or (len(attrs) < len(tail) and tail[len(attrs)] < _ATTR):
                return None
            kind = self._by_tail[op, tail] = self.of(op, attrs)
        return kind

    def of(self, op: bytes, attrs: bytes) -> NodeKind:
        """The kind with that op and those serialized attributes."""
        kind = self._by_attrs.get((op, attrs))
        if kind is None:
            kind = self._by_attrs[op, attrs] = NodeKind(op.decode(), lambda: self._decode(attrs))
        return kind

    def _decode(self, attrs: bytes) -> Mapping[str, Attr]:
        return self._decoder.mapping(message("tensorflow.NodeDef").FromString(attrs).attr)


class _Split(NamedTuple):
    """Nodes with their fields in order, kinds, devices, and where op, inputs and device begin in each node's bytes."""

    nodes: list[bytes]
    kinds: list[NodeKind]
    devices: list[str]
    spans: list[tuple[int, int, int]]


class NodeColumns:
    """The columns of a repeated NodeDef, each made when first asked for."""

    def __init__(self, nodes: Sequence[bytes], kinds: Kinds) -> None:
        self._serialized = nodes
        self._kinds = kinds

    @cached_property
    def _split(self) -> _Split:
        made = _Split([], [], [], [])
        nodes, kinds, devices, spans = made
        find = self._kinds.find
        for node in self._serialized:
            op_start, op, start, end, tail = _fields(node)
            kind = find(op, node[tail:])
            if kind is None:
                node = message("tensorflow.NodeDef").FromString(node).SerializeToString(deterministic=True)
                op_start, op, start, end, tail = _fields(node)
                kind = self._kinds.of(op, _attrs_of(node[tail:]))
            nodes.append(node)
            kinds.append(kind)
            devices.append(_text(node, end, tail) if end < tail else "")
            spans.append((op_start, start, end))
        return made

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
    except IndexError:  # a node of a name or of nothing
        position = _behind(node, 0, _NAME)
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
