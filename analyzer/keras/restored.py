"""Values of a Keras SavedModel against the variables of layers that were made from their configuration.

`load_partial` (python/saved_model/load.py) takes the variables of such layers instead of those that the graph of objects
describes, found by the same names, and restores the checkpoint into them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import Layer, Weight, fits, shape_text
from analyzer.keras.saved_objects import Node, child, place
from analyzer.parts.saved_model import SavedObject

if TYPE_CHECKING:
    from analyzer.keras.revival import Revival


def check(revival: Revival) -> None:
    """Say which variables have another shape than their values."""
    for number, layer in revival.objects.items():
        if layer.symbol is None or number in revival.networks:
            continue
        for holder, weight, saved in _pairs(revival, layer, number):
            if saved.shape is None or fits(weight.shape, saved.shape):
                continue
            expected = shape_text(weight.shape)
            revival.out.say(
                "weight-shape",
                f"{layer.kind} {layer.name!r}: {weight.name} is {expected} by the configuration, {saved.shape} in the checkpoint",
                f"object/{number}",
                f"Received incompatible tensor with shape {saved.shape} when attempting to restore variable with shape {expected} "
                f"and name {saved.variable_name}.",
                expected=expected,
                found=list(saved.shape),
                class_name=holder.kind,
            )


def _pairs(revival: Revival, layer: Layer, number: int) -> Iterator[tuple[Layer, Weight, SavedObject]]:
    """Each variable of a layer and of what it holds, with the object that stands for it in the file."""
    graph = revival.graph
    if not layer.known:
        return
    for weight in layer.own:
        node = child(graph, number, weight.name)
        if node is not None and graph.nodes[node].kind == "variable":
            yield layer, weight, graph.nodes[node]
    for attribute, part in layer.parts.items():
        held = child(graph, number, attribute)
        if held is not None:
            yield from _pairs(revival, part, held)
    for index, cell in enumerate(layer.cells):
        held = child(graph, number, "cells", str(index))
        if held is not None:
            yield from _pairs(revival, cell, held)


_NUMBERS = {"float16": 19, "bfloat16": 14, "float32": 1, "float64": 2, "int32": 3, "int64": 9}  # of DataType


def check_metric(revival: Revival, node: Node, config: Mapping[str, Any]) -> None:
    """`Reduce.__init__` (metrics.py): a metric's total and count are of its dtype, as which their values are restored."""
    wanted = _NUMBERS.get(str(config.get("dtype")))
    for name in ("total", "count"):
        number = child(revival.graph, node.number, name)
        saved = revival.graph.nodes[number] if number is not None else None
        if wanted is None or saved is None or saved.kind != "variable" or saved.dtype == wanted:
            continue
        revival.out.say(
            "weight-dtype",
            f"{node.path}: {name} is {config['dtype']} by the configuration and another type in the checkpoint",
            place(node),
            f"expected dtype {config['dtype']} does not equal original dtype",
            remedy="save the model again, or tf.saved_model.load(path) for inference",
        )
        return
