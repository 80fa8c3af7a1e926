"""Vendor the .proto files that the readers need from an installed TensorFlow, and compile them.

    python protos/update.py copy SITE_PACKAGES   # of an environment with the release named in RELEASE below
    python protos/update.py compile              # needs grpcio-tools; writes analyzer/readers/descriptors.binpb

The wheel carries most files as text under `tensorflow/include`; they are copied unchanged. It carries a few only as the
descriptor inside a generated module; their text is printed from that descriptor, field by field.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from importlib import resources
from pathlib import Path

from google.protobuf import descriptor_pb2

RELEASE = "2.19.0"
HERE = Path(__file__).parent
COMPILED = HERE.parent / "analyzer" / "readers" / "descriptors.binpb"
ROOTS = (
    "tensorflow/core/protobuf/saved_model.proto",
    "tensorflow/core/protobuf/tensor_bundle.proto",
    "tensorflow/core/protobuf/trackable_object_graph.proto",
    "tensorflow/core/protobuf/fingerprint.proto",
    "tensorflow/core/util/saved_tensor_slice.proto",
    "tensorflow/core/framework/variable.proto",
    "tensorflow/core/protobuf/control_flow.proto",
    "tensorflow/core/protobuf/queue_runner.proto",
)
GENERATED = {  # .proto -> the module of the wheel (or of tf_keras beside it) that holds its descriptor
    "tensorflow/python/training/checkpoint_state.proto": "tensorflow/python/training/checkpoint_state_pb2.py",
    "tf_keras/protobuf/versions.proto": "tf_keras/protobuf/versions_pb2.py",
    "tf_keras/protobuf/saved_metadata.proto": "tf_keras/protobuf/saved_metadata_pb2.py",
}


def copy(site_packages: Path) -> None:
    """Copy the roots with all they import, and print the generated ones."""
    include = site_packages / "tensorflow" / "include"
    wanted = list(ROOTS)
    done: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in done or name.startswith("google/"):
            continue
        done.add(name)
        target = HERE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(include / name, target)
        wanted += re.findall(r'(?m)^import (?:public )?"([^"]+)"', target.read_text())
    for name, module in GENERATED.items():
        target = HERE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(as_text(serialized_descriptor(site_packages / module), module))


def serialized_descriptor(module: Path) -> descriptor_pb2.FileDescriptorProto:
    """The descriptor in a generated module, taken from its source without importing it."""
    for node in ast.walk(ast.parse(module.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "AddSerializedFile"
        ):
            return descriptor_pb2.FileDescriptorProto.FromString(ast.literal_eval(node.args[0]))
    raise SystemExit(f"{module}: no serialized descriptor")


def as_text(file: descriptor_pb2.FileDescriptorProto, origin: str) -> str:
    """A descriptor as .proto text: what these few files use, no more."""
    lines = [
        f"// From the descriptor in {origin} of release {RELEASE}; see protos/update.py.",
        f'syntax = "{file.syntax or "proto2"}";',
        "",
    ]
    lines += [f"package {file.package};", "", *(f'import "{name}";' for name in file.dependency), ""]
    labels = {1: "", 2: "required ", 3: "repeated "}
    kinds = {
        kind.number: kind.name.removeprefix("TYPE_").lower()
        for kind in descriptor_pb2.FieldDescriptorProto.Type.DESCRIPTOR.values
    }
    for message in file.message_type:
        lines.append(f"message {message.name} {{")
        for field in message.field:
            kind = field.type_name or kinds[field.type]
            lines.append(f"  {labels[field.label]}{kind} {field.name} = {field.number};")
        lines += ["}", ""]
    return "\n".join(lines)


def compiled() -> bytes:
    """The descriptor set of every vendored file, in an order in which a pool accepts them."""
    import tempfile

    from grpc_tools import protoc

    files = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".binpb") as out, resources.as_file(resources.files("grpc_tools")) as tools:
        arguments = [
            "protoc",
            f"-I{HERE}",
            f"-I{tools / '_proto'}",
            "--include_imports",
            f"--descriptor_set_out={out.name}",
        ]
        if protoc.main([*arguments, *files]) != 0:
            raise SystemExit("protoc failed")
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes())
    return descriptors.SerializeToString(deterministic=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["copy", site_packages]:
            copy(Path(site_packages))
        case ["compile"]:
            COMPILED.write_bytes(compiled())
        case _:
            raise SystemExit(__doc__)
