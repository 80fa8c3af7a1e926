"""Functions of a library that share a name with each other, or with an op.

## Why it matters

"Cannot add function 'f' because a different function with the same name already exists.", "Cannot add function 'MatMul' because an
op with the same name already exists." (core/framework/function.cc `FunctionLibraryDefinition::AddFunctionDef`): sessions and
graph imports take the library whole. Equal definitions may stand twice there. `tf.saved_model.load` renames functions, so it does not mind
those names, but its sort counts definitions: "('There is a cyclic dependency between functions. ', 'Could not resolve [].')", and since 2.9
it looks for the second of two under the name that it has given to the first: "KeyError: 'f'" for `__inference_f_12`
(python/saved_model/function_deserialization.py `_sort_function_defs`, `_fix_fdef_in_place`, `_clean_function_name`).

## How to fix

Rename or delete one of them, or export again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.constants import is_unreadable
from analyzer.graphs.function_order import dependencies, taken, too_early
from analyzer.graphs.op_defs import op_defs
from analyzer.parts.graph import Graph, TensorValue
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

_COMPARES_TENSORS = "2.6"  # seen in 2.6 and later; 1.15, 2.4 and 2.5 take them for equal
_WRAPPED = re.compile(r"^__inference_(.*)_\d+$")
rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.ADD_LIBRARY, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each name that a library defines twice, and each that is an op's."""
    for file, owner, graph in artifact.graphs():
        ops = op_defs(graph, target) if graph.functions else None
        for name in graph.functions:
            if ops is not None and ops.registered(name) is not None:
                yield _finding(file, owner, name, f"function {name!r} has the name of an op", "an op")
        for name in dict.fromkeys(graph.redefined_functions):
            yield _finding(file, owner, name, f"two different functions are called {name!r}", "a different function")
        for name, why in _unequal(graph, target):
            yield rule.found(
                f"function {name!r} {why}: added twice, it is taken for two",
                Location(file, f"graph/{owner}"),
                check=Check.GRADIENTS,
                tensorflow_error=f"Cannot add function '{name}' because a different function with the same name already exists.",
                remedy="export again",
                function=name,
            )
        if graph.repeating_library:
            yield from _sorted(file, graph, target)


def _sorted(file: str, graph: Graph, target: Target) -> Iterator[Finding]:
    """What the sort makes of functions that stand in the library again."""
    waits, library = dependencies(graph, target), graph.repeating_library
    again = sorted(name for name, count in Counter(library).items() if count > 1)
    if target.at_least("2.9"):
        yield from _renamed(file, graph, waits, again)
    order = taken(waits, library)
    early, needed = too_early(waits, order)
    if len(order) == len(library):
        error = f"KeyError: {needed!r}"
    else:
        error = "('There is a cyclic dependency between functions. ', 'Could not resolve [].')"
    if early or (len(order) != len(library) and len(taken(waits, tuple(waits))) == len(waits)):
        yield rule.found(
            f"function {again[0]!r} stands {library.count(again[0])} times in the library, which the order of functions does not survive",
            [Location(file, f"function/{name}") for name in again],
            check=Check.FUNCTION_SORT,
            tensorflow_error=error,
            remedy="delete what stands there twice",
        )


def _renamed(file: str, graph: Graph, waits: Mapping[str, set[str]], again: Iterable[str]) -> Iterator[Finding]:
    """Functions that come out of the sort twice, the second time as what the first is called by then."""
    for name in again:
        match = _WRAPPED.search(name)
        if match is not None and not waits.get(name) and match[1] not in graph.functions:
            yield rule.found(
                f"function {name!r} stands twice in the library",
                Location(file, f"function/{name}"),
                check=Check.FUNCTION_SORT,
                tensorflow_error=f"KeyError: {match[1]!r}",
                remedy="delete what stands there twice",
            )


def _unequal(graph: Graph, target: Target) -> Iterator[tuple[str, str]]:
    """Functions that are not equal to themselves, and why.

    Python's import adds each function again once the graph is there (python/framework/importer.py, `from_library`).
    core/framework/node_def_util.cc `EqualRepeatedNodeDef` compares nodes by name, each once; attr_value_util.cc
    `AreTensorProtosEqual` parses both tensors.
    """
    compares = target.at_least(_COMPARES_TENSORS)
    wrong = {
        kind for kind in graph.kinds if compares and any(_is_unreadable(attr.value) for attr in kind.attrs.values())
    }
    for name, nodes in graph.bodies():
        if name is None:
            continue
        if len(nodes.index) < len(nodes):
            yield name, "has nodes of the same name"
        elif wrong and not wrong.isdisjoint(nodes.by_kind):
            yield name, "holds a constant that cannot be made into a tensor"


def _is_unreadable(value: object) -> bool:
    return isinstance(value, TensorValue) and is_unreadable(value)


def _finding(file: str, owner: str, name: str, message: str, other: str) -> Finding:
    return rule.found(
        message,
        Location(file, f"graph/{owner}"),
        tensorflow_error=f"Cannot add function '{name}' because {other} with the same name already exists.",
        remedy="rename the function, or export again",
        function=name,
    )


_F = 'function {{ signature {{ name: "{}" }} {} }}'
_CALLS = 'node_def { name: "n" op: "PartitionedCall" attr { key: "f" value { func { name: "g" } } } }'
_G = _F.format("g", "")
_C = 'node_def {{ name: "c" op: "Const" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} attr {{ key: "value" value {{ tensor {{ {} tensor_shape {{ }} }} }} }} }}'
_NODE = 'node_def { name: "n" op: "NoOp" }'
_OTHER = 'node_def { name: "m" op: "NoOp" }'

rule.examples(
    ok(graph_def=f"library {{ {_F.format('f', '')} {_F.format('g', '')} }}"),
    ok(graph_def=f"library {{ {_F.format('f', '')} {_F.format('f', '')} }}"),
    ok(graph_def='node { name: "f" op: "NoOp" }'),
    bad(
        "different functions are called 'f'",
        graph_def=f"library {{ {_F.format('f', '')} {_F.format('f', _CALLS)} {_G} }}",
    ),
    bad(
        "function 'f' stands 2 times", graph_def=f"library {{ {_F.format('f', _CALLS)} {_F.format('f', _CALLS)} {_G} }}"
    ),
    bad(
        "function 'f' stands 2 times",
        graph_def=f"library {{ {_G} {_F.format('f', '')} {_F.format('h', _CALLS + _CALLS.replace('g', 'f'))} {_F.format('f', '')} }}",
    ),
    ok(graph_def=f"library {{ {_F.format('f', '')} {_F.format('f', '')} {_F.format('h', _CALLS.replace('g', 'f'))} }}"),
    ok(graph_def=f"library {{ {_F.format('f', _C.format('dtype: DT_FLOAT float_val: 1'))} }}"),
    ok(graph_def=f"library {{ {_F.format('f', _C.format('float_val: 1'))} }}", target="tensorflow==2.1.0"),
    ok(graph_def=_C.format("float_val: 1").replace("node_def", "node")),
    ok(graph_def="library {{ {0} {0} }}".format(_F.format("__inference_f_1", "")), target="tensorflow==2.8.0"),
    bad("stands twice", graph_def="library {{ {0} {0} }}".format(_F.format("__inference_f_1", ""))),
    bad("is taken for two", graph_def=f"library {{ {_F.format('f', _C.format('float_val: 1'))} }}"),
    bad("is taken for two", graph_def=f"library {{ {_F.format('f', _NODE + _NODE)} }}"),
    ok(graph_def=f"library {{ {_F.format('f', _NODE + _OTHER)} }}"),
    bad("'MatMul' has the name of an op", graph_def=f"library {{ {_F.format('MatMul', '')} }}"),
)
