"""AttrValue messages to plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.parts.graph import Attr, Func, TensorValue
from analyzer.readers.decoded import Decoded
from analyzer.readers.protos import message, message_with_raw_nodes

_FIELDS = (
    "half_val",
    "float_val",
    "double_val",
    "int_val",
    "string_val",
    "scomplex_val",
    "int64_val",
    "bool_val",
    "dcomplex_val",
    "resource_handle_val",
    "variant_val",
    "uint32_val",
    "uint64_val",
    "float8_val",
)
_NOTHING = Attr("", None)
_STRING = 7
_NUMBERS = frozenset((1, 2, 3, 4, 5, 6, 9, 10, 17, 22, 23))  # types whose elements are in the fields read here
_STRINGS = (
    1_000_000  # strings are kept in larger numbers: the names that a restore operation asks for are such a tensor
)


class AttrDecoder:
    """Decodes attributes of messages with raw nodes; `small` is how many elements of a tensor are decoded at most."""

    def __init__(self, small: int = 64) -> None:
        self._small = small
        self._entries: Mapping[bytes, tuple[str, Attr]] = Decoded(self._entry)
        self._shapes: Mapping[bytes, tuple[int, ...] | None] = Decoded(_serialized_shape)

    def value(self, attr: Any) -> Attr:
        """The plain value of an AttrValue."""
        kind = attr.WhichOneof("value")
        if kind is None:
            return _NOTHING
        value = getattr(attr, kind)
        if kind in ("s", "i", "f", "b", "type", "placeholder"):
            return Attr(kind, value)
        if kind == "list":
            return self._list(value)
        if kind == "shape":
            return Attr(kind, shape(value))
        if kind == "tensor":
            return Attr(kind, self._tensor(value))
        return Attr(kind, self._func(value))

    def mapping(self, entries: Iterable[bytes]) -> dict[str, Attr]:
        """A map of AttrValues from its entries. Raises DecodeError."""
        return dict(map(self._entries.__getitem__, entries))

    def _entry(self, serialized: bytes) -> tuple[str, Attr]:
        entry = message_with_raw_nodes("tensorflow.NodeDef.AttrEntry").FromString(serialized)
        return entry.key, self.value(entry.value)

    def _func(self, func: Any) -> Func:
        return Func(func.name, {name: self.value(func.attr[name]) for name in func.attr})

    def _list(self, values: Any) -> Attr:
        found = [(field.name, value) for field, value in values.ListFields() if len(value)]
        if not found:
            return Attr("list", ())
        kind, items = max(found, key=lambda pair: len(pair[1]))
        if kind == "shape":
            plain: tuple[Any, ...] = tuple(map(self._shapes.__getitem__, items))
        elif kind == "tensor":
            plain = tuple(map(self._tensor, items))
        elif kind == "func":
            plain = tuple(map(self._func, items))
        else:
            plain = tuple(items)
        return Attr("list", plain, kind if len(found) == 1 else "mixed")

    def _tensor(self, tensor: Any) -> TensorValue:
        values = sum(len(getattr(tensor, field)) for field in _FIELDS)
        dims = shape(tensor.tensor_shape)
        return TensorValue(tensor.dtype, dims, values, len(tensor.tensor_content), self._elements(tensor, dims))

    def _elements(self, tensor: Any, dims: tuple[int, ...] | None) -> tuple[Any, ...] | None:
        """The elements of a small tensor, filled up with the last one, or with zeros, as TensorFlow does (Tensor::FromProto)."""
        count = 1
        for size in dims or ():
            count *= size
        if dims is None or not 0 <= count <= (_STRINGS if tensor.dtype == _STRING else self._small):
            return None
        if not count:
            return ()
        if tensor.tensor_content:
            return _from_content(tensor.dtype, tensor.tensor_content, count)
        for field in (
            "string_val",
            "int_val",
            "int64_val",
            "float_val",
            "double_val",
            "bool_val",
            "uint32_val",
            "uint64_val",
        ):
            items = getattr(tensor, field)
            if len(items):
                plain = list(items[:count])
                return tuple(plain + [plain[-1]] * (count - len(plain)))
        if tensor.dtype == _STRING:
            return (b"",) * count
        return (0,) * count if tensor.dtype in _NUMBERS else None


def shape(value: Any) -> tuple[int, ...] | None:
    """A TensorShapeProto: sizes, -1 where unknown; None for unknown rank."""
    return None if value.unknown_rank else tuple([dim.size for dim in value.dim])


def _serialized_shape(value: bytes) -> tuple[int, ...] | None:
    return shape(message("tensorflow.TensorShapeProto").FromString(value))


def _from_content(dtype: int, content: bytes, count: int) -> tuple[Any, ...] | None:
    import struct

    letter = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 10: "?", 17: "H", 22: "I", 23: "Q"}.get(dtype)
    if letter is None or len(content) != count * struct.calcsize(letter):
        return None
    return struct.unpack(f"<{count}{letter}", content)
