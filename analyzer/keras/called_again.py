"""A model of Keras 2 that is a layer of another one, called on other shapes than it was made for.

After `Functional._run_internal_graph` (engine/functional.py; TensorFlow 1.15: engine/network.py): its layers are called one by one,
built as they are, and each looks at its `input_spec` (`Layer.__call__`). The shapes of the model's inputs are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import Layer, Node, Shape, Tensor, flatten, map_structure
from analyzer.keras.order import visit

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

OutputsOf = Callable[..., tuple[Any, bool]]  # `building.outputs_of`, which calls this module


def outputs(d: Deserializer, model: Layer, inputs: Any, outputs_of: OutputsOf) -> Any:
    """What comes out, in the structure of the model's outputs. Raises BuildError."""
    given, wanted = flatten(inputs), flatten(model.inputs)
    if len(given) != len(wanted) or isinstance(inputs, dict) != isinstance(model.inputs, dict):
        return _unknown(model)
    known: dict[int, Tensor] = {}
    for tensor, reference in zip(given, wanted, strict=True):
        if not isinstance(tensor, Tensor) or tensor.shape is None:
            return _unknown(model)
        known[id(reference)] = Tensor(_conformed(tensor.shape, reference.shape), reference.dtype)
    finished: list[Node] = []
    seen: set[int] = set()
    for output in flatten(model.outputs):
        visit(output, {}, {}, finished, seen)
    before, d.within_model = d.within_model, True
    try:
        for node in finished:
            if node.inputs:
                _call(d, node, known, outputs_of)
    finally:
        d.within_model = before
    return map_structure(lambda tensor: known.get(id(tensor), Tensor(None)), model.outputs)


def _call(d: Deserializer, node: Node, known: dict[int, Tensor], outputs_of: OutputsOf) -> None:
    """`node.layer(*args, **kwargs)` on what the inputs are now."""

    def now(leaf: Any) -> Any:
        return known.get(id(leaf), leaf) if isinstance(leaf, Tensor) else leaf

    kwargs = map_structure(now, dict(node.kwargs))
    made = flatten(outputs_of(d, node.layer, map_structure(now, node.arguments), kwargs)[0])
    for number, tensor in enumerate(node.outputs):
        known[id(tensor)] = made[number] if len(made) == len(node.outputs) else Tensor(None)


def _conformed(shape: Shape, reference: Shape) -> Shape:
    """`Functional._conform_to_reference_input`: a last dimension of 1 comes or goes."""
    if shape is None or reference is None:
        return shape
    if len(shape) == len(reference) + 1 and shape[-1] == 1:
        return shape[:-1]
    return (*shape, 1) if len(shape) == len(reference) - 1 and reference[-1] == 1 else shape


def _unknown(model: Layer) -> Any:
    return map_structure(lambda tensor: Tensor(None, tensor.dtype), model.outputs)
