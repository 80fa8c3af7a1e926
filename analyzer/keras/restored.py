"""Values of a Keras SavedModel against the variables of layers that were made from their configuration.

`load_partial` (python/saved_model/load.py) takes the variables of such layers instead of those that the graph of objects
describes, found by the same names, and restores the checkpoint into them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import Layer, Weight, fits, shape_text
from analyzer.keras.saved_objects import Node, child, children, place

if TYPE_CHECKING:
    from analyzer.keras.revival import Revival
    from analyzer.parts.checkpoint import Entry


def check(revival: Revival) -> None:
    """Say which variables have another shape than their values, and note which the file describes wrongly, which is no matter."""
    for number, layer in revival.objects.items():
        if layer.symbol is None or number in revival.networks:
            continue
        if layer.known and not layer.own and not layer.is_model:  # not built here, and likely there
            revival.out.made |= _variables(revival, number)
            revival.out.replaced |= {f"object/{node}" for node in _retyped(revival, number)}
        for holder, weight, node in _pairs(revival, layer, number):
            saved = revival.graph.nodes[node]
            revival.out.made.add(f"object/{node}")
            if saved.kind != "variable":
                continue
            if holder.kind == "Normalization" and weight.name == "count":
                _check_count(revival, layer, number, saved.dtype)
            another_type = saved.dtype not in (0, _FLOAT) and layer.policy in _OF_FLOATS
            if saved.shape is None or (fits(weight.shape, saved.shape) and not another_type):
                continue
            value = _value(revival, node)
            shape = value.shape if value is not None and value.shape is not None else saved.shape
            if fits(weight.shape, shape):
                if value is not None and value.dtype == _FLOAT:
                    revival.out.replaced.add(f"object/{node}")
                continue
            expected = shape_text(weight.shape)
            revival.out.say(
                "weight-shape",
                f"{layer.kind} {layer.name!r}: {weight.name} is {expected} by the configuration, {shape} in the checkpoint",
                f"object/{number}",
                f"Received incompatible tensor with shape {shape} when attempting to restore variable with shape {expected} "
                f"and name {saved.variable_name}.",
                expected=expected,
                found=list(shape),
                class_name=holder.kind,
            )


def _variables(revival: Revival, number: int) -> set[str]:
    """The variables right below an object; what has no kind is one where the checkpoint has a value for it."""
    nodes, found = revival.graph.nodes, children(revival.graph, number)
    return {
        f"object/{below}"
        for _, below in found
        if nodes[below].kind == "variable" or (not nodes[below].kind and _value(revival, below) is not None)
    }


def _retyped(revival: Revival, number: int) -> Iterator[int]:
    """The variables right below an object that the file takes for another type than the floats that their values are."""
    for _, below in children(revival.graph, number):
        saved = revival.graph.nodes[below]
        value = _value(revival, below) if saved.kind == "variable" and saved.dtype != _FLOAT else None
        if value is not None and value.dtype == _FLOAT:
            yield below


def _check_count(revival: Revival, layer: Layer, number: int, saved: int) -> None:
    """The count of a Normalization is an int64 since 2.3 (layers/preprocessing/normalization.py `build`)."""
    wanted = "int64" if revival.era.at_least(2, 3) else "int32"
    if saved in (_NUMBERS["int32"], _NUMBERS["int64"]) and saved != _NUMBERS[wanted]:
        found = "int32" if wanted == "int64" else "int64"
        revival.out.say(
            "weight-dtype",
            f"{layer.kind} {layer.name!r}: count is {wanted} in this Keras and {found} in the checkpoint",
            f"object/{number}",
            f"expected dtype {wanted} does not equal original dtype {found}",
            remedy="save the model with TensorFlow 2.3 or later, or tf.saved_model.load(path) for inference"
            if wanted == "int64"
            else "load it with TensorFlow 2.3 or later, or tf.saved_model.load(path) for inference",
            class_name=layer.kind,
        )


def _value(revival: Revival, number: int) -> Entry | None:
    """What the checkpoint has for a variable, by the names that lead to it."""
    checkpoint = revival.checkpoint
    if checkpoint is None or checkpoint.objects is None:
        return None
    from analyzer.graphs.restored import bound_objects, entries_named, value_key  # for the few files that need it

    bound = bound_objects(revival.graph, checkpoint.objects).get(number)
    key = value_key(bound.trackable, revival.target) if bound is not None else ""
    return next(iter(entries_named(checkpoint, [key] if key else []).values()), None)


def _pairs(revival: Revival, layer: Layer, number: int) -> Iterator[tuple[Layer, Weight, int]]:
    """Each variable of a layer and of what it holds, with the number of the object that stands for it in the file."""
    graph = revival.graph
    if not layer.known:
        return
    for weight in layer.own:
        node = child(graph, number, weight.name)
        if node is not None and graph.nodes[node].kind in ("variable", ""):
            yield layer, weight, node
    for attribute, part in layer.parts.items():
        held = child(graph, number, attribute)
        if held is not None:
            yield from _pairs(revival, part, held)
    for index, cell in enumerate(layer.cells):
        held = child(graph, number, "cells", str(index))
        if held is not None:
            yield from _pairs(revival, cell, held)


_FLOAT = 1
_OF_FLOATS = ("float32", "mixed_float16", "mixed_bfloat16")  # policies under which variables are of 32 bits
_NUMBERS = {"float16": 19, "bfloat16": 14, "float32": 1, "float64": 2, "int32": 3, "int64": 9}  # of DataType


def check_metric(revival: Revival, node: Node, config: Mapping[str, Any]) -> None:
    """`Reduce.__init__` (metrics.py): a metric's total and count are numbers of its dtype, as which their values are restored."""
    revival.out.made |= _variables(revival, node.number)
    wanted = _NUMBERS.get(str(config.get("dtype")))
    for name in ("total", "count"):
        number = child(revival.graph, node.number, name)
        saved = revival.graph.nodes[number] if number is not None else None
        if wanted is None or number is None or saved is None or saved.kind != "variable":
            continue
        value = _value(revival, number) if saved.shape or saved.dtype != wanted else None
        if value is not None and value.shape == () and value.dtype == wanted:
            revival.out.replaced.add(f"object/{number}")
            continue
        if saved.dtype == wanted:
            continue
        revival.out.say(
            "weight-dtype",
            f"{node.path}: {name} is {config['dtype']} by the configuration and another type in the checkpoint",
            place(node),
            f"expected dtype {config['dtype']} does not equal original dtype",
            remedy="save the model again, or tf.saved_model.load(path) for inference",
        )
        return
