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

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.op_defs import REF, op_defs
from analyzer.graphs.wiring import Wiring, wiring
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

_LISTED = 200  # types of inputs that a message lists at most
rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.IN_OUT_TYPES, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each complaint once, with the nodes that draw it."""
    for body, mismatches in bodies_with(artifact, lambda body: _mismatches(body, target)):
        wrong: dict[str, list[int]] = {}
        for position, error in mismatches:
            wrong.setdefault(error, []).append(position)
        for error, positions in wrong.items():
            yield rule.found(
                error.rstrip("."),
                body.at(positions),
                tensorflow_error=error,
                remedy="freeze or export the inference graph again, without the ops that write variables",
                op=body.nodes.kinds[positions[0]].op,
            )


def _mismatches(body: Body, target: Target) -> Iterator[tuple[int, str]]:
    wires, in_out = wiring(body, target), op_defs(body.graph, target).in_out
    type_of = wires.types.__getitem__
    for position, (kind, sources) in enumerate(zip(body.nodes.kinds, wires.sources, strict=True)):
        types = in_out(kind)
        if types is None or tuple(map(type_of, sources)) == types.inputs.types or types.inputs.error:
            continue
        yield from _compared(body, wires, position, types.inputs.types)


def _compared(body: Body, wires: Wiring, position: int, wanted: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """What is wrong with a node whose inputs are not exactly of the wanted types; a reference passes for a value."""
    sources, name = wires.sources[position], body.nodes.names[position]
    if len(sources) != len(wanted):
        listed = ", ".join([*map(name_of, wanted[:_LISTED]), *(["..."] if len(wanted) > _LISTED else [])])
        yield (
            position,
            f"NodeDef expected inputs '{listed}' do not match {len(sources)} inputs specified; node '{name}'.",
        )
        return
    for number, (source, needed) in enumerate(zip(sources, wanted, strict=True)):
        had = wires.types[source]
        if had and had not in (needed, needed + REF):
            yield (
                position,
                (
                    f"Input {number} of node {name} was passed {name_of(had)} from {_origin(body, wires, source)} "
                    f"incompatible with expected {name_of(needed)}."
                ),
            )


def _origin(body: Body, wires: Wiring, output: int) -> str:
    owner = wires.owner(output)
    if owner < 0:
        return f"{body.graph.functions[body.function or ''].inputs[output].name}:0"
    return f"{body.nodes.names[owner]}:{output - wires.first[owner]}"


_T = 'attr { key: "T" value { type: DT_FLOAT } }'
_X = 'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'
_V = 'node { name: "v" op: "VariableV2" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } } }'
_PACK = f'node {{ name: "y" op: "Pack" input: "x" {_T} attr {{ key: "N" value {{ i: 2147483647 }} }} }}'

rule.examples(
    bad("float, ...' do not match 1 inputs", graph_def=f"{_X} {_PACK}"),
    ok(graph_def=f"{_X} {_PACK.replace('2147483647', '1')}"),
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
