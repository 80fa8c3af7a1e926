"""A GraphDef as its bytes describe it: nodes in columns, functions, versions. Names are those of graph.proto."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from analyzer.records import NamedTuple, dataclass, field


class Attr(NamedTuple):
    """An attribute's value.

    `kind` is AttrValue's own field name: `s` (bytes), `i`, `f`, `b`, `type` (DataType number), `shape` (tuple of sizes, -1
    unknown; None for unknown rank), `tensor` (TensorValue), `list` (tuple of values; `element` says their kind, empty
    for an empty list), `func` (Func), `placeholder` (str), or the empty string when no field is set.
    """

    kind: str
    value: Any
    element: str = ""


class Func(NamedTuple):
    """A NameAttrList: a function by name, with the attributes it is instantiated with."""

    name: str
    attrs: Mapping[str, Attr]


class TensorValue(NamedTuple):
    """A TensorProto: `values` counts the typed repeated field, `content` is the length of tensor_content in bytes.

    `small` holds the decoded elements as a flat tuple where there are at most 64, else None.
    """

    dtype: int
    shape: tuple[int, ...] | None
    values: int
    content: int
    small: tuple[Any, ...] | None


class NodeKind:
    """An op with its attributes by name. Nodes that agree in both share one NodeKind, so that it is checked once."""

    __slots__ = ("attrs", "op")

    def __init__(self, op: str, attrs: Mapping[str, Attr]) -> None:
        self.op = op
        self.attrs = attrs

    def __repr__(self) -> str:
        return f"NodeKind({self.op!r}, {self.attrs!r})"


class Node(NamedTuple):
    """One node, for those who look at single nodes; whole graphs are read by column."""

    name: str
    kind: NodeKind
    inputs: Sequence[str]
    device: str

    @property
    def op(self) -> str:
        """The op's name."""
        return self.kind.op


class Nodes:
    """The nodes of a graph or of a function body, in columns of equal length and in file order.

    Each column is read when first asked for: a scan for ops and devices never reads the edges.
    """

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        kinds: Callable[[], Sequence[NodeKind]],
        inputs: Callable[[], Sequence[Sequence[str]]],
        devices: Callable[[], Sequence[str]],
    ) -> None:
        self._columns = (names, kinds, inputs, devices)

    @cached_property
    def names(self) -> Sequence[str]:
        """The nodes' names."""
        return self._columns[0]()

    @cached_property
    def kinds(self) -> Sequence[NodeKind]:
        """The nodes' ops and attributes."""
        return self._columns[1]()

    @cached_property
    def inputs(self) -> Sequence[Sequence[str]]:
        """The nodes' inputs as written: `node`, `node:1`, `^control`; `node:output:0` within functions."""
        return self._columns[2]()

    @cached_property
    def devices(self) -> Sequence[str]:
        """The nodes' device specifications, empty where there is none."""
        return self._columns[3]()

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position by name; the last of equal names wins."""
        return {name: position for position, name in enumerate(self.names)}

    @cached_property
    def by_kind(self) -> Mapping[NodeKind, Sequence[int]]:
        """Positions by kind."""
        found: dict[NodeKind, list[int]] = {}
        for position, kind in enumerate(self.kinds):
            found.setdefault(kind, []).append(position)
        return found

    @cached_property
    def by_op(self) -> Mapping[str, Sequence[int]]:
        """Positions by op name."""
        found: dict[str, list[int]] = {}
        for kind, positions in self.by_kind.items():
            found.setdefault(kind.op, []).extend(positions)
        return found

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Node]:
        return map(Node, self.names, self.kinds, self.inputs, self.devices)

    def __getitem__(self, position: int) -> Node:
        return Node(self.names[position], self.kinds[position], self.inputs[position], self.devices[position])


class Arg(NamedTuple):
    """An ArgDef of a function's signature or of an op definition in the file."""

    name: str
    type: int
    type_attr: str = ""
    number_attr: str = ""
    type_list_attr: str = ""
    is_ref: bool = False


class AttrSpec(NamedTuple):
    """An AttrDef of an op definition that the artifact carries (`stripped_op_list`) or of a function's signature."""

    name: str
    type: str
    default: Attr | None


class FileOp(NamedTuple):
    """An op definition that the artifact carries in MetaInfoDef.stripped_op_list."""

    name: str
    inputs: Sequence[Arg]
    outputs: Sequence[Arg]
    attrs: Sequence[AttrSpec]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A FunctionDef. Functions that share their `nodes` differ in nothing but their names."""

    name: str
    inputs: tuple[Arg, ...]
    outputs: tuple[Arg, ...]
    nodes: Nodes
    ret: Mapping[str, str]  # output argument -> `node:output:0` or an input's name
    control_ret: Mapping[str, str]
    control_outputs: tuple[str, ...]
    attrs: Mapping[str, Attr]
    arg_attrs: Mapping[int, Mapping[str, Attr]]
    attr_specs: tuple[AttrSpec, ...] = ()
    resource_arg_unique_id: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphVersions:
    """A VersionDef."""

    producer: int = 0
    min_consumer: int = 0
    bad_consumers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A GraphDef: top-level nodes, function library, versions."""

    nodes: Nodes
    functions: Mapping[str, Function]
    repeating_library: tuple[
        str, ...
    ]  # the names of functions as they stand in the library, if some stand there again; else none
    redefined_functions: tuple[str, ...]  # of these, those that stand for another function than before
    gradients: Mapping[str, str]  # function -> its gradient function (GradientDef)
    registered_gradients: Mapping[str, str]  # gradient function -> registered op type (RegisteredGradient)
    versions: GraphVersions
    has_library: bool = False
    derived: dict[Any, Any] = field(default_factory=dict, repr=False)  # what rules derive, once however many read it

    @property
    def kinds(self) -> Iterable[NodeKind]:
        """Every kind of node, of the top level and of functions."""
        found: Mapping[NodeKind, None] | None = self.derived.get(NodeKind)
        if found is None:
            every = chain.from_iterable(nodes.kinds for _, nodes in self.bodies())
            found = self.derived[NodeKind] = dict.fromkeys(every)
        return found

    def bodies(self) -> Iterator[tuple[str | None, Nodes]]:
        """The top-level nodes under None, then each function's under its name."""
        yield None, self.nodes
        for name, function in self.functions.items():
            yield name, function.nodes
