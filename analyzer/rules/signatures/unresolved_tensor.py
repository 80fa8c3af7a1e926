"""A signature that names a tensor which is not in the graph.

## Why it matters

`tf.saved_model.load` turns each signature of a version 1 model into a function and looks up every tensor: KeyError "The
name 'gone:0' refers to a Tensor which does not exist. The operation, 'gone', does not exist in the graph."
(python/saved_model/load_v1_in_v2.py `_extract_signatures`). The session loaders and models with an object graph do not look
signatures up at load; a session fails when the signature is used. Up to TensorFlow 2.1 a signature without outputs cannot be made a function
either (python/eager/lift_to_graph.py).

## How to fix

Export again with a signature built from tensors of that graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.op_defs import op_defs
from analyzer.graphs.tensors import look_up
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.SIGNATURE, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each tensor once, at every signature that names it."""
    assert artifact.saved_model is not None
    file = artifact.saved_model.file
    for meta_graph in artifact.meta_graphs:
        ops = op_defs(meta_graph.graph, target)
        for key, signature in meta_graph.signatures.items():
            if not signature.outputs and not target.at_least("2.2"):
                yield rule.found(
                    f"signature {key!r} names no output",
                    Location(file, f"signature/{key}"),
                    check=Check.LIFT,
                    tensorflow_error="IndexError: list index out of range",
                    remedy="load with TensorFlow 2.2 or newer, or with tf.compat.v1.saved_model.load",
                )
            if not target.at_least("2.1"):
                for name, info in signature.inputs.items():
                    if info.encoding not in ("", "name"):
                        yield _finding(Location(file, f"signature/{key}"), key, "input", name, "", "The name ''")
            for side, infos in (("input", signature.inputs), ("output", signature.outputs)):
                for name, info in infos.items():
                    for tensor in info.names:
                        found = look_up(tensor, meta_graph.graph, ops)
                        if found.error or (side == "input" and found.output is None):
                            yield _finding(Location(file, f"signature/{key}"), key, side, name, tensor, found.error)


def _finding(where: Location, key: str, side: str, name: str, tensor: str, error: str) -> Finding:
    wrong = "which is not in the graph" if error else "an operation; inputs must be tensors"
    return rule.found(
        f"signature {key!r} names {tensor!r} for its {side} {name!r}, {wrong}",
        where,
        tensorflow_error=f'KeyError: "{error}"' if error else "All members of argument `feeds` must be tensors.",
        remedy="export again with a signature made from tensors of this graph",
        tensor=tensor,
    )


_GRAPH = 'meta_info_def { tags: "serve" } graph_def { node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } } }'

rule.examples(
    ok(saved_model=f"meta_graphs {{ {_GRAPH} }}"),
    ok(
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ outputs {{ key: "a" value {{ name: "x:0" }} }} }} }} }}',
        target="tensorflow==2.1.0",
    ),
    ok(
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ inputs {{ key: "a" value {{ name: "x:0" }} }} }} }} }}'
    ),
    bad(
        "signature 's' names no output",
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ inputs {{ key: "a" value {{ name: "x:0" }} }} }} }} }}',
        target="tensorflow==2.1.0",
    ),
    bad(
        "names 'gone:0' for its input 'a'",
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ inputs {{ key: "a" value {{ name: "gone:0" }} }} }} }} }}',
    ),
    bad(
        "names 'x:1' for its output 'a'",
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ outputs {{ key: "a" value {{ name: "x:1" }} }} }} }} }}',
    ),
    bad(
        "names 'x' for its input 'a', an operation",
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ inputs {{ key: "a" value {{ name: "x" }} }} }} }} }}',
    ),
    ok(
        saved_model=f'meta_graphs {{ {_GRAPH} signature_def {{ key: "s" value {{ outputs {{ key: "a" value {{ name: "x" }} }} }} }} }}'
    ),
)
