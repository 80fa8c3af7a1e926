"""A function with more arguments than its shapes, or more arguments or results than a node that calls it, provide.

## Why it matters

"Length of `input_shapes` must match the number of `input_arg`s in `fdef`. Got 2 `input_shapes` and 3 `input_arg`s."
(python/framework/function_def_to_graph.py), and "Function instantiation included invalid input index: 2 not in [0, 2)." while a session's graph is
imported and shape inference looks into the function (core/common_runtime/shape_refiner.cc `InferShapesForFunctionSubNode`), "invalid output
index" where the node has fewer outputs than the function has results.

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.calls import call_of
from analyzer.graphs.op_defs import op_defs
from analyzer.parts.graph import Function
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNC_GRAPH, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function whose shapes are too few, and each whose caller has too few inputs."""
    for body in bodies(artifact):
        if body.function is not None:
            yield from _shapes(body.graph.functions[body.function], body)
        for name, inputs in _short_calls(body):
            function = body.graph.functions[name]
            count = len(function.inputs)
            yield rule.found(
                f"function {name!r} takes {count} arguments, and a node calls it with {inputs}",
                Location(body.file, f"function/{name}"),
                check=Check.CALL_INPUTS,
                tensorflow_error=f"Function instantiation included invalid input index: {inputs} not in [0, {inputs}).",
                remedy="export the model again",
                function=name,
            )
        for name, outputs in _short_results(body, target):
            function = body.graph.functions[name]
            yield rule.found(
                f"function {name!r} has {len(function.outputs)} results, and a node that calls it {outputs} outputs",
                Location(body.file, f"function/{name}"),
                check=Check.CALL_INPUTS,
                tensorflow_error=f"Function instantiation included invalid output index: {outputs} not in [0, {outputs}).",
                remedy="export the model again",
                function=name,
            )


def _short_results(body: Body, target: Target) -> Iterator[tuple[str, int]]:
    """Functions without lists among their results, with the number of outputs of a call where that is too small."""
    ops = op_defs(body.graph, target)
    for kind in body.nodes.by_kind:
        name = call_of(kind, body.graph.functions)
        function = body.graph.functions.get(name) if name is not None else None
        types = ops.in_out(kind)
        if function is None or name is None or types is None or types.outputs.error:
            continue
        lists = any(each.number_attr or each.type_list_attr for each in function.outputs)
        if not lists and len(types.outputs.types) < len(function.outputs):
            yield name, len(types.outputs.types)


def _shapes(function: Function, body: Body) -> Iterator[Finding]:
    shapes = function.attrs.get("_input_shapes")
    if shapes is not None and shapes.element == "shape" and 0 < len(shapes.value) < len(function.inputs):
        had, count = len(shapes.value), len(function.inputs)
        yield rule.found(
            f"function {function.name!r} takes {count} arguments, and its `_input_shapes` has {had}",
            Location(body.file, body.area),
            tensorflow_error=f"Length of `input_shapes` must match the number of `input_arg`s in `fdef`. Got {had} "
            f"`input_shapes` and {count} `input_arg`s.",
            remedy="export the model again",
            function=function.name,
        )


def _short_calls(body: Body) -> Iterator[tuple[str, int]]:
    """Functions without lists among their arguments, with the number of inputs where that is too small."""
    seen = set()
    for kind, positions in body.nodes.by_kind.items():
        name = call_of(kind, body.graph.functions)
        function = body.graph.functions.get(name) if name is not None else None
        if function is None or name is None or any(each.number_attr or each.type_list_attr for each in function.inputs):
            continue
        for position in positions:
            inputs = sum(not each.startswith("^") for each in body.nodes.inputs[position])
            if inputs < len(function.inputs) and (name, inputs) not in seen:
                seen.add((name, inputs))
                yield name, inputs


_F = """library {{ function {{ signature {{ name: "f" input_arg {{ name: "a" type: DT_FLOAT }} input_arg {{ name: "b" type: DT_FLOAT }} }} {} }} }}"""
_ATTR = 'attr {{ key: "_input_shapes" value {{ list {{ {} }} }} }}'
_CALL = 'node { name: "x" op: "Placeholder" } node { name: "c" op: "PartitionedCall" input: "x" %s attr { key: "f" value { func { name: "f" } } } }'

_RESULT = """node { name: "c" op: "PartitionedCall" attr { key: "Tin" value { list { } } } attr { key: "Tout" value { list { %s } } }
  attr { key: "f" value { func { name: "f" } } } } library { function { signature { name: "f" output_arg { name: "r" type: DT_FLOAT } }
  node_def { name: "n" op: "Placeholder" } ret { key: "r" value: "n:output:0" } } }"""

rule.examples(
    ok(graph_def=_RESULT % "type: DT_FLOAT"),
    ok(graph_def=_RESULT % "type: DT_FLOAT type: DT_FLOAT"),
    bad("has 1 results, and a node that calls it 0 outputs", graph_def=_RESULT % ""),
    ok(graph_def=_F.format("")),
    ok(graph_def=_F.format(_ATTR.format("shape { } shape { }"))),
    ok(graph_def=_CALL % 'input: "x"' + _F.format("")),
    bad("its `_input_shapes` has 1", graph_def=_F.format(_ATTR.format("shape { }"))),
    bad("a node calls it with 1", graph_def=_CALL % "" + _F.format("")),
)
