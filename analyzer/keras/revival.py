"""Objects of a Keras SavedModel from their metadata, as Keras 2.2 and later do it.

After `KerasObjectLoader.load_layers` (saving/saved_model/load.py): graph networks are left blank until their layers are there
(`reconstruction`), other layers come from their configuration where that works, and from the functions of the graph where it
does not. What may be revived from functions is told by the object's identifier: RNN layers and metrics may not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.findings import Phase
from analyzer.keras import custom_objects, policies, restored, training_config, unbound
from analyzer.keras.building import outputs_of
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.encoded import type_name
from analyzer.keras.era import Era
from analyzer.keras.events import Event, Recorder
from analyzer.keras.model import BuildError, Layer, Tensor
from analyzer.keras.saved_objects import INPUT, METRIC, NEEDED, NETWORK, SEQUENTIAL, Node, place, valid
from analyzer.parts.checkpoint import Checkpoint
from analyzer.parts.saved_model import ObjectGraph
from analyzer.records import replace
from analyzer.tables.keras import releases_with
from analyzer.target import Target

# Errors of constructors that are no ValueError, which is all that Keras before 2.12 goes on after.
_OTHER_ERRORS = re.compile(
    r"not supported between|Expected `(name|trainable)`|must be a (string|mapping)|argument must be|argument after|"
    r"Dimension value must be|`?type_value`?|unhashable|object has no|not iterable|KeyError|TypeError|is no (list|object)"
)


class Revival:
    """The objects that the metadata describes, by node. A layer that is made of functions is one without a class."""

    def __init__(
        self,
        nodes: list[Node],
        metadata: dict[int, Mapping[str, Any]],
        graph: ObjectGraph,
        target: Target,
        era: Era,
        out: Recorder,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.nodes = nodes
        self.metadata = metadata
        self.graph = graph
        self.target = target
        self.era = era
        self.out = out
        self.checkpoint = checkpoint
        self.objects: dict[int, Layer] = {}
        self.networks: dict[int, Node] = {}  # those that wait for their layers
        self.covered: dict[str, Layer] = {}  # by path: layers that bring what is below them

    def layers(self) -> None:
        """`load_layers`, without the metrics."""
        for node in self.nodes:
            if node.identifier == METRIC:
                continue
            if self.below(node.path):
                self.objects[node.number] = self.opaque(node)
                continue
            found = self._layer(node)
            if found is not None:
                self.objects[node.number] = found

    def metrics(self) -> None:
        """The metrics after them, which layers may have brought."""
        for node in self.nodes:
            if node.identifier == METRIC and not self.below(node.path):
                self._metric(node)

    def below(self, path: str) -> bool:
        """Whether a path leads through a layer that was made from its configuration, by an attribute that it has.

        A layer has the metrics that the saver gathers as its `layer_metrics`, not those that a model was compiled with
        (`_add_children_recreated_from_config`).
        """
        above, _, attribute = path.rpartition(".")
        while above:
            layer = self.covered.get(above)
            compiled = path.startswith(f"{above}.keras_api.metrics.")
            if layer is not None and not compiled and not unbound.is_moved(layer, attribute, self.era):
                return True
            above, _, attribute = above.rpartition(".")
        return False

    def scratch(self) -> tuple[Deserializer, Recorder]:
        """A deserializer whose events do not count yet."""
        out = Recorder(file=self.out.file)
        return Deserializer(self.era, self.target, out, legacy=True), out

    def opaque(self, node: Node) -> Layer:
        """A layer of whose class and weights nothing is known."""
        data = self.metadata[node.number]
        name = data.get("name")
        if node.identifier == INPUT:
            config = {key: data[key] for key in ("batch_input_shape", "dtype", "ragged") if key in data}
            symbol = self.era.api.resolve("layer", "InputLayer")
            return Layer("InputLayer", name if isinstance(name, str) else "", config, place(node), symbol)
        kind = str(data.get("class_name"))
        if kind == "InputLayer":  # a class made under that name is none: `revive_custom_object`
            kind = "RevivedLayer"
        return Layer(kind, name if isinstance(name, str) else "", {}, place(node), known=False)

    def say(self, node: Node, events: list[Event]) -> None:
        """Events of a scratch recorder, as those of the node."""
        self.out.events += [replace(event, symbol=place(node), file=self.out.file) for event in events]

    def missing(self, node: Node, keys: tuple[str, ...]) -> bool:
        """Whether the metadata lacks one of the keys that Keras takes from it."""
        absent = [key for key in keys if key not in self.metadata[node.number]]
        if absent:
            self.out.say(
                "keras-metadata",
                f"the metadata of {node.path} has no {', '.join(absent)}",
                place(node),
                f"KeyError: '{absent[0]}'",
                remedy="save the model again",
            )
        return bool(absent)

    def _is_named(self, node: Node, data: Mapping[str, Any]) -> bool:
        """Whether the class has a name that is text (`compat.as_str`)."""
        if isinstance(data.get("class_name", ""), str):
            return True
        self.out.say(
            "keras-metadata",
            f"the class_name of {node.path} is no string",
            place(node),
            f"Expected binary or unicode string, got {data['class_name']!r}",
        )
        return False

    # Layers ---------------------------------------------------------------------------------------------------------

    def _layer(self, node: Node) -> Layer | None:
        """`_load_layer`: the object, or None where the load ends with it."""
        data = self.metadata[node.number]
        config = data.get("config")
        if not self._is_named(node, data):
            return None
        if isinstance(config, dict) and valid(config):
            if self._is_network(node, data):
                return self._blank(node, data, config)
            layer, failed = self._from_config(node, data, config)
            if layer is not None or failed:
                return layer
        return custom_objects.revive(self, node, data)

    def _is_network(self, node: Node, data: Mapping[str, Any]) -> bool:
        """`_revive_graph_network`: whether this is put together of the layers found in the graph of objects."""
        class_name = data.get("class_name")
        names = ("Sequential", "Functional") if self.era.at_least(2, 3) else ("Sequential",)
        deserializer, _ = self.scratch()
        if deserializer.resolve.supplied(class_name):
            return False
        return bool(data.get("is_graph_network")) or class_name in names

    def _blank(self, node: Node, data: Mapping[str, Any], config: Mapping[str, Any]) -> Layer | None:
        if self.missing(node, ("class_name",)):
            return None
        kind = "Sequential" if data["class_name"] == "Sequential" or self._sequential(node) else "Functional"
        if "name" not in config and (kind == "Functional" or data["class_name"] == "Sequential"):
            self.out.say("malformed-config", f"{node.path}: a model without a name", place(node), "KeyError: 'name'")
            return None
        self.networks[node.number] = node
        name = config.get("name")
        symbol = self.era.api.resolve("layer", kind) or self.era.api.resolve("layer", "Model")
        return Layer(kind, name if isinstance(name, str) else "", config, place(node), symbol, is_model=True)

    def _sequential(self, node: Node) -> bool:
        """A Sequential of another class is made one under that name (2.5 and later)."""
        return node.identifier == SEQUENTIAL and self.era.at_least(2, 5)

    def _from_config(self, node: Node, data: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[Layer | None, bool]:
        """`_revive_layer_or_model_from_config`: the layer if it can be made and built, and whether the load ends here."""
        deserializer, scratch = self.scratch()
        class_name = data.get("class_name")
        layer = deserializer.legacy_layer({"class_name": class_name, "config": config}, place(node))
        errors = [event for event in scratch.events if event.severity.value == "error"]
        if errors:
            return None, self._refused(node, data, errors)
        if layer is None:
            return None, False
        if layer.symbol is None:  # a class that the load is given
            self.covered[node.path] = layer
            return layer, False
        if self.missing(node, ("name",)):
            return None, True
        name = data["name"]
        layer.name = name if isinstance(name, str) else layer.name
        if data.get("dtype") is not None:
            layer.policy = self._policy(node, data["dtype"], layer.kind) or layer.policy
        if unbound.cannot_be_built(layer, data, self.graph, node.number, self.era):
            return None, False
        if unbound.builds_of_unknown_shape(layer, data):
            self._shapeless(node, layer)
            return None, True
        self._build(node, data, layer)
        self.covered[node.path] = layer
        return layer, False

    def _shapeless(self, node: Node, layer: Layer) -> None:
        self.out.say(
            "keras-metadata",
            f"{node.path}: {layer.kind} {layer.name!r} was saved without the shape that it was built for",
            place(node),
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.",
            remedy="load it with the TensorFlow that wrote it, or tf.saved_model.load(path) for inference",
        )

    def _refused(self, node: Node, data: Mapping[str, Any], errors: list[Event]) -> bool:
        """Whether what deserialization raises is let through, by era and kind of error; if so it is said."""
        must = bool(data.get("must_restore_from_config")) and self.era.at_least(2, 3)
        built = data.get("build_input_shape")
        late = [event for event in errors if event.facts.get("argument") == "seed"] if built else []
        if late:  # what initializers do comes with building, outside of what is caught
            self.say(node, late)
            return True
        caught = self.era.at_least(2, 12) or is_value_error(errors[0])
        functions = node.identifier in NEEDED and (node.identifier != NETWORK or not self.era.at_least(2, 3))
        if caught and not must and functions:
            return False
        if not caught and not must:
            errors = [event for event in errors if not is_value_error(event)]
        self.say(node, errors)
        return True

    def network_attributes(self, node: Node) -> None:
        """`_set_network_attributes_from_metadata`."""
        dtype = self.metadata[node.number].get("dtype")
        if dtype is not None:
            self._policy(node, dtype, "Model")
        self.missing(node, ("trainable",))

    def _policy(self, node: Node, value: Any, kind: str) -> str:
        """`_set_dtype_policy`."""
        deserializer, scratch = self.scratch()
        found = policies.check(deserializer, value, f"{place(node)}/dtype", kind)
        self.say(node, scratch.events)
        return found

    def _build(self, node: Node, data: Mapping[str, Any], layer: Layer) -> None:
        """`_try_build_layer`. Its own words come again when the layer is called, so a refusal here is not said."""
        shape = data.get("build_input_shape")
        odd = shape is not None and not isinstance(shape, (list, dict))
        bare = shape in ([], {})  # `TensorShape([])`, of which there is no last dimension
        inputs = Tensor(None) if odd else Tensor(()) if bare else _tensors(shape)
        if inputs is None or layer.built or layer.is_model or layer.kind == "InputLayer":
            return
        later, layer.deferred = layer.deferred, []  # what a call raises: building is none
        if not self._builds(layer, inputs) and bare:
            odd = self._builds(layer, Tensor(None))  # a layer without weights has nothing to build
        layer.deferred = later
        if odd and layer.own:
            self.out.say(
                "keras-metadata",
                f"{node.path} is to be built for {shape!r}, which is no shape",
                place(node),
                f"Cannot convert {shape!r} to a shape.",
            )

    def _builds(self, layer: Layer, inputs: Any) -> bool:
        """Whether the layer takes these inputs; of one that does not, the weights are not known."""
        try:
            outputs_of(self.scratch()[0], layer, inputs, {})
        except BuildError:
            layer.known = False
            return False
        return True

    def _metric(self, node: Node) -> None:
        data = self.metadata[node.number]
        class_name, config = data.get("class_name"), data.get("config")
        if self.missing(node, ("class_name",)) or not self._is_named(node, data):
            return
        assert isinstance(class_name, str)
        deserializer, scratch = self.scratch()
        if valid(config):
            training_config.metric_object({"class_name": class_name, "config": config}, deserializer, place(node))
            if not scratch.failed:
                restored.check_metric(self, node, config if isinstance(config, dict) else {})
                return
            errors = [event for event in scratch.events if event.severity.value == "error"]
            if errors and not is_value_error(errors[0]):
                self.say(node, errors[:1])
                return  # `_revive_metric_from_config` catches no other
        if not self.target.compile and self.era.at_least(2, 4):
            return  # `load_layers` goes on without those that it cannot revive
        own = [event.facts["name"] for event in scratch.events if event.facts.get("custom")]
        self.out.say(
            "unknown-metric",
            f"the metric {data.get('name', class_name)!r} ({class_name}) cannot be made from its configuration",
            place(node),
            f'Unable to restore custom object of class "{class_name}" (type _tf_keras_metric). Please make sure that this class is '
            "included in the `custom_objects` arg when calling `load_model()`.",
            remedy="load_model(..., compile=False), or pass the metric in custom_objects",
            phase=Phase.DESERIALIZE,
            names=own or [class_name],
            custom=bool(own) or not releases_with("metric", class_name),
        )


def is_value_error(event: Event) -> bool:
    """Whether what Keras raises for an event is a ValueError."""
    if event.cause in ("unknown-argument", "missing-argument"):
        return event.error.startswith("Unrecognized keyword arguments: ")
    if event.cause in ("invalid-argument", "malformed-config"):
        return not _OTHER_ERRORS.search(event.error)
    return True


def _tensors(shape: Any) -> Any:
    """A shape, or a list of them, as tensors; None for anything else."""
    if not isinstance(shape, list) or not shape:
        return None
    if all(isinstance(each, list) for each in shape):
        inner = [_tensors(each) for each in shape]
        return None if any(each is None for each in inner) else inner
    return Tensor(tuple(shape)) if all(each is None or type_name(each) == "int" for each in shape) else None
