"""TensorFlow's messages, in descriptor pools of our own.

The default pool clashes ("duplicate file name") as soon as TensorFlow, TensorBoard or another tool that carries the same
files is in the process, so nothing here touches it. There are two pools: one with the vendored files as they are, and one
in which the nodes of graphs and functions stay serialized (see `nodes`). The wire format is the same.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

__all__ = ["DecodeError", "message", "message_with_raw_nodes"]

_FILE = os.path.join(os.path.dirname(__file__), "descriptors.binpb")
_NODES = {"GraphDef": "node", "FunctionDef": "node_def"}


def message(name: str) -> Any:
    """The class of a message by full name, `tensorflow.SavedModel`. Raises KeyError for one that is not vendored."""
    return _class(name, False)


def message_with_raw_nodes(name: str) -> Any:
    """The same class, with every NodeDef in it serialized (`repeated bytes`)."""
    return _class(name, True)


@cache
def _class(name: str, raw_nodes: bool) -> Any:
    return message_factory.GetMessageClass(_pool(raw_nodes).FindMessageTypeByName(name))


@cache
def _pool(raw_nodes: bool) -> descriptor_pool.DescriptorPool:
    with open(_FILE, "rb") as stream:
        files = descriptor_pb2.FileDescriptorSet.FromString(stream.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        if raw_nodes:
            _keep_nodes_serialized(file)
        pool.Add(file)
    return pool


def _keep_nodes_serialized(file: descriptor_pb2.FileDescriptorProto) -> None:
    for each in file.message_type:
        for field in each.field:
            if _NODES.get(each.name) == field.name:
                field.type = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
                field.ClearField("type_name")
