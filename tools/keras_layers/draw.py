"""Models of one random layer, or a chain of them, as Keras 2 and Keras 3 write their configuration."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tools.keras_layers.graphs import DIMS, Graph, Names
from tools.keras_layers.pools import DTYPES, KINDS, MERGING

Config = dict[str, Any]
_DIMS = (2, 3, 4, 5, 6, 8, 9, 12)


class Drawing:
    """Draws models; equal seeds draw equal ones."""

    def __init__(self, seed: int, *, keras_3: bool) -> None:
        self._random = Random(seed)
        self._keras_3 = keras_3
        self._count = 0

    def models(self, count: int) -> Iterator[Config]:
        """Functional models: one layer called on one input or two, or a chain of two to four layers of fitting rank."""
        for _ in range(count):
            random = self._random
            name = random.choice(sorted(KINDS))
            rank = KINDS[name].rank if random.random() < 0.88 else random.randint(1, 6)
            shapes = [self._shape(rank)]
            if name in MERGING:
                shapes.append(
                    shapes[0] if random.random() < 0.5 else self._shape(random.choice([rank, rank, rank - 1]))
                )
            chain = [name]
            if name not in MERGING and name not in DTYPES and random.random() < 0.4:
                following = [
                    each for each, kind in KINDS.items() if kind.rank == rank and each not in (*MERGING, *DTYPES)
                ]
                chain += random.choices(following or ["Dropout"], k=random.randint(1, 3))
            yield self._functional(chain, shapes, DTYPES.get(name, "float32"))

    def graphs(self, count: int) -> Iterator[Config]:
        """Functional models of Keras 2 of a few calls, which hold models and wrappers."""
        for _ in range(count):
            random = self._random
            graph = Graph(random, Names())
            rank = random.choice([2, 3, 3, 4, 4, 5])
            shapes = [[None, *(None if random.random() < 0.05 else random.choice(DIMS) for _ in range(rank - 1))]]
            shapes += [
                shapes[0] if random.random() < 0.6 else self._shape(rank) for _ in range(random.choice([0, 0, 1]))
            ]
            yield graph.model(shapes, random.randint(1, 4), random.choice(["float32"] * 12 + ["float16", "int32"]))

    def _shape(self, rank: int) -> list[int | None]:
        random = self._random
        return [None, *(None if random.random() < 0.04 else random.choice(_DIMS) for _ in range(rank - 1))]

    def _functional(self, chain: list[str], shapes: list[list[int | None]], dtype: str) -> Config:
        layers, called = [], []
        for number, shape in enumerate(shapes):
            key = "batch_shape" if self._keras_3 else "batch_input_shape"
            layers.append(
                {**self._layer("InputLayer", {key: shape, "dtype": dtype}, f"x{number}"), "inbound_nodes": []}
            )
            called.append(f"x{number}")
        first = called
        for name in chain:
            self._count += 1
            layer = self._layer(name, KINDS[name].draw(self._random), f"{name.lower()}_{self._count}")
            layers.append({**layer, "inbound_nodes": [self._node(called, shapes)]})
            called = [layer["name"]]
        config = {
            "name": "m",
            "layers": layers,
            "input_layers": [[name, 0, 0] for name in first],
            "output_layers": [[called[0], 0, 0]],
        }
        if not self._keras_3:
            return {"class_name": "Model", "config": config}
        return {
            "module": "keras.src.models.functional",
            "class_name": "Functional",
            "registered_name": "Functional",
            "config": config,
        }

    def _layer(self, class_name: str, config: Config, name: str) -> Config:
        layer = {"class_name": class_name, "name": name, "config": {"name": name, **config}}
        return {**layer, "module": "keras.layers", "registered_name": None} if self._keras_3 else layer

    def _node(self, names: list[str], shapes: list[list[int | None]]) -> Any:
        """A call on one tensor, or on a list of them; Keras 3 does not compare the shapes that it wrote beside."""
        if not self._keras_3:
            return [[name, 0, 0, {}] for name in names]
        tensors = [
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]},
            }
            for name, shape in zip(names, shapes, strict=False)
        ]
        return {"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {}}
