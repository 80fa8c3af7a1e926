"""A node without an attribute that its op needs.

## Why it matters

Attributes without a default must be there: "NodeDef missing attr 'T' from Op<name=MatMul; ...>" on import
(core/framework/node_def_util.cc `ValidateNodeDef`), "No attr named 'T' in NodeDef" in a session, which needs it for the
types of inputs and outputs (`InOutTypesForNode`). Older releases did not have the attribute, or the graph was edited.

## How to fix

Export again, or load with a release whose op definition has a default for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import nodes_with
from analyzer.graphs.op_defs import of_registered
from analyzer.parts.graph import NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.tables.ops import OpDef
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.VALIDATE_NODE, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each missing attribute of each op once, at every node that lacks it."""
    places: dict[tuple[str, str, bool], list[Location]] = {}
    for body, kind, positions, (name, typed) in nodes_with(artifact, of_registered(target, _missing)):
        places.setdefault((kind.op, name, typed), []).extend(body.at(positions))
    for (op_name, name, typed), where in places.items():
        yield rule.found(
            f"op {op_name} needs the attribute {name!r}, which is not there",
            where,
            check=Check.IN_OUT_TYPES if typed else Check.VALIDATE_NODE,
            tensorflow_error=f"NodeDef missing attr '{name}' from Op<name={op_name}; ...>",
            remedy="export the model again",
            op=op_name,
            attribute=name,
        )


def _missing(kind: NodeKind, op: OpDef) -> Iterator[tuple[str, bool]]:
    """The names, each with whether it decides types."""
    for name, attr in op.attrs.items():
        if name not in kind.attrs and not attr.has_default:
            yield name, _decides_types(op, name)


def _decides_types(op: OpDef, name: str) -> bool:
    return any(name in (arg.type_attr, arg.number_attr, arg.type_list_attr) for arg in (*op.inputs, *op.outputs))


rule.examples(
    ok(graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad("op Placeholder needs the attribute 'dtype'", graph_def='node { name: "x" op: "Placeholder" }'),
    bad("op MatMul needs the attribute 'T'", graph_def='node { name: "x" op: "MatMul" input: "x" input: "x" }'),
)
