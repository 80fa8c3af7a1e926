"""Functional models of Keras 3 with several layers each: wrapped, nested, shared and attending ones, cells and operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from tools.keras_layers.drawn_operations import OPERATIONS
from tools.keras_layers.pools import DTYPES, KINDS, MERGING

Config = dict[str, Any]
_DIMS = (1, 2, 3, 4, 4, 4, 6)
_PREPROCESSING = ("Random", "Text", "Integer", "Hashing", "Category", "Discretization")


class Given(NamedTuple):
    """A tensor that is there to be called on: whose output it is, and the rank that it most likely has."""

    history: tuple[str, int, int]
    rank: int


class Networks:
    """Draws models; equal seeds draw equal ones."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._count = 0

    def models(self, count: int) -> Iterator[Config]:
        """Models of one to six steps, each on tensors that are there by then."""
        for _ in range(count):
            yield self._model(self._random.randint(1, 6), outer=True)

    def _model(self, steps: int, *, outer: bool, rank: int = 0) -> Config:
        random = self._random
        layers: list[Config] = []
        tensors: list[Given] = []
        calls: dict[str, int] = {}
        last = [random.choice(_DIMS), random.choice(_DIMS)]
        for _ in range(random.choice([1, 1, 2, 3]) if outer else 1):
            number = rank or random.choice([2, 3, 3, 3, 4, 4])
            batch = 2 if random.random() < 0.08 else None
            sizes = [batch, *(self._dim() for _ in range(number - 3)), *last]
            shape = [*sizes[: number - 1], random.choice(last)]
            layer = self._layer("InputLayer", {"batch_shape": shape, "dtype": self._input_dtype()})
            layers.append({**layer, "inbound_nodes": []})
            tensors.append(Given((layer["name"], 0, 0), number))
        names = [each["name"] for each in layers]
        for _ in range(steps):
            step = random.choices(
                [self._plain, self._operation, self._merging, self._attention, self._wrapped, self._cells, self._nested, self._again],
                [5, 6, 2, 2, 2, 2, 2 if outer else 0, 2],
            )[0]  # fmt: skip
            step(layers, tensors, calls)
        ends = random.sample(tensors[-3:], random.choice([1, 1, 1, min(2, len(tensors))]))
        outputs: Any = [list(each.history) for each in ends] if outer or len(ends) > 1 else [list(ends[0].history)]
        inputs: Any = [[name, 0, 0] for name in names]
        if outer and random.random() < 0.1:
            inputs = {f"in_{number}": each for number, each in enumerate(inputs)}
        if outer and random.random() < 0.1:
            outputs = {f"out_{number}": each for number, each in enumerate(outputs)}
        name = self._name("functional")
        return {
            "module": "keras.src.models.functional",
            "class_name": "Functional",
            "registered_name": "Functional",
            "config": {"name": name, "trainable": True, "layers": layers, "input_layers": inputs, "output_layers": outputs},
        }  # fmt: skip

    def _dim(self) -> int | None:
        return None if self._random.random() < 0.15 else self._random.choice(_DIMS)

    def _input_dtype(self) -> str:
        return self._random.choice(["float32"] * 8 + ["int32", "float16", "bool"])

    def _name(self, class_name: str) -> str:
        self._count += 1
        return f"{class_name.lower()}_{self._count}"

    def _layer(self, class_name: str, config: Config, module: str = "keras.layers") -> Config:
        name = self._name(class_name)
        builtin = None if module == "keras.layers" else class_name
        config = {**config} if module.startswith("keras.src.ops") else {"name": name, **config}
        if self._random.random() < 0.08 and module == "keras.layers" and class_name != "InputLayer":
            config["dtype"] = self._policy()
        return {"module": module, "class_name": class_name, "config": config, "registered_name": builtin, "name": name}

    def _policy(self) -> Any:
        name = self._random.choice(["float16", "mixed_float16", "mixed_bfloat16", "float64", "float32"])
        policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}
        return name if self._random.random() < 0.3 else policy

    def _called(
        self,
        layers: list[Config],
        tensors: list[Given],
        calls: dict[str, int],
        layer: Config,
        args: list[Any],
        kwargs: Config,
        ranks: list[int],
    ) -> None:
        """Record a call of a layer, which may be there already, and its outputs."""
        name = layer["name"]
        if name not in calls:
            layers.append({**layer, "inbound_nodes": []})
            calls[name] = int(layer["class_name"] == "Functional")
        held = next(each for each in layers if each["name"] == name)
        held["inbound_nodes"].append({"args": args, "kwargs": kwargs})
        tensors += [Given((name, calls[name], number), rank) for number, rank in enumerate(ranks)]
        calls[name] += 1

    def _tensor(self, given: Given) -> Config:
        history = list(given.history)
        config = {"shape": [None] * given.rank, "dtype": "float32", "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}

    def _pick(self, tensors: list[Given], *ranks: int) -> Given:
        fitting = [each for each in tensors if each.rank in ranks] if ranks else tensors
        return self._random.choice(fitting if fitting and self._random.random() < 0.93 else tensors)

    def _simple(self, *ranks: int) -> tuple[str, int]:
        names = [
            name
            for name, kind in KINDS.items()
            if name not in (*MERGING, *DTYPES) and not name.startswith(_PREPROCESSING) and kind.rank in (ranks or (kind.rank,))
        ]  # fmt: skip
        name = self._random.choice(names or ["Dropout"])
        return name, KINDS[name].rank

    def _plain(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        given = self._pick(tensors)
        name, _ = self._simple(*({given.rank} if self._random.random() < 0.9 else ()))
        layer = self._layer(name, KINDS[name].draw(self._random))
        flat = {"Flatten": 2, "GlobalMaxPooling1D": 2, "GlobalAveragePooling2D": 2, "RepeatVector": 3}.get(
            name, given.rank
        )
        self._called(layers, tensors, calls, layer, [self._tensor(given)], {}, [flat])

    def _operation(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        key = self._random.choice(sorted(OPERATIONS))
        operation = OPERATIONS[key]
        name = key.split("/")[0]
        layer = self._layer(name, operation.draw(self._random), f"keras.src.ops.{operation.module}")
        if not layer["config"]:
            layer["config"] = {"name": layer["name"]}
        first = self._pick(tensors)
        given = [first, *(self._pick(tensors, first.rank) for _ in range(operation.tensors - 1))]
        args: list[Any] = [self._tensor(each) for each in given]
        if operation.listed:
            args = [args]
        args += operation.further(self._random)
        change = {"ExpandDims": 1, "Stack": 1, "OneHot": 1, "Squeeze": -1, "Argmax": -1, "Unstack": -1}.get(name, 0)
        self._called(layers, tensors, calls, layer, args, {}, [first.rank + change] * operation.outputs)

    def _merging(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        name = self._random.choice(MERGING)
        first = self._pick(tensors)
        given = [first, *(self._pick(tensors, first.rank) for _ in range(self._random.choice([1, 1, 2])))]
        layer = self._layer(name, KINDS[name].draw(self._random))
        self._called(layers, tensors, calls, layer, [[self._tensor(each) for each in given]], {}, [first.rank])

    def _attention(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        random = self._random
        name = random.choice(
            ["MultiHeadAttention", "MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"]
        )
        query = self._pick(tensors, 3)
        others = [random.choice([query, self._pick(tensors, 3)]) for _ in range(random.choice([1, 1, 2]))]
        given = [self._tensor(each) for each in (query, *others)]
        kwargs: Config = {}
        if random.random() < 0.2:
            kwargs["use_causal_mask"] = True
        scores = random.random() < 0.2
        if scores:
            kwargs["return_attention_scores"] = True
        if name == "MultiHeadAttention":
            config: Config = {"num_heads": random.choice([1, 2]), "key_dim": random.choice([1, 2, 3])}
            for key, values in (
                ("value_dim", [2, None]),
                ("output_shape", [5, [2, 3], None]),
                ("attention_axes", [1, [1], [1, 2], 2]),
                ("use_bias", [False]),
                ("use_gate", [True]),
            ):
                if random.random() < 0.25:
                    config[key] = random.choice(values)  # type: ignore[attr-defined]
            if random.random() < 0.3:
                kwargs["value"] = given.pop(1)
        elif name == "GroupedQueryAttention":
            config = {
                "head_dim": 2,
                "num_query_heads": random.choice([2, 4, 3]),
                "num_key_value_heads": random.choice([1, 2]),
            }
        else:
            config = {
                "use_scale": random.random() < 0.5,
                **({"score_mode": "concat"} if name == "Attention" and random.random() < 0.4 else {}),
            }
        layer = self._layer(name, config)
        args = [given] if name.endswith("veAttention") or name == "Attention" else given
        self._called(layers, tensors, calls, layer, args, kwargs, [query.rank] + ([query.rank + 1] if scores else []))

    def _wrapped(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        random = self._random
        kind = random.choice(["TimeDistributed", "TimeDistributed", "Bidirectional", "SpectralNormalization"])
        given = self._pick(tensors, *((3,) if kind == "Bidirectional" else ()))
        rank = given.rank
        if kind == "Bidirectional":
            inner = self._recurrent()
            config: Config = {"layer": inner, "merge_mode": random.choice(["concat", "sum", "ave", None])}
            flags = inner["config"]
            rank = 3 if flags.get("return_sequences") else 2
            if random.random() < 0.25:
                back = self._recurrent()
                config["backward_layer"] = {
                    **back,
                    "config": {**flags, "name": back["name"], "go_backwards": not flags.get("go_backwards")},
                }
        elif kind == "TimeDistributed":
            name, _ = self._simple(rank - 1)
            held = self._layer(name, KINDS[name].draw(random))
            config = {"layer": held if random.random() < 0.8 else self._sequential(rank - 1)}
            if random.random() < 0.1:
                config = {"layer": self._layer("TimeDistributed", config)}
        else:
            name = random.choice(["Dense", "Conv1D", "Conv2D"])
            config = {"layer": self._layer(name, KINDS[name].draw(random)), "power_iterations": random.choice([1, 2])}
        self._called(layers, tensors, calls, self._layer(kind, config), [self._tensor(given)], {}, [rank])

    def _recurrent(self) -> Config:
        name = self._random.choice(["LSTM", "GRU", "SimpleRNN"])
        return self._layer(
            name, {key: value for key, value in KINDS[name].draw(self._random).items() if key != "stateful"}
        )

    def _cells(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        """RNN with one cell or several, and recurrent layers that are given states."""
        random = self._random
        given = self._pick(tensors, 3)
        flags: Config = {
            key: True for key in ("return_sequences", "return_state", "go_backwards", "unroll") if random.random() < 0.3
        }
        cells = [
            self._layer(random.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"]), {"units": random.choice([2, 3, 4])})
            for _ in range(random.choice([1, 1, 2, 3]))
        ]
        several = cells if random.random() < 0.5 else self._layer("StackedRNNCells", {"cells": cells})
        config = {"cell": cells[0] if len(cells) == 1 else several, **flags}
        if len(cells) > 1 and isinstance(several, list):
            config["cell"] = self._layer("StackedRNNCells", {"cells": cells})
        layer = self._layer("RNN", config) if random.random() < 0.6 else self._recurrent()
        if layer["class_name"] != "RNN":
            flags = layer["config"]
        kwargs: Config = {}
        if random.random() < 0.25:
            states = [self._tensor(self._pick(tensors, 2)) for _ in range(random.choice([1, 2]))]
            kwargs["initial_state"] = states if random.random() < 0.8 else states[0]
        ranks = [3 if flags.get("return_sequences") else 2] + [2] * (int(bool(flags.get("return_state"))))
        self._called(layers, tensors, calls, layer, [self._tensor(given)], kwargs, ranks)

    def _sequential(self, rank: int) -> Config:
        layers = []
        if self._random.random() < 0.5:
            shape = [None, *(self._random.choice(_DIMS) for _ in range(rank - 1))]
            layers.append(self._layer("InputLayer", {"batch_shape": shape, "dtype": "float32"}))
        for _ in range(self._random.randint(1, 3)):
            name, _ = self._simple(rank)
            layers.append(self._layer(name, KINDS[name].draw(self._random)))
        return self._layer("Sequential", {"layers": layers}, "keras")

    def _nested(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        given = self._pick(tensors)
        if self._random.random() < 0.6:
            layer = self._sequential(given.rank)
        else:
            layer = self._model(self._random.randint(1, 2), outer=False, rank=given.rank)
            layer["name"] = layer["config"]["name"]
        self._called(layers, tensors, calls, layer, [self._tensor(given)], {}, [given.rank])

    def _again(self, layers: list[Config], tensors: list[Given], calls: dict[str, int]) -> None:
        """A layer that is there is called once more, on another tensor."""
        known = [each for each in layers if each["inbound_nodes"] and "keras.src.ops" not in each["module"]]
        if not known:
            return self._plain(layers, tensors, calls)
        layer = self._random.choice(known)
        before = layer["inbound_nodes"][0]
        if len(before["args"]) != 1 or isinstance(before["args"][0], list):
            return None
        rank = len(before["args"][0]["config"]["shape"])
        given = self._pick(tensors, rank)
        return self._called(layers, tensors, calls, layer, [self._tensor(given)], before["kwargs"], [given.rank])


Step = Callable[[list[Config], list[Given], dict[str, int]], None]
