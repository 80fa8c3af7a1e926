"""SavedModels and graphs: what the readers make of whole, damaged and random bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from google.protobuf import text_format
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.artifact import Format
from analyzer.parts.graph import Attr, Func
from analyzer.readers import identify
from analyzer.readers.checkpoint import read_checkpoint
from analyzer.readers.identify import Reading
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.readers.protos import DecodeError, message
from analyzer.readers.saved_model import read_saved_model
from analyzer.sources.folder import FolderSource
from analyzer.sources.memory import MemorySource

TEXT = """
saved_model_schema_version: 1
meta_graphs {
  meta_info_def { tags: "serve" tags: "gpu" tensorflow_version: "2.10.0" }
  graph_def {
    node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: -1 } } } } }
    node { name: "y" op: "Placeholder" attr { key: "shape" value { shape { dim { size: -1 } } } } attr { key: "dtype" value { type: DT_FLOAT } } }
    node { name: "z" op: "PartitionedCall" input: "x" input: "^y" device: "/gpu:0" attr { key: "f" value { func { name: "f" } } } }
    library { function { signature { name: "f" input_arg { name: "a" type: DT_FLOAT } } node_def { name: "n" op: "NoOp" } } }
    versions { producer: 1205 min_consumer: 12 bad_consumers: 7 }
  }
  signature_def { key: "serving_default" value { inputs { key: "x" value { name: "x:0" dtype: DT_FLOAT } } } }
  asset_file_def { tensor_info { name: "a:0" } filename: "v.txt" }
  object_graph_def { nodes { children { node_id: 0 local_name: "self" } user_object { identifier: "_generic_user_object" } } }
}
meta_graphs { meta_info_def { tags: "train" } }
"""
BINARY = text_format.Parse(TEXT, message("tensorflow.SavedModel")()).SerializeToString(deterministic=True)


def folder(files: dict[str, bytes]):
    return identify.read_folder(MemorySource(files), "model", "model", Reading())


@pytest.mark.parametrize(
    "files", [{"saved_model.pb": BINARY}, {"saved_model.pbtxt": TEXT.encode()}], ids=["binary", "text"]
)
def test_binary_and_text_say_the_same(files: dict[str, bytes]) -> None:
    artifact = folder(files)
    assert artifact.format is Format.SAVED_MODEL
    assert {each.kind for each in artifact.damage} <= {"text-names"} and artifact.problems == ()
    serve, train = artifact.meta_graphs
    assert (serve.tag_set, train.tag_set) == ("gpu,serve", "train")
    nodes = serve.graph.nodes
    assert list(nodes.names) == ["x", "y", "z"]
    assert nodes[2].inputs == ["x", "^y"] and nodes[2].device == "/gpu:0"
    assert nodes.kinds[0].attrs == {"dtype": Attr("type", 1), "shape": Attr("shape", (-1,))}
    assert nodes.kinds[2].attrs["f"] == Attr("func", Func("f", {}))
    assert serve.graph.versions.bad_consumers == (7,)
    assert artifact.written_by.tensorflow == "2.10.0" and artifact.written_by.producer == 1205
    assert serve.objects is not None and serve.objects.nodes[0].identifier == "_generic_user_object"


def test_names_in_a_text_are_kept() -> None:
    """Of fields and enum values, also in maps and lists, which parsers of other releases may not know."""
    text = """meta_graphs { meta_info_def { tags: "serve" stripped_op_list { op { name: "Op" attr { name: "T" type: "type"
      allowed_values { list { type: DT_INT4 type: DT_BFLOAT16 } } } } } }
      graph_def { node { name: "x" op: "NoOp" attr { key: "dtype" value { type: DT_UINT4 } } } } }"""
    (damage,) = folder({"saved_model.pbtxt": text.encode()}).damage
    assert damage.kind == "text-names"
    wanted = ["NodeDef.op", "NodeDef.AttrEntry.key", "AttrValue.type", "AttrValue.ListValue.type", "OpDef.name"]
    wanted += [f"DataType.{each}" for each in ("DT_INT4", "DT_UINT4", "DT_BFLOAT16")]
    assert damage.facts["names"] >= {f"tensorflow.{each}" for each in wanted}
    assert not damage.facts["names"] & {"tensorflow.DataType.DT_INVALID", "tensorflow.NodeDef.device"}


def test_equal_nodes_share_one_kind() -> None:
    text = 'node { name: "a" op: "NoOp" } node { name: "b" op: "NoOp" } node { name: "c" op: "Other" }'
    data = text_format.Parse(text, message("tensorflow.GraphDef")()).SerializeToString()
    graph = identify.read_single_file(MemorySource({"g.pb": data}), "g.pb", "g.pb", Reading()).graph_def
    assert graph is not None
    first, second, third = graph.nodes.kinds
    assert first is second and first is not third
    assert {kind.op: list(positions) for kind, positions in graph.nodes.by_kind.items()} == {
        "NoOp": [0, 1],
        "Other": [2],
    }


@pytest.mark.parametrize(
    "files, kind",
    [
        ({"fingerprint.pb": b""}, "missing"),
        ({"saved_model.cpb": b"x"}, "chunked"),
        ({"saved_model.pb": b""}, "empty"),
        ({"saved_model.pb": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"}, "lfs-pointer"),
        ({"saved_model.pb": TEXT.strip().encode()}, "wrong-format"),
        ({"saved_model.pb": BINARY[:-9]}, "truncated"),
        ({"saved_model.pb": BINARY + b"\0\0\0"}, "trailing"),
        ({"saved_model.pb": b"<html></html>"}, "trailing"),
        ({"saved_model.pbtxt": b"meta_graphs { nonsense: 1 }"}, "text-syntax"),
        ({"saved_model.pb": BINARY, "keras_metadata.pb": b"\xff\xff"}, "garbage"),
    ],
)
def test_damage_is_named(files: dict[str, bytes], kind: str) -> None:
    artifact = folder(files)
    assert [damage.kind for damage in artifact.damage] == [kind]
    assert artifact.problems == ()


def test_too_large_is_a_problem_and_no_damage() -> None:
    _, damage, problems = read_saved_model(MemorySource({"saved_model.pb": BINARY}), Limits(proto=10))
    assert damage == []
    assert [problem.kind for problem in problems] == ["limit"]


def test_unknown_fields_are_read_over() -> None:
    assert folder({"saved_model.pb": BINARY + b"\xca\x3e\x03new"}).damage == ()


def protobuf_takes(data: bytes) -> bool:
    try:
        message("tensorflow.SavedModel").FromString(data)
    except DecodeError:
        return False
    return True


@settings(max_examples=600, deadline=None)
@given(st.integers(0, len(BINARY) - 1), st.integers(0, 255))
def test_any_changed_byte_is_read_or_damage(position: int, value: int) -> None:
    changed = BINARY[:position] + bytes([value]) + BINARY[position + 1 :]
    artifact = folder({"saved_model.pb": changed})
    assert (artifact.damage == ()) == protobuf_takes(changed)
    assert (artifact.saved_model is None) == any(damage.kind != "trailing" for damage in artifact.damage)
    for _, _, graph in artifact.graphs():
        for _, nodes in graph.bodies():
            assert len(nodes.names) == len(nodes.kinds) == len(nodes.inputs) == len(nodes.devices)
            for kind in nodes.kinds:
                kind.attrs  # noqa: B018  decoding must not raise


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_raise(data: bytes) -> None:
    for name in ("saved_model.pb", "saved_model.pbtxt"):
        read_saved_model(MemorySource({name: data}), DEFAULT)
    for name in ("x.pb", "x.pbtxt", "x.ckpt"):
        identify.read_single_file(MemorySource({name: data}), name, name, Reading())


@pytest.mark.parametrize(("member", "found"), [("x.txt", Format.GRAPH_DEF), ("config.json", Format.KERAS_ARCHIVE)])
def test_an_archive_under_the_name_of_a_graph(member: str, found: Format) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, "{}")
    artifact = identify.read_single_file(MemorySource({"g.pb": packed.getvalue()}), "g.pb", "g.pb", Reading())
    assert artifact.format is found


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"x")
    (tmp_path / "good").symlink_to("there")
    (tmp_path / "gone").symlink_to("nowhere")
    assert list(FolderSource(str(tmp_path)).list()) == ["good", "there"]


def test_a_folder_in_the_place_of_an_index(tmp_path: Path) -> None:
    (tmp_path / "m.index").mkdir()
    (tmp_path / "m.data-00000-of-00001").write_bytes(b"x")
    checkpoint, damage, problems = read_checkpoint(FolderSource(str(tmp_path)), "m", DEFAULT)
    assert (checkpoint, [each.kind for each in damage], problems) == (None, ["not-a-file"], [])
