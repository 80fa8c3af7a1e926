"""Objects that wait for each other.

## Why it matters

From TensorFlow 2.8 on an object is made after those that it depends on: its declared dependencies, what its functions capture, the creator of
a resource, the optimizer of a slot variable. "Encountered a cycle in the deserialization dependenciesin the SavedModel."
(python/saved_model/load.py `_generate_ordered_node_ids`).

## How to fix

Export the model again; saving refuses such cycles.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import ObjectGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a graph, at every object that is never made."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs if target.at_least("2.8") else ():
        left = sorted(_never_made(meta_graph.objects)) if meta_graph.objects is not None else []
        if left:
            yield rule.found(
                f"{len(left)} objects wait for each other, {left[:3]} among them",
                [Location(artifact.saved_model.file, f"object/{number}") for number in left],
                tensorflow_error="Encountered a cycle in the deserialization dependenciesin the SavedModel.",
                remedy="export the model again",
            )


def _never_made(objects: ObjectGraph) -> set[int]:
    waits: dict[int, set[int]] = {number: set(_needs(each, objects)) for number, each in enumerate(objects.nodes)}
    for number, each in enumerate(objects.nodes):
        previous: int | None = None
        for slot in each.slots:
            if slot.node in waits:
                waits[slot.node] |= {number, slot.original} | ({previous} if previous is not None else set())
            previous = slot.node
    if any(need not in waits for needs in waits.values() for need in needs):
        return set()  # a missing object stops the load before
    followers: dict[int, list[int]] = {}
    for number, needs in waits.items():
        for need in needs:
            followers.setdefault(need, []).append(number)
    count = {number: len(needs) for number, needs in waits.items()}
    ready = [number for number, needs in count.items() if not needs]
    while ready:
        for follower in followers.get(ready.pop(), ()):
            count[follower] -= 1
            if not count[follower]:
                ready.append(follower)
    return {number for number, needs in count.items() if needs}


def _needs(each: SavedObject, objects: ObjectGraph) -> Iterator[int]:
    yield from (dependency.node for dependency in each.dependencies)
    for name in each.concrete_functions:
        if name in objects.concrete_functions:
            yield from objects.concrete_functions[name].bound_inputs
    if each.kind == "resource":
        yield from (child.node for child in each.children if child.name == "_create_resource")


_GRAPH = "meta_graphs {{ object_graph_def {{ nodes {{ user_object {{ }} {} }} nodes {{ user_object {{ }} {} }} }} }}"
_ON = 'dependencies {{ local_name: "d" node_id: {} }}'

rule.examples(
    ok(saved_model=_GRAPH.format(_ON.format(1), "")),
    ok(saved_model=_GRAPH.format('children { local_name: "c" node_id: 1 }', 'children { local_name: "c" node_id: 0 }')),
    ok(saved_model=_GRAPH.format(_ON.format(1), _ON.format(0)), target="tensorflow==2.7.0"),
    bad("2 objects wait for each other", saved_model=_GRAPH.format(_ON.format(1), _ON.format(0))),
)
