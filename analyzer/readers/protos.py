"""TensorFlow's messages, in descriptor pools of our own.

The default pool clashes ("duplicate file name") as soon as TensorFlow, TensorBoard or another tool that carries the same
files is in the process, so nothing here touches it. There are three pools: one with the vendored files as they are, one
in which the nodes of graphs and functions (see `nodes`) and the attributes of functions stay serialized, and one, rarely made, in which strings within maps
are bytes. The wire format is the same.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

__all__ = ["DecodeError", "message", "message_with_raw_nodes", "parses_but_for_map_strings"]

_FILE = os.path.join(os.path.dirname(__file__), "descriptors.binpb")
_NODES = {"GraphDef": "node", "FunctionDef": "node_def"}


def message(name: str) -> Any:
    """The class of a message by full name, `tensorflow.SavedModel`. Raises KeyError for one that is not vendored."""
    return _class(name, "")


def message_with_raw_nodes(name: str) -> Any:
    """The same class, with every NodeDef in it (`repeated bytes`) and every AttrValue of a function serialized."""
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
            _keep_nodes_serialized(file)
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


def _keep_nodes_serialized(file: descriptor_pb2.FileDescriptorProto) -> None:
    for each in file.message_type:
        for field in each.field:
            if _NODES.get(each.name) == field.name:
                _keep_serialized(field)
        if each.name == "FunctionDef":
            _keep_attributes_serialized(each)


def _keep_attributes_serialized(message_type: descriptor_pb2.DescriptorProto) -> None:
    for nested in message_type.nested_type:
        if nested.name == "AttrEntry":
            _keep_serialized(nested.field[1])
        _keep_attributes_serialized(nested)


def _keep_serialized(field: descriptor_pb2.FieldDescriptorProto) -> None:
    field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
    field.ClearField("type_name")
