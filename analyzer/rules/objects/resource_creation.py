"""A resource that cannot be made while the model loads.

## Why it matters

Tables and the like are made on their device by their `_create_resource` function as soon as a function captures them:
"NotImplementedError: TrackableResource._create_resource not implemented.", or "Could not satisfy device specification" where the device
belongs to another process (python/saved_model/load.py `_recreate_resource`, python/trackable/resource.py). Older
releases want an `_initialize` function too.

## How to fix

Export the model again, on a device that the loading process has.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.device_names import as_imported, python_fault
from analyzer.parts.saved_model import ObjectGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


_OPTIONAL_SINCE = "2.9"  # from here on a resource without `_initialize` is taken for initialised


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each resource that a function captures and that cannot be made."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        objects = meta_graph.objects
        for number in sorted(_captured(objects)) if objects is not None else ():
            assert objects is not None
            message, error = _fault(objects.nodes[number], target)
            if message:
                yield rule.found(
                    f"resource {number} {message}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                )


def _captured(objects: ObjectGraph) -> set[int]:
    numbers = {number for function in objects.concrete_functions.values() for number in function.bound_inputs}
    return {
        number for number in numbers if 0 <= number < len(objects.nodes) and objects.nodes[number].kind == "resource"
    }


def _fault(each: SavedObject, target: Target) -> tuple[str, str]:
    if not any(child.name == "_create_resource" for child in each.children):
        return (
            "has no `_create_resource` function",
            "NotImplementedError: TrackableResource._create_resource not implemented.",
        )
    if not target.at_least(_OPTIONAL_SINCE) and not any(child.name == "_initialize" for child in each.children):
        return "has no `_initialize` function", "RuntimeError"
    if not target.at_least("2.0"):
        return "", ""
    name = as_imported(each.device)
    if name is None:
        error = python_fault(each.device) or f"Failed to parse device name: '{each.device}'"
        return f"is to stand on {each.device!r}, which does not parse", error
    if name.job not in (None, "localhost") or name.replica not in (None, 0) or name.task not in (None, 0):
        text = f"Could not satisfy device specification '{each.device}'."
        return f"is to stand on {each.device!r}, in another process", text
    return "", ""


_GRAPH = """meta_graphs {{ object_graph_def {{ nodes {{ resource {{ device: "{}" }} {} }} nodes {{ function {{ }} }}
  concrete_functions {{ key: "f" value {{ bound_inputs: 0 }} }} }} }}"""
_INITIALIZE = 'children { local_name: "_initialize" node_id: 1 }'
_CREATE = 'children { local_name: "_create_resource" node_id: 1 }'

rule.examples(
    ok(saved_model=_GRAPH.format("", _CREATE)),
    ok(saved_model=_GRAPH.format("/job:localhost/replica:0/task:0/device:CPU:0", _CREATE)),
    ok(saved_model=_GRAPH.format("CPU", _CREATE)),  # what tracks a dataset stands there
    ok(saved_model=_GRAPH.format("cpu:0", _CREATE)),
    bad("in another process", saved_model=_GRAPH.format("job:worker/CPU", _CREATE)),
    bad("does not parse", saved_model=_GRAPH.format("DISK", _CREATE)),
    ok(saved_model=_GRAPH.format("/job:worker/task:1", _CREATE + _INITIALIZE), target="tensorflow==1.15.0"),
    bad("has no `_initialize`", saved_model=_GRAPH.format("", _CREATE), target="tensorflow==2.6.0"),
    bad("has no `_create_resource` function", saved_model=_GRAPH.format("", "")),
    bad("in another process", saved_model=_GRAPH.format("/job:worker/task:1", _CREATE)),
)
