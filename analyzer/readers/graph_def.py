"""GraphDef messages to graphs: nodes in columns, functions, versions.

What repeats a lot stays serialized in the messages, so that it is decoded once: nodes (see `nodes`), arguments, and functions, of which
TensorFlow writes several that differ in nothing but their names wherever a layer is traced again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.parts.graph import Arg, Attr, AttrSpec, FileOp, Function, Graph, GraphVersions, Nodes
from analyzer.readers.attrs import AttrDecoder
from analyzer.readers.decoded import Decoded
from analyzer.readers.nodes import Kinds, NodeColumns
from analyzer.readers.protos import message, message_with_raw_nodes
from analyzer.readers.wire import encoded, varint

_LENGTH_OF_FIRST = b"\x0a"  # the tag of a field with number 1 and a length


class GraphReader:
    """Turns the messages of one file into graphs; what repeats is shared across them. Raises DecodeError."""

    def __init__(self, decoder: AttrDecoder | None = None) -> None:
        self.decoder = decoder or AttrDecoder()
        self._kinds = Kinds(self.decoder)
        self._definitions: dict[bytes, tuple[Any, ...]] = {}  # fields of functions, by the definition without its name
        self._args: Mapping[bytes, Arg] = Decoded(_arg)
        self._arg_attrs: Mapping[bytes, tuple[int, Mapping[str, Attr]]] = Decoded(self._arg_attr)

    def graph(self, raw: Any) -> Graph:
        """A graph from a GraphDef message with raw nodes."""
        library = raw.library
        functions: dict[str, Function] = {}
        definitions: dict[str, bytes] = {}
        order, redefined = [], []
        for serialized in library.function:
            function = self.function(serialized)
            name = function.name
            order.append(name)
            if name in functions and _differ(serialized, definitions[name]):
                redefined.append(name)
            definitions[name] = serialized
            functions[name] = function
        return Graph(
            nodes=self.nodes(raw.node),
            functions=functions,
            repeating_library=tuple(order) if len(order) != len(functions) else (),
            redefined_functions=tuple(redefined),
            gradients={gradient.function_name: gradient.gradient_func for gradient in library.gradient},
            registered_gradients={
                gradient.gradient_func: gradient.registered_op_type for gradient in library.registered_gradients
            },
            versions=versions(raw.versions),
            has_library=raw.HasField("library"),
        )

    def nodes(self, nodes: Sequence[bytes]) -> Nodes:
        """The columns of a repeated NodeDef."""
        columns = NodeColumns(nodes, self._kinds)
        return Nodes(columns.names, columns.kinds, columns.inputs, columns.devices)

    def function(self, serialized: bytes) -> Function:
        """A function from a serialized FunctionDef."""
        name, nameless = _without_name(serialized)
        fields = self._definitions.get(nameless)
        if fields is None:
            raw = message_with_raw_nodes("tensorflow.FunctionDef").FromString(nameless)
            fields = self._fields(raw)
            if raw.signature.name:  # that stands elsewhere
                return Function(raw.signature.name, *fields)
            self._definitions[nameless] = fields
        return Function(name, *fields)

    def _fields(self, raw: Any) -> tuple[Any, ...]:
        """The fields of a Function behind its name, in order."""
        signature = raw.signature
        return (
            tuple(map(self._args.__getitem__, signature.input_arg)),
            tuple(map(self._args.__getitem__, signature.output_arg)),
            self.nodes(raw.node_def),
            dict(raw.ret),
            dict(raw.control_ret),
            tuple(signature.control_output),
            self.decoder.mapping(raw.attr),
            dict(map(self._arg_attrs.__getitem__, raw.arg_attr)),
            self.attr_specs(signature.attr),
            dict(raw.resource_arg_unique_id),
        )

    def _arg_attr(self, serialized: bytes) -> tuple[int, Mapping[str, Attr]]:
        entry = message_with_raw_nodes("tensorflow.FunctionDef.ArgAttrEntry").FromString(serialized)
        return entry.key, self.decoder.mapping(entry.value.attr)

    def attr_specs(self, attrs: Any) -> tuple[AttrSpec, ...]:
        """The attribute definitions of an OpDef."""
        return tuple(
            AttrSpec(
                attr.name, attr.type, self.decoder.value(attr.default_value) if attr.HasField("default_value") else None
            )
            for attr in attrs
        )

    def op(self, raw: Any) -> FileOp:
        """An OpDef that the file carries."""
        return FileOp(
            raw.name,
            tuple(map(self._args.__getitem__, raw.input_arg)),
            tuple(map(self._args.__getitem__, raw.output_arg)),
            self.attr_specs(raw.attr),
        )


def _arg(serialized: bytes) -> Arg:
    raw = message("tensorflow.OpDef.ArgDef").FromString(serialized)
    return Arg(raw.name, raw.type, raw.type_attr, raw.number_attr, raw.type_list_attr, raw.is_ref)


def _without_name(function: bytes) -> tuple[str, bytes]:
    """The name of a serialized FunctionDef, and the definition without it; all of it where it does not begin with a plain name."""
    size, signature = varint(function, 1)
    length, start = varint(function, signature + 1)
    end = start + length
    name = function[start:end]
    first = function[:1], function[signature : signature + 1]
    if (
        first != (_LENGTH_OF_FIRST, _LENGTH_OF_FIRST)
        or not 0 <= length <= signature + size - start
        or not name.isascii()
    ):
        return "", function
    return name.decode(), _LENGTH_OF_FIRST + encoded(size - (end - signature)) + function[end:]


def _differ(one: bytes, other: bytes) -> bool:
    """Whether two FunctionDefs are different; maps may be written in any order."""
    read = message_with_raw_nodes("tensorflow.FunctionDef").FromString
    return one != other and read(one) != read(other)


def versions(raw: Any) -> GraphVersions:
    """A VersionDef."""
    return GraphVersions(raw.producer, raw.min_consumer, tuple(raw.bad_consumers))
