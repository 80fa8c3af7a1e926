"""A gradient whose function, or whose gradient function, is not in the library.

## Why it matters

Python's import of a graph makes an object of every function and of its gradient: ValueError "FunctionDefLibrary missing 'f' FunctionDef"
(python/framework/function.py `from_library`), also "FunctionDefLibrary contains cyclic gradient functions!" where every function
has one. `tf.saved_model.load` drops the gradients of a library before it imports the graph, and the C++ loader does not resolve them.

## How to fix

Export again; the library was stripped or edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRADIENTS, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each gradient with a function that is missing, at the graph; libraries without functions are passed over."""
    for file, owner, graph in artifact.graphs():
        if not graph.functions:
            continue
        for function, gradient in graph.gradients.items():
            gone = next((name for name in (function, gradient) if name not in graph.functions), None)
            if gone is not None:
                yield rule.found(
                    f"the library has {gradient!r} as gradient of {function!r}, and no function {gone!r}",
                    Location(file, f"graph/{owner}"),
                    tensorflow_error=f"FunctionDefLibrary missing '{gone}' FunctionDef",
                    remedy="delete the gradient, or export again",
                    function=gone,
                )
        if set(graph.functions) <= set(graph.gradients):
            yield rule.found(
                "every function of the library has a gradient, so that none comes first",
                Location(file, f"graph/{owner}"),
                tensorflow_error="FunctionDefLibrary contains cyclic gradient functions!",
                remedy="delete the gradients, or export again",
            )


_F = 'library {{ function {{ signature {{ name: "f" }} }} function {{ signature {{ name: "g" }} }} gradient {{ function_name: "{}" gradient_func: "{}" }} }}'

rule.examples(
    ok(graph_def=_F.format("f", "g")),
    ok(graph_def='library { gradient { function_name: "f" gradient_func: "g" } }'),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad("no function 'gone'", graph_def=_F.format("f", "gone")),
    bad("as gradient of 'lost'", graph_def=_F.format("lost", "g")),
)
