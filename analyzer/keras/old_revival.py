"""Objects of a Keras SavedModel as TensorFlow 1.15 to 2.1 revive them: from their functions, with little of their metadata.

After `KerasObjectLoader` of those releases (saving/saved_model/load.py). The JSON is read as it stands: tuples and shapes, which
2.2 and later encode as objects, stay objects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analyzer.findings import Phase
from analyzer.keras import objects
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.saved_objects import (
    INPUT,
    LAYER,
    MODEL,
    MODELS,
    NEEDED,
    NETWORK,
    SEQUENTIAL,
    Node,
    child,
    children,
    place,
)
from analyzer.parts.saved_model import ObjectGraph


class OldRevival:
    """The objects of one load."""

    def __init__(
        self,
        nodes: list[Node],
        metadata: dict[int, Mapping[str, Any]],
        graph: ObjectGraph,
        deserializer: Deserializer,
    ) -> None:
        self.nodes = nodes
        self.metadata = metadata
        self.graph = graph
        self.deserializer = deserializer
        self.era = deserializer.era
        self.out = deserializer.out
        self.plain = {node.number: node for node in nodes if node.identifier == LAYER}

    def run(self) -> None:
        """Make the objects, then put models together."""
        for node in self.nodes:
            if self._lacks(node):
                continue
            regularizer = self.metadata[node.number].get("activity_regularizer")
            if regularizer is not None and node.identifier != INPUT:
                objects.check(self.deserializer, "regularizer", regularizer, place(node))
            if node.identifier == INPUT:
                self._input(node)
            if node.identifier in MODELS and (node.identifier != NETWORK or self.era.at_least(2, 1)):
                self._functions(node)
            if node.identifier == SEQUENTIAL:
                self._first_shape(node)
                self._members(node)
            elif node.identifier == MODEL and not self._is_graph_network(node):
                self._training(node)
            if self._calls_layers(node):
                for member in filter(None, self._held(node)):
                    self._training(member)

    def _lacks(self, node: Node) -> bool:
        """`_init_from_metadata` of each kind; releases before 2.1 take an input for any object."""
        data = self.metadata[node.number]
        missing = next((key for key in NEEDED[node.identifier] if key not in data), None)
        if missing is not None:
            self._say(node, f"the metadata of {node.path} has no {missing}", f"KeyError: '{missing}'")
        return missing is not None

    def _input(self, node: Node) -> None:
        """`RevivedInputLayer._init_from_metadata`."""
        if isinstance(self.metadata[node.number]["batch_input_shape"], Mapping):
            self._say(node, f"{_encoded(node)}, and the input layer takes its first item", "KeyError: 0")

    def _functions(self, node: Node) -> None:
        """Models need their functions, which hang on `keras_api`; 2.1 sets their inputs, which only a Model takes (`_finalize`)."""
        if child(self.graph, node.number, "keras_api", "call_and_return_conditional_losses") is None:
            self._say(
                node,
                f"{node.path} has no call_and_return_conditional_losses to be revived from",
                "'_UserObject' object has no attribute 'call_and_return_conditional_losses'",
            )
        elif node.identifier == NETWORK and not self._is_graph_network(node):
            self._say(
                node,
                f"{node.path} is a graph network without a configuration to put it together from",
                f"{self.metadata[node.number]['class_name']!r} object has no attribute '_set_inputs'",
            )

    def _first_shape(self, node: Node) -> None:
        """`Sequential.add` makes an input of the first layer's shape."""
        layer = next(iter(self._held(node)), None)
        if layer is None:
            return
        data = self.metadata[layer.number]
        if isinstance(data.get("batch_input_shape"), Mapping):
            self._say(
                layer,
                f"{_encoded(layer)}, and {node.path} takes its items for dimensions",
                "Error converting shape to a TensorShape: Dimension value must be integer or None or have an __index__ method, "
                "got 'class_name'.",
            )

    def _members(self, node: Node) -> None:
        """`Sequential.add` takes layers: recurrent ones have an identifier of their own since 2.2, and inputs since 2.1."""
        held = child(self.graph, node.number, "keras_api", "layers")
        known = {each.number for each in self.nodes}
        for name, number in children(self.graph, held) if held is not None else ():
            if number not in known:
                self._say(
                    node,
                    f"layer {name} of {node.path} is a {self.graph.nodes[number].identifier}, which this TensorFlow does not revive",
                    "The added layer must be an instance of class Layer. Found: <_UserObject object>",
                )
                return

    def _held(self, node: Node) -> list[Node | None]:
        """The layers that a network holds, in their order; None for what is no plain layer."""
        held = child(self.graph, node.number, "keras_api", "layers")
        return [self.plain.get(number) for _, number in children(self.graph, held)] if held is not None else []

    def _calls_layers(self, node: Node) -> bool:
        """Whether 2.1 calls the layers of a network again: those of functional ones, and of Sequential ones of a known shape."""
        if not self.era.at_least(2, 1) or node.identifier not in MODELS:
            return False
        if node.identifier != SEQUENTIAL:
            return self._is_graph_network(node)
        first = next(iter(self._held(node)), None)
        return first is not None and isinstance(self.metadata[first.number].get("batch_input_shape"), list)

    def _is_graph_network(self, node: Node) -> bool:
        """Functional models, which 2.1 puts together from their layers, and older releases from their functions like others."""
        data = self.metadata[node.number]
        return bool(data.get("is_graph_network")) and data.get("config") is not None and self.era.at_least(2, 1)

    def _training(self, node: Node) -> None:
        """`use_wrapped_call`: its `training` is made True or False where the metadata says that the model takes one.

        A model that does not, but whose layers do (`layer_uses_training_bool`), was traced with it all the same, and is called
        with a tensor that no trace fits.
        """
        if self.metadata[node.number].get("expects_training_arg", True) or not self._uses_training(node.number, set()):
            return
        self._say(
            node,
            f"the call of {node.path} takes no training argument and its layers do, which TensorFlow before 2.2 does not revive",
            "Could not find matching function to call loaded from the SavedModel. Got: Positional arguments (2 total): ...",
        )

    def _uses_training(self, number: int, seen: set[int]) -> bool:
        """Whether a layer below takes a `training` argument."""
        held = child(self.graph, number, "keras_api", "layers")
        for _, below in children(self.graph, held) if held is not None else ():
            if below in seen:
                continue
            seen.add(below)
            if _expects_training(self.graph.nodes[below].metadata) or self._uses_training(below, seen):
                return True
        return False

    def _say(self, node: Node, message: str, error: str) -> None:
        self.out.say(
            "keras-metadata",
            message,
            place(node),
            error,
            remedy="load it with the TensorFlow that wrote it",
            phase=Phase.DESERIALIZE,
        )


def _expects_training(text: str) -> bool:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("expects_training_arg") is True


def _encoded(node: Node) -> str:
    return f"the shape of {node.path} is encoded as TensorFlow 2.2 and later do it"
