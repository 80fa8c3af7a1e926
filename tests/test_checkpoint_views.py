"""The tree of objects, the difference of two checkpoints, the fit of one to a model."""

from __future__ import annotations

from typing import Any

from analyzer.artifact import Artifact
from analyzer.checkpoint_views import against, diff, objects
from analyzer.parts.checkpoint import Checkpoint
from analyzer.parts.keras import Dataset, Group, KerasFile
from tests import examples

VALUE = ".ATTRIBUTES/VARIABLE_VALUE"
OBJECTS = f"""
nodes {{ children {{ node_id: 1 local_name: "dense" }} children {{ node_id: 2 local_name: "again" }} }}
nodes {{ children {{ node_id: 2 local_name: "kernel" }} }}
nodes {{ attributes {{ name: "VARIABLE_VALUE" full_name: "k" checkpoint_key: "dense/kernel/{VALUE}" }} }}
"""
KERNEL = {f"dense/kernel/{VALUE}": ("float32", (3, 4))}
MODEL = """
meta_graphs { object_graph_def {
  nodes { children { node_id: 1 local_name: "dense" } }
  nodes { children { node_id: 2 local_name: "kernel" } }
  nodes { variable { dtype: DT_FLOAT shape { dim { size: 3 } dim { size: 4 } } name: "k" } }
} }
"""


def built(**given: Any) -> Artifact:
    return examples.artifact(given)


def checkpoint(**given: Any) -> Checkpoint:
    found = built(**given).checkpoint
    assert found is not None
    return found


def test_tree_of_objects() -> None:
    lines = list(objects.tree(checkpoint(checkpoint=KERNEL, objects=OBJECTS)))
    by_name = {line.name: line for line in lines}
    assert by_name["kernel"].tensor == "float [3, 4]" or by_name["again"].tensor == "float [3, 4]"
    assert by_name["dense"].depth == 1
    assert {line.note for line in lines} & {"same as root.again", "same as root.dense.kernel"}
    assert lines[0].bytes > 48


def test_entries_without_owner_and_objects_without_entry_are_noted() -> None:
    lines = list(objects.tree(checkpoint(checkpoint={"loose": ("int32", (2,))}, objects=OBJECTS)))
    notes = {line.name: line.note for line in lines if line.note}
    assert notes["loose"] == "no object owns it"
    assert any("is not in the checkpoint" in note for note in notes.values())


def test_tree_of_names() -> None:
    found = checkpoint(
        checkpoint={
            "a/b/w": ("float32", (2,)),
            "a/c": {"dtype": "float32", "shape": (4,), "slices": [((0,), (2,)), ((2,), (2,))]},
        }
    )
    assert list(objects.render(found)) == [
        "model.ckpt  (2 tensors)  24 B",
        "  a  (2 tensors)  24 B",
        "    b  8 B",
        "      w  float [2]  8 B",
        "    c  float [4] in 2 slices  16 B",
    ]


def test_no_difference() -> None:
    one = checkpoint(checkpoint=KERNEL)
    assert list(diff.differences(one, checkpoint(checkpoint=KERNEL))) == []
    assert list(diff.render(one, one)) == ["0 added, 0 removed, 0 of another type or shape, 0 with other values only"]


def test_differences() -> None:
    before = checkpoint(
        checkpoint={"a": ("float32", (2,)), "b": ("int32", ()), "c": ("int32", (1,)), "v": ("uint8", (2,))}
    )
    after = checkpoint(
        checkpoint={
            "b": ("int64", ()),
            "c": ("int32", (2,)),
            "d": ("bool", ()),
            "v": {"dtype": "uint8", "shape": (2,), "value": b"zz"},
        }
    )
    assert [(each.kind, each.key) for each in diff.differences(before, after)] == [
        ("removed", "a"),
        ("changed", "b"),
        ("changed", "c"),
        ("added", "d"),
        ("values", "v"),
    ]


def test_a_checkpoint_that_fits_its_model() -> None:
    model = built(saved_model=MODEL)
    (fit,) = against.fits(checkpoint(checkpoint=KERNEL, objects=OBJECTS), model)
    assert fit.succeeds
    assert fit.restored == ("k",)
    assert not fit.unused


def test_a_checkpoint_of_another_shape() -> None:
    (fit,) = against.fits(
        checkpoint(checkpoint={f"dense/kernel/{VALUE}": ("float32", (3, 5))}, objects=OBJECTS), built(saved_model=MODEL)
    )
    assert not fit.succeeds
    assert fit.other[0][0] == "k"
    assert "[3, 5]" in "\n".join(against.render(fit))


def test_a_name_based_checkpoint_does_not_restore_objects() -> None:
    (fit,) = against.fits(checkpoint(checkpoint={"k": ("float32", (3, 4))}), built(saved_model=MODEL))
    assert not fit.succeeds
    assert fit.unused == ("k",)


def keras(shape: tuple[int, ...]) -> Artifact:
    group = Group({}, {"dense": Group({}, {}, {"kernel:0": Dataset(shape, "float32")})}, {})
    root = Group({"layer_names": [b"input", b"dense"]}, {"dense": group}, {})
    file = KerasFile(container="h5", file="m.h5", weights=root)
    model = built(graph_def="")
    return Artifact(model.path, model.format, model.files, model.name, model.is_folder, keras=file)


def test_layers_of_a_keras_file_are_matched_in_order() -> None:
    found = checkpoint(checkpoint={f"layer_with_weights-0/kernel/{VALUE}": ("float32", (3, 4))})
    (fit,) = against.fits(found, keras((3, 4)))
    assert fit.succeeds
    assert fit.way == "load_weights"
    (fit,) = against.fits(found, keras((4, 3)))
    assert not fit.succeeds


_CONST = 'node {{ name: "{0}" op: "Const" attr {{ key: "dtype" value {{ type: DT_STRING }} }} attr {{ key: "value" value {{ tensor {{ dtype: DT_STRING string_val: "{1}" tensor_shape {{ {2} }} }} }} }} }}'
_ONE = "dim { size: 1 }"


def _saver(prefix: str, key: str) -> str:
    """A restore operation that reads one key, and the operation that runs it."""
    return (
        _CONST.format(f"{prefix}/Const", "model", "")
        + _CONST.format(f"{prefix}/names", key, _ONE)
        + _CONST.format(f"{prefix}/slices", "", _ONE)
        + f'node {{ name: "{prefix}/RestoreV2" op: "RestoreV2" input: "{prefix}/Const" input: "{prefix}/names" input: "{prefix}/slices"'
        ' attr { key: "dtypes" value { list { type: DT_FLOAT } } } }'
        f'node {{ name: "{prefix}/restore_all" op: "NoOp" input: "^{prefix}/RestoreV2" }}'
    )


def test_only_the_saver_that_restores_counts() -> None:
    graph = f"graph_def {{ {_saver('old', 'gone')} {_saver('save', 'k')} }}"
    saver = 'saver_def { filename_tensor_name: "save/Const:0" restore_op_name: "save/restore_all" }'
    found = checkpoint(checkpoint={"k": ("float32", (2,))})
    (fit,) = against.fits(found, built(meta=f"{graph} {saver}"))
    assert fit.succeeds and fit.restored == ("k",)
    (fit,) = against.fits(found, built(meta=f"{graph} {saver.replace('save/', 'old/')}"))
    assert not fit.succeeds and fit.missing == ("gone",)
