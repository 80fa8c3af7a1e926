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
    """Each resource that a function captures and that cannot be made, each that cannot be initialised."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        objects = meta_graph.objects
        if objects is None:
            continue
        captured = _captured(objects)
        for number, each in enumerate(objects.nodes):
            if each.kind != "resource":
                continue
            message, error = _fault(each, target) if number in captured else _uninitialised(each, target)
            if message:
                yield rule.found(
                    f"resource {number} {message}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                )


def _captured(objects: ObjectGraph) -> set[int]:
    return {number for function in objects.concrete_functions.values() for number in function.bound_inputs}


def _fault(each: SavedObject, target: Target) -> tuple[str, str]:
    if not any(child.name == "_create_resource" for child in each.children):
        return (
            "has no `_create_resource` function",
            "NotImplementedError: TrackableResource._create_resource not implemented.",
        )
    message, error = _uninitialised(each, target)
    if message:
        return message, error
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


def _uninitialised(each: SavedObject, target: Target) -> tuple[str, str]:
    """`Loader.__init__` initialises every resource, captured or not."""
    if target.at_least(_OPTIONAL_SINCE) or any(child.name == "_initialize" for child in each.children):
        return "", ""
    return "has no `_initialize` function", "RuntimeError"


_GRAPH = """meta_graphs {{ object_graph_def {{ nodes {{ resource {{ device: "{}" }} {} }} nodes {{ function {{ }} }}
  concrete_functions {{ key: "f" value {{ bound_inputs: 0 }} }} }} }}"""
_ALONE = """meta_graphs { object_graph_def { nodes { resource { } children { local_name: "x" node_id: 1 } } nodes { function { } } } }"""
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
    ok(saved_model=_ALONE),
    ok(saved_model=_ALONE.replace("{ } children", "{ } " + _INITIALIZE + " children"), target="tensorflow==2.6.0"),
    bad("has no `_initialize`", saved_model=_ALONE, target="tensorflow==2.6.0"),
    bad("has no `_create_resource` function", saved_model=_GRAPH.format("", "")),
    bad("in another process", saved_model=_GRAPH.format("/job:worker/task:1", _CREATE)),
)
