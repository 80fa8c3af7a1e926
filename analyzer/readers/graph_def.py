"""GraphDef messages to graphs: nodes in columns, functions, versions.

Nodes stay serialized (see `nodes`), so that those which agree in op and attributes share one NodeKind and are checked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.parts.graph import Arg, AttrSpec, FileOp, Function, Graph, GraphVersions, Nodes
from analyzer.readers.attrs import AttrDecoder
from analyzer.readers.nodes import Kinds, NodeColumns


class GraphReader:
    """Turns the messages of one file into graphs; kinds and attributes are shared across them."""

    def __init__(self, decoder: AttrDecoder | None = None) -> None:
        self.decoder = decoder or AttrDecoder()
        self._kinds = Kinds(self.decoder)

    def graph(self, raw: Any) -> Graph:
        """A graph from a GraphDef message whose nodes are serialized."""
        library = raw.library
        functions: dict[str, Function] = {}
        messages: dict[str, Any] = {}
        duplicates, redefined = [], []
        for function in library.function:
            name = function.signature.name
            if name in functions:
                duplicates.append(name)
                if function != messages[name]:
                    redefined.append(name)
            messages[name] = function
            functions[name] = self.function(function)
        return Graph(
            nodes=self.nodes(raw.node),
            functions=functions,
            duplicate_functions=tuple(duplicates),
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

    def function(self, raw: Any) -> Function:
        """A function from a FunctionDef message whose nodes are serialized."""
        signature = raw.signature
        return Function(
            name=signature.name,
            inputs=tuple(map(arg, signature.input_arg)),
            outputs=tuple(map(arg, signature.output_arg)),
            nodes=self.nodes(raw.node_def),
            ret=dict(raw.ret),
            control_ret=dict(raw.control_ret),
            control_outputs=tuple(signature.control_output),
            attrs=self.decoder.mapping_of_serialized(raw.attr),
            arg_attrs={
                number: self.decoder.mapping_of_serialized(raw.arg_attr[number].attr) for number in raw.arg_attr
            },
            attr_specs=self.attr_specs(signature.attr),
            resource_arg_unique_id=dict(raw.resource_arg_unique_id),
        )

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
            raw.name, tuple(map(arg, raw.input_arg)), tuple(map(arg, raw.output_arg)), self.attr_specs(raw.attr)
        )


def arg(raw: Any) -> Arg:
    """An ArgDef."""
    return Arg(raw.name, raw.type, raw.type_attr, raw.number_attr, raw.type_list_attr, raw.is_ref)


def versions(raw: Any) -> GraphVersions:
    """A VersionDef."""
    return GraphVersions(raw.producer, raw.min_consumer, tuple(raw.bad_consumers))
