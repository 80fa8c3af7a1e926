"""Faults of the objects that a checkpoint's graph binds to those of a SavedModel, other than variables without a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.graphs.restored import Bound
from analyzer.parts.checkpoint import Checkpoint, TrackableObject
from analyzer.parts.saved_model import ObjectGraph
from analyzer.records import NamedTuple
from analyzer.target import Target

_NO_FUNCTIONS = ("variable", "asset", "constant", "resource")
_PLAIN_OBJECTS = ("_generic_user_object", "trackable_list_wrapper", "trackable_dict_wrapper", "signature_map")


_COPY = "copy saved_model.pb and variables/ from one export"


class Fault(NamedTuple):
    """What is wrong, TensorFlow's words, the key that is concerned, and what to do."""

    text: str
    error: str
    key: str = ""
    remedy: str = _COPY


def lost_children(trackables: Sequence[TrackableObject], bound: Bound, target: Target) -> Iterator[Fault]:
    """Children that the checkpoint's object graph does not have (`_queue_children_for_restoration`).

    From 2.8 on those are looked at that the model does not have either.
    """
    names = {name for name, _ in bound.saved.children}
    for name, number in bound.trackable.children:
        if not -len(trackables) <= number < len(trackables) and (name in names or target.at_least("2.8")):
            yield Fault(
                f"the checkpoint's object graph names object {number} as {name!r} of object {bound.number}, and has {len(trackables)}",
                "IndexError: list index out of range",
            )
            return


def saved_by_functions(checkpoint: Checkpoint, bound: Bound) -> Iterator[Fault]:
    """Tables and the like, whose functions append the names of their parts to the key (python/ops/lookup_ops.py)."""
    for attribute in bound.trackable.attributes:
        key = attribute.checkpoint_key
        if not key or attribute.name not in bound.saved.saveables:
            continue
        parts = {name: entry for name, entry in checkpoint.entries.by_key.items() if name.startswith(key)}
        if not parts:
            yield Fault(
                f"object {bound.node} is restored from {key}, with which no name in the checkpoint begins",
                f"Key {key} not found in checkpoint",
                key=key,
            )
        shapes = {name[len(key) :]: entry.shape for name, entry in parts.items()}
        keys, values = shapes.get("-keys"), shapes.get("-values")
        if ("-keys" in shapes) != ("-values" in shapes):
            lost = f"{key}{'-values' if '-keys' in shapes else '-keys'}"
            yield Fault(
                f"object {bound.node} is restored from {lost}, which is not in the checkpoint",
                f"Key {lost} not found in checkpoint",
                key=lost,
            )
        if keys and values and keys[0] != values[0]:
            yield Fault(
                f"object {bound.node} is restored from {keys[0]} keys and {values[0]} values",
                f"Expected shape [{keys[0]}] for value, got {list(values)}",
                key=key,
            )


def uncallable(objects: ObjectGraph, bound: Bound) -> Iterator[Fault]:
    """Objects whose save function is none: it is called with the key, here or while the functions are put in their places."""
    names = {attribute.name for attribute in bound.trackable.attributes}
    for name, functions in bound.saved.saveables.items():
        saver = objects.nodes[functions.save] if 0 <= functions.save < len(objects.nodes) else None
        if name in names and saver is not None and (saver.kind in _NO_FUNCTIONS or saver.identifier in _PLAIN_OBJECTS):
            yield Fault(
                f"object {bound.node} is saved by object {functions.save}, which is no function",
                "TypeError: '_UserObject' object is not callable",
                remedy="export the model again",
            )
