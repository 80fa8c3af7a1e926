"""TensorFlow's messages, in descriptor pools of our own.

The default pool clashes ("duplicate file name") as soon as TensorFlow, TensorBoard or another tool that carries the same
files is in the process, so nothing here touches it. There are three pools: one with the vendored files as they are, one
in which what repeats a lot in graphs stays serialized (see `graph_def`), and one, rarely made, in which strings within maps
are bytes. The wire format is the same.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf import message as messages

__all__ = ["DecodeError", "message", "message_with_raw_nodes", "parses_but_for_map_strings"]

DecodeError = (messages.DecodeError, UnicodeDecodeError)
"""What bytes raise that are no message: the second where a string is not UTF-8, in protobuf's implementation in Python."""

_FILE = os.path.join(os.path.dirname(__file__), "descriptors.binpb")
_SERIALIZED = {
    "GraphDef": {"node"},
    "FunctionDefLibrary": {"function"},
    "FunctionDef": {"node_def", "attr", "arg_attr"},
    "ArgAttrs": {"attr"},  # of a FunctionDef
    "NodeDef": {"attr"},
    "OpDef": {"input_arg", "output_arg"},
    "ListValue": {"shape"},  # of an AttrValue
}
"""Messages and their fields that the pool of raw nodes has as bytes; a map is a list of its entries there."""


def message(name: str) -> Any:
    """The class of a message by full name, `tensorflow.SavedModel`. Raises KeyError for one that is not vendored."""
    return _class(name, "")


def message_with_raw_nodes(name: str) -> Any:
    """The same class, with what repeats in graphs serialized: functions, their arguments, nodes, attributes."""
    return _class(name, "raw nodes")


def parses_but_for_map_strings(name: str, data: bytes) -> bool:
    """Whether bytes that do not parse have no other fault than keys or values of maps that are not UTF-8.

    The Python protobuf 4.22 to 4.24, of the days of TensorFlow 2.12 to 2.15, take such a message; a name that they meet later
    is a UnicodeDecodeError then, and one that they do not meet goes unnoticed.
    """
    try:
        _class(name, "bytes in maps").FromString(data)
    except DecodeError:
        return False
    return True


@cache
def _class(name: str, change: str) -> Any:
    return message_factory.GetMessageClass(_pool(change).FindMessageTypeByName(name))


@cache
def _pool(change: str) -> descriptor_pool.DescriptorPool:
    with open(_FILE, "rb") as stream:
        files = descriptor_pb2.FileDescriptorSet.FromString(stream.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        if change == "raw nodes":
            for each in file.message_type:
                _keep_serialized(each)
        elif change:
            for each in file.message_type:
                _take_bytes_in_maps(each)
        pool.Add(file)
    return pool


def _take_bytes_in_maps(message_type: descriptor_pb2.DescriptorProto) -> None:
    for nested in message_type.nested_type:
        _take_bytes_in_maps(nested)
        if nested.options.map_entry:
            nested.ClearField("options")
            for field in nested.field:
                if field.type == descriptor_pb2.FieldDescriptorProto.TYPE_STRING:
                    field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES


def _keep_serialized(message_type: descriptor_pb2.DescriptorProto) -> None:
    for nested in message_type.nested_type:
        _keep_serialized(nested)
    for field in message_type.field:
        if field.name in _SERIALIZED.get(message_type.name, ()):
            for nested in message_type.nested_type:
                if field.type_name.endswith(f".{nested.name}"):
                    nested.ClearField("options")  # that it is an entry of a map
            field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
            field.ClearField("type_name")
