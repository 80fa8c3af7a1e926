"""Names that the control flow contexts of a version 1 graph look up: WhileContextDef and CondContextDef, read by field number.

core/protobuf/control_flow.proto; python/ops/control_flow_ops.py `_init_from_proto`, `_init_values_from_proto`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.readers.wire import varint
from analyzer.records import NamedTuple


class _Layout(NamedTuple):
    """Field numbers: names that are looked up, the ValuesDef, nested contexts."""

    names: frozenset[int]
    values: int
    nested: int


_COND = _Layout(frozenset({2, 3}), 5, 6)  # pred_name, pivot_name
_WHILE = _Layout(frozenset({5, 6, 7, 8, 10, 11}), 9, 12)  # pivots, loop exits and enters, maximum_iterations_name
_LAYOUTS: Mapping[str, _Layout] = {"cond_context": _COND, "while_context": _WHILE}
_DEPTH = 50


def looked_up(collection: str, data: bytes) -> Iterator[str]:
    """Names of operations and tensors that a context of a collection (`cond_context`, `while_context`) looks up."""
    yield from _names(_LAYOUTS[collection], data, _DEPTH)


def _names(layout: _Layout, data: bytes, depth: int) -> Iterator[str]:
    for number, content in _fields(data):
        if number in layout.names:
            yield content.decode("utf-8", "replace")
        elif number == layout.values:
            yield from _values(content)
        elif number == layout.nested and depth:
            for kind, inner in _fields(content):
                if kind in (1, 2):
                    yield from _names(_COND if kind == 1 else _WHILE, inner, depth - 1)


def _values(data: bytes) -> Iterator[str]:
    """Operations of the context's own values, and the tensors that stand for outer ones."""
    own, outer = [], set()
    for number, content in _fields(data):
        if number == 1:
            own.append(content.decode("utf-8", "replace"))
        elif number == 2:
            pair = dict(_fields(content))
            outer.add(pair.get(1, b"").decode("utf-8", "replace"))
            yield pair.get(2, b"").decode("utf-8", "replace")
    yield from dict.fromkeys(name.partition(":")[0] for name in own if name not in outer)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that have a length, with their numbers; reading stops where the bytes are no message."""
    position = 0
    while 0 <= position < len(data):
        tag, position = varint(data, position)
        kind = tag & 7
        if tag < 0 or kind not in (0, 1, 2, 5):
            return
        if kind == 2:
            length, position = varint(data, position)
            if length < 0 or position + length > len(data):
                return
            yield tag >> 3, data[position : position + length]
            position += length
        elif kind == 0:
            _, position = varint(data, position)
        else:
            position += 8 if kind == 1 else 4
