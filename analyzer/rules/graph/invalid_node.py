"""A node whose name, op or order of inputs no graph may have.

## Why it matters

"Node 'x': Node name contains invalid characters", "Node 'x' is not unique", "Node 'x' does not specify an operation", "Node 'x':
Control dependencies must come after regular dependencies" (core/common_runtime/graph_constructor.cc `BuildNodeIndex`).
Merged and hand-made graphs have them.

## How to fix

Rename or reorder what the message names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.parts.graph import Nodes
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRAPH_CONSTRUCTOR, reads=frozenset({"graph"}))

_PART = r"[A-Za-z0-9.][A-Za-z0-9_./-]*"
_NAME = re.compile(rf"{_PART}(?:>{_PART})*")
_OLD_NAME = re.compile(_PART)  # up to 1.15
_NAMES = re.compile(rf"(?:{_PART}(?:\n{_PART})*)?")  # all at once, as long as nothing is wrong


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each kind of fault once a body, at every node that has it."""
    valid = _NAME if target.at_least("2.0") else _OLD_NAME
    for body, faults in bodies_with(artifact, lambda body: _faults(body.nodes, _arguments(body), valid)):
        wrong: dict[str, list[int]] = {}
        for position, fault in faults:
            wrong.setdefault(fault, []).append(position)
        for fault, positions in wrong.items():
            name = body.nodes.names[positions[0]]
            yield rule.found(
                f"node {name!r}: {fault}" + (f", and {len(positions) - 1} more" if len(positions) > 1 else ""),
                body.at(positions),
                tensorflow_error=f"Node '{name}': {fault}",
                remedy="export again, or rename the node",
            )


def _arguments(body: Body) -> set[str]:
    """A function's arguments, each of which becomes a node of that name."""
    function = body.graph.functions[body.function] if body.function is not None else None
    return {argument.name for argument in function.inputs} if function is not None else set()


def _faults(nodes: Nodes, arguments: set[str], valid: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    if len(arguments.union(nodes.names)) < len(arguments) + len(nodes.names):
        seen = set(arguments)
        for position, name in enumerate(nodes.names):
            if name in seen:
                yield position, "is not unique"
            seen.add(name)
    if not _NAMES.fullmatch("\n".join(nodes.names)):
        for position, name in enumerate(nodes.names):
            if not valid.fullmatch(name):
                yield position, "Node name contains invalid characters"
    for kind, positions in nodes.by_kind.items():
        if not kind.op:
            yield from ((position, "does not specify an operation") for position in positions)
    for position, inputs in enumerate(nodes.inputs):
        if len(inputs) > 1 and _control_before_data(inputs):
            yield position, "Control dependencies must come after regular dependencies"


def _control_before_data(inputs: Sequence[str]) -> bool:
    control = False
    for name in inputs:
        if name[:1] == "^":
            control = True
        elif control:
            return True
    return False


rule.examples(
    ok(graph_def='node { name: "a/b_1.c-d>e" op: "NoOp" } node { name: "1x" op: "NoOp" input: "^a/b_1.c-d>e" }'),
    ok(
        graph_def='node { name: "x" op: "NoOp" } library { function { signature { name: "f" } node_def { name: "x" op: "NoOp" } } }'
    ),
    ok(graph_def='node { name: "x" op: "Placeholder" } node { name: "y" op: "Identity" input: "x" input: "^x" }'),
    ok(graph_def='node { name: ".a/" op: "NoOp" }'),
    ok(
        graph_def='library { function { signature { name: "f" input_arg { name: "a" } } node_def { name: "b" op: "NoOp" } } }'
    ),
    bad(
        "'a': is not unique",
        graph_def='library { function { signature { name: "f" input_arg { name: "a" } } node_def { name: "a" op: "NoOp" } } }',
    ),
    bad("'a>b': Node name contains", graph_def='node { name: "a>b" op: "NoOp" }', target="tensorflow==1.15.0"),
    bad("Node name contains invalid", graph_def='node { name: "a\\\\b" op: "NoOp" }'),
    ok(graph_def='node { name: "a>b" op: "NoOp" }'),
    bad("'a b': Node name contains invalid characters", graph_def='node { name: "a b" op: "NoOp" }'),
    bad("'x': is not unique", graph_def='node { name: "x" op: "NoOp" } node { name: "x" op: "NoOp" }'),
    bad(
        "Control dependencies must come after",
        graph_def='node { name: "x" op: "Placeholder" } node { name: "y" op: "Identity" input: "^x" input: "x" }',
    ),
)
