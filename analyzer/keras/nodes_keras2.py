"""Calls in functional models as Keras 2 reads them: nested lists and dicts of [layer, node, tensor, kwargs] (engine/functional.py, process_node)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.encoded import type_name
from analyzer.keras.model import Layer, Node, Opaque, Reading, flatten

if TYPE_CHECKING:
    from analyzer.keras.functional import Functional

_CONSTANT = "_CONSTANT_VALUE"
# Layers to which a list of one is not one tensor (`_preserve_input_structure_in_config`).
_KEPT = ("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceProperty", "InstanceMethod")


def process(network: Functional, layer: Layer, node: Any) -> bool | None:
    """Keras 2: nested lists and dicts of [layer, node, tensor, kwargs].

    TensorFlow 2.2 and older take constants for layers; 2.3 reads them, and calls the layer with them as it would with values
    (`_in_functional_construction_mode`), which leaves no history.
    """
    state = Reading()
    inputs = _structure(network, node, state)
    if state.bad:
        return network.refuse(state.bad, layer, state.error or "Improperly formatted model config.")
    if state.wait:
        return False
    if state.arguments:
        return network.refuse(
            f"a call whose arguments are {state.arguments}, not an object", layer, "argument after ** must be a mapping"
        )
    flat = flatten(inputs)
    if not flat:
        return network.refuse("a call without inputs", layer, "local variable 'kwargs' referenced before assignment")
    if layer.kind == "MultiHeadAttention" and layer.symbol is not None and "value" not in state.kwargs:
        _without_value(network, layer)
        return None
    if network.d.era.level == (2, 3) and any(isinstance(each, Opaque) for each in flat):
        return network.refuse("a call on a constant", layer, "'Tensor' object has no attribute '_keras_history'")
    kept = layer.kind in _KEPT or layer.get("preserve_input_structure_in_config", False)
    if not isinstance(inputs, dict) and len(flat) == 1 and not kept:
        inputs = flat[0]
    return network.finish(layer, [inputs], state.kwargs)


def _without_value(network: Functional, layer: Layer) -> None:
    """`MultiHeadAttention.call(query, value)`: all but the first argument of a call are saved by name (`Node.serialize`)."""
    network.d.out.say(
        "missing-argument",
        f"{layer.where}: MultiHeadAttention {layer.name!r} is called without a value",
        layer.where,
        "call() missing 1 required positional argument: 'value'",
        arguments=["value"],
        class_name=layer.kind,
    )


def _structure(network: Functional, value: Any, state: Reading) -> Any:
    if isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str):
        given = value[3] if len(value) == 4 else {}
        state.kwargs = _kwargs(network, given, state)
        state.arguments = "" if isinstance(given, Mapping) else type_name(given)
        if value[0] == _CONSTANT and network.d.era.at_least(2, 3):
            return Opaque(value[2])
        return _tensor(network, value, state)
    if isinstance(value, list):
        return [_structure(network, each, state) for each in value]
    if isinstance(value, Mapping):
        return {key: _structure(network, each, state) for key, each in value.items()}
    state.bad = f"an inbound node of another form: {value!r}"[:120]
    state.error = f"'{type(value).__name__}' object has no attribute 'as_list'"
    return None


def _kwargs(network: Functional, value: Any, state: Reading) -> dict[str, Any]:
    def revive(item: Any) -> Any:
        if isinstance(item, list) and len(item) in (3, 4) and isinstance(item[0], str):  # _is_serialized_node_data
            return _tensor(network, item, state)
        if isinstance(item, list):
            return [revive(each) for each in item]
        if isinstance(item, Mapping):
            return {key: revive(each) for key, each in item.items()}
        return item

    return {key: revive(each) for key, each in value.items()} if isinstance(value, Mapping) else {}


def _tensor(network: Functional, value: list[Any], state: Reading) -> Any:
    layer = network.created.get(value[0])
    if layer is None:
        state.bad = f"its input {value[0]!r} is no layer of the model"
        state.error = f"KeyError: '{value[0]}'"
        return None
    if layer.kind == "InputLayer":
        node = layer.nodes[0] if layer.nodes else None
    elif not network.d.era.at_least(2, 1):
        node = _nodes_115(network, layer, value[1])
    else:
        node = network.nodes_of[id(layer)].get(value[1]) if isinstance(value[1], int) else None
    if node is None:
        state.wait = True
        return None
    found = node.output(value[2]) if isinstance(value[2], int) else None
    if found is None:
        state.bad = f"output {value[2]} of {value[0]!r}, which it does not have"
        state.error = "IndexError: list index out of range"
    return found


def _nodes_115(network: Functional, layer: Layer, index: Any) -> Node | None:
    """TensorFlow 1.15 and 2.0 count the node that a model starts out with."""
    if not isinstance(index, int):
        return None
    index -= network.first[id(layer)]
    return layer.nodes[index] if 0 <= index < len(layer.nodes) else None


def ends(network: Functional, value: Any, key: str) -> Any:
    """Input or output tensors from `input_layers` and `output_layers`."""
    state = Reading()
    found = _structure(network, value, state)
    if state.bad or state.wait:
        problem = state.bad or "a call that does not exist"
        network.d.out.say(
            "invalid-graph",
            f"{network.where}/{key}: {problem}",
            f"{network.where}/{key}",
            state.error or "AssertionError",
        )
        return None
    # `Functional._init_graph_network`: a list around one tensor stands for its first element, which may be empty
    return found[0] if isinstance(found, list) and len(flatten(found)) == 1 else found
