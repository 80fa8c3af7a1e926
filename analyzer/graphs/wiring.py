"""The edges of a body, resolved once: which output each input reads.

The top level names its inputs `node`, `node:1`, `^node` (core/framework/node_def.proto); functions name them `argument`,
`node:output_argument:index`, `^node` (core/framework/function.proto), and TensorFlow turns those into the first form before it
imports a function (python/framework/function_def_to_graph.py `function_def_to_graph_def`).

Every output of a body has a number: a function's arguments come first, then the outputs of each node in file order. So columns of
numbers stand for the edges, and rules work on them without looking names up again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from analyzer.graphs.bodies import Body
from analyzer.graphs.op_defs import MOST, OpDefs, attribute, op_defs
from analyzer.parts.graph import NodeKind
from analyzer.records import NamedTuple
from analyzer.target import Target

_MERGE = ("Merge", "RefMerge", "_XlaMerge")
_NEXT = ("NextIteration", "RefNextIteration")
UNKNOWN = -1  # an input whose output cannot be told, because an op's definition is not known, or that leads nowhere


class Unresolved(NamedTuple):
    """An input that leads nowhere, and why, in TensorFlow's words."""

    position: int
    name: str
    error: str
    python_only: bool = False  # core/framework/function.cc knows the spelling, function_def_to_graph.py does not


class _Outputs(NamedTuple):
    """The outputs of a kind of node: their names behind the node's, and their types; `known` is False without definition."""

    suffixes: tuple[str, ...]
    types: tuple[int, ...]
    known: bool


class Wiring:
    """A body's edges. `sources[position]` has the output numbers of a node's data inputs."""

    def __init__(self, body: Body, ops: OpDefs) -> None:
        self._body = body
        self._kinds = _outputs_of(body, ops)
        self._numbers: dict[str, int] = {}
        self.types: list[int] = []
        self.first: list[int] = []
        self.unresolved: list[Unresolved] = []
        self._early: set[int] = set()  # positions of nodes that stand before one of their inputs
        self.controls: dict[int, list[int]] = {}  # positions of control inputs, by position
        self._number_outputs()
        self.types.append(0)  # what UNKNOWN points at
        self.sources = self._resolve()

    def owner(self, output: int) -> int:
        """The position of an output's node; negative for an argument."""
        return bisect_right(self.first, output) - 1

    def output(self, name: str) -> int | None:
        """The number of a tensor by its name in this body, UNKNOWN where it cannot be told, None where there is none."""
        number = self._numbers.get(name)
        return number if number is not None else self._look_up(name)

    @cached_property
    def order(self) -> tuple[Sequence[int], Sequence[int]]:
        """The order in which TensorFlow takes the nodes, each behind its inputs, and the positions that it never gets to.

        The edge from a NextIteration to a Merge may lead back (core/common_runtime/graph_constructor.cc `InitFromEdges`).
        Nodes are mostly written in such an order, so only those that are not, and those behind them, are sorted.
        """
        if not self._early:
            return range(len(self.first)), ()
        by_op = self._body.nodes.by_op
        following = {position for op in _NEXT for position in by_op.get(op, ())}
        merges = {position for op in _MERGE for position in by_op.get(op, ())} if following else set()
        early = {position for position in self._early if self._waits(position, merges, following)}
        if not early:
            return range(len(self.first)), ()
        order, left = self._put_off(early)
        return self._sort(order, left, merges, following)

    def _waits(self, position: int, merges: set[int], following: set[int]) -> bool:
        sources = [self.owner(number) for number in self.sources[position] if number != UNKNOWN]
        sources += self.controls.get(position, ())
        return any(source >= position and not (position in merges and source in following) for source in sources)

    def _put_off(self, early: set[int]) -> tuple[list[int], list[int]]:
        """The positions that can be taken as they stand, and those that wait for one that comes later."""
        order, left = list(range(min(early))), []
        blocked: set[int] = set()  # outputs of nodes that are put off
        absent: set[int] = set()  # positions of such nodes
        ends = [*self.first[1:], len(self.types) - 1]
        for position in range(len(order), len(self.first)):
            if (
                position in early
                or not blocked.isdisjoint(self.sources[position])
                or not absent.isdisjoint(self.controls.get(position, ()))
            ):
                left.append(position)
                absent.add(position)
                blocked.update(range(self.first[position], ends[position]))
            else:
                order.append(position)
        return order, left

    def _sort(
        self, order: list[int], left: list[int], merges: set[int], following: set[int]
    ) -> tuple[Sequence[int], Sequence[int]]:
        """The order with what was put off in its place; what is left then is in circles or behind one."""
        waiting = dict.fromkeys(left, 0)
        followers: dict[int, list[int]] = {}
        for position in left:
            sources = [self.owner(number) for number in self.sources[position] if number != UNKNOWN]
            for source in (*sources, *self.controls.get(position, ())):
                if source in waiting and not (position in merges and source in following):
                    followers.setdefault(source, []).append(position)
                    waiting[position] += 1
        ready = [position for position, count in waiting.items() if not count]
        while ready:
            position = ready.pop()
            order.append(position)
            for follower in followers.get(position, ()):
                waiting[follower] -= 1
                if not waiting[follower]:
                    ready.append(follower)
        return order, [position for position, count in waiting.items() if count]

    def _number_outputs(self) -> None:
        body, numbers, types, first = self._body, self._numbers, self.types, self.first
        function = body.graph.functions[body.function] if body.function is not None else None
        for argument in function.inputs if function is not None else ():
            numbers[argument.name] = len(types)
            types.append(argument.type)
        for name, (suffixes, kinds_types, _) in zip(
            body.nodes.names, map(self._kinds.__getitem__, body.nodes.kinds), strict=True
        ):
            number = len(types)
            first.append(number)
            types += kinds_types
            for suffix in suffixes:
                numbers[name + suffix] = number
                number += 1

    def _resolve(self) -> list[tuple[int, ...]]:
        find = self._numbers.get
        first = self.first
        sources: list[tuple[int, ...]] = []
        for position, inputs in enumerate(self._body.nodes.inputs):
            found: tuple[Any, ...] = tuple(map(find, inputs))
            if None in found:
                sources.append(self._resolve_slowly(position, inputs))
                continue
            sources.append(found)
            if found and max(found) >= first[position]:
                self._early.add(position)
        return sources

    def _resolve_slowly(self, position: int, inputs: Sequence[str]) -> tuple[int, ...]:
        """As `_resolve`, for control inputs, for other spellings, and for what leads nowhere."""
        found = []
        for name in inputs:
            if name.startswith("^"):
                self._control(position, name)
                continue
            number = self._numbers.get(name)
            if number is None:
                number = self._look_up(name)
                if number is None:
                    number = self.in_short(name)
                    python_only = number != UNKNOWN
                    self.unresolved.append(Unresolved(position, name, self._complaint(position, name), python_only))
                elif number == UNKNOWN:
                    self._wait_for(position, name)
            if number >= self.first[position]:
                self._early.add(position)
            found.append(number)
        return tuple(found)

    def _wait_for(self, position: int, name: str) -> None:
        """Keep the order of nodes also where the output cannot be told."""
        source = self._body.nodes.index.get(name.partition(":")[0])
        if source is not None:
            self.controls.setdefault(position, []).append(source)
            if source >= position:
                self._early.add(position)

    def _control(self, position: int, name: str) -> None:
        source = self._body.nodes.index.get(name[1:])
        if source is not None:
            self.controls.setdefault(position, []).append(source)
            if source >= position:
                self._early.add(position)
        elif not self._is_argument(name[1:]):
            error = f"KeyError: {name!r}" if self._body.function is not None else self._unknown_node(position, name)
            self.unresolved.append(Unresolved(position, name, error))

    def _is_argument(self, name: str) -> bool:
        function = self._body.graph.functions[self._body.function] if self._body.function is not None else None
        return function is not None and self._numbers.get(name, UNKNOWN) in range(len(function.inputs))

    def _look_up(self, name: str) -> int | None:
        """A spelling that is not in the table: `node:0` at the top level, or the output of an op without definition."""
        nodes = self._body.nodes
        if self._body.function is None:
            node, colon, tail = name.rpartition(":")
            if colon and tail.isdigit():
                position = nodes.index.get(node)
                if position is not None and int(tail) == 0:
                    return self._numbers.get(node, None if self._kinds[nodes.kinds[position]].known else UNKNOWN)
            else:
                position = nodes.index.get(name)
        else:
            parts = name.split(":")
            position = nodes.index.get(parts[0]) if len(parts) == 3 and parts[2].isdigit() else None
        if position is None or self._kinds[nodes.kinds[position]].known:
            return None
        return UNKNOWN

    def in_short(self, name: str) -> int:
        """`node:output_argument` and `argument:0` of a function, which `BuildNodeOutputIndex` and `BuildInputArgIndex` name too."""
        if self._body.function is None:
            return UNKNOWN
        node, _, tail = name.rpartition(":")
        is_argument = tail == "0" and ":" not in node and node not in self._body.nodes.index
        other = node if is_argument else f"{name}:0"
        return self._numbers.get(other, UNKNOWN)

    def _complaint(self, position: int, name: str) -> str:
        if self._body.function is not None:
            return f"KeyError: {name!r}"
        nodes = self._body.nodes
        node, colon, tail = name.rpartition(":")
        source, output = nodes.index.get(name), 0
        if source is None and colon and tail.isdigit():
            source, output = nodes.index.get(node), int(tail)
        if source is None:
            return self._unknown_node(position, name)
        count = len(self._kinds[nodes.kinds[source]].types)
        text = f"Node '{nodes.names[position]}': Connecting to invalid output {output} of source node "
        return text + f"{nodes.names[source]} which has {count} outputs."

    def _unknown_node(self, position: int, name: str) -> str:
        return f"Node '{self._body.nodes.names[position]}': Unknown input node '{name}'"


class _OutputsOf(dict[NodeKind, _Outputs]):
    """The outputs of kinds of nodes, as the top level names them or as functions do; worked out when first asked for."""

    def __init__(self, ops: OpDefs, top: bool) -> None:
        super().__init__()
        self._ops = ops
        self._top = top

    def __missing__(self, kind: NodeKind) -> _Outputs:
        found = self[kind] = self._outputs(kind)
        return found

    def _outputs(self, kind: NodeKind) -> _Outputs:
        found = self._ops.in_out(kind)
        if found is None or found.outputs.error:
            return _Outputs((), (), False)
        types = found.outputs.types
        if self._top:
            return _Outputs(("", *(f":{number}" for number in range(1, len(types))))[: len(types)], types, True)
        suffixes: list[str] = []
        op = self._ops.registered(kind.op)
        for arg in self._ops.output_args(kind.op) or ():
            count: object = 1
            if arg.number_attr:
                count = attribute(kind, arg.number_attr, op)
            elif arg.type_list_attr:
                values = attribute(kind, arg.type_list_attr, op)
                count = len(values) if isinstance(values, tuple) else 0
            suffixes += [f":{arg.name}:{number}" for number in range(min(count, MOST) if isinstance(count, int) else 0)]
        return _Outputs(tuple(suffixes), types, True)


def _outputs_of(body: Body, ops: OpDefs) -> _OutputsOf:
    key = (_OutputsOf, ops, body.function is None)
    found: _OutputsOf | None = body.graph.derived.get(key)
    if found is None:
        found = body.graph.derived[key] = _OutputsOf(ops, body.function is None)
    return found


def wiring(body: Body, target: Target) -> Wiring:
    """The wiring of a body for a target's ops, made once however many rules ask."""
    ops = op_defs(body.graph, target)
    key = (Wiring, body.nodes, ops)
    found: Wiring | None = body.graph.derived.get(key)
    if found is None:
        found = body.graph.derived[key] = Wiring(body, ops)
    return found
