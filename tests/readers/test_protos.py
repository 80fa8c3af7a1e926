"""The vendored protos: compiled as committed, equal to TensorBoard's copies, in nobody else's way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, unknown_fields

from analyzer.readers.protos import _pool, message, message_with_raw_nodes

ROOT = Path(__file__).parents[2]


def compiled() -> descriptor_pb2.FileDescriptorSet:
    return descriptor_pb2.FileDescriptorSet.FromString((ROOT / "analyzer/readers/descriptors.binpb").read_bytes())


def test_descriptors_are_those_of_the_proto_files() -> None:
    """Each committed .proto is in the descriptor set, and nothing else but what protobuf itself brings."""
    files = {path.relative_to(ROOT / "protos").as_posix() for path in (ROOT / "protos").rglob("*.proto")}
    assert {file.name for file in compiled().file if not file.name.startswith("google/")} == files


def test_descriptors_are_up_to_date() -> None:
    pytest.importorskip("grpc_tools", reason="compiling needs grpcio-tools")
    code = "import runpy; made = runpy.run_path('protos/update.py')['compiled'](); import sys; sys.stdout.buffer.write(made)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT).stdout
    assert descriptor_pb2.FileDescriptorSet.FromString(made) == compiled()


@pytest.mark.parametrize("first, second", [("analyzer", "tensorboard"), ("tensorboard", "analyzer")])
def test_beside_tensorboard_in_either_order(first: str, second: str) -> None:
    pytest.importorskip("tensorboard")
    ours = "from analyzer.readers.protos import message; a = message('tensorflow.GraphDef')()"
    theirs = "from tensorboard.compat.proto.graph_pb2 import GraphDef; b = GraphDef()"
    lines = {"analyzer": ours, "tensorboard": theirs}
    code = f"{lines[first]}\n{lines[second]}\na.node.add(name='x'); b.ParseFromString(a.SerializeToString()); print(b.node[0].name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "x"


def _tensorboard_messages() -> list[tuple[str, object]]:
    proto = pytest.importorskip("tensorboard.compat.proto")
    found = []
    import importlib
    import pkgutil

    for module in pkgutil.iter_modules(proto.__path__):
        if module.name.endswith("_pb2"):
            loaded = importlib.import_module(f"tensorboard.compat.proto.{module.name}")
            found += list(loaded.DESCRIPTOR.message_types_by_name.items())
    return found


def test_messages_agree_with_tensorboard() -> None:
    """Field by field, where TensorBoard has the message: a number that both use means the same name, type and label."""
    compared = 0
    for name, theirs in _tensorboard_messages():
        try:
            ours = _pool(False).FindMessageTypeByName(f"tensorflow.{name}")
        except KeyError:
            continue
        for number, field in theirs.fields_by_number.items():
            own = ours.fields_by_number.get(number)
            if own is not None:
                assert (own.name, own.type, own.is_repeated) == (field.name, field.type, field.is_repeated), name
                compared += 1
    assert compared > 150


def test_unknown_fields_survive() -> None:
    node = message("tensorflow.NodeDef")(name="x", op="NoOp").SerializeToString() + b"\xca\x3e\x03new"
    parsed = message("tensorflow.NodeDef").FromString(node)
    assert parsed.SerializeToString() == node
    assert [field.field_number for field in unknown_fields.UnknownFieldSet(parsed)] == [1001]


def test_raw_nodes_are_the_same_bytes() -> None:
    graph = message("tensorflow.GraphDef")()
    node = graph.node.add(name="x", op="Placeholder")
    node.attr["dtype"].type = 1
    raw = message_with_raw_nodes("tensorflow.GraphDef").FromString(graph.SerializeToString())
    assert raw.node[:] == [node.SerializeToString()]
    assert raw.SerializeToString() == graph.SerializeToString()


@pytest.mark.parametrize("implementation", ["upb", "python"])
@pytest.mark.parametrize("content, expected", [(b"\x0a\x05plain", "plain"), (b"\x0a\x01\xff", "refused")])
def test_every_implementation_of_protobuf_says_the_same(implementation: str, content: bytes, expected: str) -> None:
    """The one in Python, which people choose for an old TensorFlow's sake, raises UnicodeDecodeError of a string."""
    code = (
        "from analyzer.readers.protos import DecodeError, message\n"
        f"try: print(message('tensorflow.NodeDef').FromString({content!r}).name)\n"
        "except DecodeError: print('refused')"
    )
    environment = {**os.environ, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    assert done.stdout.strip() == expected
