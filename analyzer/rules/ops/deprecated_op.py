"""An op that the graph's version may no longer use.

## Why it matters

"Op BatchNormWithGlobalNormalization is not available in GraphDef version 1395. It has been removed in version 9. Use
tf.nn.batch_normalization()." (core/framework/op_def_util.cc `CheckOpDeprecation`). In the main graph the version is that of
the producer, so old graphs pass. `tf.saved_model.load` gives each function the running release's version
(python/framework/function_def_to_graph.py `function_def_to_graph_def`), so there the same op fails whoever wrote it.

## How to fix

Export again with the replacement that the message names.
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
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.DEPRECATION, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each op once for the main graph and once for functions, with the version that each is held to."""
    now = release(target.tensorflow).graph_def_version
    places: dict[tuple[str, int, bool], list[Location]] = {}
    found: dict[str, OpDef] = {}
    for body, _, positions, op in nodes_with(artifact, of_registered(target, _removed)):
        version = body.graph.versions.producer if body.function is None else now
        if op.deprecated is not None and version >= op.deprecated[0]:
            found[op.name] = op
            places.setdefault((op.name, version, body.function is None), []).extend(body.at(positions))
    for (name, version, top), where in places.items():
        removed, reason = found[name].deprecated or (0, "")
        text = f"Op {name} is not available in GraphDef version {version}. It has been removed in version {removed}. {reason}."
        yield rule.found(
            f"op {name} was removed in GraphDef version {removed}, and {'the graph' if top else 'a function'} "
            f"counts as version {version}: {reason}",
            where,
            check=Check.DEPRECATION if top else Check.DEPRECATION_NOW,
            tensorflow_error=text,
            remedy=f"export again: {reason}",
            op=name,
        )


def _removed(kind: NodeKind, op: OpDef) -> Iterator[OpDef]:
    if op.deprecated is not None:
        yield op


_OP = 'name: "x" op: "BatchNormWithGlobalNormalization" attr { key: "T" value { type: DT_FLOAT } }'

rule.examples(
    ok(graph_def=f"node {{ {_OP} }} versions {{ producer: 8 }}"),
    ok(graph_def='node { name: "x" op: "NoOp" } versions { producer: 1395 }'),
    bad("the graph counts as version 9", graph_def=f"node {{ {_OP} }} versions {{ producer: 9 }}"),
    bad(
        "a function counts as version",
        graph_def=f'library {{ function {{ signature {{ name: "f" }} node_def {{ {_OP} }} }} }} versions {{ producer: 8 }}',
    ),
)
