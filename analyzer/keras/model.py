"""What deserializing a configuration makes: layers, their weights and their calls, without any values.

A dimension is an int, None where Keras itself has it undefined, or UNKNOWN where only we do not know it. A shape that is
None is wholly unknown to us. `Layer.known` says whether the weights of the layer itself are all modelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from analyzer.keras.events import Event
from analyzer.records import NamedTuple, dataclass, field
from analyzer.tables.keras_symbol import KerasSymbol

UNKNOWN = -1

Dim: TypeAlias = int | None
Shape: TypeAlias = tuple[Dim, ...] | None


class Weight(NamedTuple):
    """A variable of a layer. An `alias` is another layer's variable that this one holds too: stored twice, counted once.

    A `table` is no variable, but stands among the weights of Keras 2 (`TrackableWeightHandler`).
    """

    name: str
    shape: Shape
    trainable: bool = True
    alias: bool = False
    table: bool = False


@dataclass(slots=True, eq=False)
class Tensor:
    """A symbolic tensor: its shape, its dtype's name where that matters, and the call that made it."""

    shape: Shape
    dtype: str = ""
    node: Node | None = None
    unranked: bool = False  # Keras itself does not know the rank


@dataclass(slots=True, eq=False)
class Node:
    """One call of a layer; `outputs` are its flattened outputs, `open` when there may be more than we know."""

    layer: Layer
    inputs: list[Tensor]
    outputs: list[Tensor]
    open: bool = False
    arguments: Any = None  # the structure of the inputs
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def output(self, index: int) -> Tensor | None:
        """The output of that number; None where the layer has no such output."""
        if self.open:
            while len(self.outputs) <= index < 1000:
                self.outputs.append(Tensor(None, node=self))
        try:
            return self.outputs[index]
        except IndexError:
            return None


class Opaque:
    """A constant or serialized object among the arguments of a call."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass(slots=True)
class Reading:
    """What reading one node of a functional model came to, beside its inputs."""

    wait: bool = False  # for a call that is still to come
    bad: str = ""
    error: str = ""  # Keras's own words for what is bad
    kwargs: dict[str, Any] = field(default_factory=dict)
    arguments: str = ""  # the type of what stands where `kwargs` should


class BuildError(Exception):
    """Keras refuses this layer on these inputs. `args` are a message of ours and Keras's own words."""

    def __init__(self, message: str, error: str = "", cause: str = "incompatible-input") -> None:
        super().__init__(message)
        self.error = error
        self.cause = cause


class UnimplementedError(BuildError):
    """Keras's NotImplementedError, upon which a Sequential model of Keras 3 stays as it is."""


@dataclass(slots=True, eq=False)
class Layer:
    """A layer, model, cell or operation; `kind` is the name of its class, `symbol` None for a class that is not Keras's."""

    kind: str
    name: str
    config: Mapping[str, Any]
    where: str
    symbol: KerasSymbol | None = None
    known: bool = True
    trainable: bool = True
    built: bool = False
    own: list[Weight] = field(default_factory=list)
    parts: dict[str, Layer] = field(default_factory=dict)  # sublayers by the attribute that holds them
    cells: list[Layer] = field(default_factory=list)  # of StackedRNNCells
    layers: list[Layer] = field(default_factory=list)  # of a model, in the order of `Model.layers`
    nodes: list[Node] = field(default_factory=list)
    inputs: Any = None  # structure of symbolic inputs of a model whose graph is known
    outputs: Any = None
    pins: dict[int, int] = field(default_factory=dict)  # axes of the input that building fixed
    rank: int | None = None  # of the input that it was built for, where every later one has to have it
    is_model: bool = False
    reads: list[Weight] | None = None  # what `load_own_variables` reads, where that has an order of its own
    counted: bool = True  # whether it counts what is stored before it reads
    deferred: list[Event] = field(default_factory=list)  # what goes wrong when it is called
    policy: str = ""  # name of the dtype policy, where the config gives one

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a constructor argument: the config's, else the class's default."""
        if key in self.config:
            return self.config[key]
        parameter = self.symbol.parameter(key) if self.symbol else None
        if parameter is not None and not parameter.required:
            return parameter.default
        return default

    def add(self, name: str, shape: Shape, trainable: bool = True, *, alias: bool = False) -> None:
        """What `add_weight` does."""
        self.own.append(Weight(name, shape, trainable, alias))

    def add_table(self, name: str) -> None:
        """`_add_trackable(table, trainable=False)`."""
        self.own.append(Weight(name, None, trainable=False, table=True))

    def stored(self) -> list[Weight]:
        """What `save_own_variables` writes: the layer's own variables, trainable ones first."""
        if self.reads is not None:
            return self.reads
        return sorted((each for each in self.own if not each.table), key=lambda weight: not weight.trainable)

    def sublayers(self) -> Iterator[Layer]:
        """Directly tracked layers, in the order in which their weights are gathered."""
        yield from self.layers
        yield from self.parts.values()
        yield from self.cells

    def all_known(self) -> bool:
        """Whether all weights below are modelled."""
        return self.known and all(layer.all_known() for layer in self.sublayers())

    def any_built(self) -> bool:
        """Whether the layer or anything in it has been built."""
        return self.built or any(layer.any_built() for layer in self.sublayers())

    def trainable_weights(self) -> list[Weight]:
        """`Layer.trainable_weights`."""
        if not self.trainable:
            return []
        found = [weight for weight in self.own if weight.trainable and not weight.alias]
        for layer in self.sublayers():
            found += layer.trainable_weights()
        return found

    def non_trainable_weights(self) -> list[Weight]:
        """`Layer.non_trainable_weights`: with a frozen layer everything, trainable ones first."""
        nested = list(self.sublayers())
        if self.trainable:
            found = [weight for weight in self.own if not weight.trainable]
            for layer in nested:
                found += layer.non_trainable_weights()
            return found
        if self._adapted():
            found = list(self.own)
        else:
            found = [weight for weight in self.own if weight.trainable]
            found += [weight for weight in self.own if not weight.trainable]
        held = [(weight.name, weight.shape) for weight in self.own if weight.alias]  # which come here, and not again
        for layer in nested:
            found += [each for each in layer.all_weights() if (each.name, each.shape) not in held]
        return found

    def _adapted(self) -> bool:
        """Whether `enable_lora` froze the main weight, which Keras had put among the trainable ones by then."""
        return "_from_" not in self.policy and any(weight.name.startswith("lora_") for weight in self.own)

    def all_weights(self) -> list[Weight]:
        """`Layer.weights`."""
        return self.trainable_weights() + self.non_trainable_weights()


def shape_text(shape: Shape) -> str:
    """A shape for people, question marks where we do not know."""
    if shape is None:
        return "(?)"
    parts = ["?" if dim == UNKNOWN else str(dim) for dim in shape]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def fits(expected: Shape, found: tuple[int, ...], *, rank_only: bool = False) -> bool:
    """Whether a stored shape can be the expected one, as far as we know the latter. Matrices have rows."""
    if expected is None:
        return True
    if len(expected) != len(found):
        return False
    if rank_only:
        return True
    empty = len(found) > 1 and not found[0]
    return all(
        (want in (UNKNOWN, None) and not empty) or want == got for want, got in zip(expected, found, strict=True)
    )


def flatten(structure: Any) -> list[Any]:
    """Leaves of nested lists, tuples and dicts (by sorted key, as tf.nest and keras.tree do)."""
    found: list[Any] = []
    _add_leaves(structure, found)
    return found


def _add_leaves(structure: Any, found: list[Any]) -> None:
    if isinstance(structure, dict):
        for key in sorted(structure, key=str):
            _add_leaves(structure[key], found)
    elif isinstance(structure, (list, tuple)):
        for item in structure:
            _add_leaves(item, found)
    else:
        found.append(structure)


def map_structure(function: Any, structure: Any) -> Any:
    """The structure with its leaves replaced."""
    if isinstance(structure, dict):
        return {key: map_structure(function, value) for key, value in structure.items()}
    if isinstance(structure, list):
        return [map_structure(function, value) for value in structure]
    if isinstance(structure, tuple):
        return tuple(map_structure(function, value) for value in structure)
    return function(structure)


@cache
def snake_case(name: str) -> str:
    """`generic_utils.to_snake_case`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
