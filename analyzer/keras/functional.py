"""Functional models from their configuration: the graph of calls.

After `reconstruct_from_config` of Keras 2 (engine/functional.py; TensorFlow 1.15: engine/network.py) and
`functional_from_config`, `deserialize_node` of Keras 3 (models/functional.py). One class, since a model of either age may hold
models and nodes of the other, and all share the layers made so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import nodes_keras3
from analyzer.keras.building import call, freeze, input_tensor, unique_names
from analyzer.keras.model import Layer, Node, Tensor, flatten
from analyzer.keras.order import order, visit
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_LOOPS = (
    "Invalid Functional model configuration. The graph of the Functional model either has loops or disconnected nodes."
)
_FOREVER = "load_model does not return: it waits for the nodes forever"


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
        self.first: dict[int, int] = {}  # Keras 2: 1 for layers that had a node when they were made
        self.complete = True
        self.given: Mapping[str, Layer] = {}  # layers that are there already, by name (`created_layers`)
        self.loose: list[Tensor] = []  # serialized tensors of no call

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
        for each, layer in self.given.items():
            if layer.kind == "InputLayer" and each not in self.created:  # whose one node needs no configuration
                self._take(each, layer)
        if self.complete and self._connect() and self._hangs_together(model):
            self._arrange(model)
        else:
            model.known = False
            model.layers = list(self.created.values())
        return model

    def _hangs_together(self, model: Layer) -> bool:
        """Whether there are the inputs and outputs that the configuration names, and ways between them."""
        model.inputs = self._ends("input_layers")
        model.outputs = self._ends("output_layers")
        if self._unwraps_outputs() and isinstance(model.outputs, list) and len(model.outputs) == 1:
            model.outputs = model.outputs[0]
        if model.inputs is None or model.outputs is None:
            return False
        inputs = flatten(model.inputs)
        return self._unique(inputs) and self._connected(inputs, flatten(model.outputs))

    def _ends(self, key: str) -> Any:
        if self.d.era.is_3:
            return nodes_keras3.ends(self, self.config[key], key)
        from analyzer.keras import nodes_keras2

        return nodes_keras2.ends(self, self.config[key], key)

    def _arrange(self, model: Layer) -> None:
        """`Functional.__init__`: the layers in order."""
        model.layers = order(flatten(model.inputs), flatten(model.outputs))
        unique_names(self.d, model, self.where)
        if not self.d.era.is_3:  # `connect_ancillary_layers`, which looks at no names
            ordered = set(map(id, model.layers))
            model.layers += [layer for layer in self.created.values() if id(layer) not in ordered]
        model.built = True
        if self.config.get("trainable") is False and (self.d.era.is_3 or self.d.era.at_least(2, 11)):
            freeze(model)

    def _unique(self, inputs: list[Tensor]) -> bool:
        """`_validate_graph_inputs_and_outputs` of Keras 2."""
        unique = self.d.era.is_3 or len({id(tensor) for tensor in inputs}) == len(inputs)
        if not unique:
            self.d.out.say(
                "invalid-graph",
                f"{self.where}: an input is named twice",
                f"{self.where}/input_layers",
                "The list of inputs passed to the model contains the same input multiple times. All inputs should only appear once.",
            )
        return unique

    def _connected(self, inputs: list[Tensor], outputs: list[Tensor]) -> bool:
        """Whether the outputs can be computed from the inputs ("Graph disconnected").

        Keras 3 takes inputs that are not named for computed (`map_graph`), and asks for more from 3.14 on (`_run_through_graph`).
        """
        if self.d.era.is_3 and self._comes_from_nowhere(inputs, outputs):
            return False
        if self.d.era.is_3 and not self.d.era.at_least(3, 14):
            return not self.d.era.at_least(3, 10) or self._all_used(inputs)
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

    def _comes_from_nowhere(self, inputs: list[Tensor], outputs: list[Tensor]) -> bool:
        """`Function.__init__` of Keras 3: models need inputs, and `map_graph` a call for each tensor that is no input."""
        if not inputs:
            self.d.out.say(
                "invalid-graph",
                f"{self.where}: the model has no inputs",
                f"{self.where}/input_layers",
                "`inputs` argument cannot be empty. Received: inputs=[]",
            )
            return True
        finished: list[Node] = []
        for output in outputs if self.loose else ():
            visit(output, {}, {}, finished, set())
        loose = set(map(id, self.loose))
        lost = next((node for node in finished if any(id(tensor) in loose for tensor in node.inputs)), None)
        if lost is not None:
            self._disconnected(lost.outputs[0], "Graph disconnected: cannot find parent for tensor")
        return lost is not None

    def _all_used(self, inputs: list[Tensor]) -> bool:
        """Whether something is called on what each input's layer brings, as `Function.__init__` of Keras 3.10 to 3.13 asks."""
        called = [node for layer in self.created.values() for node in layer.nodes]
        used = {id(tensor.node.layer) for node in called for tensor in node.inputs if tensor.node is not None}
        idle = next((t for t in inputs if t.node is not None and id(t.node.layer) not in used), None)
        if idle is not None:
            self._disconnected(idle, "`inputs` not connected to `outputs`")
        return idle is None

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
        """Keras 3.3 and 3.5 to 3.10 take a list of one output for that output (`functional_from_config`)."""
        era = self.d.era
        return (era.at_least(3, 5) and not era.at_least(3, 11)) or (era.at_least(3, 3) and not era.at_least(3, 4))

    def _create(self, item: Any, where: str) -> None:
        if not isinstance(item, dict):
            self.d.malformed("a layer that is no object", where)
            self.complete = False
            return
        missing = [key for key in ("name", "inbound_nodes") if key not in item]
        if missing:
            self.d.malformed(
                f"a layer of a functional model without {', '.join(missing)}", where, f"KeyError: '{missing[0]}'"
            )
            self.complete = False
        layer = self._known(item.get("name")) or self.d.member(item, where)
        if layer is None or missing:
            self.complete = False
            return
        name = item["name"]
        nodes = item["inbound_nodes"]
        if not isinstance(name, str) or not isinstance(nodes, list):
            self.d.malformed("a layer whose name is no string or whose inbound_nodes are no list", where)
            self.complete = False
            return
        before = self.created.get(name)
        if before is not None and before is not layer and self.pending.get(name):
            self.complete = False
            self._unreachable(name)
            return
        if before is not layer:
            self._take(name, layer)
        if nodes:
            self.pending.setdefault(name, []).extend(nodes)

    def _known(self, name: Any) -> Layer | None:
        """The layer that is there by a name: `process_layer` of Keras 2 makes one layer of each, whatever comes again."""
        if not isinstance(name, str):
            return None
        return self.given.get(name) or (None if self.d.era.is_3 else self.created.get(name))

    def _unreachable(self, name: str) -> None:
        """A layer whose name another one takes: its calls wait for a round that never comes to it."""
        self.d.out.say(
            "invalid-graph",
            f"{self.where}: two layers are named {name!r}, of which the first is never called",
            self.where,
            _LOOPS,
        )

    def _take(self, name: str, layer: Layer) -> None:
        self.created[name] = layer
        self.nodes_of[id(layer)] = {}
        self.first[id(layer)] = self.count[id(layer)] = int(self.skips_first(layer))
        if layer.kind == "InputLayer":
            input_tensor(self.d, layer)

    def skips_first(self, layer: Layer) -> bool:
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
                    _LOOPS if self.d.era.is_3 else _FOREVER,
                )
                return False
        return True

    def _process(self, layer: Layer, node: Any) -> bool | None:
        """Whether the call could be made; None when Keras refuses it for good."""
        if self.d.era.is_3 and isinstance(node, dict):
            return nodes_keras3.process(self, layer, node)
        if self.d.era.is_3:
            return nodes_keras3.process_list(self, layer, node)
        from analyzer.keras import nodes_keras2

        return nodes_keras2.process(self, layer, node)

    def finish(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> bool | None:
        if layer.kind == "InputLayer":
            return True
        if self.d.era.is_3 and not args and kwargs.keys() <= {"mask", "training"} and layer.symbol is not None:
            return self.refuse("a call without inputs", layer, "missing a required argument: 'inputs'")
        if not (args and isinstance(args[0], Tensor)) and self._calculates(layer, args, kwargs):
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

    def _calculates(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> bool:
        """Whether a call of Keras 3 is given no tensor of the model (`any_symbolic_tensors`): it calculates, and makes no node."""
        if not self.d.era.is_3 or layer.symbol is None or layer.is_model:
            return False
        if any(isinstance(each, Tensor) for each in flatten([args, kwargs])):
            return False
        layer.known, layer.built = False, True
        return True

    def refuse(self, message: str, layer: Layer, error: str = "") -> bool | None:
        self.d.out.say("invalid-graph", f"{layer.where}: {message}", layer.where, error)
        return None
