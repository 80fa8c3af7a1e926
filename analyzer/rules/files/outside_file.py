"""A file outside of the artifact that the model's initialisation reads.

## Why it matters

A table whose vocabulary was not exported as an asset is filled from the path that the training code named, relative to wherever the
program runs: "/home/me/vocab.txt; No such file or directory" (core/kernels/lookup_util.cc `InitializeTableFromTextFile`). Whether that
file is there is not for the artifact to say, so this leaves a verdict undecided. `tf.saved_model.load` of TensorFlow 1.15 does not run
initialisers.

## How to fix

Export again with the file among the assets (`tf.compat.v1.GraphKeys.ASSET_FILEPATHS`), or put it where the model looks for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Confidence, Finding, Location, Phase
from analyzer.graphs.assets import READERS, passed_on
from analyzer.graphs.calls import ancestors, node_of
from analyzer.graphs.initial import init_ops
from analyzer.parts.graph import Nodes, TensorValue
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each such file of each init op."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        for path in sorted(set(_paths(meta_graph))):
            yield rule.found(
                f"the init op reads {path}, which is no asset of the model",
                Location(artifact.saved_model.file, f"init_op/{meta_graph.tag_set}"),
                confidence=Confidence.LOW,
                tensorflow_error=f"{path}; No such file or directory",
                remedy=f"export again with it among the assets, or have {path} where the model is loaded",
                path=path,
            )


def _paths(meta_graph: MetaGraph) -> Iterator[str]:
    nodes, names = meta_graph.graph.nodes, init_ops(meta_graph)
    if not names or not any(op in nodes.by_op for op in READERS):
        return
    fed = {node_of(asset.tensor_name) for asset in meta_graph.assets}
    for position in ancestors(nodes, names[:1]):
        if nodes.kinds[position].op in READERS:
            for name in nodes.inputs[position]:
                path = _constant(nodes, name, fed)
                if path:
                    yield path


def _constant(nodes: Nodes, name: str, fed: set[str]) -> str:
    """The text that a tensor is a constant of, through ops that pass it on; empty where it is none, or fed."""
    for node, kind in passed_on(name, nodes):
        if node in fed:
            break
        value = kind.attrs["value"].value if kind is not None and kind.op == "Const" and "value" in kind.attrs else None
        if isinstance(value, TensorValue) and value.small and isinstance(value.small[0], bytes):
            return value.small[0].decode("utf-8", "replace")
    return ""


_GRAPH = """meta_graphs {{ meta_info_def {{ tags: "serve" }} {}
  graph_def {{ node {{ name: "a" op: "{}" attr {{ key: "value" value {{ tensor {{ dtype: DT_STRING tensor_shape {{ }} string_val: "v.txt" }} }} }} }}
    node {{ name: "b" op: "Identity" input: "a" }} node {{ name: "t" op: "HashTableV2" }}
    node {{ name: "i" op: "InitializeTableFromTextFileV2" input: "t" input: "b" }} node {{ name: "init" op: "NoOp" input: "^{}" }} }}
  collection_def {{ key: "saved_model_main_op" value {{ node_list {{ value: "init" }} }} }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format('asset_file_def { tensor_info { name: "a:0" } filename: "v.txt" }', "Const", "i")),
    ok(saved_model=_GRAPH.format("", "Placeholder", "i")),
    ok(saved_model=_GRAPH.format("", "Const", "t")),
    bad("the init op reads v.txt, which is no asset", saved_model=_GRAPH.format("", "Const", "i")),
)
