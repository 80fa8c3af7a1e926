"""Calls in functional models as Keras 3 reads them: its own nodes, and those that Keras 2 wrote (models/functional.py, deserialize_node)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.encoded import is_made, type_name
from analyzer.keras.model import Opaque, Reading, Tensor
from analyzer.keras.values.dtypes import is_dtype
from analyzer.keras.values.every_layer import odd_dimension

if TYPE_CHECKING:
    from analyzer.keras.functional import Functional
    from analyzer.keras.model import Layer


_TENSOR = frozenset(("shape", "dtype", "keras_history"))


def process(network: Functional, layer: Layer, node: Mapping[str, Any]) -> bool | None:
    """Keras 3's own nodes: `args` and `kwargs` with serialized tensors."""
    if not node:
        return network.finish(layer, [], {})
    if "args" not in node or "kwargs" not in node:
        return network.refuse("a node without args or kwargs", layer, "KeyError: 'args'")
    if not isinstance(node["args"], list) or not isinstance(node["kwargs"], dict):
        return network.refuse(
            "a node whose args are no list or whose kwargs are no object",
            layer,
            "argument after ** must be a mapping",
        )
    state = Reading()
    args = _revive(network, node["args"], state)
    kwargs = _revive(network, node["kwargs"], state)
    if state.bad:
        return network.refuse(state.bad, layer, state.error or f"Unknown layer: {state.bad}")
    if state.wait and not network.d.era.at_least(3, 7):
        return network.refuse("it is called on a tensor that comes later", layer, "Layer node index out of bounds.")
    if state.wait:
        return False
    return network.finish(layer, args if isinstance(args, list) else [args], kwargs if isinstance(kwargs, dict) else {})


def _revive(network: Functional, value: Any, state: Reading) -> Any:
    if isinstance(value, list):
        return [_revive(network, each, state) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__" and "config" in value:
        return _tensor(network, value["config"], state)
    if value.get("class_name") == "__keras_tensor__":
        state.bad = "a serialized tensor without config"
        return None
    if "class_name" in value and "config" in value:
        name = value["class_name"]
        if not isinstance(name, str):
            state.bad = f"an argument whose class_name is {name!r}"
        elif is_made(name, network.d.era):
            from analyzer.keras import constants

            error = constants.refused(network.d.era, name, value["config"])
            if error:
                state.bad, state.error = f"an argument that is no {name.strip('_')}", error
        elif name != "function":
            registered = value.get("registered_name", name)
            network.d.resolve.by_module(name, registered, value.get("module"), "class", network.where)
        return Opaque(value)
    return {key: _revive(network, each, state) for key, each in value.items()}


def _tensor(network: Functional, config: Any, state: Reading) -> Any:
    if not isinstance(config, dict) or not config.keys() >= _TENSOR:
        state.bad = "a serialized tensor without shape, dtype or keras_history"
        return None
    shape = config["shape"]
    if isinstance(shape, (str, dict)) and not shape:
        shape = []  # `standardize_shape` makes a tuple of it
    if not isinstance(shape, list) or odd_dimension(network.d.era, shape):
        state.bad = f"a serialized tensor of shape {shape!r}"
        return None
    if config["dtype"] is not None and not isinstance(config["dtype"], str):
        state.bad = "a serialized tensor whose dtype is no name"
        return None
    if config["dtype"] is not None and not is_dtype(network.d.era, config["dtype"]):
        state.bad = f"a serialized tensor of dtype {config['dtype']!r}"
        return None
    history = config["keras_history"]
    if history is None:
        loose = Tensor(tuple(shape))
        network.loose.append(loose)
        return loose
    if not isinstance(history, list) or len(history) < 3:
        state.bad = "a tensor whose keras_history is no triple"
        return None
    found = _output(network, history[0], history[1], history[2])
    if found == "missing":
        state.bad = f"a tensor of the layer {history[0]!r}, which is not in the model"
    elif found == "wait":
        state.wait = True
    elif found == "range":
        state.bad = f"output {history[2]} of {history[0]!r}, which it does not have"
    return found


def _output(network: Functional, name: Any, node_index: Any, tensor_index: Any) -> Tensor | str:
    """Keras 3: a tensor by layer, call and output; `missing`, `wait` or `range` where there is none."""
    layer = network.created.get(name) if isinstance(name, str) else None
    if layer is None:
        return "missing"
    if not isinstance(node_index, int) or not isinstance(tensor_index, int):
        return "range"
    if len(layer.nodes) <= node_index:
        return "wait"
    return layer.nodes[node_index].output(tensor_index) or "range"


def process_list(network: Functional, layer: Layer, node: Any) -> bool | None:
    """Keras 3 on nodes that Keras 2 wrote (`deserialize_node`, legacy case)."""
    if not node:
        return network.finish(layer, [], {})
    if not isinstance(node, list):
        return network.refuse("a node that is no list", layer)
    inputs: list[Any] = []
    kwargs: Any = {}
    for item in node:
        if not isinstance(item, list) or len(item) < 3:
            return network.refuse(
                "an inbound tensor that is no [layer, node, tensor]",
                layer,
                "Cannot deserialize the model (invalid config data?)",
            )
        kwargs = item[3] if len(item) == 4 else {}
        if len(item) > 4:
            return network.refuse(
                "an inbound tensor of more than four parts",
                layer,
                "Cannot deserialize the model (invalid config data?)",
            )
        found = _output(network, item[0], item[1], item[2])
        if found == "missing":
            return network.refuse(
                f"its input {item[0]!r} is no layer of the model",
                layer,
                f"Invalid Functional model configuration. Missing node: {item[0]}",
            )
        if found == "wait":
            return False
        if found == "range":
            return False  # IndexError: Keras tries again and gives up at last
        inputs.append(found)
    if not isinstance(kwargs, dict):
        return network.refuse(
            f"a call whose arguments are {type_name(kwargs)}, not an object",
            layer,
            "argument after ** must be a mapping",
        )
    return network.finish(layer, [inputs[0] if len(inputs) == 1 else inputs], kwargs)


def ends(network: Functional, value: Any, key: str, *, nested: bool = False) -> Any:
    """The tensors that `input_layers` or `output_layers` names, in its structure; None after something was said."""
    if nested and not network.d.era.at_least(3, 4) and not _is_triple(value):
        return _no_ends(
            network,
            key,
            "tensors in a structure of structures, as Keras 3.4 and later write it",
            "get_tensor() missing 2 required positional arguments: 'node_index' and 'tensor_index'",
        )
    if _is_triple(value):
        if not nested and not network.d.era.at_least(3, 4):
            return _no_ends(
                network,
                key,
                "one tensor outside a list, as Keras 3.4 and later write it",
                "get_tensor() takes 3 positional arguments",
            )
        return _end(network, value, key)
    if isinstance(value, Mapping) and (value or nested or key != "output_layers"):
        found = {name: ends(network, each, key, nested=True) for name, each in value.items()}
        return None if any(each is None for each in found.values()) else found
    if isinstance(value, list) and not value and key == "output_layers":
        return _no_ends(network, key, "no outputs", "`outputs` argument cannot be empty.")
    if isinstance(value, list):
        items = [ends(network, each, key, nested=True) for each in value]
        return None if any(each is None for each in items) else items
    return _no_ends(network, key, "neither list nor object")


def _is_triple(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _end(network: Functional, value: list[Any], key: str) -> Tensor | None:
    """One tensor by layer, call and output (`get_tensor` in `functional_from_config`)."""
    name, call, output = value
    layer = network.created.get(name)
    if layer is None:
        error = f"Internal error: could not find layer {name}."
        return _no_ends(network, key, f"{name!r} is no layer of the model", error)
    try:
        node = layer.nodes[call - int(layer.kind == "Functional" and network.d.era.at_least(3, 3))]
    except (IndexError, TypeError):
        return _no_ends(network, key, f"{name!r} is never called that often", "list index out of range")
    found = node.output(output) if isinstance(output, int) else None
    return found or _no_ends(network, key, f"{name!r} has no output {output}", "list index out of range")


def _no_ends(network: Functional, key: str, message: str, error: str = "") -> Tensor | None:
    network.d.out.say("invalid-graph", f"{network.where}/{key}: {message}", f"{network.where}/{key}", error)
    return None
