"""A function that captures an object which is no tensor.

## Why it matters

Functions are given back what they captured: variables, constants, assets, resources. "Cannot convert node <...> to tensor." stands for
any other object (python/saved_model/load.py `_setup_function_captures`, python/trackable/trackable_utils.py or
python/saved_model/function_deserialization.py `restore_captures`).

## How to fix

Export the model again; TensorFlow itself writes no such graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_SHARDED = "_tf_distribute_sharded_variable"  # which 2.5 to 2.9 make again (python/distribute/sharded_variable.py)
_FUNCTIONS = ("function", "bare_concrete_function")
_NO_TENSORS = re.compile(
    "_generic_user_object|optimizer|signature_map|trackable_(list|dict|tuple)_wrapper|_tf_keras_.*"
)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function with the objects that it cannot capture."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        objects = meta_graph.objects
        for name, function in objects.concrete_functions.items() if objects is not None else ():
            assert objects is not None
            wrong = [
                number
                for number in function.bound_inputs
                if 0 <= number < len(objects.nodes) and _is_no_tensor(objects.nodes[number], target)
            ]
            if wrong:
                yield rule.found(
                    f"function {name!r} captures object {wrong[0]}, which is a {objects.nodes[wrong[0]].kind}",
                    Location(artifact.saved_model.file, f"concrete_function/{name}"),
                    tensorflow_error="Cannot convert node to tensor.",
                    remedy="export the model again",
                    objects=wrong,
                )


def _is_no_tensor(each: SavedObject, target: Target) -> bool:
    if each.registered_name:
        return False
    if each.identifier == _SHARDED:
        return not target.at_least("2.5") or target.at_least("2.10")
    return each.kind in _FUNCTIONS or (
        each.kind == "user_object" and _NO_TENSORS.fullmatch(each.identifier) is not None
    )


_GRAPH = 'meta_graphs {{ object_graph_def {{ nodes {{ {} }} concrete_functions {{ key: "f" value {{ bound_inputs: 0 }} }} }} }}'

rule.examples(
    ok(saved_model=_GRAPH.format("variable { }")),
    ok(saved_model=_GRAPH.format("resource { }")),
    ok(saved_model=_GRAPH.format('user_object { identifier: "other" }')),
    ok(saved_model=_GRAPH.format(f'user_object {{ identifier: "{_SHARDED}" }}'), target="tensorflow==2.8.0"),
    bad("captures object 0", saved_model=_GRAPH.format(f'user_object {{ identifier: "{_SHARDED}" }}')),
    bad("captures object 0, which is a function", saved_model=_GRAPH.format("function { }")),
    bad("which is a user_object", saved_model=_GRAPH.format('user_object { identifier: "_tf_keras_sequential" }')),
    bad("which is a user_object", saved_model=_GRAPH.format('user_object { identifier: "_generic_user_object" }')),
)
