"""A name that the graph's restore operation asks for and the checkpoint does not have.

## Why it matters

"Key X not found in checkpoint" (core/util/tensor_bundle/tensor_bundle.cc, from the RestoreV2 kernel), which `Saver.restore` wraps as
"Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key that is missing from the
checkpoint" (python/training/saver.py). Graph and checkpoint are not of one model: renamed scopes, an optimizer added or left
out, files of two runs in one folder.

A `Saver` given an object-based checkpoint maps names through the checkpoint's object graph and loads when all are there.

## How to fix

Pair the files of one save, or restore the variables that are there with a Saver of its own `var_list`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.made_saver import COLLECTIONS, saved_name
from analyzer.graphs.restored import entries_named, restore_nodes
from analyzer.parts.checkpoint import Checkpoint
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.RESTORE_NAMES, reads=frozenset({"checkpoint", "graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each restore node that asks for what is not there."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    if artifact.meta_graph is not None and _mapped(artifact.meta_graph, checkpoint):
        return
    nodes = list(restore_nodes(artifact))
    have = entries_named(checkpoint, (name for node in nodes for name in node.names))
    places: dict[str, list[Location]] = {}
    for node in nodes:
        for name in node.names:
            if name not in have:
                places.setdefault(name, []).append(node.where)
    if places:
        first = next(iter(places))
        more = f" and {len(places) - 1} more names" if len(places) > 1 else ""
        yield rule.found(
            f"the graph restores {first}{more}, which {checkpoint.index_file} does not have{_nearest(first, checkpoint)}",
            dict.fromkeys(place for where in places.values() for place in where),
            tensorflow_error=f"Key {first} not found in checkpoint",
            remedy="pair the graph with the checkpoint of the same save",
            missing=list(places)[:100],
            number=len(places),
        )


def _mapped(meta_graph: MetaGraph, checkpoint: Checkpoint) -> bool:
    """Whether a Saver would map every variable by its full name (saver.py `saver_from_object_based_checkpoint`)."""
    if checkpoint.objects is None:
        return False
    full_names = {attribute.full_name for each in checkpoint.objects for attribute in each.attributes}
    variables = [each for name in COLLECTIONS for each in meta_graph.variables.get(name, ())]
    return {saved_name(each) for each in variables} <= full_names


def _nearest(name: str, checkpoint: Checkpoint) -> str:
    """The name that comes closest, where there are few enough to look."""
    from difflib import get_close_matches

    if checkpoint.count > 2000:
        return ""
    near = get_close_matches(name, [entry.key for entry in checkpoint.entries], 1, 0.5)
    return f"; {near[0]} comes closest" if near else ""


_META = """
meta_info_def { tags: "x" }
graph_def {
  node { name: "save/Const" op: "Const" attr { key: "value" value { tensor { dtype: DT_STRING tensor_shape { } string_val: "m" } } } }
  node { name: "save/names" op: "Const" attr { key: "value" value { tensor {
    dtype: DT_STRING tensor_shape { dim { size: 2 } } string_val: "a" string_val: "b" } } } }
  node { name: "save/slices" op: "Const" attr { key: "value" value { tensor {
    dtype: DT_STRING tensor_shape { dim { size: 2 } } string_val: "" string_val: "" } } } }
  node { name: "save/RestoreV2" op: "RestoreV2" input: "save/Const" input: "save/names" input: "save/slices"
    attr { key: "dtypes" value { list { type: DT_FLOAT type: DT_FLOAT } } } }
}
saver_def { filename_tensor_name: "save/Const:0" restore_op_name: "save/RestoreV2" version: V2 }
"""
_NO_SAVER = """
meta_info_def { tags: "x" }
graph_def { node { name: "a" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } } }
collection_def { key: "variables" value { bytes_list { value: "\\n\\003a:0" } } }
"""
_ONE = ("float32", (2,))

rule.examples(
    ok(meta=_META, checkpoint={"a": _ONE, "b": _ONE, "more": _ONE}),
    ok(meta=_META, checkpoint={"a": _ONE, "b": _ONE}, v1=True),
    ok(meta='meta_info_def { tags: "x" }', checkpoint={"a": _ONE}),
    ok(meta=_NO_SAVER, checkpoint={"a": _ONE}),
    bad("the graph restores a, which model.ckpt.index does not have", meta=_NO_SAVER, checkpoint={"b": _ONE}),
    bad("the graph restores b, which model.ckpt.index does not have", meta=_META, checkpoint={"a": _ONE}),
    bad("b_1 comes closest", meta=_META, checkpoint={"a": _ONE, "b_1": _ONE}),
)
