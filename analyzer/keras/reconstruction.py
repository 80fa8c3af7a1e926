"""Graph networks of a Keras SavedModel, put together from their configuration and the layers that were revived.

After `KerasObjectLoader.finalize_objects` and `_reconstruct_model` (saving/saved_model/load.py): a model is put together once
all layers that hang on it as `layer-0`, `layer-1`, ... are there. What the configuration says of those layers is not read
again; only their calls are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.keras import instances
from analyzer.keras.building import unique_names
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.encoded import Items, type_name
from analyzer.keras.functional import Functional
from analyzer.keras.model import Layer
from analyzer.keras.revival import Revival
from analyzer.keras.saved_objects import Node, child, children, place
from analyzer.keras.sequential import stack

_LAYER = re.compile(r"layer-(\d+)")


class Reconstruction:
    """The networks of one load."""

    def __init__(self, revival: Revival) -> None:
        self.revival = revival
        self.waiting = {number: self._layers_of(number) for number in revival.networks}

    def run(self) -> None:
        """`_reconstruct_all_models`: in rounds, since models hold models."""
        waiting = dict(self.waiting)
        while waiting:
            ready = [number for number, layers in waiting.items() if self._ready(layers, waiting)]
            if not ready:
                self._left(list(waiting))
                return
            for number in ready:
                numbers = waiting.pop(number)
                if not self._misnamed(numbers, self.revival.objects[number]):
                    self._model(self.revival.networks[number], [self.revival.objects[each] for each in numbers])

    def _ready(self, layers: list[int], waiting: Mapping[int, list[int]]) -> bool:
        return all(each in self.revival.objects and each not in waiting for each in layers)

    def _misnamed(self, numbers: list[int], model: Layer) -> bool:
        """Whether a layer's name, which comes from the metadata, is none: a functional model looks layers up by it, a call opens a scope."""
        for number in numbers:
            layer, name = self.revival.objects[number], self.revival.metadata[number].get("name", "")
            taken = isinstance(name, str) or layer.symbol is None or number in self.revival.networks
            if model.kind == "Sequential":
                taken = taken or layer.kind == "InputLayer"
            elif not isinstance(name, dict) and (isinstance(name, Items) or not isinstance(name, list)):
                taken = True  # a key of a dict, under which nobody looks
            if not taken:
                self.revival.out.say(
                    "keras-metadata",
                    f"{layer.kind} is named {name!r} in the metadata, which is no string",
                    f"object/{number}",
                    f"TypeError: unhashable type: '{type_name(name)}'"
                    if isinstance(name, (list, dict))
                    else "name for name_scope must be a string.",
                    remedy="save the model again",
                )
                return True
        return False

    def _layers_of(self, number: int) -> list[int]:
        """`_get_child_layer_node_ids`: nodes of the layers of a model, in order, up to the first that is not there."""
        graph = self.revival.graph
        if not self.revival.era.at_least(2, 4):
            held = child(graph, number, "keras_api", "layers")
            if held is None:
                self._without_keras_api(number)
                return []
            return [each for _, each in children(graph, held)]
        found: dict[int, int] = {}
        for name, node in children(graph, number):
            match = _LAYER.match(name)
            if match is not None:
                found[int(match.group(1))] = node
        ordered: list[int] = []
        while len(ordered) in found:
            ordered.append(found[len(ordered)])
        return ordered

    def _without_keras_api(self, number: int) -> None:
        """`_search_for_child_node` of 2.2 and 2.3; a model that 2.5 and later save with `save_traces=False` has none."""
        node = self.revival.networks[number]
        self.revival.out.say(
            "keras-metadata",
            f"{node.path} has no keras_api, where Keras {self.revival.era.version} looks for its layers",
            place(node),
            "Error when loading model: could not find attribute keras_api.",
            remedy="load it with TensorFlow 2.4 or newer",
        )

    def _left(self, numbers: list[int]) -> None:
        names = [self.revival.objects[number].name for number in numbers]
        self.revival.out.say(
            "keras-metadata",
            f"layers of {', '.join(names)} have no metadata to be made from",
            f"object/{numbers[0]}",
            "Error loading model(s) in the SavedModel format. The following model(s) could not be initialized: "
            f"{names}",
            remedy="save the model again",
        )

    def _model(self, node: Node, layers: list[Layer]) -> None:
        model = self.revival.objects[node.number]
        if self._reads_object_graph() and not self.revival.graph.nodes[node.number].metadata:
            self.revival.out.say(
                "keras-metadata",
                f"TensorFlow 2.5 puts {node.path} together from metadata in the graph of objects, which later releases leave empty",
                place(node),
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
                remedy="load it with TensorFlow 2.6 to 2.15, or tf.saved_model.load(path)",
            )
            return
        deserializer, scratch = self.revival.scratch()
        if model.kind == "Sequential":
            self._sequential(deserializer, model, layers)
            if model.layers:
                unique_names(deserializer, model, place(node))
                stack(deserializer, model)
        else:
            self._functional(node, model, layers)
            return
        self.revival.say(node, scratch.events)
        self.revival.network_attributes(node)

    def _functional(self, node: Node, model: Layer, layers: list[Layer]) -> None:
        missing = [key for key in ("layers", "input_layers", "output_layers") if key not in model.config]
        if missing:
            self.revival.out.say(
                "malformed-config",
                f"{node.path}: a functional model without {', '.join(missing)}",
                place(node),
                f"KeyError: '{missing[0]}'",
            )
            return
        deserializer, scratch = self.revival.scratch()
        assert model.symbol is not None
        network = Functional(deserializer, model.symbol, model.config, place(node))
        network.given = {layer.name: layer for layer in layers}
        made = network.model()
        if made is not None:
            model.layers, model.inputs, model.outputs = made.layers, made.inputs, made.outputs
            model.known, model.built = made.known, made.built
        self.revival.say(node, scratch.events)
        if made is not None and layers and not self.revival.era.at_least(2, 4):
            self._unbound([layer for layer in made.layers if layer.name not in network.given and layer.own])
        self.revival.network_attributes(node)

    def _unbound(self, layers: list[Layer]) -> None:
        """Up to 2.3 networks are put together before values are restored: layers made for that find none."""
        for layer in layers[:1]:
            self.revival.out.say(
                "missing-weights",
                f"{layer.kind} {layer.name!r} is made anew, since no layer of the file has that name, and finds no values",
                layer.where,
                "Some Python objects were not bound to checkpointed values, likely due to changes in the Python program",
                remedy="load it with TensorFlow 2.4 or newer",
                class_name=layer.kind,
            )

    def _reads_object_graph(self) -> bool:
        """Keras 2.5 finds layers in keras_metadata.pb, and the configuration of a network still in the graph of objects."""
        return self.revival.era.at_least(2, 5) and not self.revival.era.at_least(2, 6)

    def _sequential(self, d: Deserializer, model: Layer, layers: list[Layer]) -> None:
        """The layers of the model; an input is put before them where the first layer of the configuration declares one."""
        model.layers = layers
        items = model.config.get("layers")
        first: Any = items[0] if isinstance(items, list) and items else None
        if layers and layers[0].kind == "InputLayer":
            return
        where = model.where
        if not isinstance(first, Mapping) or "class_name" not in first or not isinstance(first.get("config"), Mapping):
            self.revival.out.say(
                "malformed-config",
                f"{where}: the configuration of a Sequential model does not say what its first layer is",
                where,
                "KeyError: 'layers'" if items is None else "list index out of range",
            )
            model.layers = []
            return
        config = first["config"]
        symbol = self.revival.era.api.resolve("layer", "InputLayer")
        if first["class_name"] == "InputLayer" and self.revival.era.at_least(2, 4) and symbol is not None:
            made = instances.instance(d, symbol, config, f"{where}/config/layers/0", "InputLayer")
            model.layers = [made, *layers] if made is not None else layers
            return
        shape = config.get("batch_input_shape")
        if first["class_name"] == "InputLayer":
            shape = shape if shape is not None else config.get("batch_shape")
        if isinstance(shape, list):
            given = Layer(
                "InputLayer", f"{layers[0].name}_input" if layers else "", {"batch_input_shape": shape}, where, symbol
            )
            model.layers = [given, *layers]
