"""Op definitions as a target's loaders find them: functions of the library first, then registered ops.

core/framework/function.cc `FunctionLibraryDefinition::LookUp`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from analyzer.parts.graph import Arg, Attr, Function, Graph, NodeKind
from analyzer.records import NamedTuple
from analyzer.tables.ops import ArgDef, OpDef, OpTable, ops
from analyzer.target import Target

REF = 100  # kDataTypeRefOffset


class Types(NamedTuple):
    """DataType numbers of a node's inputs or outputs, references plus 100; `error` says why they cannot be told."""

    types: tuple[int, ...]
    error: str = ""


class InOut(NamedTuple):
    """A node's input and output types (core/framework/node_def_util.cc `InOutTypesForNode`)."""

    inputs: Types
    outputs: Types


class OpDefs:
    """The ops of one target, with the functions of one graph."""

    def __init__(self, target: Target, functions: Mapping[str, Function]) -> None:
        self._table: OpTable = ops(target.release)
        self._functions = functions
        self._in_out: dict[NodeKind, InOut | None] = {}
        self._libraries = target.libraries

    def registered(self, op: str) -> OpDef | None:
        """The definition of a registered op, of TensorFlow itself."""
        found: OpDef | None = self._table.get(op)
        return found

    def known(self, op: str) -> bool:
        """Whether a loader finds the op: a function of the library, TensorFlow's own, or an installed library's."""
        return op in self._functions or op in self._table or self._in_installed_library(op)

    def _in_installed_library(self, op: str) -> bool:
        if not self._libraries:
            return False
        from analyzer.tables.libraries import registers

        return any(registers(name, version, op) for name, version in self._libraries.items())

    def output_args(self, op: str) -> Sequence[ArgDef | Arg] | None:
        """The output arguments of an op or function; None for an op whose definition we do not have."""
        function = self._functions.get(op)
        if function is not None:
            return function.outputs
        definition = self.registered(op)
        return definition.outputs if definition is not None else None

    def in_out(self, kind: NodeKind) -> InOut | None:
        """The types of a node's inputs and outputs; None for an op whose definition we do not have."""
        try:
            return self._in_out[kind]
        except KeyError:
            found = self._in_out[kind] = self._derive(kind)
            return found

    def _derive(self, kind: NodeKind) -> InOut | None:
        function = self._functions.get(kind.op)
        if function is not None:
            return InOut(_types(kind, function.inputs, None), _types(kind, function.outputs, None))
        op = self.registered(kind.op)
        return InOut(_types(kind, op.inputs, op), _types(kind, op.outputs, op)) if op is not None else None


def op_defs(graph: Graph, target: Target) -> OpDefs:
    """The ops of a target with a graph's functions, made once however many rules ask."""
    libraries = tuple(sorted(target.libraries.items())) if target.libraries else ()
    key = (OpDefs, target.release, libraries)
    found: OpDefs | None = graph.derived.get(key)
    if found is None:
        found = graph.derived[key] = OpDefs(target, graph.functions)
    return found


T = TypeVar("T")
MOST = 65536  # tensors that one argument stands for: a number in a file costs no more than so many


def of_registered(
    target: Target, judge: Callable[[NodeKind, OpDef], Iterable[T]]
) -> Callable[[Graph], Callable[[NodeKind], Iterable[T]]]:
    """A graph's judge, for one of the kinds whose op is registered and no function."""

    def judge_of(graph: Graph) -> Callable[[NodeKind], Iterable[T]]:
        functions, registered = graph.functions, op_defs(graph, target).registered

        def judged(kind: NodeKind) -> Iterable[T]:
            op = registered(kind.op) if kind.op not in functions else None
            return judge(kind, op) if op is not None else ()

        return judged

    return judge_of


def _types(kind: NodeKind, args: Sequence[ArgDef | Arg], op: OpDef | None) -> Types:
    found: list[int] = []
    for arg in args:
        types = _types_of_arg(kind, arg, op)
        if isinstance(types, str):
            return Types((), types)
        found += [each + REF if arg.is_ref else each for each in types]
    return Types(tuple(found))


def _types_of_arg(kind: NodeKind, arg: ArgDef | Arg, op: OpDef | None) -> Sequence[int] | str:
    """The types of one argument (`AddArgToSig`), or what is wrong."""
    if arg.type_list_attr:
        values = attribute(kind, arg.type_list_attr, op)
        if values is None and arg.type_list_attr in kind.attrs:
            return ()  # not set is an empty list (core/framework/attr_value_util.cc `AttrValueHasType`)
        return values if isinstance(values, tuple) else f"no list of types in attr '{arg.type_list_attr}'"
    if arg.type_attr:
        one = attribute(kind, arg.type_attr, op)
        if not isinstance(one, int) or isinstance(one, bool):
            return f"no type in attr '{arg.type_attr}'"
    else:
        one = arg.type
    if not arg.number_attr:
        return (one,)
    count = attribute(kind, arg.number_attr, op)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        return f"no number in attr '{arg.number_attr}'"
    return (one,) * min(count, MOST)


def attribute(kind: NodeKind, name: str, op: OpDef | None) -> object:
    """The plain value of an attribute: the node's own, else the definition's default, else None."""
    attr: Attr | None = kind.attrs.get(name)
    if attr is not None and attr.kind:
        return attr.value
    if op is not None and name in op.attrs and op.attrs[name].has_default:
        return op.attrs[name].default
    return None
