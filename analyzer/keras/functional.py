"""Functional models from their configuration: the graph of calls.

After `reconstruct_from_config` of Keras 2 (engine/functional.py; TensorFlow 1.15: engine/network.py) and
`functional_from_config`, `deserialize_node` of Keras 3 (models/functional.py). One class, since a model of either age may hold
models and nodes of the other, and all share the layers made so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import calls
from analyzer.keras.building import call, freeze, unique_names
from analyzer.keras.model import Layer, Node, Tensor, flatten
from analyzer.keras.order import order, visit
from analyzer.tables.keras import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_CONSTANT = "_CONSTANT_VALUE"


class Functional:
    """The reconstruction of one functional model."""

    def __init__(self, d: Deserializer, symbol: KerasSymbol, config: Mapping[str, Any], where: str) -> None:
        self.d = d
        self.symbol = symbol
        self.config = config
        self.where = where
        self.created: dict[str, Layer] = {}
        self.pending: dict[str, list[Any]] = {}
        self.nodes_of: dict[int, dict[int, Node]] = {}  # Keras 2: config node index -> node, by layer
        self.count: dict[int, int] = {}
        self.complete = True

    def model(self) -> Layer | None:
        """The model; partial where layers did not deserialize."""
        name = self.config.get("name")
        model = Layer(
            "Functional", name if isinstance(name, str) else "", self.config, self.where, self.symbol, is_model=True
        )
        items = self.config["layers"]
        if not isinstance(items, list):
            self.d.malformed("layers is no list", self.where)
            return None
        for index, item in enumerate(items):
            self._create(item, f"{self.where}/layers/{index}")
        if not self.complete:
            model.known = False
            model.layers = list(self.created.values())
            return model
        if not self._connect():
            model.known = False
            model.layers = list(self.created.values())
            return model
        model.inputs = self._ends("input_layers")
        model.outputs = self._ends("output_layers")
        if self._unwraps_outputs() and isinstance(model.outputs, list) and len(model.outputs) == 1:
            model.outputs = model.outputs[0]
        if model.inputs is None or model.outputs is None:
            model.known = False
            model.layers = list(self.created.values())
            return model
        if not self._connected(flatten(model.inputs), flatten(model.outputs)):
            model.known = False
            model.layers = list(self.created.values())
            return model
        model.layers = order(flatten(model.inputs), flatten(model.outputs))
        if not self.d.era.is_3:
            model.layers += [layer for layer in self.created.values() if layer not in model.layers]
        unique_names(self.d, model, self.where)
        model.built = True
        if self.config.get("trainable") is False and (self.d.era.is_3 or self.d.era.at_least(2, 11)):
            freeze(model)
        return model

    def _connected(self, inputs: list[Tensor], outputs: list[Tensor]) -> bool:
        """Whether the outputs can be computed from the inputs ("Graph disconnected")."""
        computable = {id(tensor) for tensor in inputs}
        finished: list[Node] = []
        seen: set[int] = set()
        if self.d.era.is_3:
            seen = {id(tensor.node) for tensor in inputs if tensor.node is not None}
            again = [
                t for t in outputs if id(t) in computable and t.node is not None and t.node.layer.kind != "InputLayer"
            ]
            if again:
                self._disconnected(again[0], "Output with path `0` is not connected to `inputs`")
                return False
        for output in outputs:
            visit(output, {}, {}, finished, seen)
        for node in finished:
            if node.layer.kind == "InputLayer" and not node.inputs:
                continue
            if all(id(tensor) in computable for tensor in node.inputs):
                computable |= {id(tensor) for tensor in node.outputs}
            elif any(tensor.node is not None for tensor in node.inputs):
                self._disconnected(
                    node.outputs[0] if node.outputs else outputs[0],
                    "Graph disconnected: cannot obtain value for tensor",
                )
                return False
        return True

    def _disconnected(self, tensor: Tensor, error: str) -> None:
        layer = tensor.node.layer if tensor.node is not None else None
        name = layer.name if layer is not None else ""
        self.d.out.say(
            "invalid-graph",
            f"{self.where}: the inputs of the model do not lead to {name!r}",
            f"{self.where}/input_layers",
            error,
        )

    def _unwraps_outputs(self) -> bool:
        """Keras 3.5 to 3.10 take a list of one output for that output (`functional_from_config`)."""
        return self.d.era.at_least(3, 5) and not self.d.era.at_least(3, 11)

    def _create(self, item: Any, where: str) -> None:
        if not isinstance(item, Mapping):
            self.d.malformed("a layer that is no object", where)
            self.complete = False
            return
        missing = [key for key in ("name", "inbound_nodes") if key not in item]
        if missing:
            self.d.malformed(
                f"a layer of a functional model without {', '.join(missing)}", where, f"KeyError: '{missing[0]}'"
            )
            self.complete = False
        layer = self.d.member(item, where)
        if layer is None or missing:
            self.complete = False
            return
        name = item["name"]
        nodes = item["inbound_nodes"]
        if not isinstance(name, str) or not isinstance(nodes, list):
            self.d.malformed("a layer whose name is no string or whose inbound_nodes are no list", where)
            self.complete = False
            return
        self.created[name] = layer
        self.nodes_of[id(layer)] = {}
        self.count[id(layer)] = int(self._skips_first(layer))
        if layer.kind == "InputLayer":
            calls.input_tensor(self.d, layer)
        if nodes:
            self.pending.setdefault(name, []).extend(nodes)

    def _skips_first(self, layer: Layer) -> bool:
        """Keras 2: models with inputs of their own start out with a node (`_should_skip_first_node`)."""
        return not self.d.era.is_3 and layer.is_model and layer.inputs is not None

    def _connect(self) -> bool:
        """Process nodes until none is left, in rounds over the layers."""
        while self.pending:
            progressed = False
            for name in list(self.created):
                if name not in self.pending:
                    continue
                nodes = self.pending.pop(name)
                layer = self.created[name]
                while nodes:
                    outcome = self._process(layer, nodes[0])
                    if outcome is None:
                        return False
                    if not outcome:
                        break
                    nodes.pop(0)
                    progressed = True
                if nodes:
                    self.pending[name] = nodes
            if not progressed:
                names = ", ".join(list(self.pending)[:3])
                self.d.out.say(
                    "invalid-graph",
                    f"{self.where}: the inputs of {names} are never produced: a loop, or a call that does not exist",
                    self.where,
                    "Invalid Functional model configuration. The graph of the Functional model either has loops or "
                    "disconnected nodes."
                    if self.d.era.is_3
                    else "load_model does not return: it waits for the nodes forever",
                )
                return False
        return True

    def _process(self, layer: Layer, node: Any) -> bool | None:
        """Whether the call could be made; None when Keras refuses it for good."""
        if self.d.era.is_3 and isinstance(node, Mapping):
            return self._process_library(layer, node)
        if self.d.era.is_3:
            return self._process_list(layer, node)
        return self._process_legacy(layer, node)

    def _process_library(self, layer: Layer, node: Mapping[str, Any]) -> bool | None:
        """Keras 3's own nodes: `args` and `kwargs` with serialized tensors."""
        if not node:
            return self._finish(layer, [], {})
        if "args" not in node or "kwargs" not in node:
            return self._refuse("a node without args or kwargs", layer, "KeyError: 'args'")
        if not isinstance(node["args"], list) or not isinstance(node["kwargs"], Mapping):
            return self._refuse(
                "a node whose args are no list or whose kwargs are no object",
                layer,
                "argument after ** must be a mapping",
            )
        state = {"wait": False, "bad": ""}
        args = self._revive(node["args"], state)
        kwargs = self._revive(node["kwargs"], state)
        if state["bad"]:
            return self._refuse(str(state["bad"]), layer, f"Unknown layer: {state['bad']}")
        if state["wait"] and not self.d.era.at_least(3, 7):
            return self._refuse("it is called on a tensor that comes later", layer, "Layer node index out of bounds.")
        if state["wait"]:
            return False
        return self._finish(
            layer, args if isinstance(args, list) else [args], kwargs if isinstance(kwargs, dict) else {}
        )

    def _revive(self, value: Any, state: dict[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._revive(each, state) for each in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("class_name") == "__keras_tensor__" and "config" in value:
            return self._tensor(value["config"], state)
        if value.get("class_name") == "__keras_tensor__":
            state["bad"] = "a serialized tensor without config"
            return None
        if "class_name" in value and "config" in value:
            name = value["class_name"]
            if not isinstance(name, str):
                state["bad"] = f"an argument whose class_name is {name!r}"
            elif not name.startswith("__") and name != "function":
                registered = value.get("registered_name", name)
                self.d.resolve.by_module(name, registered, value.get("module"), "class", self.where)
            return _Opaque(value)
        return {key: self._revive(each, state) for key, each in value.items()}

    def _tensor(self, config: Any, state: dict[str, Any]) -> Any:
        if not isinstance(config, Mapping) or any(key not in config for key in ("shape", "dtype", "keras_history")):
            state["bad"] = "a serialized tensor without shape, dtype or keras_history"
            return None
        shape = config["shape"]
        if not isinstance(shape, list) or not all(dim is None or (isinstance(dim, int) and dim >= 0) for dim in shape):
            state["bad"] = f"a serialized tensor of shape {shape!r}"
            return None
        if config["dtype"] is not None and not isinstance(config["dtype"], str):
            state["bad"] = "a serialized tensor whose dtype is no name"
            return None
        history = config["keras_history"]
        if history is None:
            return Tensor(None)
        if not isinstance(history, list) or len(history) < 3:
            state["bad"] = "a tensor whose keras_history is no triple"
            return None
        found = self._output(history[0], history[1], history[2])
        if found == "missing":
            state["bad"] = f"a tensor of the layer {history[0]!r}, which is not in the model"
        elif found == "wait":
            state["wait"] = True
        elif found == "range":
            state["bad"] = f"output {history[2]} of {history[0]!r}, which it does not have"
        return found

    def _output(self, name: Any, node_index: Any, tensor_index: Any) -> Tensor | str:
        """Keras 3: a tensor by layer, call and output; `missing`, `wait` or `range` where there is none."""
        layer = self.created.get(name) if isinstance(name, str) else None
        if layer is None:
            return "missing"
        if not isinstance(node_index, int) or not isinstance(tensor_index, int):
            return "range"
        if len(layer.nodes) <= node_index:
            return "wait"
        return layer.nodes[node_index].output(tensor_index) or "range"

    def _process_list(self, layer: Layer, node: Any) -> bool | None:
        """Keras 3 on nodes that Keras 2 wrote (`deserialize_node`, legacy case)."""
        if not node:
            return self._finish(layer, [], {})
        if not isinstance(node, list):
            return self._refuse("a node that is no list", layer)
        inputs: list[Any] = []
        kwargs: Any = {}
        for item in node:
            if not isinstance(item, list) or len(item) < 3:
                return self._refuse(
                    "an inbound tensor that is no [layer, node, tensor]",
                    layer,
                    "Cannot deserialize the model (invalid config data?)",
                )
            kwargs = item[3] if len(item) == 4 else {}
            if len(item) > 4:
                return self._refuse(
                    "an inbound tensor of more than four parts",
                    layer,
                    "Cannot deserialize the model (invalid config data?)",
                )
            found = self._output(item[0], item[1], item[2])
            if found == "missing":
                return self._refuse(
                    f"its input {item[0]!r} is no layer of the model",
                    layer,
                    f"Invalid Functional model configuration. Missing node: {item[0]}",
                )
            if found == "wait":
                return False
            if found == "range":
                return False  # IndexError: Keras tries again and gives up at last
            inputs.append(found)
        return self._finish(
            layer, [inputs[0] if len(inputs) == 1 else inputs], kwargs if isinstance(kwargs, dict) else {}
        )

    def _process_legacy(self, layer: Layer, node: Any) -> bool | None:
        """Keras 2: nested lists and dicts of [layer, node, tensor, kwargs]."""
        state: dict[str, Any] = {"wait": False, "bad": "", "kwargs": {}}
        inputs = self._legacy_structure(node, state)
        if state["bad"]:
            return self._refuse(state["bad"], layer, state.get("error", "Improperly formatted model config."))
        if state["wait"]:
            return False
        flat = flatten(inputs)
        if (
            not isinstance(inputs, dict)
            and len(flat) == 1
            and not layer.get("preserve_input_structure_in_config", False)
        ):
            inputs = flat[0]
        return self._finish(layer, [inputs], state["kwargs"])

    def _legacy_structure(self, value: Any, state: dict[str, Any]) -> Any:
        if isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str):
            if len(value) == 4:
                state["kwargs"] = self._legacy_kwargs(value[3], state)
            if value[0] == _CONSTANT:
                return _Opaque(value[2])
            return self._legacy_tensor(value, state)
        if isinstance(value, list):
            return [self._legacy_structure(each, state) for each in value]
        if isinstance(value, Mapping):
            return {key: self._legacy_structure(each, state) for key, each in value.items()}
        state["bad"] = f"an inbound node of another form: {value!r}"[:120]
        state["error"] = f"'{type(value).__name__}' object has no attribute 'as_list'"
        return None

    def _legacy_kwargs(self, value: Any, state: dict[str, Any]) -> dict[str, Any]:
        def revive(item: Any) -> Any:
            if isinstance(item, list) and len(item) in (3, 4) and isinstance(item[0], str) and item[0] in self.created:
                return self._legacy_tensor(item, state)
            if isinstance(item, list):
                return [revive(each) for each in item]
            if isinstance(item, Mapping):
                return {key: revive(each) for key, each in item.items()}
            return item

        return {key: revive(each) for key, each in value.items()} if isinstance(value, Mapping) else {}

    def _legacy_tensor(self, value: list[Any], state: dict[str, Any]) -> Any:
        layer = self.created.get(value[0])
        if layer is None:
            state["bad"] = f"its input {value[0]!r} is no layer of the model"
            state["error"] = f"KeyError: '{value[0]}'"
            return None
        if layer.kind == "InputLayer":
            node = layer.nodes[0] if layer.nodes else None
        elif not self.d.era.at_least(2, 1):
            node = self._nodes_115(layer, value[1])
        else:
            node = self.nodes_of[id(layer)].get(value[1]) if isinstance(value[1], int) else None
        if node is None:
            state["wait"] = True
            return None
        found = node.output(value[2]) if isinstance(value[2], int) else None
        if found is None:
            state["bad"] = f"output {value[2]} of {value[0]!r}, which it does not have"
            state["error"] = "IndexError: list index out of range"
        return found

    def _nodes_115(self, layer: Layer, index: Any) -> Node | None:
        """TensorFlow 1.15 and 2.0 count the node that a model starts out with."""
        if not isinstance(index, int):
            return None
        index -= int(self._skips_first(layer))
        return layer.nodes[index] if 0 <= index < len(layer.nodes) else None

    def _finish(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> bool | None:
        if layer.kind == "InputLayer":
            return True
        failed = len(self.d.out.events)
        inputs = args[0] if args else None
        extra: dict[str, Any] = dict(kwargs)
        if len(args) > 1:
            extra["*"] = args[1:]
        call(self.d, layer, inputs, extra)
        self.nodes_of[id(layer)][self.count[id(layer)]] = layer.nodes[-1]
        self.count[id(layer)] += 1
        return True if len(self.d.out.events) >= failed else None

    def _refuse(self, message: str, layer: Layer, error: str = "") -> bool | None:
        self.d.out.say("invalid-graph", f"{layer.where}: {message}", layer.where, error)
        return None

    def _ends(self, key: str) -> Any:
        """Input or output tensors from `input_layers` and `output_layers`."""
        value = self.config[key]
        if self.d.era.is_3:
            return self._ends_3(value, key)
        state: dict[str, Any] = {"wait": False, "bad": "", "kwargs": {}}
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            found: Any = self._legacy_structure(value, state)
        else:
            found = self._legacy_structure(value, state)
        if state["bad"] or state["wait"]:
            problem = state["bad"] or "a call that does not exist"
            self.d.out.say(
                "invalid-graph",
                f"{self.where}/{key}: {problem}",
                f"{self.where}/{key}",
                state.get("error", "AssertionError"),
            )
            return None
        return found

    def _ends_3(self, value: Any, key: str, *, nested: bool = False) -> Any:
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            if not nested and not self.d.era.at_least(3, 4):
                self.d.out.say(
                    "invalid-graph",
                    f"{self.where}/{key}: one tensor outside a list, as Keras 3.4 and later write it",
                    f"{self.where}/{key}",
                    "get_tensor() takes 3 positional arguments",
                )
                return None
            layer = self.created.get(value[0])
            problem = ""
            if layer is None:
                problem = f"{value[0]!r} is no layer of the model"
            else:
                index = value[1] - int(layer.kind == "Functional" and self.d.era.at_least(3, 3))
                try:
                    node = layer.nodes[index]
                except (IndexError, TypeError):
                    problem = f"{value[0]!r} is never called that often"
                else:
                    found_output = node.output(value[2]) if isinstance(value[2], int) else None
                    if found_output is not None:
                        return found_output
                    problem = f"{value[0]!r} has no output {value[2]}"
            self.d.out.say(
                "invalid-graph",
                f"{self.where}/{key}: {problem}",
                f"{self.where}/{key}",
                f"Internal error: could not find layer {value[0]}." if layer is None else "list index out of range",
            )
            return None
        if isinstance(value, Mapping) and (value or key != "output_layers"):
            found = {name: self._ends_3(each, key, nested=True) for name, each in value.items()}
            return None if any(each is None for each in found.values()) else found
        if isinstance(value, list) and not value and key == "output_layers":
            self.d.out.say(
                "invalid-graph",
                f"{self.where}/{key}: no outputs",
                f"{self.where}/{key}",
                "`outputs` argument cannot be empty.",
            )
            return None
        if isinstance(value, list):
            items = [self._ends_3(each, key, nested=True) for each in value]
            return None if any(each is None for each in items) else items
        self.d.out.say("invalid-graph", f"{self.where}/{key}: neither list nor object", f"{self.where}/{key}")
        return None


class _Opaque:
    """A constant or serialized object among the arguments of a call."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value
