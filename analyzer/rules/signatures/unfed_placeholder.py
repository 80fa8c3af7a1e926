"""An output of a signature that depends on a placeholder which is no input of it.

## Why it matters

`tf.saved_model.load` lifts each signature of a version 1 model out of its graph: UnliftableError "A SavedModel signature
needs an input for each placeholder the signature's outputs use. An output for signature 'serving_default' depends on a
placeholder which is not an input" (python/saved_model/load_v1_in_v2.py, python/ops/op_selector.py `map_subgraph`). Typical
are `keep_prob` and `is_training`. The session loaders do not look.

## How to fix

Load with the session loader, or export again with `tf.compat.v1.placeholder_with_default`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.calls import node_of
from analyzer.parts.graph import Nodes
from analyzer.parts.saved_model import Signature
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each signature with the placeholders that it does not feed."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        nodes = meta_graph.graph.nodes
        placeholders = set(nodes.by_op.get("Placeholder", ()))
        for key, signature in meta_graph.signatures.items() if placeholders else ():
            unfed = sorted(nodes.names[each] for each in _reached(nodes, signature) & placeholders)
            if unfed:
                yield rule.found(
                    f"an output of signature {key!r} depends on {', '.join(map(repr, unfed))}, which it does not feed",
                    Location(artifact.saved_model.file, f"signature/{key}"),
                    tensorflow_error="UnliftableError: A SavedModel signature needs an input for each placeholder the "
                    f"signature's outputs use. An output for signature '{key}' depends on a placeholder which is not an input",
                    remedy="load with tf.compat.v1.saved_model.load, or export with placeholder_with_default",
                    placeholders=unfed,
                )


def _reached(nodes: Nodes, signature: Signature) -> set[int]:
    """Nodes that the outputs need, walking back as far as the nodes of inputs."""
    fed = {nodes.index.get(node_of(name)) for info in signature.inputs.values() for name in info.names}
    pending = [nodes.index.get(node_of(name)) for info in signature.outputs.values() for name in info.names]
    found: set[int] = set()
    while pending:
        position = pending.pop()
        if position is None or position in fed or position in found:
            continue
        found.add(position)
        pending.extend(nodes.index.get(node_of(name)) for name in nodes.inputs[position])
    return found


_NODES = 'meta_info_def { tags: "serve" } graph_def { node { name: "x" op: "Placeholder" } node { name: "y" op: "Identity" input: "x" } }'
_OUTPUT = 'outputs { key: "y" value { name: "y:0" } }'

rule.examples(
    ok(saved_model=f"meta_graphs {{ {_NODES} }}"),
    ok(
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ inputs {{ key: "x" value {{ name: "x:0" }} }} {_OUTPUT} }} }} }}'
    ),
    bad(
        "'s' depends on 'x', which it does not feed",
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ {_OUTPUT} }} }} }}',
    ),
)
