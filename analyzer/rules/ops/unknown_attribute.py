"""An attribute that the target's op definition does not have.

## Why it matters

A newer release added the attribute. Up to TensorFlow 2.4 a node must not mention it: "NodeDef mentions attr 'debug_name' not
in Op<name=VarHandleOp; ...>; NodeDef: ... (Check whether your GraphDef-interpreting binary is up to date with your
GraphDef-generating binary.)" (core/framework/node_def_util.cc `ValidateNodeDef`). From 2.5 on it is logged and ignored. When the
producer's own op definitions are in the file (`stripped_op_list`), the session loader and `import_meta_graph` delete
unknown attributes that hold the producer's default (python/framework/importer.py `_RemoveDefaultAttrs`). Names that begin
with an underscore are never looked at.

## How to fix

Load with TensorFlow 2.5 or newer, or export with the release that loads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase, Severity
from analyzer.graphs.bodies import nodes_with
from analyzer.graphs.op_defs import of_registered
from analyzer.parts.graph import Attr, FileOp, NodeKind
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.tables.ops import OpDef
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.VALIDATE_NODE, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each op's unknown attribute once; whether a value is the producer's default makes two findings of it."""
    places: dict[tuple[str, str, bool], list[Location]] = {}
    producers = {id(meta_graph.graph): meta_graph for meta_graph in artifact.meta_graphs}
    for body, kind, positions, name in nodes_with(artifact, of_registered(target, _unknown)):
        producer = producers.get(id(body.graph)) if body.function is None else None
        key = (kind.op, name, _is_default(producer, kind.op, name, kind.attrs[name]))
        places.setdefault(key, []).extend(body.at(positions))
    for (op_name, name, default), where in places.items():
        yield _finding(op_name, name, default, where, target)


def _unknown(kind: NodeKind, op: OpDef) -> Iterator[str]:
    return (name for name in kind.attrs if name not in op.attrs and not name.startswith("_"))


def _is_default(producer: MetaGraph | None, op: str, name: str, value: Attr) -> bool:
    definition: FileOp | None = producer.ops.get(op) if producer is not None else None
    if definition is None:
        return False
    return any(spec.name == name and spec.default is not None and spec.default == value for spec in definition.attrs)


def _finding(op: str, name: str, default: bool, where: list[Location], target: Target) -> Finding:
    ignored = target.at_least("2.5")
    return rule.found(
        f"op {op} has no attribute {name!r} in TensorFlow {target.tensorflow}"
        + ("; it is ignored" if ignored else "; the value is the producer's default" if default else ""),
        where,
        check=Check.DEFAULT_ATTRIBUTE if default else Check.VALIDATE_NODE,
        severity=Severity.NOTE if ignored else Severity.ERROR,
        tensorflow_error="" if ignored else f"NodeDef mentions attr '{name}' not in Op<name={op}; ...>",
        remedy="" if ignored else "load with TensorFlow 2.5 or newer, or delete the attribute",
        op=op,
        attribute=name,
        default=default,
    )


_OLD = "tensorflow==2.4.1"

rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" attr { key: "_mark" value { i: 1 } } }', target=_OLD),
    ok(graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }', target=_OLD),
    bad(
        "op NoOp has no attribute 'new'",
        graph_def='node { name: "x" op: "NoOp" attr { key: "new" value { i: 1 } } }',
        target=_OLD,
    ),
    ok(
        graph_def='node { name: "x" op: "f" attr { key: "new" value { i: 1 } } } library { function { signature { name: "f" } } }',
        target=_OLD,
    ),
    bad("; it is ignored", graph_def='node { name: "x" op: "NoOp" attr { key: "new" value { i: 1 } } }'),
)
