"""Functional models of Keras 2 of several layers: calls on several tensors, shared layers, models within, structures of inputs."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from tools.keras_layers.pools import DTYPES, KINDS, MERGING
from tools.keras_layers.wrapped import RECURRENT, held, wrapper

Config = dict[str, Any]
DIMS = (2, 3, 4, 6)
_FEWER = {"Flatten": 2, "RepeatVector": 3, "Embedding": 3}  # ranks after a layer that does not keep its input's
_PLAIN = ("Activation", "Dropout", "ReLU", "LayerNormalization", "BatchNormalization", "Masking", "UnitNormalization")
_OTHER_DTYPES = ("float16", "float64", "bfloat16", "int32", "mixed_float16")


class Ref(NamedTuple):
    """An output of a call: the layer's name, which of its calls, which output; its rank and shape as far as drawing knows."""

    layer: str
    node: int
    tensor: int
    rank: int
    shape: list[int | None] | None = None


class Graph:
    """One functional model that grows call by call."""

    def __init__(self, random: Random, names: Names, depth: int = 0) -> None:
        self._random = random
        self._names = names
        self._depth = depth
        self._layers: list[Config] = []
        self._inputs: list[Ref] = []
        self._tensors: list[Ref] = []
        self._ranks: dict[str, int] = {}  # of what layers of this model were called on

    def model(self, shapes: list[list[int | None]], calls: int, dtype: str = "float32") -> Config:
        """The model's configuration, on inputs of these shapes."""
        random = self._random
        for shape in shapes:
            name = self._names.new("x")
            layer = self._layer("InputLayer", {"batch_input_shape": shape, "dtype": dtype}, name)
            self._layers.append({**layer, "inbound_nodes": []})
            self._inputs.append(Ref(name, 0, 0, len(shape), shape))
        self._tensors = list(self._inputs)
        for _ in range(calls):
            self._grow()
        outputs = [self._tensors[-1]]
        if random.random() < 0.3:
            outputs += random.sample(self._tensors, k=min(len(self._tensors), random.randint(1, 2)))
        config = {
            "name": self._names.new("model"),
            "layers": self._layers,
            "input_layers": self._ends(self._inputs, "in"),
            "output_layers": self._ends(outputs, "out"),
        }
        return {"class_name": "Functional" if self._depth else "Model", "config": config}

    def _ends(self, refs: list[Ref], key: str) -> Any:
        ends = [[ref.layer, ref.node, ref.tensor] for ref in refs]
        if self._random.random() < 0.08:
            return {f"{key}{number}": end for number, end in enumerate(ends)}
        return ends

    # Calls ----------------------------------------------------------------------------------------------------------

    def _grow(self) -> None:
        random = self._random
        ways = [self._single] * 8 + [self._merged, self._attended, self._attended, self._again, self._wrapped]
        ways += [self._wrapped, self._stateful, self._operation]
        if self._depth < 2:
            ways += [self._within, self._stacked]
        random.choice(ways)(random.choice(self._tensors[-3:]))

    def _single(self, on: Ref) -> None:
        random = self._random
        fitting = [name for name, kind in KINDS.items() if kind.rank == on.rank and name not in (*MERGING, *DTYPES)]
        kind = random.choice(_PLAIN if random.random() < 0.2 else fitting or list(_PLAIN))
        config = KINDS[kind].draw(random)
        if kind in RECURRENT:
            config.pop("return_state", None)
        if random.random() < 0.06:
            config["dtype"] = random.choice(_OTHER_DTYPES)
        rank = _FEWER.get(kind, on.rank)
        if kind.startswith("Global"):
            rank = on.rank if config.get("keepdims") else 2
        elif kind in RECURRENT or kind.startswith("ConvLSTM"):
            rank = on.rank - (not config.get("return_sequences"))
        elif kind == "Reshape":
            rank = 1 + len(config["target_shape"])
        self._call(kind, config, [on], rank, on.shape if kind in _PLAIN else None, kwargs=self._flags(kind))

    def _flags(self, kind: str) -> Config:
        drawn = self._random.random()
        if kind in ("Dropout", "BatchNormalization", *RECURRENT) and drawn < 0.15:
            return {"training": self._random.choice([True, False, None])}
        return {"training": False} if drawn < 0.01 else {}

    def _merged(self, on: Ref) -> None:
        random = self._random
        others = [each for each in self._tensors if each.rank == on.rank]
        kind = random.choice(MERGING)
        given = [on, *random.choices(others, k=1 if kind == "Dot" else random.randint(0, 2))]
        rank = 2 * on.rank - 2 if kind == "Dot" else on.rank
        self._call(kind, KINDS[kind].draw(random), given, rank)

    def _attended(self, on: Ref) -> None:
        random = self._random
        others = [each for each in self._tensors if each.rank == on.rank]
        given = [on, *random.choices(others, k=random.randint(1, 2))]
        kind = random.choice(["Attention", "AdditiveAttention", "MultiHeadAttention"])
        if kind == "MultiHeadAttention":
            self._multi_head(given)
            return
        config: Config = {"use_scale": random.random() < 0.5}
        if kind == "Attention" and random.random() < 0.3:
            config["score_mode"] = random.choice(["dot", "concat"])
        if random.random() < 0.2:
            config["dropout"] = 0.1
        kwargs: Config = {}
        if random.random() < 0.2:
            kwargs["mask"] = [None, None]
        if random.random() < 0.2:
            kwargs["return_attention_scores"] = random.random() < 0.7
        self._call(kind, config, given, on.rank, outputs=1 + bool(kwargs.get("return_attention_scores")), kwargs=kwargs)

    def _multi_head(self, given: list[Ref]) -> None:
        random = self._random
        config: Config = {"num_heads": random.randint(1, 3), "key_dim": random.randint(1, 3)}
        for key, values in (
            ("value_dim", [None, 2, 5]),
            ("output_shape", [None, [4], [2, 3]]),
            ("use_bias", [False]),
            ("attention_axes", [None, [1], [1, 2], 1]),
            ("dropout", [0.1, 2.0]),
        ):
            if random.random() < 0.2:
                config[key] = random.choice(values)
        kwargs: Config = {key: self._ref(ref) for key, ref in zip(("value", "key"), given[1:], strict=False)}
        if random.random() < 0.2:
            kwargs["return_attention_scores"] = random.random() < 0.7
        if random.random() < 0.1:
            kwargs["attention_mask"] = self._ref(random.choice(self._tensors))
        if random.random() < 0.1:
            kwargs["use_causal_mask"] = True
        count = 1 + bool(kwargs.get("return_attention_scores"))
        self._call("MultiHeadAttention", config, given[:1], given[0].rank, outputs=count, kwargs=kwargs)

    def _again(self, on: Ref) -> None:
        """A layer that is there, called once more."""
        called = [each for each in self._layers if each["inbound_nodes"]]
        fitting = [each for each in called if self._ranks.get(each["name"]) == on.rank] or called
        if not fitting:
            return
        layer = self._random.choice(fitting)
        before = layer["inbound_nodes"][0]
        if not isinstance(before, list) or len(before) != 1:  # that takes several, or arguments
            return
        layer["inbound_nodes"].append(self._node([on], {}))
        node = len(layer["inbound_nodes"]) - 1 + self._starts_with_node(layer)
        self._tensors.append(Ref(layer["name"], node, 0, on.rank))

    def _wrapped(self, on: Ref) -> None:
        kind, config, rank = wrapper(self._random, on.rank, self._names.new)
        self._call(kind, config, [on], rank)

    def _stateful(self, on: Ref) -> None:
        """States out, and in again."""
        random = self._random
        kind = random.choice(RECURRENT)
        config = {"units": random.choice([2, 3]), "return_state": True, "return_sequences": random.random() < 0.6}
        states = 2 if kind == "LSTM" else 1
        rank = on.rank if config["return_sequences"] else on.rank - 1
        made = self._call(kind, config, [on], rank, outputs=1 + states)
        if random.random() < 0.6:
            initial = [self._ref(made._replace(tensor=number)) for number in range(1, 1 + states)]
            more = {"units": random.choice([config["units"], 2]), "return_sequences": True}
            kwargs: Config = {"initial_state": initial if len(initial) > 1 else initial[0]}
            self._call(kind, more, [on], on.rank, kwargs=kwargs)

    def _operation(self, on: Ref) -> None:
        """What TensorFlow's functions leave in a model of Keras 2.4 to 2.15."""
        random = self._random
        function, kwargs, rank = random.choice(
            [
                ("math.multiply", {"y": 2.0}, on.rank),
                ("__operators__.add", {"y": self._ref(random.choice(self._tensors))}, on.rank),
                ("reshape", {"shape": [-1, 4]}, 2),
                ("expand_dims", {"axis": -1}, on.rank + 1),
                ("math.reduce_mean", {"axis": 1}, on.rank - 1),
                ("concat", None, on.rank),
                ("cast", {"dtype": "float32"}, on.rank),
                ("nn.relu", {}, on.rank),
                ("compat.v1.transpose", {}, on.rank),
                ("math.subtract", {"y": [1.0] * random.randint(1, 3)}, on.rank),
                ("linalg.matmul", {"b": self._ref(on), "transpose_b": True}, on.rank),
                ("stack", None, on.rank + 1),
            ]
        )
        if kwargs is None:
            second = random.choice(self._tensors)
            self._call("TFOpLambda", {"function": function}, [on, second], rank, kwargs={"axis": -1})
            return
        if random.random() < 0.2:
            pieces = [None, None, None], [random.randint(-2, 1), random.choice([None, 3]), None]
            spec = [dict(zip(("start", "stop", "step"), piece, strict=True)) for piece in pieces]
            self._call(
                "SlicingOpLambda", {"function": "__operators__.getitem"}, [on], on.rank, kwargs={"slice_spec": spec}
            )
            return
        self._call("TFOpLambda", {"function": function}, [on], rank, kwargs=kwargs)

    def _within(self, on: Ref) -> None:
        """A functional model, on the shape that it is called on or another of the rank."""
        random = self._random
        shape = on.shape or [None, *(random.choice([None, 3, 4]) for _ in range(on.rank - 1))]
        inner = Graph(random, self._names, depth=self._depth + 1)
        model = inner.model([shape], random.randint(1, 3))
        self._add(model["config"]["name"], model, [on], on.rank)

    def _stacked(self, on: Ref) -> None:
        """A Sequential model, with an input of its own or without."""
        random = self._random
        layers: list[Config] = []
        if random.random() < 0.4 and on.shape:
            config = {"batch_input_shape": on.shape, "dtype": "float32"}
            layers.append(self._layer("InputLayer", config, self._names.new("x")))
        for _ in range(random.randint(1, 3)):
            fitting = [name for name, kind in KINDS.items() if kind.rank == on.rank and name not in (*MERGING, *DTYPES)]
            kind = random.choice(fitting or list(_PLAIN))
            config = KINDS[kind].draw(random)
            config.pop("return_state", None)
            layers.append(self._layer(kind, config, self._names.new(kind.lower())))
        name = self._names.new("stack")
        self._add(name, {"class_name": "Sequential", "config": {"name": name, "layers": layers}}, [on], on.rank)

    # How it is written ----------------------------------------------------------------------------------------------

    def _call(
        self,
        kind: str,
        config: Config,
        given: list[Ref],
        rank: int,
        shape: list[int | None] | None = None,
        **how: Any,
    ) -> Ref:
        """Call a new layer on one tensor or on a list of them; `how` as `_add` takes it."""
        layer = self._layer(kind, config, self._names.new(kind.lower()))
        return self._add(layer["name"], layer, given, rank, shape, **how)

    def _add(
        self,
        name: str,
        layer: Config,
        given: list[Ref],
        rank: int,
        shape: list[int | None] | None = None,
        *,
        outputs: int = 1,
        kwargs: Config | None = None,
    ) -> Ref:
        alone = layer["class_name"].endswith("OpLambda") and len(given) == 1
        self._layers.append({**layer, "name": name, "inbound_nodes": [self._node(given, kwargs or {}, alone=alone)]})
        self._ranks[name] = given[0].rank
        node = int(self._starts_with_node(layer))
        made = [Ref(name, node, number, rank if number == 0 else 2, shape) for number in range(outputs)]
        self._tensors += made[::-1]
        return made[0]

    def _starts_with_node(self, layer: Config) -> bool:
        """Whether it is a model that has a node before it is called: one with inputs of its own."""
        layers = layer["config"].get("layers")
        if layers is None:
            return False
        return layer["class_name"] != "Sequential" or (bool(layers) and layers[0]["class_name"] == "InputLayer")

    def _layer(self, class_name: str, config: Config, name: str) -> Config:
        return held(class_name, {"name": name, **config}) | {"name": name}

    def _ref(self, ref: Ref) -> list[Any]:
        return [ref.layer, ref.node, ref.tensor]

    def _node(self, given: list[Ref], kwargs: Config, *, alone: bool = False) -> Any:
        """How a call is written. `alone`: on one tensor that stands in no list, as functions of TensorFlow are called."""
        if alone:
            return [*self._ref(given[0]), kwargs]
        return [[*self._ref(ref), kwargs] for ref in given]


class Names:
    """Names of layers, each once."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, stem: str) -> str:
        """Another name."""
        self._count += 1
        return f"{stem}_{self._count}"
