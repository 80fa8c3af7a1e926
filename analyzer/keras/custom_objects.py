"""Objects of a Keras SavedModel that are made of their functions: `revive_custom_object` (saving/saved_model/load.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Phase
from analyzer.keras import arguments, objects, policies
from analyzer.keras.events import Event
from analyzer.keras.model import Layer
from analyzer.keras.saved_objects import MODELS, NEEDED, NETWORK, Node, child, place

if TYPE_CHECKING:
    from analyzer.keras.revival import Revival


def revive(revival: Revival, node: Node, data: Mapping[str, Any]) -> Layer | None:
    """`revive_custom_object`."""
    needed = NEEDED.get(node.identifier)
    if needed is None:
        _cannot(revival, node, data)
        return None
    if revival.missing(node, needed):
        return None
    if node.identifier == NETWORK and revival.era.at_least(2, 3):
        revival.out.say(
            "keras-metadata",
            f"{node.path} is a graph network without a configuration to put it together from",
            place(node),
            "__init__() missing 2 required positional arguments: 'inputs' and 'outputs'"
            if revival.era.at_least(2, 5)
            else "Received: None (missing previous layer metadata).",
        )
        return None
    _plain_arguments(revival, node, data)
    if node.identifier in MODELS and not revival.era.at_least(2, 3):
        _inputs(revival, node, data)
    layer = revival.opaque(node)
    if revival.era.at_least(2, 3) and not _callable(revival, node.number):
        layer.deferred = [_uncallable(revival, node, layer)]
    return layer


def _inputs(revival: Revival, node: Node, data: Mapping[str, Any]) -> None:
    """`_finalize_saved_model_layers` of 2.2: the inputs of the call function, which only a Model lets be set."""
    function = child(revival.graph, node.number, "keras_api", "call_and_return_conditional_losses")
    called = revival.graph.nodes[function] if function is not None else None
    if called is not None and node.identifier == NETWORK:
        error = f"{data['class_name']!r} object has no attribute '_set_inputs'"
    elif called is None:
        error = "'_UserObject' object has no attribute 'call_and_return_conditional_losses'"
    elif not called.concrete_functions and not called.input_signature:
        error = "IndexError: list index out of range"
    else:
        return
    revival.out.say(
        "keras-metadata",
        f"{node.path} is to be made of its functions, and TensorFlow 2.2 cannot tell its inputs",
        place(node),
        error,
        remedy="load it with TensorFlow 2.3 or newer, or tf.saved_model.load(path) for inference",
    )


def _callable(revival: Revival, number: int) -> bool:
    """Whether a call function was saved with the layer (`_finalize_saved_model_layers`)."""
    function = child(revival.graph, number, "keras_api", "call_and_return_conditional_losses")
    return function is not None and bool(revival.graph.nodes[function].concrete_functions)


def _uncallable(revival: Revival, node: Node, layer: Layer) -> Event:
    return Event(
        cause="unresolved-custom-object",
        message=f"{node.path}: {layer.kind} has to be called, and neither its class nor its call function is there",
        symbol=place(node),
        phase=Phase.DESERIALIZE,
        error=f"Cannot call custom layer {layer.name} of type {layer.kind}, because the call function was not serialized to "
        "the SavedModel.",
        remedy="pass the class in custom_objects",
        file=revival.out.file,
        facts={"name": layer.kind, "custom": True},
    )


def _plain_arguments(revival: Revival, node: Node, data: Mapping[str, Any]) -> None:
    """What `RevivedLayer` hands to `Layer.__init__`, and what it deserializes."""
    if node.identifier in MODELS:
        revival.network_attributes(node)
        data = {key: data[key] for key in ("name", "activity_regularizer") if key in data}
    symbol = revival.era.api.resolve("layer", "Layer")
    plain = {key: data[key] for key in ("name", "trainable") if key in data}
    deserializer, scratch = revival.scratch()
    if symbol is not None:
        arguments.check(deserializer, symbol, plain, place(node))
    if data.get("dtype") is not None:
        policies.check(deserializer, data["dtype"], f"{place(node)}/dtype", "Layer")
    if data.get("activity_regularizer") is not None:
        objects.check(deserializer, "regularizer", data["activity_regularizer"], place(node))
    revival.say(node, scratch.events)


def _cannot(revival: Revival, node: Node, data: Mapping[str, Any]) -> None:
    class_name = data.get("class_name")
    deserializer, scratch = revival.scratch()
    deserializer.legacy_layer({"class_name": class_name, "config": data.get("config")}, place(node))
    own = [event.facts["name"] for event in scratch.events if event.facts.get("custom")]
    listed = ", ".join(f"{name!r}: {name.rsplit('>', 1)[-1]}" for name in own)
    revival.out.say(
        "unresolved-custom-object" if node.identifier.startswith("_tf_keras_rnn") else "keras-metadata",
        f"{node.path} ({class_name}) cannot be made from its configuration, and nothing else makes a {node.identifier}",
        place(node),
        f'Unable to restore custom object of class "{class_name}" (type {node.identifier}). Please make sure that this class '
        "is included in the `custom_objects` arg when calling `load_model()`.",
        remedy=f"pass custom_objects={{{listed}}}" if own else "tf.saved_model.load(path) for inference",
        names=own,
        custom=bool(own),
    )
