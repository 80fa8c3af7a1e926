"""What both kinds of models do with their layers: calling them, freezing them, checking their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import calls
from analyzer.keras.model import BuildError, Layer, Node, Tensor, flatten, map_structure

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def unique_names(d: Deserializer, model: Layer, where: str) -> None:
    """All layers of a model need names of their own (Sequential: from 2.2 on; functional: always)."""
    if model.kind == "Sequential" and not d.era.at_least(2, 2):
        return
    seen: set[str] = set()
    for layer in model.layers:
        if layer.name in seen and layer.symbol is not None:
            d.out.say(
                "invalid-graph",
                f"{where}: two layers are named {layer.name!r}",
                layer.where,
                f'The name "{layer.name}" is used 2 times in the model. All layer names should be unique.',
            )
        seen.add(layer.name)


def call(d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> Any:
    """Call a layer: its output structure, with a node recorded. A refusal becomes an event and unknown outputs."""
    try:
        outputs, is_open = calls.call(d, layer, inputs, kwargs)
    except BuildError as error:
        d.out.say(
            "incompatible-input",
            f"{layer.where}: {layer.kind} {layer.name!r}: {error}",
            layer.where,
            error.error or str(error),
        )
        layer.known = False
        outputs, is_open = Tensor(None), True
    outputs = map_structure(lambda tensor: Tensor(tensor.shape, tensor.dtype), outputs)
    node = Node(
        layer, [each for each in flatten([inputs, kwargs]) if isinstance(each, Tensor)], flatten(outputs), is_open
    )
    for tensor in node.outputs:
        tensor.node = node
    layer.nodes.append(node)
    return outputs


def freeze(layer: Layer) -> None:
    """`layer.trainable = False`, which reaches everything below."""
    layer.trainable = False
    for each in layer.sublayers():
        freeze(each)
