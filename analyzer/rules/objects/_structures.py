"""What of an object graph holds StructuredValues, which `tf.saved_model.load` decodes."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.parts.saved_model import ConcreteFunction, ObjectGraph, SavedObject
from analyzer.target import Target


def holders(objects: ObjectGraph, target: Target) -> Iterator[tuple[str, ConcreteFunction | SavedObject]]:
    """Concrete functions and objects by symbol; bare concrete functions are decoded since 2.4."""
    for name, function in objects.concrete_functions.items():
        yield f"concrete_function/{name}", function
    for number, each in enumerate(objects.nodes):
        if each.kind != "bare_concrete_function" or target.at_least("2.4"):
            yield f"object/{number}", each
