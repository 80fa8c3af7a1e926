"""What single releases of Keras 3 make of the same file."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from tests import examples

INPUT: dict[str, Any] = {
    "class_name": "InputLayer",
    "config": {"name": "x", "batch_shape": [None, 4], "dtype": "float32"},
}
INNER = {
    "class_name": "Functional",
    "config": {
        "name": "inner",
        "layers": [
            {**INPUT, "name": "x", "inbound_nodes": []},
            {**m.layer("Dense", units=3), "name": "dense", "inbound_nodes": [[["x", 0, 0, {}]]]},
        ],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["dense", 0, 0]],
    },
}


@pytest.mark.parametrize(("keras", "loads"), [("3.4.1", False), ("3.5.0", True), ("3.10.0", True), ("3.11.0", False)])
def test_list_of_one_output_before_another_layer(keras: str, loads: bool) -> None:
    """`functional_from_config` unwraps it in 3.5 to 3.10; elsewhere the next layer is built for a list of shapes."""
    outer = m.layer("Dense", units=2)
    outer["config"]["name"] = "outer"
    layers = [{**INPUT, "config": {**INPUT["config"], "name": "y"}}, INNER, outer]
    weights = {
        "inner": {"dense/kernel:0": (4, 3), "dense/bias:0": (3,)},
        "outer": {"kernel:0": (3, 2), "bias:0": (2,)},
    }
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    artifact = examples.artifact({"h5": {"config": model, "weights": weights}})
    target = examples.target({"target": f"tensorflow==2.18.0,keras=={keras},python==3.12"})
    found = [event.cause for event in events(artifact, target)]
    assert found == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("keras", "listed", "loads"),
    [
        ("3.1.1", True, False),
        ("3.4.1", True, False),
        ("3.6.0", True, True),
        ("3.14.1", True, False),
        ("3.14.1", False, True),
    ],
)
def test_functional_model_in_time_distributed(keras: str, listed: bool, loads: bool) -> None:
    """`compute_output_shape` of functional models came with 3.4, and gives a list where the configuration lists the output."""
    dense = m.serialized("Dense", name="d", units=3)
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 4], "dtype": "float32", "keras_history": ["x", 0, 0]},
    }
    first = m.serialized("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    inner = m.serialized(
        "Functional",
        name="inner",
        layers=[
            {**first, "name": "x", "inbound_nodes": []},
            {**dense, "name": "d", "inbound_nodes": [{"args": [tensor], "kwargs": {}}]},
        ],
        input_layers=[["x", 0, 0]],
        output_layers=[["d", 0, 0]] if listed else ["d", 0, 0],
    )
    layers = [
        m.serialized("InputLayer", batch_shape=[None, 5, 4], dtype="float32", name="y"),
        m.serialized("TimeDistributed", name="t", layer={**inner, "module": "keras.src.models.functional"}),
    ]
    whole = m.serialized("Sequential", name="m", layers=layers, build_input_shape=[None, 5, 4])
    config = {**whole, "module": "keras"}
    weights = {
        "layers/time_distributed/layer/layers/dense/vars/0": (4, 3),
        "layers/time_distributed/layer/layers/dense/vars/1": (3,),
    }
    artifact = examples.artifact({"archive": {"config": config, "weights": weights}})
    target = examples.target({"target": f"tensorflow==2.18.0,keras=={keras},python==3.12"})
    found = [event.cause for event in events(artifact, target)]
    assert found == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("target", "loads"),
    [("tensorflow==2.4.1,python==3.8", True), ("tensorflow==2.18.0,keras==3.6.0,python==3.12", False)],
)
def test_attention_whose_value_is_a_legacy_node(target: str, loads: bool) -> None:
    """TensorFlow 2.4 wrote no shapes into the configuration, and Keras 3 has none to build with."""
    layers = [
        {
            "class_name": "InputLayer",
            "config": {"name": "x", "batch_input_shape": [None, 6, 8], "dtype": "float32"},
            "name": "x",
            "inbound_nodes": [],
        },
        {
            **m.layer("MultiHeadAttention", num_heads=2, key_dim=4),
            "name": "a",
            "inbound_nodes": [[["x", 0, 0, {"value": ["x", 0, 0]}]]],
        },
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
    weights = {
        "a": {
            **{f"{name}/kernel:0": (8, 2, 4) for name in ("query", "key", "value")},
            **{f"{name}/bias:0": (2, 4) for name in ("query", "key", "value")},
            "attention_output/kernel:0": (2, 4, 8),
            "attention_output/bias:0": (8,),
        }
    }
    artifact = examples.artifact({"h5": {"config": {"class_name": "Functional", "config": config}, "weights": weights}})
    found = [event.cause for event in events(artifact, examples.target({"target": target}))]
    assert ("incompatible-input" not in found) is loads


@pytest.mark.parametrize("shape", [None, [None, 4]])
def test_model_without_layers(shape: Any) -> None:
    """`Sequential.from_config` of Keras 3 builds for the shape that the configuration names."""
    config = {**m.serialized("Sequential", name="m", layers=[]), "module": "keras"}
    config["config"]["build_input_shape"] = shape
    artifact = examples.artifact({"archive": {"config": config, "weights": {}}})
    target = examples.target({"target": "tensorflow==2.21.0,keras==3.14.1,python==3.13"})
    assert [event.cause for event in events(artifact, target)] == (["invalid-graph"] if shape else [])


def test_names_of_layers_from_the_root_of_the_file() -> None:
    """HDF5 takes a name with a leading slash from the root, whatever group is asked."""
    given = m.h5()
    artifact = examples.artifact({"h5": given})
    target = examples.target({"target": "tensorflow==2.15.0,keras==2.15.0,python==3.11"})
    assert artifact.keras is not None and artifact.keras.root is not None
    weights = artifact.keras.root.groups["model_weights"]
    weights.attributes["layer_names"] = [f"/model_weights/{name}" for name in given["weights"]]
    assert not events(artifact, target)


@pytest.mark.parametrize(("order", "loads"), [("kkbb", True), ("kbkb", False)])
@pytest.mark.parametrize("group", ["optimizer/vars", "optimizer/inner_optimizer/vars"])
def test_an_optimizer_within_a_loss_scale(group: str, order: str, loads: bool) -> None:
    """Keras 2 stores its variables twice."""
    shapes = [(), *({"k": (4, 8), "b": (8,)}[each] for each in order)]
    inner = {**m.serialized("Adam", amsgrad=False), "module": "keras.optimizers"}
    scaled = {
        **m.serialized("LossScaleOptimizerV3", inner_optimizer=inner, dynamic=False, initial_scale=128.0),
        "module": "keras.src.mixed_precision.loss_scale_optimizer",
        "registered_name": "LossScaleOptimizerV3",
    }
    first = m.serialized("InputLayer", batch_input_shape=[None, 4], dtype="float32", name="x")
    model = m.serialized("Sequential", "keras", name="m", layers=[first, m.serialized_dense()])
    stored = {**m.STORED, **{f"{group}/{number}": shape for number, shape in enumerate(shapes)}}
    given = {"config": {**model, "compile_config": {"optimizer": scaled, "loss": "mse"}}, "weights": stored}
    artifact = examples.artifact({"archive": given})
    target = examples.target({"target": "tensorflow==2.15.0,keras==2.15.0,python==3.11"})
    found = [event.cause for event in events(artifact, target)]
    assert found == ([] if loads else ["weight-shape"])


@pytest.mark.parametrize(
    ("target", "said"), [("tensorflow==2.15.0,keras==2.15.0", True), ("tensorflow==2.16.1,keras==3.1.1", False)]
)
@pytest.mark.parametrize(("size", "width"), [(4, 4), (4, 5), (None, 5)])
def test_what_a_vocabulary_counts_is_as_wide_as_it_was(target: str, said: bool, size: Any, width: int) -> None:
    counted = m.serialized("TextVectorization", name="t", output_mode="multi_hot", vocabulary_size=size)
    name = "batch_shape" if "keras==3" in target else "batch_input_shape"
    first = m.serialized("InputLayer", **{name: [None, 1]}, dtype="string", name="x")
    dense = m.serialized("Dense", name="d", units=8)
    model = m.serialized("Sequential", "keras", name="m", layers=[first, counted, dense])
    stored = {"layers/dense/vars/0": (width, 8), "layers/dense/vars/1": (8,)}
    artifact = examples.artifact({"archive": {"config": model, "weights": stored}})
    found = [event.cause for event in events(artifact, examples.target({"target": f"{target},python==3.11"}))]
    assert ("weight-shape" in found) is (said and size not in (None, width))
