"""A function that is called, or that an object names, and is not in the library.

## Why it matters

`tf.saved_model.load` sorts the library by dependencies before it imports anything, and a callee that is missing looks to it like
a cycle: ValueError "('There is a cyclic dependency between functions. ', "Could not resolve ['__inference_f_1']")"
(python/saved_model/function_deserialization.py `_sort_function_defs`). Where top-level nodes or objects name the missing
function the error is a KeyError with its name. Sessions meet it when a node that calls it is looked at or run.

## How to fix

Export again; the library was stripped or edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Judge, nodes_with
from analyzer.graphs.calls import named_by
from analyzer.graphs.function_order import awaited
from analyzer.parts.graph import Graph, NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNCTION_SORT, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each missing function once for the nodes that call it, and once for the objects that name it."""
    places: dict[tuple[str, bool], list[Location]] = {}
    for body, _, positions, (name, top) in nodes_with(artifact, lambda graph: _missing(graph, target)):
        if top == (body.function is None):
            places.setdefault((name, top), []).extend(body.at(positions))
    for (name, top), where in places.items():
        error = f"('There is a cyclic dependency between functions. ', \"Could not resolve [...]\") because of {name}"
        yield rule.found(
            f"function {name!r} is called and is not in the library",
            where,
            check=Check.FUNCTION_LIBRARY if top else Check.FUNCTION_SORT,
            tensorflow_error=f"KeyError: '{name}'" if top else error,
            remedy="export the model again",
            function=name,
        )
    yield from _objects(artifact)


def _missing(graph: Graph, target: Target) -> Judge[tuple[str, bool]]:
    """The missing functions that a node calls, at the top level (True) and within a function."""
    functions, waits = graph.functions, awaited(graph, target)

    def missing(kind: NodeKind) -> Iterator[tuple[str, bool]]:
        yield from ((name, True) for name in named_by(kind) if name not in functions)
        yield from ((name, False) for name in waits.get(kind, ()) if name not in functions)

    return missing


def _objects(artifact: Artifact) -> Iterator[Finding]:
    for file, meta_graph in (
        ((artifact.saved_model.file, each) for each in artifact.meta_graphs) if artifact.saved_model else ()
    ):
        if meta_graph.objects is None:
            continue
        places: dict[str, list[Location]] = {}
        for number, each in enumerate(meta_graph.objects.nodes):
            for name in each.concrete_functions:
                if name not in meta_graph.graph.functions:
                    places.setdefault(name, []).append(Location(file, f"object/{number}"))
        for name in meta_graph.objects.concrete_functions:
            if name not in meta_graph.graph.functions:
                places.setdefault(name, []).append(Location(file, f"concrete_function/{name}"))
        for name, where in places.items():
            yield rule.found(
                f"{where[0].area.replace('_', ' ')} {where[0].owner} names function {name!r}, which is not in the library",
                where,
                check=Check.OBJECTS,
                tensorflow_error=f"KeyError: '{name}'",
                remedy="export the model again",
                function=name,
            )


_CALL = 'op: "PartitionedCall" attr {{ key: "f" value {{ func {{ name: "{}" }} }} }}'

rule.examples(
    ok(graph_def=f'node {{ name: "x" {_CALL.format("f")} }} library {{ function {{ signature {{ name: "f" }} }} }}'),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(
        saved_model="""meta_graphs { graph_def { library { function { signature { name: "f" } } } }
  object_graph_def { concrete_functions { key: "f" value { } } } }"""
    ),
    bad("'gone' is called and is not in the library", graph_def=f'node {{ name: "x" {_CALL.format("gone")} }}'),
    bad(
        "concrete function gone names function 'gone'",
        saved_model='meta_graphs { object_graph_def { concrete_functions { key: "gone" value { } } } }',
    ),
    bad(
        "object 0 names function 'gone'",
        saved_model='meta_graphs { object_graph_def { nodes { function { concrete_functions: "gone" } } } }',
    ),
)
