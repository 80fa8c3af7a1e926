"""A function that the object graph does not list among its concrete functions.

## Why it matters

The object graph keeps, beside the library, what each concrete function captures and takes. An object whose function has no entry:
nothing in older releases, which take its signature from nowhere; from 2.8 on "TypeError: cannot unpack non-iterable NoneType object" when the
function has no structured signature (python/saved_model/load.py, function_deserialization.py `setup_bare_concrete_function`).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function without an entry, at every object that names it."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        if meta_graph.objects is None or not target.at_least("2.8"):
            continue
        places: dict[str, list[Location]] = {}
        for number, each in enumerate(meta_graph.objects.nodes):
            for name in each.concrete_functions:
                if name not in meta_graph.objects.concrete_functions and name in meta_graph.graph.functions:
                    places.setdefault(name, []).append(Location(artifact.saved_model.file, f"object/{number}"))
        for name, where in places.items():
            yield rule.found(
                f"object {where[0].owner} names function {name!r}, which has no entry in concrete_functions",
                where,
                tensorflow_error="TypeError: cannot unpack non-iterable NoneType object",
                remedy="export the model again",
                function=name,
            )


_GRAPH = """meta_graphs {{ graph_def {{ library {{ function {{ signature {{ name: "f" }} }} }} }}
  object_graph_def {{ nodes {{ function {{ concrete_functions: "f" }} }} {} }} }}"""
_ENTRY = 'concrete_functions { key: "f" value { } }'

rule.examples(
    ok(saved_model=_GRAPH.format(_ENTRY)),
    ok(saved_model=_GRAPH.format(""), target="tensorflow==2.7.0"),
    bad("object 0 names function 'f', which has no entry", saved_model=_GRAPH.format("")),
)
