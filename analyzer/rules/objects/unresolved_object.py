"""An object that stands for a graph node, an asset or a function's tensor which is not there.

## Why it matters

`tf.saved_model.load` makes constants from the nodes of the top-level graph (KeyError with the node's name), assets from the list of
asset files ("IndexError: list index out of range"), and captured tensors from functions (KeyError with the function's name)
(python/saved_model/load.py `_recreate`; `_Constant` and `Asset._deserialize_from_proto`, `_get_tensor_from_fn`).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import MetaGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each object that stands for nothing."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        for number, each in enumerate(meta_graph.objects.nodes if meta_graph.objects is not None else ()):
            message, error = _fault(each, meta_graph)
            if message:
                yield rule.found(
                    f"object {number} is {message}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                )


def _fault(each: SavedObject, meta_graph: MetaGraph) -> tuple[str, str]:
    """What is missing, and the error. Python takes small negative numbers as from the end."""
    count = len(meta_graph.assets)
    if each.kind == "constant" and each.operation not in meta_graph.graph.nodes.index:
        return f"the constant {each.operation!r}, which is no node of the graph", f"KeyError: {each.operation!r}"
    if each.kind == "asset" and not -count <= each.asset < count:
        return f"asset file {each.asset}, and there are {count}", "IndexError: list index out of range"
    if each.kind == "captured_tensor" and each.captured_in not in meta_graph.graph.functions:
        return (
            f"a tensor of function {each.captured_in!r}, which is not in the library",
            f"KeyError: {each.captured_in!r}",
        )
    return "", ""


_GRAPH = """meta_graphs {{ graph_def {{ node {{ name: "c" op: "Const" }} library {{ function {{ signature {{ name: "f" }} }} }} }}
  asset_file_def {{ filename: "v.txt" }} object_graph_def {{ nodes {{ {} }} }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format('constant { operation: "c" }')),
    ok(saved_model=_GRAPH.format("asset { asset_file_def_index: 0 }")),
    ok(saved_model=_GRAPH.format('captured_tensor { name: "x" concrete_function: "f" }')),
    bad("the constant 'gone'", saved_model=_GRAPH.format('constant { operation: "gone" }')),
    bad("asset file 9, and there are 1", saved_model=_GRAPH.format("asset { asset_file_def_index: 9 }")),
    bad("a tensor of function 'gone'", saved_model=_GRAPH.format('captured_tensor { concrete_function: "gone" }')),
)
