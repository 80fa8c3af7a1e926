"""A signature whose output is a reference to a version 1 variable.

## Why it matters

`tf.saved_model.load` makes a function of each signature, and functions return no references (inputs become placeholders): "Output 0 of
node 'counter' has a reference type float_ref" (c/c_api_function.cc `GraphToFunctionDef`). The session loaders do not
make functions.

## How to fix

Load with `tf.compat.v1.saved_model.load`, or export a signature that goes through `tf.identity`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.op_defs import REF, op_defs
from analyzer.graphs.tensors import look_up
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each output of a signature that is a reference."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        graph = meta_graph.graph
        ops = op_defs(graph, target)
        for key, signature in meta_graph.signatures.items():
            fed = {name for info in signature.inputs.values() for name in info.names}
            names = [name for info in signature.outputs.values() for name in info.names if name not in fed]
            for name in dict.fromkeys(names):
                found = look_up(name, graph, ops)
                if found.position is None or found.output is None:
                    continue
                types = ops.in_out(graph.nodes.kinds[found.position])
                if types is None or types.outputs.error or types.outputs.types[found.output] <= REF:
                    continue
                yield rule.found(
                    f"signature {key!r} returns {name!r}, a reference to a variable",
                    Location(artifact.saved_model.file, f"signature/{key}"),
                    tensorflow_error=f"Output {found.output} of node '{graph.nodes.names[found.position]}' has a reference type",
                    remedy="load with tf.compat.v1.saved_model.load, or export tf.identity of the variable",
                    tensor=name,
                )


_NODES = """meta_info_def { tags: "serve" } graph_def {
  node { name: "v" op: "VariableV2" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } } }
  node { name: "i" op: "Identity" input: "v" attr { key: "T" value { type: DT_FLOAT } } } }"""

rule.examples(
    ok(saved_model=f"meta_graphs {{ {_NODES} }}"),
    ok(
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ outputs {{ key: "o" value {{ name: "i:0" }} }} }} }} }}'
    ),
    bad(
        "'s' returns 'v:0'",
        saved_model=f'meta_graphs {{ {_NODES} signature_def {{ key: "s" value {{ outputs {{ key: "o" value {{ name: "v:0" }} }} }} }} }}',
    ),
)
