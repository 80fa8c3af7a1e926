"""A function that makes or initialises a resource, whose captures are not its arguments.

## Why it matters

Loading calls these functions with what they captured, and nothing else: ValueError "Arguments and signature arguments do not match. got: 1,
expected: 2", from 2.13 on "Signature specifies 2 arguments, got: 1." (python/eager/polymorphic_function/atomic_function.py `__call__`, older
python/eager/function.py). Since 2.7 surplus captures are dropped, and functions that only a
user calls may capture what they like.

## How to fix

Export the model again; TensorFlow itself writes one capture for each argument.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.graph import Arg
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each such function with both numbers."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        for called, name in sorted(set(_called(meta_graph))):
            assert meta_graph.objects is not None
            concrete, function = meta_graph.objects.concrete_functions.get(name), meta_graph.graph.functions.get(name)
            if concrete is None or function is None or any(map(_is_list, function.inputs)):
                continue
            got, expected = len(concrete.bound_inputs), len(function.inputs)
            if got < expected or (got > expected and called == "_initialize" and not target.at_least("2.7")):
                error = f"Arguments and signature arguments do not match. got: {got}, expected: {expected}"
                if target.at_least("2.13"):
                    error = f"Signature specifies {expected} arguments, got: {got}."
                yield rule.found(
                    f"function {name!r}, which loading calls, captures {got} objects and has {expected} arguments",
                    Location(artifact.saved_model.file, f"function/{name}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                    function=name,
                )


def _called(meta_graph: MetaGraph) -> Iterator[tuple[str, str]]:
    """What is called for the sake of a resource, and the function, which takes no arguments; python/trackable/resource.py."""
    objects = meta_graph.objects
    if objects is None:
        return
    captured = {number for function in objects.concrete_functions.values() for number in function.bound_inputs}
    for number, each in enumerate(objects.nodes):
        called = ("_initialize", "_create_resource") if number in captured else ("_initialize",)
        for child in each.children if each.kind == "resource" else ():
            if child.name in called and 0 <= child.node < len(objects.nodes):
                names = objects.nodes[child.node].concrete_functions
                yield from [(child.name, name) for name in names if len(names) == 1]


def _is_list(arg: Arg) -> bool:
    return bool(arg.number_attr or arg.type_list_attr)


_GRAPH = """meta_graphs {{ graph_def {{ library {{ function {{ signature {{ name: "f" input_arg {{ name: "a" type: DT_RESOURCE }} }} }} }} }}
  object_graph_def {{ nodes {{ resource {{ }} children {{ local_name: "{}" node_id: 1 }} }} nodes {{ function {{ concrete_functions: "f" }} }}
  concrete_functions {{ key: "f" value {{ {} }} }} }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format("_initialize", "bound_inputs: 0")),
    ok(saved_model=_GRAPH.format("_destroy_resource", "")),
    ok(saved_model=_GRAPH.format("_create_resource", "")),  # which nothing captures, so that nothing makes it
    ok(
        saved_model=_GRAPH.format("_create_resource", "bound_inputs: [0, 0]"), target="tensorflow==2.4.0"
    ),  # made before they are set
    ok(saved_model=_GRAPH.format("_initialize", "bound_inputs: [0, 0]"), target="tensorflow==2.7.0"),
    bad(
        "captures 2 objects",
        saved_model=_GRAPH.format("_initialize", "bound_inputs: [0, 0]"),
        target="tensorflow==2.6.0",
    ),
    bad("captures 0 objects and has 1 arguments", saved_model=_GRAPH.format("_initialize", "")),
)
