"""A child under a name that its object does not take.

## Why it matters

`tf.saved_model.load` sets each child by its name: at an index of a list, "ValueError: invalid literal for int() with base 10: 'first'"
or "IndexError: list assignment index out of range", else as an attribute, "TypeError: __class__ must be set to a class, not
'_UserObject' object" (python/saved_model/load.py `_add_object_graph_edges`; python/trackable/data_structures.py `set_list_item`).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import Edge, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_READ_ONLY = {
    "__class__": "TypeError: __class__ must be set to a class, not '_UserObject' object",
    "__dict__": "TypeError: __dict__ must be set to a dictionary, not a '_UserObject'",
    "__weakref__": "AttributeError: attribute '__weakref__' of 'Trackable' objects is not writable",
} | {
    name: f"AttributeError: property '{name}' of '_UserObject' object has no setter"
    for name in (
        "_checkpoint_dependencies",
        "_deferred_dependencies",
        "_name_based_restores",
        "_object_identifier",
        "_unconditional_checkpoint_dependencies",
        "_unconditional_dependency_names",
    )
}
"""Attributes of `AutoTrackable` that cannot be set, the same from 2.1 to 2.21."""


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The first such child of each object."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        for number, each in enumerate(meta_graph.objects.nodes if meta_graph.objects is not None else ()):
            name, error = _refused(each)
            if error:
                yield rule.found(
                    f"object {number} has a child {name!r}, a name that cannot be set",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                    name=name,
                )


def _refused(each: SavedObject) -> tuple[str, str]:
    """The name, and what Python says of it."""
    if each.identifier == "trackable_list_wrapper" and each.is_revived:
        return _no_index(each.children)
    if each.kind == "user_object" and each.identifier == "_generic_user_object":
        return next(((name, _READ_ONLY[name]) for name, _ in each.children if name in _READ_ONLY), ("", ""))
    return "", ""


def _no_index(children: Iterable[Edge]) -> tuple[str, str]:
    """A name that is no index of the list: it grows to the right, negative ones count from its end."""
    length = 0
    for name, _ in children:
        try:
            index = int(name)
        except ValueError:
            return name, f"ValueError: invalid literal for int() with base 10: {name!r}"
        length = max(length, index + 1)
        if index < -length:
            return name, "IndexError: list assignment index out of range"
    return "", ""


_LIST = """meta_graphs {{ object_graph_def {{ nodes {{ user_object {{ identifier: "trackable_list_wrapper" version {{ producer: {} min_consumer: 1 }} }}
  children {{ node_id: 1 local_name: "{}" }} }} nodes {{ }} }} }}"""
_OBJECT = """meta_graphs {{ object_graph_def {{ nodes {{ user_object {{ identifier: "{}" }} children {{ node_id: 1 local_name: "{}" }} }} nodes {{ }} }} }}"""

rule.examples(
    ok(saved_model=_LIST.format(1, "0")),
    ok(saved_model=_LIST.format(1, " 1_0")),
    ok(saved_model=_LIST.format(0, "first")),
    ok(saved_model=_OBJECT.format("trackable_dict_wrapper", "__class__")),
    ok(saved_model=_OBJECT.format("trackable_tuple_wrapper", "first")),
    ok(saved_model=_OBJECT.format("_generic_user_object", "__doc__")),
    ok(saved_model="meta_graphs { }"),
    bad("has a child 'first'", saved_model=_LIST.format(1, "first")),
    bad("has a child ''", saved_model=_LIST.format(1, "")),
    bad("has a child '-1'", saved_model=_LIST.format(1, "-1")),
    bad("has a child '__class__'", saved_model=_OBJECT.format("_generic_user_object", "__class__")),
    bad("has a child '_object_identifier'", saved_model=_OBJECT.format("_generic_user_object", "_object_identifier")),
)
