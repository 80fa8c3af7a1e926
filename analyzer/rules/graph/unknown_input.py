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
from analyzer.graphs.bodies import bodies_with
from analyzer.graphs.wiring import wiring
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

_MANY = 10  # so many missing nodes are not slips of their own: the graph is a piece of another

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRAPH_CONSTRUCTOR, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each input that leads nowhere, folded by its name, and all of them where they are many."""
    for body, unresolved in bodies_with(artifact, lambda body: wiring(body, target).unresolved):
        wrong: dict[tuple[str, str, bool], list[int]] = {}
        for position, name, error, python_only in unresolved:
            wrong.setdefault((name, error, python_only), []).append(position)
        leads = ""
        if len(wrong) > _MANY:
            first = next((key for key in wrong if not key[2]), next(iter(wrong)))
            wrong = {first: [position for positions in wrong.values() for position in positions]}
            leads = f"{len(unresolved)} inputs lead nowhere, the first of them is {first[0]!r}"
        for (name, error, python_only), positions in wrong.items():
            in_function = Check.FUNC_GRAPH if python_only else Check.FUNCTION_DEF
            yield rule.found(
                f"{leads or f'input {name!r} leads nowhere'}: {error}",
                body.at(positions),
                check=Check.GRAPH_CONSTRUCTOR if body.function is None else in_function,
                tensorflow_error=error,
                remedy="export again from the whole graph",
                input=name,
            )


_X = 'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'
_F = 'library { function { signature { name: "f" input_arg { name: "a" type: DT_FLOAT } } '
_T = 'attr { key: "T" value { type: DT_FLOAT } }'

rule.examples(
    ok(graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x:0" input: "^x" {_T} }}'),
    ok(
        graph_def=_F
        + f'node_def {{ name: "y" op: "Identity" input: "a" {_T} }} node_def {{ name: "z" op: "Identity" input: "y:output:0" {_T} }} }} }}'
    ),
    ok(graph_def=_F + f'node_def {{ name: "y" op: "Identity" input: "a" input: "^a" {_T} }} }} }}'),
    ok(
        graph_def=f'{_X} node {{ name: "y" op: "NotKnownHere" input: "x" }} node {{ name: "z" op: "Identity" input: "y:7" {_T} }}'
    ),
    ok(graph_def=f"{_X} " + "".join(f'node {{ name: "y{n}" op: "Identity" input: "x" {_T} }} ' for n in range(12))),
    ok(graph_def=_F + f'node_def {{ name: "y" op: "Identity" input: "a" input: "^a" {_T} }} }} }}'),
    bad(
        "KeyError: '^y:output:0'",
        graph_def=_F
        + f'node_def {{ name: "y" op: "Identity" input: "a" {_T} }} node_def {{ name: "z" op: "NoOp" input: "^y:output:0" }} }} }}',
    ),
    bad("Unknown input node 'gone'", graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "gone" {_T} }}'),
    bad(
        "Connecting to invalid output 3 of source node x which has 1 outputs",
        graph_def=f'{_X} node {{ name: "y" op: "Identity" input: "x:3" {_T} }}',
    ),
    bad(
        "12 inputs lead nowhere, the first of them is 'gone0'",
        graph_def="".join(f'node {{ name: "y{n}" op: "Identity" input: "gone{n}" {_T} }} ' for n in range(12)),
    ),
    bad(
        "KeyError: 'gone:output:0'",
        graph_def=_F + f'node_def {{ name: "y" op: "Identity" input: "gone:output:0" {_T} }} }} }}',
    ),
    bad(
        "KeyError: 'y:output'",
        graph_def=_F
        + f'node_def {{ name: "y" op: "Identity" input: "a" {_T} }} node_def {{ name: "z" op: "Identity" input: "y:output" {_T} }} }} }}',
    ),
)
