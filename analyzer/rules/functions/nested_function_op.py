"""A function called by its name from a function that a signature reaches.

## Why it matters

`tf.saved_model.load` lifts each signature of a version 1 model into a new graph and takes along the functions whose names are ops there, but not
those that they call in the same way: "Op type not registered '__inference_scale_7'" (python/eager/lift_to_graph.py
`_copy_non_source`). TensorFlow wrote such calls until 1.14; newer graphs carry `_disable_call_shape_inference`, and are not looked into.

## How to fix

Load with `tf.compat.v1.saved_model.load`, or export again with a newer release.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.calls import ancestors, called_as_such, is_disabled
from analyzer.parts.graph import Graph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each signature that reaches such a call, with the function that is not found."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs if target.at_least("1.15") else ():
        graph = meta_graph.graph
        for key, signature in meta_graph.signatures.items() if graph.functions else ():
            names = [name for info in signature.outputs.values() for name in info.names]
            lost = next(_lost(graph, ancestors(graph.nodes, names)), None)
            if lost is not None:
                yield rule.found(
                    f"signature {key!r} reaches a function that calls {lost!r} by its name",
                    Location(artifact.saved_model.file, f"signature/{key}"),
                    tensorflow_error=f"Op type not registered '{lost}'",
                    remedy="load with tf.compat.v1.saved_model.load",
                    function=lost,
                )


def _lost(graph: Graph, positions: set[int]) -> Iterator[str]:
    """Functions that are ops in the functions which shape inference looks into from top-level ops that are functions."""
    kinds = {graph.nodes.kinds[position] for position in positions}
    ops = [kind for kind in kinds if kind.op in graph.functions]
    for name in sorted(called_as_such(graph, ops, is_disabled)):
        for kind in graph.functions[name].nodes.by_kind:
            if kind.op in graph.functions:
                yield kind.op


_GRAPH = """meta_graphs {{ graph_def {{ node {{ name: "x" op: "Placeholder" }} node {{ name: "y" op: "f" input: "x" {} }}
  library {{ function {{ signature {{ name: "f" }} {} }} function {{ signature {{ name: "g" }} }} }} }}
  signature_def {{ key: "s" value {{ outputs {{ key: "y" value {{ name: "y:0" }} }} }} }} }}"""
_NESTED = 'node_def { name: "n" op: "g" }'

rule.examples(
    ok(saved_model=_GRAPH.format("", "")),
    ok(saved_model=_GRAPH.format('attr { key: "_disable_call_shape_inference" value { b: true } }', _NESTED)),
    bad("'s' reaches a function that calls 'g' by its name", saved_model=_GRAPH.format("", _NESTED)),
)
