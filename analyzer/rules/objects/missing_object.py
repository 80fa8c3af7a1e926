"""A reference to an object that the object graph does not have.

## Why it matters

Children, slot variables, captured inputs and save functions are numbers of nodes: "IndexError: list index out of range" while
`tf.saved_model.load` connects them, or "Found values in the dependency map which are not keys" while it orders them
(python/saved_model/load.py `_add_object_graph_edges`, `_generate_ordered_node_ids`, `_setup_function_captures`).

## How to fix

Export the model again; TensorFlow itself writes no such graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import ObjectGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each reference that leads nowhere, with the object or function that holds it."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        if meta_graph.objects is None:
            continue
        count = len(meta_graph.objects.nodes)
        if not count:
            yield rule.found(
                "the object graph has no objects, not even the root",
                Location(artifact.saved_model.file, "object/0"),
                tensorflow_error="IndexError: list index out of range",
                remedy="export the model again",
            )
        for owner, what, number in _references(meta_graph.objects, target):
            yield rule.found(
                f"{owner.replace('/', ' ', 1)}: {what} is object {number}, and there are {count}",
                Location(artifact.saved_model.file, owner),
                tensorflow_error="IndexError: list index out of range",
                remedy="export the model again",
                number=number,
            )


def _references(objects: ObjectGraph, target: Target) -> Iterator[tuple[str, str, int]]:
    """Holder, words and number of each reference outside the graph. Python takes small negative numbers as from the end."""
    count = len(objects.nodes)
    for number, each in enumerate(objects.nodes):
        owner = f"object/{number}"
        for child in each.children:
            if not (-count if target.at_least("2.2") else 0) <= child.node < count:
                yield owner, f"child {child.name!r}", child.node
        for dependency in each.dependencies if target.at_least("2.8") else ():
            if not 0 <= dependency.node < count:
                yield owner, f"dependency {dependency.name!r}", dependency.node
        for slot in each.slots:
            if not 0 <= slot.node < count and target.at_least("2.8"):  # which put in order what has slots
                yield owner, f"slot variable {slot.name!r}", slot.node
            if not 0 <= slot.original < count:
                yield owner, f"variable with a slot {slot.name!r}", slot.original
        for name, functions in each.saveables.items():
            for what, node in (("save", functions.save), ("restore", functions.restore)):
                if not -count <= node < count and target.at_least("2.3"):
                    yield owner, f"{what} function of {name!r}", node
    for name, function in objects.concrete_functions.items():
        for node in function.bound_inputs:
            if not 0 <= node < count:
                yield f"concrete_function/{name}", "a captured input", node


_SLOT = 'nodes { slot_variables { slot_name: "m" slot_variable_node_id: 9 } user_object { } }'
_GRAPH = "meta_graphs {{ object_graph_def {{ {} }} }}"

rule.examples(
    ok(
        saved_model=_GRAPH.format(
            'nodes { children { local_name: "v" node_id: 1 } user_object { } } nodes { user_object { } }'
        )
    ),
    ok(saved_model=_GRAPH.format('nodes { children { local_name: "v" node_id: -1 } user_object { } }')),
    ok(saved_model="meta_graphs { }"),
    ok(saved_model=_GRAPH.format(_SLOT), target="tensorflow==2.7.0"),
    ok(saved_model=_GRAPH.format("nodes { user_object { } }")),
    bad("no objects, not even the root", saved_model="meta_graphs { object_graph_def { } }"),
    bad(
        "child 'v' is object 9, and there are 1",
        saved_model=_GRAPH.format('nodes { children { local_name: "v" node_id: 9 } user_object { } }'),
    ),
    bad("slot variable 'm' is object 9", saved_model=_GRAPH.format(_SLOT), target="tensorflow==2.8.0"),
    bad(
        "concrete_function f: a captured input is object 9",
        saved_model=_GRAPH.format('concrete_functions { key: "f" value { bound_inputs: 9 } }'),
    ),
)
