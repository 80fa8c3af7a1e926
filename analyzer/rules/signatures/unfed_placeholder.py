"""A placeholder that nothing feeds: one that a signature's output or the init op depends on.

## Why it matters

`tf.saved_model.load` lifts each signature of a version 1 model out of its graph: UnliftableError "A SavedModel signature
needs an input for each placeholder the signature's outputs use. An output for signature 'serving_default' depends on a
placeholder which is not an input" (python/saved_model/load_v1_in_v2.py, python/ops/op_selector.py `map_subgraph`). Typical
are `keep_prob` and `is_training`. The session loaders do not look.

They run the init op, though, and feed it the paths of the assets that the model declares and nothing else: "You must feed a value for
placeholder tensor 'asset_path_initializer' with dtype string" (core/kernels/constant_op.cc `PlaceholderOp`).

## How to fix

Load with the session loader, or export again with `tf.compat.v1.placeholder_with_default`; with all assets, where the init op fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.calls import ancestors, node_of
from analyzer.graphs.initial import init_ops
from analyzer.parts.graph import Nodes
from analyzer.parts.saved_model import MetaGraph, Signature
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))

_PLACEHOLDERS = ("Placeholder", "PlaceholderV2")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each signature with the placeholders that it does not feed."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        yield from _of_init_op(artifact.saved_model.file, meta_graph)
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


def _of_init_op(file: str, meta_graph: MetaGraph) -> Iterator[Finding]:
    nodes, names = meta_graph.graph.nodes, init_ops(meta_graph)
    placeholders = {each for op in _PLACEHOLDERS for each in nodes.by_op.get(op, ()) if not nodes.inputs[each]}
    if not placeholders or not names:
        return
    fed = {node_of(asset.tensor_name) for asset in meta_graph.assets}
    unfed = sorted({nodes.names[each] for each in ancestors(nodes, names[:1]) & placeholders} - fed)
    if unfed:
        yield rule.found(
            f"the init op {names[0]!r} depends on {', '.join(map(repr, unfed))}, which no asset is fed to",
            Location(file, f"init_op/{meta_graph.tag_set}"),
            check=Check.INITIALIZER,
            tensorflow_error=f"You must feed a value for placeholder tensor '{unfed[0]}'",
            remedy="export again, with the assets that the init op reads",
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
_INIT = """meta_graphs {{ meta_info_def {{ tags: "serve" }} {} graph_def {{ node {{ name: "x" op: "{}" {} }}
  node {{ name: "y" op: "Identity" input: "x" }} node {{ name: "z" op: "Placeholder" }} node {{ name: "init" op: "NoOp" input: "^y" }} }}
  collection_def {{ key: "saved_model_main_op" value {{ node_list {{ value: "init" }} }} }} }}"""

rule.examples(
    ok(saved_model=_INIT.format("", "Const", "")),
    ok(saved_model=_INIT.format('asset_file_def { tensor_info { name: "x:0" } filename: "v.txt" }', "Placeholder", "")),
    ok(saved_model=_INIT.format("", "Placeholder", 'input: "^switch"')),
    bad("the init op 'init' depends on 'x', which no asset is fed to", saved_model=_INIT.format("", "Placeholder", "")),
    ok(saved_model=f"meta_graphs {{ {_NODES} }}"),
    ok(
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ inputs {{ key: "x" value {{ name: "x:0" }} }} {_OUTPUT} }} }} }}'
    ),
    bad(
        "'s' depends on 'x', which it does not feed",
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ {_OUTPUT} }} }} }}',
    ),
)
