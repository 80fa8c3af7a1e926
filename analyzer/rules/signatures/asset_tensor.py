"""An asset whose tensor is not in the graph, or that is fed twice.

## Why it matters

Initialising a version 1 model feeds the path of each asset to its tensor: "Cannot interpret feed_dict key as Tensor: The name 'gone:0'
refers to a Tensor which does not exist." (python/saved_model/loader_impl.py `get_asset_tensors`), KeyError in `tf.saved_model.load`
(load_v1_in_v2.py), "Tensor gone:0, specified in either feed_devices or fetch_devices was not found in the Graph" in TensorFlow Serving, which
also refuses a tensor that two assets name: "Endpoint "vocabulary:0" fed more than once." (cc/saved_model/loader.cc `AddAssetsTensorsToInputs`).

## How to fix

Export again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.initial import init_ops
from analyzer.graphs.op_defs import op_defs
from analyzer.graphs.tensors import look_up
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.FEEDS, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each asset that names no tensor, and each tensor that is named twice."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        ops = op_defs(meta_graph.graph, target)
        for asset in meta_graph.assets:
            error = look_up(asset.tensor_name, meta_graph.graph, ops).error
            if error:
                for noticed_by in (
                    Check.SIGNATURE,
                    *((Check.FEEDS, Check.INITIALIZER) if init_ops(meta_graph) else ()),
                ):
                    yield rule.found(
                        f"asset {asset.filename!r} is fed to {asset.tensor_name!r}, which is not in the graph",
                        _place(artifact.saved_model.file, meta_graph, asset.filename),
                        check=noticed_by,
                        tensorflow_error=f"Cannot interpret feed_dict key as Tensor: {error}",
                        remedy="export again",
                    )
        for name, count in Counter(asset.tensor_name for asset in meta_graph.assets).items():
            if count > 1 and (init_ops(meta_graph) or "variables/variables.index" in artifact.files):
                yield rule.found(
                    f"{count} assets are fed to the same tensor {name!r}",
                    _place(artifact.saved_model.file, meta_graph, "assets"),
                    tensorflow_error=f'Endpoint "{name}" fed more than once.',
                    remedy="export again with one asset a tensor",
                    tensor=name,
                )


def _place(file: str, meta_graph: MetaGraph, filename: str) -> Location:
    return Location(file, f"init_op/{meta_graph.tag_set}/{filename}")


_ASSET = 'asset_file_def {{ tensor_info {{ name: "{}" }} filename: "v.txt" }}'
_GRAPH = """meta_graphs {{ graph_def {{ node {{ name: "a" op: "Const" attr {{ key: "dtype" value {{ type: DT_STRING }} }} }} node {{ name: "init" op: "NoOp" }} }}
  {} {} collection_def {{ key: "saved_model_main_op" value {{ node_list {{ value: "init" }} }} }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format(_ASSET.format("a:0"), "")),
    ok(saved_model=_GRAPH.format("", "")),
    bad("is fed to 'gone:0', which is not in the graph", saved_model=_GRAPH.format(_ASSET.format("gone:0"), "")),
    bad(
        "2 assets are fed to the same tensor 'a:0'",
        saved_model=_GRAPH.format(_ASSET.format("a:0"), _ASSET.format("a:0")),
    ),
)
