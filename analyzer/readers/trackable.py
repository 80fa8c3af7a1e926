"""The TrackableObjectGraph that an object-based checkpoint holds under `_CHECKPOINTABLE_OBJECT_GRAPH`."""

from __future__ import annotations

from typing import Any

from analyzer.parts.checkpoint import SerializedAttribute, TrackableObject
from analyzer.readers.protos import message


def trackable_objects(serialized: bytes) -> tuple[TrackableObject, ...]:
    """The objects. Raises DecodeError."""
    return tuple(map(_object, message("tensorflow.TrackableObjectGraph").FromString(serialized).nodes))


def _object(node: Any) -> TrackableObject:
    return TrackableObject(
        children=tuple((child.local_name, child.node_id) for child in node.children),
        attributes=tuple(
            SerializedAttribute(each.name, each.full_name, each.checkpoint_key) for each in node.attributes
        ),
        slots=tuple(
            (slot.original_variable_node_id, slot.slot_name, slot.slot_variable_node_id) for slot in node.slot_variables
        ),
        registered_saver=node.registered_saver.name if node.HasField("registered_saver") else "",
        has_checkpoint_values=node.has_checkpoint_values.value if node.HasField("has_checkpoint_values") else None,
    )
