"""An input of a signature whose name no parameter of a Python function can have.

## Why it matters

Since TensorFlow 2.19 `tf.saved_model.load` makes a function of each signature of a version 1 model whose parameters are named as the inputs:
ValueError "'in' is not a valid parameter name", "duplicate parameter name: 'a_b'" (python/saved_model/load_v1_in_v2.py `_extract_signatures`,
core/function/polymorphism/function_type.py `from_structured_signature`). Other characters than letters and digits become underscores first. The
session loaders and older releases take any name.

## How to fix

Export the model with another name for the input, or load with `tf.compat.v1.saved_model.load`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.parameter_names import naming_error
from analyzer.parts.saved_model import Signature
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each signature whose inputs cannot be the parameters of one function."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs if target.at_least("2.19") else ():
        for key, signature in meta_graph.signatures.items():
            error = naming_error(_argument_names(signature))
            if error:
                yield rule.found(
                    f"the inputs of signature {key!r} cannot be parameters of a function: {error}",
                    Location(artifact.saved_model.file, f"signature/{key}"),
                    tensorflow_error=error,
                    remedy="export with other names of inputs, or load with tf.compat.v1.saved_model.load",
                    signature=key,
                )


def _argument_names(signature: Signature) -> Iterator[str]:
    """The parameters that `_extract_signatures` makes of the inputs: one for each tensor."""
    for name, info in sorted(signature.inputs.items()):
        if info.encoding == "coo_sparse":
            yield from (f"{name}_{part}" for part in ("indices", "values", "dense_shape"))
        elif info.encoding == "composite_tensor":
            yield from (f"{name}_component_{number}" for number in range(len(info.names)))
        else:
            yield name


def _signature(*names: str, info: str = 'name: "x:0"') -> str:
    inputs = " ".join(f'inputs {{ key: "{name}" value {{ {info} }} }}' for name in names)
    return f'meta_graphs {{ signature_def {{ key: "s" value {{ {inputs} }} }} }}'


rule.examples(
    ok(saved_model=_signature("x", "input-1", "1st", "match", "_y", "a.b:0")),
    ok(saved_model=_signature("in"), target="tensorflow==2.18.0"),
    ok(saved_model=_signature("in", info='coo_sparse { values_tensor_name: "x:0" }')),
    bad("'in' is not a valid parameter name", saved_model=_signature("in"), target="tensorflow==2.19.0"),
    bad("duplicate parameter name: 'a_b'", saved_model=_signature("a-b", "a_b"), target="tensorflow==2.19.0"),
)
