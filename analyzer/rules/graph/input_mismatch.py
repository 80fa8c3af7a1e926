"""A node whose inputs are not as many, or not of the types, that its op takes.

## Why it matters

"NodeDef expected inputs 'float, float' do not match 3 inputs specified" (core/framework/node_def_util.cc `ValidateNodeDef`) and
"Input 0 of node Assign was passed float from Variable:0 incompatible with expected float_ref." (core/graph/graph.cc
`IsOutputTypeCompatible`, common_runtime/graph_constructor.cc `MakeEdge`). Freezing that turned a variable into a constant but kept the ops that
write it is the usual cause.

## How to fix

Freeze the inference graph only, or replace what writes variables (`RefSwitch` by `Switch`, `AssignSub` by `Sub`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.edges import ARGUMENT, FunctionNames, Source, top_level_source
from analyzer.graphs.op_defs import REF, OpDefs
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.IN_OUT_TYPES, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each complaint once, with the nodes that draw it."""
    for body in bodies(artifact):
        ops = OpDefs(target, body.graph.functions)
        wrong: dict[str, list[int]] = {}
        for position, error in _mismatches(body, ops):
            wrong.setdefault(error, []).append(position)
        for error, positions in wrong.items():
            yield rule.found(
                error.rstrip("."),
                body.at(positions),
                tensorflow_error=error,
                remedy="freeze or export the inference graph again, without the ops that write variables",
                op=body.nodes.kinds[positions[0]].op,
            )


def _mismatches(body: Body, ops: OpDefs) -> Iterator[tuple[int, str]]:
    nodes = body.nodes
    function = body.graph.functions.get(body.function) if body.function is not None else None
    names = FunctionNames(function, ops) if function is not None else None
    for position, kind in enumerate(nodes.kinds):
        types = ops.in_out(kind)
        if types is None or types.inputs.error:
            continue
        wanted = types.inputs.types
        given = [name for name in nodes.inputs[position] if not name.startswith("^")]
        if len(given) != len(wanted):
            listed = ", ".join(map(name_of, wanted))
            yield (
                position,
                f"NodeDef expected inputs '{listed}' do not match {len(given)} inputs specified; node '{nodes.names[position]}'.",
            )
            continue
        for number, name in enumerate(given):
            source = names.source(name) if names is not None else top_level_source(name, nodes)
            if isinstance(source, Source):
                had = _output_type(source, body, ops)
                if had is not None and not _compatible(had, wanted[number]):
                    yield position, _complaint(body, position, number, source, had, wanted[number])


def _output_type(source: Source, body: Body, ops: OpDefs) -> int | None:
    """The type of an output, None where it cannot be told."""
    if source.position == ARGUMENT:
        function = body.graph.functions[body.function or ""]
        return function.inputs[source.output].type or None
    types = ops.in_out(body.nodes.kinds[source.position])
    outputs: Sequence[int] = types.outputs.types if types is not None and not types.outputs.error else ()
    return outputs[source.output] if source.output < len(outputs) else None


def _compatible(had: int, wanted: int) -> bool:
    """`TypesCompatible`: equal, or a reference where a value is wanted (core/framework/types.h)."""
    return had == wanted or had == wanted + REF


def _complaint(body: Body, position: int, number: int, source: Source, had: int, wanted: int) -> str:
    function = body.graph.functions.get(body.function or "")
    if source.position == ARGUMENT and function is not None:
        origin = f"{function.inputs[source.output].name}:0"
    else:
        origin = f"{body.nodes.names[source.position]}:{source.output}"
    return (
        f"Input {number} of node {body.nodes.names[position]} was passed {name_of(had)} from {origin} "
        f"incompatible with expected {name_of(wanted)}."
    )


_T = 'attr { key: "T" value { type: DT_FLOAT } }'
_X = 'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'
_V = 'node { name: "v" op: "VariableV2" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } } }'

rule.examples(
    ok(graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x" {_T} }}'),
    ok(graph_def=f'{_V} node {{ name: "y" op: "Identity" input: "v" {_T} }}'),
    ok(graph_def=f'{_X} node {{ name: "y" op: "NotKnownHere" input: "x" input: "x" }}'),
    bad(
        "expected inputs 'float' do not match 2 inputs",
        graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x" input: "x" {_T} }}',
    ),
    bad(
        "was passed float from x:0 incompatible with expected float_ref",
        graph_def=f'{_X} node {{ name: "y" op: "Assign" input: "x" input: "x" {_T} }}',
    ),
    bad(
        "incompatible with expected int32",
        graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x" attr {{ key: "T" value {{ type: DT_INT32 }} }} }}',
    ),
)
