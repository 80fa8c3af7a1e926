"""An object that stands for a graph node, an asset or a function's tensor which is not there.

## Why it matters

`tf.saved_model.load` makes constants from the nodes of the top-level graph (KeyError with the node's name; "cannot reshape array of size 3
into shape (4,)"), assets from the list of asset files ("IndexError: list index out of range"), and captured tensors from functions
(KeyError with the function's name) (python/saved_model/load.py `_recreate`; `_Constant` and `Asset._deserialize_from_proto`,
`_get_tensor_from_fn`; python/framework/tensor_util.py `MakeNdarray`).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.constants import is_unreadable
from analyzer.parts.graph import NodeKind, TensorValue
from analyzer.parts.saved_model import MetaGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

_PAIRS = (8, 18)  # complex64, complex128: two values an element
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
    nodes = meta_graph.graph.nodes
    if each.kind == "constant" and (error := _no_array(nodes.kinds[nodes.index[each.operation]])):
        return f"the constant {each.operation!r}, of which no array can be made", error
    if each.kind == "asset" and not -count <= each.asset < count:
        return f"asset file {each.asset}, and there are {count}", "IndexError: list index out of range"
    if each.kind == "captured_tensor" and each.captured_in not in meta_graph.graph.functions:
        return (
            f"a tensor of function {each.captured_in!r}, which is not in the library",
            f"KeyError: {each.captured_in!r}",
        )
    return "", ""


def _no_array(kind: NodeKind) -> str:
    """What NumPy or TensorFlow says of a node's value as an array; there is none where the node has no value."""
    attr = kind.attrs.get("value")
    tensor = attr.value if attr is not None and isinstance(attr.value, TensorValue) else None
    if tensor is None or tensor.dtype == 0:
        return "Cannot convert the argument `type_value`: 0 to a TensorFlow DType."
    count = prod(tensor.shape or ())
    surplus = not tensor.content and tensor.values > count and tensor.dtype not in _PAIRS
    if is_unreadable(tensor) or (surplus and all(size >= 0 for size in tensor.shape or ())):
        return f"cannot reshape array of size {tensor.values} into shape {tensor.shape}"
    return ""


_GRAPH = """meta_graphs {{ graph_def {{ node {{ name: "c" op: "Const" attr {{ key: "value" value {{ tensor {{
  dtype: DT_FLOAT tensor_shape {{ dim {{ size: 2 }} }} float_val: 1 }} }} }} }} library {{ function {{ signature {{ name: "f" }} }} }} }}
  asset_file_def {{ filename: "v.txt" }} object_graph_def {{ nodes {{ {} }} }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format('constant { operation: "c" }')),
    ok(saved_model=_GRAPH.format("asset { asset_file_def_index: 0 }")),
    ok(saved_model="meta_graphs { }"),
    ok(saved_model=_GRAPH.format('captured_tensor { name: "x" concrete_function: "f" }')),
    ok(saved_model=_GRAPH.format('constant { operation: "c" }').replace("float_val: 1", "float_val: 1 float_val: 2")),
    ok(saved_model=_GRAPH.format('constant { operation: "c" }').replace("float_val: 1", "")),
    bad(
        "of which no array can be made",
        saved_model=_GRAPH.format('constant { operation: "c" }').replace("float_val: 1", 'tensor_content: "abc"'),
    ),
    bad(
        "of which no array can be made",
        saved_model=_GRAPH.format('constant { operation: "c" }').replace("DT_FLOAT", "DT_INVALID"),
    ),
    bad("the constant 'gone'", saved_model=_GRAPH.format('constant { operation: "gone" }')),
    bad("asset file 9, and there are 1", saved_model=_GRAPH.format("asset { asset_file_def_index: 9 }")),
    bad("a tensor of function 'gone'", saved_model=_GRAPH.format('captured_tensor { concrete_function: "gone" }')),
)
