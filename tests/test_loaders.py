"""Which loaders a cause stops, where that is not all of those that visit the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from analyzer import analyze
from analyzer.readers.protos import message
from analyzer.rules.keras import _models as m
from tests import example_checkpoint, example_keras

SLOTS = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def {
  nodes { slot_variables { slot_name: "m" original_variable_node_id: 1 slot_variable_node_id: 2 } user_object { identifier: "optimizer" } }
  nodes { variable { dtype: DT_FLOAT shape { } } } nodes { variable { dtype: DT_FLOAT shape { } } } } }"""


@pytest.mark.parametrize(
    ("target", "stopped"),
    [
        ("tensorflow==2.6.0", {"tf.saved_model.load"}),  # load_model has imported keras, which registers its optimizers
        ("tensorflow==2.15.0", set()),
        ("tensorflow==2.18.0,tf-keras==2.18.0", set()),
        ("tensorflow==2.18.0", {"tf.saved_model.load"}),  # Keras 3 turns the folder away before
    ],
)
def test_optimizer_slots(target: str, stopped: set[str], tmp_path: Path) -> None:
    saved_model = text_format.Parse(SLOTS, message("tensorflow.SavedModel")())
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    report = analyze(str(tmp_path), target=target)
    assert {verdict.loader for verdict in report.verdicts if "optimizer-slots" in verdict.because} == stopped


def test_a_handle_without_its_variable(tmp_path: Path) -> None:
    """Until 2.1 Python takes the shape of a handle for that of its variable; a session knows the variable from the call."""
    body = """library { function { signature { name: "f"
        input_arg { name: "v" type: DT_RESOURCE } input_arg { name: "a" type: DT_FLOAT } input_arg { name: "b" type: DT_FLOAT } }
      attr { key: "_input_shapes" value { list { shape { } shape { } shape { dim { size: 1 } } } } }
      node_def { name: "x" op: "ResourceApplyGradientDescent" input: "v" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } } } }"""
    graph = f"""meta_graphs {{ meta_info_def {{ tags: "serve" }} object_graph_def {{ nodes {{ user_object {{ }} }} }} graph_def {{ {body}
      node {{ name: "v" op: "VarHandleOp" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} attr {{ key: "shape" value {{ shape {{ dim {{ size: 1 }} }} }} }} }}
      node {{ name: "a" op: "Placeholder" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} }}
      node {{ name: "c" op: "StatefulPartitionedCall" input: "v" input: "a" input: "a" attr {{ key: "f" value {{ func {{ name: "f" }} }} }}
        attr {{ key: "Tin" value {{ list {{ type: DT_RESOURCE type: DT_FLOAT type: DT_FLOAT }} }} }} attr {{ key: "Tout" value {{ list {{ }} }} }} }} }} }}"""
    saved_model = text_format.Parse(graph, message("tensorflow.SavedModel")())
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    for release, stopped in (("2.1.0", {"tf.saved_model.load", "tf.keras.models.load_model"}), ("2.2.0", set())):
        report = analyze(str(tmp_path), target=f"tensorflow=={release}")
        assert {each.loader for each in report.verdicts if "shape-conflict" in each.because} == stopped


@pytest.mark.parametrize("content", [b"\xff\xff", b"hello", b""])
def test_debug_information_is_read_since_2_1(content: bytes, tmp_path: Path) -> None:
    saved_model = text_format.Parse(
        'meta_graphs { meta_info_def { tags: "serve" } }', message("tensorflow.SavedModel")()
    )
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    (tmp_path / "debug").mkdir()
    (tmp_path / "debug/saved_model_debug_info.pb").write_bytes(content)
    for release, reads in (("1.15.0", False), ("2.0.0", False), ("2.1.0", True), ("2.9.0", True)):
        (verdict,) = analyze(str(tmp_path), target=f"tensorflow=={release}", loaders=["tensorflow_serving"]).verdicts
        assert verdict.loads is not (reads and bool(content))


@pytest.mark.parametrize(
    ("group", "stopped"),
    [
        (
            "",
            {
                "tf.compat.v1.saved_model.load",
                "tensorflow_serving",
                "tf.saved_model.load",
                "tf.keras.models.load_model",
            },
        ),
        ('attr { key: "_class" value { list { s: "loc:@a" } } }', {"tensorflow_serving"}),
    ],
)
def test_python_drops_the_device_of_a_colocated_node(group: str, stopped: set[str], tmp_path: Path) -> None:
    graph = f"""meta_graphs {{ meta_info_def {{ tags: "serve" }}
      collection_def {{ key: "saved_model_main_op" value {{ node_list {{ value: "a" }} }} }}
      graph_def {{ node {{ name: "a" op: "NoOp" }} node {{ name: "x" op: "NoOp" device: "/device:CPU:" {group} }} }} }}"""
    saved_model = text_format.Parse(graph, message("tensorflow.SavedModel")())
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    report = analyze(str(tmp_path), target="tensorflow==2.12.0")
    assert {each.loader for each in report.verdicts if "malformed-device" in each.because} == stopped


@pytest.mark.parametrize(
    ("target", "loads"),
    [
        ("tensorflow==2.15.0,keras==2.15.0,python==3.11", False),  # zipfile reads on where it could skip
        ("tensorflow==2.17.0,keras==3.4.1,python==3.12", False),  # extracts the weights first
        ("tensorflow==2.18.0,keras==3.6.0,python==3.11", False),
        ("tensorflow==2.18.0,keras==3.6.0,python==3.12", None),
    ],
)
def test_a_wrong_crc_may_go_unnoticed(target: str, loads: bool | None, tmp_path: Path) -> None:
    content = bytearray(example_keras.archive(m.archive()))
    content[content.index(b"PK\x01\x02") - 1] ^= 1  # the last byte of the last member
    (tmp_path / "model.keras").write_bytes(content)
    (verdict,) = analyze(str(tmp_path / "model.keras"), target=target).verdicts
    assert verdict.loads is loads
    assert "archive-member" in verdict.because


@pytest.mark.parametrize("target", ["tensorflow==2.4.0", "tensorflow==2.19.0,keras==3.9.0"])
@pytest.mark.parametrize(
    ("at", "content", "loads"),
    [
        (0, b"GCOL", True),
        (16, bytes(16), False),  # HDF5 never comes to the end of the heap
        (32, b'"', False),  # model_config is not JSON
    ],
)
def test_values_that_hdf5_cannot_read(at: int, content: bytes, loads: bool, target: str, tmp_path: Path) -> None:
    model = bytearray(example_keras.h5(m.h5()))
    start = model.index(b"GCOL") + at
    model[start : start + len(content)] = content
    (tmp_path / "model.h5").write_bytes(model)
    (verdict,) = analyze(str(tmp_path / "model.h5"), target=target).verdicts
    assert verdict.loads is loads
    assert ("unreadable-keras-file" in verdict.because) == (at == 16)


def test_releases_of_hdf5_check_unlike_things(tmp_path: Path) -> None:
    model = bytearray(example_keras.h5(m.h5()))
    model[model.index(b"GCOL") + 16] = 0x99  # the first object has another number than what refers to it
    (tmp_path / "model.h5").write_bytes(model)
    for target, loads in (("tensorflow==2.4.0", None), ("tensorflow==2.15.0", False)):
        (verdict,) = analyze(str(tmp_path / "model.h5"), target=target).verdicts
        assert (verdict.loads, verdict.because) == (loads, ("unreadable-keras-file",))


@pytest.mark.parametrize(("lost", "release", "loads"), [(1, "1.15.0", True), (1, "2.0.0", False), (0, "1.15.0", False)])
def test_graph_mode_reads_the_object_graph_alone(lost: int, release: str, loads: bool, tmp_path: Path) -> None:
    """TensorFlow 1.15 leaves the values to a session: the shard that holds the object graph is the only one that it needs."""
    model = """meta_graphs { object_graph_def { nodes { children { node_id: 1 local_name: "w" } user_object { } }
      nodes { variable { dtype: DT_FLOAT shape { dim { size: 2 } } } } } }"""
    objects = """nodes { children { node_id: 1 local_name: "w" } }
      nodes { attributes { name: "VARIABLE_VALUE" full_name: "w" checkpoint_key: "w" } }"""
    files = {"saved_model.pb": text_format.Parse(model, message("tensorflow.SavedModel")()).SerializeToString()}
    given = {"checkpoint": {"w": ("float32", (2,))}, "objects": objects, "shards": 2, "prefix": "variables/variables"}
    example_checkpoint.write(given, files)
    del files[f"variables/variables.data-{lost:05d}-of-00002"]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    report = analyze(str(tmp_path), target=f"tensorflow=={release}")
    assert {each.loads for each in report.verdicts if each.loader == "tf.saved_model.load"} == {loads}


@pytest.mark.parametrize(
    "fault", ['node_def { name: "x" op: "NoSuchOp" }', 'node_def { name: "x" op: "NoOp" input: "^gone" }']
)
@pytest.mark.parametrize(("attribute", "loads"), [("_lower_using_switch_merge", False), ("other", True)])
def test_a_session_inlines_lowered_branches(attribute: str, loads: bool, fault: str, tmp_path: Path) -> None:
    """Functional control flow at the top level of a version 1 model: its bodies become part of the graph that is placed."""
    body = f'library {{ function {{ signature {{ name: "f" }} {fault} }} function {{ signature {{ name: "g" }} }} }}'
    branch = """node { name: "p" op: "Placeholder" attr { key: "dtype" value { type: DT_BOOL } } }
      node { name: "if" op: "If" input: "p" attr { key: "Tcond" value { type: DT_BOOL } } attr { key: "Tin" value { list { } } }
        attr { key: "Tout" value { list { } } } attr { key: "then_branch" value { func { name: "f" } } }
        attr { key: "else_branch" value { func { name: "g" } } } attr { key: "ATTRIBUTE" value { b: true } } }"""
    graph = f"graph_def {{ {branch.replace('ATTRIBUTE', attribute)} {body} versions {{ producer: 500 }} }}"
    model = f'meta_graphs {{ meta_info_def {{ tags: "serve" }} {graph} }}'
    saved_model = text_format.Parse(model, message("tensorflow.SavedModel")())
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    report = analyze(str(tmp_path), target="tensorflow==2.15.0", loaders=["tensorflow_serving"])
    assert [each.loads for each in report.verdicts] == [loads]


@pytest.mark.parametrize(("release", "rank", "loads"), [("2.0.0", 1, True), ("2.0.0", 2, False), ("2.1.0", 2, True)])
def test_bucketized_features_of_boosted_trees(release: str, rank: int, loads: bool, tmp_path: Path) -> None:
    """A node of a training graph that 2.1 took matrices for."""

    def node(name: str, kind: str, dims: int) -> str:
        shape = " ".join(["dim { size: -1 }"] * dims)
        return f"""node {{ name: "{name}" op: "Placeholder" attr {{ key: "dtype" value {{ type: {kind} }} }}
          attr {{ key: "shape" value {{ shape {{ {shape} }} }} }} }}"""

    nodes = [node("h", "DT_RESOURCE", 0), node("i", "DT_INT32", 1), node("b", "DT_INT32", rank)]
    predict = """node { name: "t" op: "BoostedTreesTrainingPredict" input: "h" input: "i" input: "i" input: "b"
      attr { key: "num_bucketized_features" value { i: 1 } } attr { key: "logits_dimension" value { i: 1 } } }"""
    graph = text_format.Parse(" ".join([*nodes, predict]), message("tensorflow.GraphDef")())
    (tmp_path / "graph.pb").write_bytes(graph.SerializeToString())
    report = analyze(str(tmp_path / "graph.pb"), target=f"tensorflow=={release}")
    assert [each.loads for each in report.verdicts] == [loads]


@pytest.mark.parametrize(("size", "loads"), [(-1, True), (-5, False)])
def test_the_shape_of_a_handle(size: int, loads: bool, tmp_path: Path) -> None:
    node = f"""node {{ name: "v" op: "VarHandleOp" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }}
      attr {{ key: "shape" value {{ shape {{ dim {{ size: {size} }} }} }} }} }}"""
    graph = text_format.Parse(node, message("tensorflow.GraphDef")())
    (tmp_path / "graph.pb").write_bytes(graph.SerializeToString())
    report = analyze(str(tmp_path / "graph.pb"), target="tensorflow==2.13.0")
    assert [each.loads for each in report.verdicts] == [loads]


@pytest.mark.parametrize(("release", "stopped"), [("2.4.1", set()), ("2.5.0", {"tf.keras.models.load_model"})])
def test_keras_metadata_is_read_since_2_5(release: str, stopped: set[str], tmp_path: Path) -> None:
    saved_model = text_format.Parse(
        'meta_graphs { meta_info_def { tags: "serve" } object_graph_def { nodes { user_object { } } } }',
        message("tensorflow.SavedModel")(),
    )
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    (tmp_path / "keras_metadata.pb").write_bytes(b"\xff\xff")
    report = analyze(str(tmp_path), target=f"tensorflow=={release}")
    assert {each.loader for each in report.verdicts if "unreadable-file" in each.because} == stopped


@pytest.mark.parametrize(
    ("dtype", "target", "loads"),
    [
        ("S1", "tensorflow==2.15.0", False),
        ("S4", "tensorflow==2.15.0", None),  # to numpy `0.5` is a number
        ("S4", "tensorflow==2.18.0", False),
        ("float64", "tensorflow==2.15.0", True),
    ],
)
def test_texts_may_be_numbers(dtype: str, target: str, loads: bool | None, tmp_path: Path) -> None:
    (tmp_path / "model.h5").write_bytes(example_keras.h5(m.h5(dtype=dtype)))
    (verdict,) = analyze(str(tmp_path / "model.h5"), target=target).verdicts
    assert verdict.loads is loads
