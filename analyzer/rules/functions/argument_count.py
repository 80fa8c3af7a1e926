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

from collections.abc import Iterator, Sequence

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.calls import calls
from analyzer.graphs.op_defs import OpDefs, op_defs
from analyzer.parts.graph import Arg, Function, NodeKind, Nodes
from analyzer.records import NamedTuple
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNC_GRAPH, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function whose shapes are too few, and each whose caller has too few inputs or outputs."""
    for body, faults in bodies_with(artifact, lambda body: _faults(body, target)):
        for callee, message, noticed_by, error in faults:
            name = callee or body.function
            yield rule.found(
                f"function {name!r} {message}",
                Location(body.file, f"function/{name}"),
                check=noticed_by,
                tensorflow_error=error,
                remedy="export the model again",
                function=name,
            )


class _Fault(NamedTuple):
    """What is wrong with a function that is called, or, without a name, with the one that is looked at."""

    callee: str
    message: str
    noticed_by: Check
    error: str


def _faults(body: Body, target: Target) -> Iterator[_Fault]:
    if body.function is not None:
        yield from _shapes(body.graph.functions[body.function])
    functions, called = body.graph.functions, calls(body.graph)
    here = [(kind, functions[called[kind]]) for kind in body.nodes.by_kind if called.get(kind) in functions]
    if here:
        yield from _short_calls(here, body.nodes)
        yield from _short_results(here, op_defs(body.graph, target))


def _shapes(function: Function) -> Iterator[_Fault]:
    shapes = function.attrs.get("_input_shapes")
    if shapes is not None and shapes.element == "shape" and 0 < len(shapes.value) < len(function.inputs):
        had, count = len(shapes.value), len(function.inputs)
        error = f"Length of `input_shapes` must match the number of `input_arg`s in `fdef`. Got {had} `input_shapes` and {count} `input_arg`s."
        yield _Fault("", f"takes {count} arguments, and its `_input_shapes` has {had}", Check.FUNC_GRAPH, error)


def _short_calls(here: Sequence[tuple[NodeKind, Function]], nodes: Nodes) -> Iterator[_Fault]:
    """Functions without lists among their arguments, where a call has too few inputs; each number of inputs once."""
    seen = set()
    for kind, function in here:
        count = len(function.inputs)
        for position in nodes.by_kind[kind]:
            inputs = sum([name[:1] != "^" for name in nodes.inputs[position]])
            if inputs < count and not _has_lists(function.inputs) and (function, inputs) not in seen:
                seen.add((function, inputs))
                error = f"Function instantiation included invalid input index: {inputs} not in [0, {inputs})."
                message = f"takes {count} arguments, and a node calls it with {inputs}"
                yield _Fault(function.name, message, Check.CALL_INPUTS, error)


def _short_results(here: Sequence[tuple[NodeKind, Function]], ops: OpDefs) -> Iterator[_Fault]:
    """Functions without lists among their results, where a call has too few outputs."""
    for kind, function in here:
        types = ops.in_out(kind)
        if types is None or types.outputs.error:
            continue
        outputs, count = len(types.outputs.types), len(function.outputs)
        if outputs < count and not _has_lists(function.outputs):
            error = f"Function instantiation included invalid output index: {outputs} not in [0, {outputs})."
            message = f"has {count} results, and a node that calls it {outputs} outputs"
            yield _Fault(function.name, message, Check.CALL_INPUTS, error)


def _has_lists(args: Sequence[Arg]) -> bool:
    return any(each.number_attr or each.type_list_attr for each in args)


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
