"""TensorFlow's messages, in descriptor pools of our own.

The default pool clashes ("duplicate file name") as soon as TensorFlow, TensorBoard or another tool that carries the same
files is in the process, so nothing here touches it. There are two pools: one with the vendored files as they are, and one
in which `NodeDef.attr` is read as a list of undecoded entries. The wire format is the same; with the second, attributes that
many nodes share are decoded once instead of once a node.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

__all__ = ["DecodeError", "message", "message_with_raw_attrs"]

_FILE = os.path.join(os.path.dirname(__file__), "descriptors.binpb")
_NODE_DEF = "tensorflow/core/framework/node_def.proto"


def message(name: str) -> Any:
    """The class of a message by full name, `tensorflow.SavedModel`. Raises KeyError for one that is not vendored."""
    return _class(name, False)


def message_with_raw_attrs(name: str) -> Any:
    """The same class, with the attributes of every NodeDef as serialized map entries (`repeated bytes`)."""
    return _class(name, True)


@cache
def _class(name: str, raw_attrs: bool) -> Any:
    return message_factory.GetMessageClass(_pool(raw_attrs).FindMessageTypeByName(name))


@cache
def _pool(raw_attrs: bool) -> descriptor_pool.DescriptorPool:
    with open(_FILE, "rb") as stream:
        files = descriptor_pb2.FileDescriptorSet.FromString(stream.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        if raw_attrs and file.name == _NODE_DEF:
            _read_attrs_raw(file)
        pool.Add(file)
    return pool


def _read_attrs_raw(file: descriptor_pb2.FileDescriptorProto) -> None:
    node_def = next(message for message in file.message_type if message.name == "NodeDef")
    attr = next(field for field in node_def.field if field.name == "attr")
    attr.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
    attr.ClearField("type_name")
    entries = [nested for nested in node_def.nested_type if not nested.options.map_entry]
    del node_def.nested_type[:]
    node_def.nested_type.extend(entries)
