"""A function that the object graph does not list among its concrete functions, or lists without a signature.

## Why it matters

The object graph keeps, beside the library, what each concrete function captures and takes. An object with a specification whose function has no
entry, or one whose signature is None: nothing in older releases, which take its signature from nowhere; from 2.8 on "TypeError: cannot unpack
non-iterable NoneType object" (python/saved_model/function_deserialization.py `recreate_function`, `setup_bare_concrete_function`: the specification
that is set is compared with the structured signature).

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
        concrete = meta_graph.objects.concrete_functions
        for number, each in enumerate(meta_graph.objects.nodes):
            for name in each.concrete_functions if each.argument_spec is not None else ():
                if name in meta_graph.graph.functions and (name not in concrete or concrete[name].is_unsigned):
                    places.setdefault(name, []).append(Location(artifact.saved_model.file, f"object/{number}"))
        for name, where in places.items():
            missing = "without a signature" if name in concrete else "which has no entry in concrete_functions"
            yield rule.found(
                f"object {where[0].owner} names function {name!r}, {missing}",
                where,
                tensorflow_error="TypeError: cannot unpack non-iterable NoneType object",
                remedy="export the model again",
                function=name,
            )


_GRAPH = """meta_graphs {{ graph_def {{ library {{ function {{ signature {{ name: "f" }} }} }} }}
  object_graph_def {{ nodes {{ {} }} {} }} }}"""
_FUNCTION = 'function { concrete_functions: "f" function_spec { } }'
_BARE = 'bare_concrete_function { concrete_function_name: "f" }'
_ENTRY = 'concrete_functions { key: "f" value { canonicalized_input_signature { tuple_value { } } } }'

rule.examples(
    ok(saved_model=_GRAPH.format(_FUNCTION, _ENTRY)),
    ok(saved_model=_GRAPH.format(_FUNCTION, ""), target="tensorflow==2.7.0"),
    ok(saved_model=_GRAPH.format(_BARE, "")),
    bad("object 0 names function 'f', which has no entry", saved_model=_GRAPH.format(_FUNCTION, "")),
    bad("without a signature", saved_model=_GRAPH.format(_FUNCTION, _ENTRY.replace("tuple", "none"))),
)
