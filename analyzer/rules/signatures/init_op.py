"""An initialisation op that is missing, or more than one.

## Why it matters

Loading a version 1 model, or any model in a session, runs one init op: "Expected exactly one SavedModel init op. Found 2"
(python/saved_model/loader_impl.py `_get_main_op_tensor`), KeyError "The name 'gone' refers to an Operation not in the graph.",
and in TensorFlow Serving "Some target nodes not found: init_op" (cc/saved_model/loader_util.cc `GetInitOp`, core/graph/subgraph.cc
`PruneForTargets`).

## How to fix

Export again with one `main_op`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.initial import INIT_OP, MAIN_OPS, init_ops
from analyzer.graphs.op_defs import op_defs
from analyzer.graphs.tensors import is_target, look_up
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.SAVER, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """What is wrong with the init op of each meta graph."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        where = Location(artifact.saved_model.file, f"init_op/{meta_graph.tag_set}")
        ops = op_defs(meta_graph.graph, target)
        names = init_ops(meta_graph)
        signature = meta_graph.signatures.get(INIT_OP)
        if signature is not None and not any(names):
            yield rule.found(
                f"the signature {INIT_OP} names no op",
                where,
                check=Check.COLLECTIONS
                if INIT_OP in signature.outputs
                else Check.SAVER,  # C++ runs nothing for no name
                tensorflow_error=f'The key "{INIT_OP}" could not be found in the graph.',
                remedy="delete that signature, or export again",
            )
        elif len(names) != 1 and any(name in meta_graph.collections for name in MAIN_OPS):
            yield rule.found(
                f"there are {len(names)} init ops: {', '.join(names)}"
                if names
                else f"the {_origin(meta_graph)} is empty",
                where,
                tensorflow_error=f"Expected exactly one SavedModel init op. Found {len(names)}",
                remedy="export again with one main_op",
            )
        for name in filter(None, names[:1]):
            error = look_up(name, meta_graph.graph, ops).error
            if error:
                yield rule.found(
                    f"the init op {name!r} ({_origin(meta_graph)}) is not in the graph",
                    where,
                    check=Check.COLLECTIONS if is_target(name, meta_graph.graph) else Check.SAVER,
                    tensorflow_error=f'KeyError: "{error}"',
                    remedy="export again",
                    name=name,
                )


def _origin(meta_graph: MetaGraph) -> str:
    if INIT_OP in meta_graph.signatures:
        return f"signature {INIT_OP}"
    return "collection " + next((name for name in MAIN_OPS if name in meta_graph.collections), "")


_GRAPH = 'meta_graphs {{ graph_def {{ node {{ name: "init" op: "NoOp" }} }} collection_def {{ key: "{}" value {{ node_list {{ {} }} }} }} }}'

_SIGNATURE = 'meta_graphs {{ graph_def {{ node {{ name: "init" op: "NoOp" }} }} signature_def {{ key: "__saved_model_init_op" value {{ {} }} }} }}'

rule.examples(
    ok(saved_model=_SIGNATURE.format('outputs { key: "__saved_model_init_op" value { name: "init" } }')),
    ok(saved_model=_GRAPH.format("saved_model_main_op", 'value: "init"'), target="tensorflow==1.15.0"),
    ok(saved_model=_GRAPH.format("other", "")),
    bad("the collection saved_model_main_op is empty", saved_model=_GRAPH.format("saved_model_main_op", "")),
    bad("the signature __saved_model_init_op names no op", saved_model=_SIGNATURE.format("")),
    ok(saved_model=_GRAPH.format("saved_model_main_op", 'value: "init"')),
    ok(saved_model=_GRAPH.format("other", 'value: "gone"')),
    bad(
        "'gone' (collection legacy_init_op) is not in the graph",
        saved_model=_GRAPH.format("legacy_init_op", 'value: "gone"'),
    ),
    bad("there are 2 init ops", saved_model=_GRAPH.format("saved_model_main_op", 'value: "init" value: "init"')),
)
