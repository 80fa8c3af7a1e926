"""A signature that names the same tensor for two inputs.

## Why it matters

`tf.saved_model.load` makes a function of each signature of a version 1 model: "TF_Output x:0 appears more than once in the
input list" (c/c_api_function.cc `ProcessInputs`). The session loaders do not make functions.

## How to fix

Export again with one input per placeholder, or load with `tf.compat.v1.saved_model.load`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each tensor that a signature names twice."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        for key, signature in meta_graph.signatures.items():
            counts = Counter(name for info in signature.inputs.values() for name in info.names)
            for name, count in counts.items():
                if count > 1:
                    yield rule.found(
                        f"signature {key!r} has {count} inputs that are the same tensor {name!r}",
                        Location(artifact.saved_model.file, f"signature/{key}"),
                        tensorflow_error=f"TF_Output {name} appears more than once in the input list",
                        remedy="load with tf.compat.v1.saved_model.load, or export with one input per placeholder",
                        tensor=name,
                    )


rule.examples(
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(
        saved_model="""meta_graphs { signature_def { key: "s" value { inputs { key: "a" value { name: "x:0" } } } }
                      signature_def { key: "t" value { inputs { key: "a" value { name: "x:0" } } } } }"""
    ),
    bad(
        "'s' has 2 inputs that are the same tensor 'x:0'",
        saved_model="""meta_graphs { signature_def { key: "s" value {
                      inputs { key: "a" value { name: "x:0" } } inputs { key: "b" value { name: "x:0" } } } } }""",
    ),
)
