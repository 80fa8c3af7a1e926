"""Calls of layers of Keras 2 on symbolic inputs: which they refuse, and which unlikely ones they take."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.target import parse

OLDEST = "tensorflow==1.15.5,python==3.7"
BEFORE_KERAS_TENSORS = "tensorflow==2.3.2,python==3.8"
FIRST_WITH_THEM = "tensorflow==2.4.1,python==3.8"
LAST = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
LEGACY = "tensorflow==2.20.0,keras==3.11.3,tf-keras==2.20.1,python==3.13,TF_USE_LEGACY_KERAS=1"
ALL = (OLDEST, BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY)

Shape = list[int | None]


def causes(target: str, class_name: str, shapes: list[Shape], *, of: str = "float32", **config: Any) -> list[str]:
    """What is said of a model that calls one layer on inputs of these shapes and of a dtype, one after the other."""
    inputs = [
        {
            "class_name": "InputLayer",
            "name": f"i{number}",
            "config": {"name": f"i{number}", "batch_input_shape": [None, *shape], "dtype": of},
            "inbound_nodes": [],
        }
        for number, shape in enumerate(shapes)
    ]
    layer = {
        "class_name": class_name,
        "name": "d",
        "config": {"name": "d", **config},
        "inbound_nodes": [[[f"i{number}", 0, 0, {}]] for number in range(len(shapes))],
    }
    network = {
        "name": "m",
        "layers": [*inputs, layer],
        "input_layers": [[each["name"], 0, 0] for each in inputs],
        "output_layers": [["d", number, 0] for number in range(len(shapes))],
    }
    return said(target, {"class_name": "Model", "config": network}, legacy=True)


def said(target: str, config: dict[str, Any], *, legacy: bool) -> list[str]:
    out = Recorder(file="model.h5" if legacy else "model.keras")
    where = parse(target)
    Deserializer(era_of(where), where, out, legacy=legacy).root(config, "/config")
    return [event.cause for event in out.events]


CONV = {"filters": 2, "kernel_size": [2, 2]}


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("shape", [[5, 4, 4, 3], [2, 5, 4, 4, 3], [None, None, None, 3]])
def test_convolutions_take_more_batch_dimensions(target: str, shape: Shape) -> None:
    loads = target not in (OLDEST,)
    assert (causes(target, "Conv2D", [shape], **CONV) == []) is loads


@pytest.mark.parametrize("target", ALL)
def test_convolutions_take_no_fewer(target: str) -> None:
    assert causes(target, "Conv2D", [[4, 3]], **CONV) == ["incompatible-input"]
    assert causes(target, "DepthwiseConv2D", [[5, 4, 4, 3]], kernel_size=[2, 2]) == ["incompatible-input"]


def test_batch_dimensions_stay() -> None:
    inner = [
        {"class_name": "InputLayer", "config": {"name": "i", "batch_input_shape": [None, 5, 6, 7, 3]}},
        {"class_name": "Conv2D", "config": {"name": "c", **CONV}},
        {"class_name": "Reshape", "config": {"name": "r", "target_shape": [5 * 5 * 6 * 2]}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": inner}}
    assert said(LAST, config, legacy=True) == []
    inner[2]["config"]["target_shape"] = [5 * 6 * 2]
    assert said(LAST, config, legacy=True) == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
def test_upsampling_of_volumes_forgets_its_rank(target: str) -> None:
    assert causes(target, "UpSampling3D", [[4, 4, 3]], size=[2, 2, 2]) == []
    assert causes(target, "UpSampling3D", [[4, 3]], size=[2, 2, 2]) == ["incompatible-input"]
    assert causes(target, "UpSampling2D", [[5, 4, 4, 3]], size=[2, 2]) == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
def test_a_second_call_is_checked_by_the_operations_alone(target: str) -> None:
    loads = target not in (OLDEST, BEFORE_KERAS_TENSORS)
    assert (causes(target, "Dense", [[8, 8, 3], [8, 8, 4]], units=2) == []) is loads
    assert (causes(target, "Conv2D", [[8, 8, 3], [8, 8, 6]], **CONV) == []) is loads


@pytest.mark.parametrize("target", ALL)
def test_operations_mind(target: str) -> None:
    assert causes(target, "Dense", [[3], [4]], units=2) == ["incompatible-input"]
    assert causes(target, "Conv2D", [[8, 8, 3], [8, 8, 4]], **CONV) == ["incompatible-input"]
    assert causes(target, "BatchNormalization", [[8, 8, 3], [8, 8, 4]]) == ["incompatible-input"]
    assert causes(target, "LSTM", [[8, 3], [8, 4]], units=2) == ["incompatible-input"]


UNDEFINED: list[tuple[str, Shape, Shape, dict[str, Any]]] = [
    ("LSTM", [4, None], [None, 3], {"units": 2}),
    ("SimpleRNN", [None, 3], [4, 3], {"units": 2, "unroll": True}),
    ("PReLU", [None, 3], [4, 3], {}),
    ("PReLU", [4, 3], [4, 4, 3], {"shared_axes": [1, 3]}),
    ("Softmax", [4], [4, 3], {"axis": 2}),
    ("LocallyConnected1D", [None, 3], [4, 3], {"filters": 2, "kernel_size": [2]}),
]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize(("class_name", "wrong", "right", "config"), UNDEFINED)
def test_dimensions_that_building_needs(
    target: str, class_name: str, wrong: Shape, right: Shape, config: dict[str, Any]
) -> None:
    assert causes(target, class_name, [wrong], **config) == ["incompatible-input"]
    assert causes(target, class_name, [right], **config) == []


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize(
    ("class_name", "shape", "config"),
    [("Conv2D", [4, 4, 3], CONV), ("LSTM", [4, 3], {"units": 2}), ("PReLU", [3], {}), ("Softmax", [3], {})],
)
def test_integers_beside_kernels(target: str, class_name: str, shape: Shape, config: dict[str, Any]) -> None:
    for dtype in ("float16", "float32", "float64"):
        assert causes(target, class_name, [shape], of=dtype, **config) == []
    for dtype in ("int32", "uint8", "bool", "string"):
        assert causes(target, class_name, [shape], of=dtype, **config) == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("dtype", ["int32", "uint8", "int64"])
def test_layers_that_cast_integers(target: str, dtype: str) -> None:
    assert causes(target, "Dense", [[3]], of=dtype, units=2) == []
    assert causes(target, "Embedding", [[3]], of=dtype, input_dim=4, output_dim=2) == []
    assert causes(target, "Flatten", [[3]], of=dtype) == []


@pytest.mark.parametrize("target", (LAST, LEGACY))
@pytest.mark.parametrize("class_name", ["RandomFlip", "CenterCrop", "Resizing", "RandomContrast"])
def test_images(target: str, class_name: str) -> None:
    config = {
        "RandomFlip": {},
        "CenterCrop": {"height": 2, "width": 2},
        "Resizing": {"height": 2, "width": 2},
        "RandomContrast": {"factor": 0.1},
    }[class_name]
    assert causes(target, class_name, [[4, 4, 3]], **config) == []
    assert causes(target, class_name, [[4, 3]], **config) == []
    assert causes(target, class_name, [[4]], **config) == ["incompatible-input"]


@pytest.mark.parametrize("target", (FIRST_WITH_THEM, LAST, LEGACY))
def test_a_seed_of_values_that_nobody_draws(target: str) -> None:
    drawn = {"class_name": "VarianceScaling", "config": {"seed": 1.0}}
    separable = {"filters": 2, "kernel_size": [2, 2], "kernel_initializer": drawn}
    assert causes(target, "SeparableConv2D", [[4, 4, 3]], **separable) == []
    assert causes(target, "Dense", [[3]], units=2, use_bias=False, bias_initializer=drawn) == []
    assert causes(target, "BatchNormalization", [[3]], scale=False, gamma_initializer=drawn) == []
    assert causes(target, "Dense", [[3]], units=2, use_bias=True, bias_initializer=drawn) == ["invalid-argument"]
    assert causes(target, "Dense", [[3]], units=2, kernel_initializer=drawn) == ["invalid-argument"]


@pytest.mark.parametrize(
    ("target", "shared"),
    [
        ("tensorflow==2.12.0,keras==2.12.0,python==3.11", True),
        ("tensorflow==2.13.0,keras==2.13.1,python==3.11", False),
        (LAST, False),
        (LEGACY, False),
        ("tensorflow==2.18.0,keras==3.6.0,python==3.12", True),
    ],
)
def test_numbers_of_shared_layers_in_archives(target: str, shared: bool) -> None:
    dense = {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": "d", "units": 3},
        "registered_name": None,
        "shared_object_id": 7,
    }
    config = {"name": "s", "layers": [dense, dense]}
    whole = {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
    where = parse(target)
    model = Deserializer(era_of(where), where, Recorder(file="model.keras"), legacy=False).root(whole, "/config")
    assert model is not None
    assert (model.layers[0] is model.layers[1]) is shared


@pytest.mark.parametrize("target", ["tensorflow==2.12.0,keras==2.12.0,python==3.11", LAST, LEGACY])
@pytest.mark.parametrize(
    ("registered", "loads"), [(None, True), ("Dense", True), ({"a": 1}, False), (["Dense"], False)]
)
def test_registered_names_are_looked_up(target: str, registered: Any, loads: bool) -> None:
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 2}, "registered_name": registered}
    whole = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [dense]}}
    expected = [] if loads else ["malformed-config"]
    assert said(target, whole, legacy=False) == expected


VALUES: list[tuple[str, Shape, dict[str, Any], tuple[str, ...]]] = [  # what is refused, and in which of ALL
    ("MaxPooling2D", [8, 8, 3], {"pool_size": [1.0, 1.0]}, ()),
    ("AveragePooling2D", [8, 8, 3], {"strides": [1.0, 1.0]}, ()),
    ("DepthwiseConv2D", [8, 8, 3], {"kernel_size": [2, 2], "strides": [1.0, 1.0]}, ()),
    ("Conv2D", [8, 8, 3], {**CONV, "strides": [1.0, 1.0]}, (LAST, LEGACY)),
    ("Conv2D", [8, 8, 3], {**CONV, "strides": 1.0}, ALL),
    ("Conv2DTranspose", [8, 8, 3], {**CONV, "strides": [0, 0]}, (LAST, LEGACY)),
    ("MaxPooling2D", [8, 8, 3], {"padding": "same"}, ()),
    ("MaxPooling2D", [8, 8, 3], {"padding": "causal"}, ALL),
    ("ConvLSTM2D", [2, 8, 8, 3], {**CONV, "padding": "causal"}, ALL),
    ("Conv1D", [8, 3], {"filters": 2, "kernel_size": [2], "padding": "causal"}, ()),
    ("LocallyConnected1D", [8, 3], {"filters": 2, "kernel_size": [2], "padding": "same"}, ALL),
    ("LocallyConnected1D", [8, 3], {"filters": 2, "kernel_size": [2], "padding": "same", "implementation": 2}, ()),
    ("LocallyConnected1D", [8, 3], {"filters": None, "kernel_size": [2]}, ALL),
    ("Dense", [3], {"units": 2, "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.1}}}, ()),
]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize(("class_name", "shape", "config", "refusing"), VALUES)
def test_values(target: str, class_name: str, shape: Shape, config: dict[str, Any], refusing: tuple[str, ...]) -> None:
    assert causes(target, class_name, [shape], **config) == (["invalid-argument"] if target in refusing else [])


@pytest.mark.parametrize("target", (BEFORE_KERAS_TENSORS, LAST, LEGACY))
def test_old_names_of_penalties(target: str) -> None:
    for name in ("L1", "L2"):
        for key, loads in (("l", True), (name.lower(), True), ("l1l2", False)):
            penalty = {"class_name": name, "config": {key: 0.1}}
            assert causes(target, "Dense", [[3]], units=2, kernel_regularizer=penalty) == (
                [] if loads else ["unknown-argument"]
            )


@pytest.mark.parametrize(
    ("target", "loads"), [("tensorflow==2.6.0,keras==2.6.0,python==3.9", True), (LAST, False), (LEGACY, False)]
)
def test_bins_are_made_at_the_end(target: str, loads: bool) -> None:
    assert causes(target, "Discretization", [[3]]) == ([] if loads else ["invalid-argument"])
    assert causes(target, "Discretization", [[3]], num_bins=3) == []
    assert causes(target, "Discretization", [[3]], bin_boundaries=[0.1, 0.5]) == []
    assert causes(target, "Discretization", [], num_bins=None) == []


@pytest.mark.parametrize("target", (BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY))
def test_weights_that_are_no_floats(target: str) -> None:
    embedding: dict[str, Any] = {"input_dim": 4, "output_dim": 2, "dtype": "int32"}
    assert causes(target, "Embedding", [[3]], **embedding) == ["invalid-argument"]
    for alike in ("zeros", {"class_name": "Ones", "config": {}}):
        assert causes(target, "Embedding", [[3]], **embedding, embeddings_initializer=alike) == []
    assert causes(target, "LSTM", [[4, 3]], units=2, dtype="int32") == ["invalid-argument"]
    assert causes(target, "LSTM", [[4, 3]], units=2, dtype="float64") == []


@pytest.mark.parametrize("target", ALL[1:])
def test_policies_by_name(target: str) -> None:
    loads = target in (LAST, LEGACY)
    assert (causes(target, "Dense", [[3]], units=2, dtype="mixed_float16") == []) is loads
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    assert causes(target, "Dense", [[3]], units=2, dtype=policy) == []
    assert causes(target, "Dense", [[3]], units=2, dtype={"class_name": "Policy"}) == ["malformed-config"]


@pytest.mark.parametrize("target", ALL)
def test_values_that_are_looked_at_late(target: str) -> None:
    old, whole = target in (OLDEST, BEFORE_KERAS_TENSORS), [8, 8, 3]
    assert (causes(target, "BatchNormalization", [whole], momentum=None) == []) is not old
    assert causes(target, "BatchNormalization", [[3]], momentum=None) == []
    assert (causes(target, "ReLU", [[3]], threshold=[0.1]) == []) is (old or target == FIRST_WITH_THEM)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("connected", [True, False])
def test_names_of_layers_that_outputs_do_not_hang_on(target: str, connected: bool) -> None:
    given = {"batch_input_shape": [None, 3], "dtype": "float32", "name": "i"}
    inner = [
        {"class_name": "InputLayer", "name": "i", "config": given, "inbound_nodes": []},
        {"class_name": "Flatten", "name": "a", "config": {"name": "f"}, "inbound_nodes": [[["i", 0, 0, {}]]]},
        {"class_name": "Flatten", "name": "b", "config": {"name": "f"}, "inbound_nodes": [[["a", 0, 0, {}]]]},
    ]
    network = {"name": "m", "layers": inner, "input_layers": [["i", 0, 0]]}
    network["output_layers"] = [["b" if connected else "a", 0, 0]]
    expected = ["invalid-graph"] if connected else []
    assert said(target, {"class_name": "Model", "config": network}, legacy=True) == expected


@pytest.mark.parametrize("target", ALL)
def test_schedules_of_old_optimizers(target: str) -> None:
    from analyzer.keras import optimizers

    where, out = parse(target), Recorder(file="model.h5")
    schedule = {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 9}}
    schedule["config"]["decay_rate"] = 0.5
    d = Deserializer(era_of(where), where, out, legacy=True)
    optimizers.check(d, {"class_name": "Adam", "config": {"learning_rate": schedule}}, "/training_config")
    optimizers.check(d, {"class_name": "Nadam", "config": {"learning_rate": 0.1}}, "/training_config")
    assert out.events == []
    optimizers.check(d, {"class_name": "Nadam", "config": {"learning_rate": schedule}}, "/training_config")
    assert [event.cause for event in out.events] == ["invalid-argument"]


@pytest.mark.parametrize("target", ALL)
def test_objects_by_the_names_of_functions(target: str) -> None:
    from analyzer.keras import training_config

    where = parse(target)
    for loss, metric, expected in (
        ("mse", "mae", []),
        ({"class_name": "MeanSquaredError", "config": {}}, {"class_name": "AUC", "config": {}}, []),
        ({"class_name": "mse", "config": {}}, "mae", ["missing-argument"]),
        ("mse", {"class_name": "binary_accuracy", "config": {}}, ["missing-argument"]),
    ):
        out = Recorder(file="model.h5")
        config = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": loss, "metrics": [metric]}
        config |= {"loss_weights": None, "sample_weight_mode": None}
        training_config.check(config, Deserializer(era_of(where), where, out, legacy=True), "/training_config")
        assert [event.cause for event in out.events] == expected


@pytest.mark.parametrize("target", ALL)
def test_a_name_that_comes_again_is_the_same_layer(target: str) -> None:
    given = {"batch_input_shape": [None, 3], "dtype": "float32", "name": "i"}
    dense = {"class_name": "Dense", "name": "a", "inbound_nodes": [[["i", 0, 0, {}]]]}
    inner: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "name": "i", "config": given, "inbound_nodes": []},
        {**dense, "config": {"name": "a", "units": 2}},
        {**dense, "config": {"name": "a", "nobody": "reads this"}},
    ]
    network = {"name": "m", "layers": inner, "input_layers": [["i", 0, 0]], "output_layers": [["a", 0, 0]]}
    assert said(target, {"class_name": "Model", "config": network}, legacy=True) == []


@pytest.mark.parametrize("target", ALL)
def test_layers_that_go_both_ways(target: str) -> None:
    def found(layer: tuple[str, dict[str, Any]], backward: tuple[str, dict[str, Any]] | None = None) -> list[str]:
        inner = {"class_name": layer[0], "config": {"name": "x", **layer[1]}}
        back = {"class_name": backward[0], "config": {"name": "y", **backward[1]}} if backward else None
        return causes(target, "Bidirectional", [[3, 4]], layer=inner, **({"backward_layer": back} if back else {}))

    lstm, gru, back = ("LSTM", {"units": 2}), ("GRU", {"units": 2}), {"units": 2, "go_backwards": True}
    assert found(lstm) == found(("LSTM", back)) == []
    assert found(("RNN", {"cell": {"class_name": "LSTMCell", "config": {"name": "c", "units": 2}}})) == []
    assert found(lstm, ("LSTM", back)) == found(gru, ("LSTM", back)) == []
    assert found(lstm, lstm) == ["invalid-argument"]
    assert found(lstm, ("LSTM", {**back, "return_sequences": True})) == ["invalid-argument"]
    assert found(("Dense", {"units": 2})) == ["invalid-argument"]


@pytest.mark.parametrize("target", ALL)
def test_cells_have_a_state(target: str) -> None:
    cell = {"class_name": "GRUCell", "config": {"name": "c", "units": 2}}
    dense = {"class_name": "Dense", "config": {"name": "x", "units": 2}}
    stacked = {"class_name": "StackedRNNCells", "config": {"name": "s", "cells": [cell, dense]}}
    assert causes(target, "RNN", [[3, 4]], cell=cell) == []
    assert causes(target, "RNN", [[3, 4]], cell=dense) == ["invalid-argument"]
    assert causes(target, "RNN", [[3, 4]], cell=stacked) == ["invalid-argument"]


def test_spectral_normalization_is_of_a_kernel() -> None:
    def found(kind: str, **config: Any) -> list[str]:
        def serialized(name: str, **inner: Any) -> dict[str, Any]:
            module = "keras" if name == "Sequential" else "keras.layers"
            return {"module": module, "class_name": name, "registered_name": None, "config": {"name": name, **inner}}

        wrapped = serialized("SpectralNormalization", layer=serialized(kind, **config))
        first = serialized("InputLayer", batch_shape=[None, 4], dtype="float32")
        model = serialized("Sequential", layers=[first, wrapped])
        return said("tensorflow==2.18.0,keras==3.6.0,python==3.12", model, legacy=False)

    assert found("Dense", units=2) == found("Embedding", input_dim=9, output_dim=2) == []
    assert found("Dropout", rate=0.5) == ["incompatible-input"]
    assert found("BatchNormalization") == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
def test_weights_that_a_layer_is_given(target: str) -> None:
    assert causes(target, "Dense", [[4]], units=2, weights=None) == []
    assert causes(target, "Flatten", [[4]], weights=[]) == []
    assert causes(target, "Flatten", [[4]], weights=1) == ["invalid-argument"]
    assert causes(target, "Dense", [[4]], units=2, weights=[]) == ["invalid-argument"]
    assert causes(target, "Dense", [[4]], units=2, weights=[[[1.0]], [0.0]]) == ["invalid-argument"]


def test_attention_needs_a_value() -> None:
    def found(**kwargs: Any) -> list[str]:
        heads = {"name": "a", "num_heads": 2, "key_dim": 2, "value_dim": 2, "query_shape": [None, 3, 4]}
        given = {"name": "x", "batch_input_shape": [None, 3, 4], "dtype": "float32"}
        attention = {"class_name": "MultiHeadAttention", "name": "a", "inbound_nodes": [[["x", 0, 0, kwargs]]]}
        layers = [
            {"class_name": "InputLayer", "name": "x", "inbound_nodes": [], "config": given},
            {**attention, "config": {**heads, "key_shape": [None, 3, 4], "value_shape": [None, 3, 4]}},
        ]
        ends = {"input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
        return said(LAST, {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}, legacy=True)

    assert found(value=["x", 0, 0]) == found(value=["x", 0, 0], key=["x", 0, 0], training=None) == []
    assert found() == ["missing-argument"]
    assert found(key=["x", 0, 0]) == ["missing-argument"]


def test_groups_of_convolutions() -> None:
    for target in (BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY):
        for kind in ("Conv2DTranspose", "SeparableConv2D"):
            assert causes(target, kind, [[8, 8, 2]], **CONV, groups=1) == []
            assert causes(target, kind, [[8, 8, 2]], **CONV, groups=2) == []
            assert causes(target, kind, [[8, 8, 2]], **CONV, groups=3) == ["invalid-argument"]
        assert "invalid-argument" in causes(target, "Conv2D", [[8, 8, 2]], **CONV, groups=3)
