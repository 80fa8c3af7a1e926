"""An input that names no node, or an output that its node does not have.

## Why it matters

"Node 'y': Unknown input node 'gone'" (core/common_runtime/graph_constructor.cc `InitFromEdges`), "Node 'y': Connecting to invalid
output 3 of source node x which has 1 outputs." (`Convert`). In functions names are looked up while the function becomes
a graph: KeyError "'gone:output:0'" (python/framework/function_def_to_graph.py). Pruned and hand-edited graphs have it.

## How to fix

Freeze or export again from the whole graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.edges import FunctionNames, Source, top_level_source
from analyzer.graphs.op_defs import OpDefs
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRAPH_CONSTRUCTOR, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each input that leads nowhere, folded by its name."""
    for body in bodies(artifact):
        ops = OpDefs(target, body.graph.functions)
        wrong: dict[tuple[str, str], list[int]] = {}
        errors = _top_level(body, ops) if body.function is None else _function(body, ops)
        for position, name, error in errors:
            wrong.setdefault((name, error), []).append(position)
        for (name, error), positions in wrong.items():
            yield rule.found(
                f"input {name!r} leads nowhere: {error}",
                body.at(positions),
                check=Check.GRAPH_CONSTRUCTOR if body.function is None else Check.FUNCTION_DEF,
                tensorflow_error=error,
                remedy="export again from the whole graph",
                input=name,
            )


def _top_level(body: Body, ops: OpDefs) -> Iterator[tuple[int, str, str]]:
    nodes = body.nodes
    index, names, kinds = nodes.index, nodes.names, nodes.kinds
    for position, inputs in enumerate(nodes.inputs):
        for name in inputs:
            if name in index:
                continue
            if name.startswith("^"):
                if name[1:] not in index:
                    yield position, name, f"Node '{names[position]}': Unknown input node '{name}'"
                continue
            source = top_level_source(name, nodes)
            if source is None:
                yield position, name, f"Node '{names[position]}': Unknown input node '{name}'"
                continue
            types = ops.in_out(kinds[source.position])
            if types is not None and not types.outputs.error and source.output >= len(types.outputs.types):
                count = len(types.outputs.types)
                text = f"Node '{names[position]}': Connecting to invalid output {source.output} of source node "
                yield position, name, text + f"{names[source.position]} which has {count} outputs."


def _function(body: Body, ops: OpDefs) -> Iterator[tuple[int, str, str]]:
    function = body.graph.functions[body.function or ""]
    names = FunctionNames(function, ops)
    for position, inputs in enumerate(body.nodes.inputs):
        for name in inputs:
            if name.startswith("^"):
                if not names.control(name[1:]):
                    yield position, name, f"KeyError: {name!r}"
                continue
            source = names.source(name)
            if source is not None and not isinstance(source, Source):
                yield position, name, source


_X = 'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'
_F = 'library { function { signature { name: "f" input_arg { name: "a" type: DT_FLOAT } } '
_T = 'attr { key: "T" value { type: DT_FLOAT } }'

rule.examples(
    ok(graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x:0" input: "^x" {_T} }}'),
    ok(
        graph_def=_F
        + f'node_def {{ name: "y" op: "Identity" input: "a" {_T} }} node_def {{ name: "z" op: "Identity" input: "y:output:0" {_T} }} }} }}'
    ),
    ok(
        graph_def=f'{_X} node {{ name: "y" op: "NotKnownHere" input: "x" }} node {{ name: "z" op: "Identity" input: "y:7" {_T} }}'
    ),
    bad("Unknown input node 'gone'", graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "gone" {_T} }}'),
    bad(
        "Connecting to invalid output 3 of source node x which has 1 outputs",
        graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x:3" {_T} }}',
    ),
    bad(
        "KeyError: 'gone:output:0'",
        graph_def=_F + f'node_def {{ name: "y" op: "Identity" input: "gone:output:0" {_T} }} }} }}',
    ),
)
