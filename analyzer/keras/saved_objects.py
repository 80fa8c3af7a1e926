"""Objects of Keras in a SavedModel: what they are called, what is known of them, and ways through the graph of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.parts.saved_model import ObjectGraph
from analyzer.records import NamedTuple

METRIC = "_tf_keras_metric"
INPUT, LAYER = "_tf_keras_input_layer", "_tf_keras_layer"
MODEL, NETWORK, SEQUENTIAL = "_tf_keras_model", "_tf_keras_network", "_tf_keras_sequential"
MODELS = (MODEL, NETWORK, SEQUENTIAL)
# `revive_custom_object`: what `_init_from_metadata` reads of the metadata, by identifier.
NEEDED = {
    LAYER: ("class_name", "name", "trainable", "expects_training_arg"),
    INPUT: ("class_name", "name", "dtype", "sparse", "ragged", "batch_input_shape", "config"),
    **dict.fromkeys(MODELS, ("class_name", "name", "expects_training_arg", "trainable")),
}


class Node(NamedTuple):
    """A Keras object: its node in the object graph, its path, what it is, and its metadata as JSON text."""

    number: int
    path: str
    identifier: str
    text: str


def place(node: Node) -> str:
    """Where findings of a node are."""
    return f"object/{node.number}"


def valid(config: Any) -> bool:
    """`validate_config`."""
    return isinstance(config, dict) and "layer was saved without config" not in config


def children(graph: ObjectGraph, number: int) -> Iterator[tuple[str, int]]:
    """Edges of an object to objects that there are."""
    if 0 <= number < len(graph.nodes):
        for edge in graph.nodes[number].children:
            if 0 <= edge.node < len(graph.nodes):
                yield edge.name, edge.node


def child(graph: ObjectGraph, number: int, *names: str) -> int | None:
    """The object at the end of a path of names (`_search_for_child_node`)."""
    for name in names:
        found = dict(reversed(list(children(graph, number)))).get(name)
        if found is None:
            return None
        number = found
    return number
