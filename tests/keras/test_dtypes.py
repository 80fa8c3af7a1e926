"""Dtypes of inputs, and what layers of Keras 2 take, return and refuse of them: measured layer by layer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.keras.test_calls import BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY, causes, said

CONV = {"filters": 2, "kernel_size": [2, 2]}


@pytest.mark.parametrize("target", [BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY])
@pytest.mark.parametrize(
    ("kind", "shape", "config", "taken", "refused"),
    [
        ("Dense", [4], {"units": 2}, "int32 uint8 bool string float16 float64", ""),
        ("Embedding", [4], {"input_dim": 9, "output_dim": 2}, "int32 int64 float32", ""),
        ("Conv2D", [8, 8, 2], CONV, "float16 float64", "int32 bool string"),
        ("LSTM", [3, 4], {"units": 2}, "float64", "int32 bool"),
        ("AveragePooling2D", [8, 8, 2], {}, "float16", "int32"),
        ("MaxPooling2D", [8, 8, 2], {}, "int32 float16", "bool string"),
        ("Flatten", [4, 2], {}, "int32 bool string", ""),
        ("Masking", [4, 2], {}, "float64", "int32"),
        ("Masking", [4, 2], {"mask_value": 0}, "float64 int32", ""),
        ("ReLU", [4], {}, "int32 uint8", "bool string"),
        ("Activation", [4], {"activation": "relu"}, "int32", "bool"),
        ("Activation", [4], {"activation": "linear"}, "int32 bool string", ""),
        ("Activation", [4], {"activation": "sigmoid"}, "float16", "int32"),
    ],
)
def test_dtypes_of_inputs(target: str, kind: str, shape: Any, config: Any, taken: str, refused: str) -> None:
    for each in taken.split():
        assert causes(target, kind, [shape], of=each, **config) == [], each
    for each in refused.split():
        assert causes(target, kind, [shape], of=each, **config) == ["incompatible-input"], each


def test_products_of_higher_rank() -> None:
    """Up to 2.2 `tf.tensordot` gets the input of a Dense layer as it is."""
    for target in (BEFORE_KERAS_TENSORS, LAST):
        assert causes(target, "Dense", [[3, 4]], of="int32", units=2) == []
    assert causes("tensorflow==2.2.0,python==3.7", "Dense", [[4]], of="int32", units=2) == []
    assert causes("tensorflow==2.2.0,python==3.7", "Dense", [[3, 4]], units=2) == []
    assert causes("tensorflow==2.2.0,python==3.7", "Dense", [[3, 4]], of="int32", units=2) == ["incompatible-input"]


def test_steps_are_of_the_dtype_of_the_whole() -> None:
    def found(of: str, kind: str, **config: Any) -> list[str]:
        inner = {"class_name": kind, "config": {"name": "x", **config}}
        return causes(LAST, "TimeDistributed", [[3, 8, 8, 2]], of=of, layer=inner)

    assert found("float16", "Conv2D", **CONV) == found("int32", "Dense", units=2) == found("int32", "Flatten") == []
    assert found("int32", "Conv2D", **CONV) == ["incompatible-input"]


def test_normalizations_cast() -> None:
    for kind in ("BatchNormalization", "LayerNormalization"):
        for target in (BEFORE_KERAS_TENSORS, FIRST_WITH_THEM):
            assert causes(target, kind, [[4]], of="float64") == []
            assert causes(target, kind, [[4]], of="int32") == ["incompatible-input"]
        for target in (LAST, LEGACY):
            assert causes(target, kind, [[4]], of="int32") == causes(target, kind, [[4]], of="float16") == []


def network(
    dtypes: list[str], calls: list[tuple[str, list[str], dict[str, Any]]], sparse: bool = False
) -> dict[str, Any]:
    """Inputs `i0`, `i1`, ... of dtypes, and layers by class, the names of their inputs, and configuration."""
    layers = [
        {
            "class_name": "InputLayer",
            "name": f"i{number}",
            "config": {"name": f"i{number}", "batch_input_shape": [None, 4], "dtype": dtype, "sparse": sparse},
            "inbound_nodes": [],
        }
        for number, dtype in enumerate(dtypes)
    ]
    for number, (kind, given, config) in enumerate(calls):
        node: list[Any] = [[each, 0, 0, {}] for each in given]
        if kind == "TFOpLambda":
            node = [[given[0], 0, 0, {"y": [given[1], 0, 0]}]]
            node = node[0]
        layer = {"class_name": kind, "name": f"l{number}", "config": {"name": f"l{number}", **config}}
        layers.append({**layer, "inbound_nodes": [node]})
    ends = {"input_layers": [[f"i{number}", 0, 0] for number in range(len(dtypes))]}
    last = [[f"l{len(calls) - 1}", 0, 0]]
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, "output_layers": last, **ends}}


ADD = ("TFOpLambda", ["i0", "i1"], {"function": "__operators__.add"})


@pytest.mark.parametrize("target", [FIRST_WITH_THEM, LAST, LEGACY])
def test_functions_cast_nothing(target: str) -> None:
    assert said(target, network(["float32", "float32"], [ADD]), legacy=True) == []
    assert said(target, network(["int32", "int32"], [ADD]), legacy=True) == []
    assert said(target, network(["float32", "float16"], [ADD]), legacy=True) == ["incompatible-input"]
    assert said(target, network(["int32", "float32"], [ADD]), legacy=True) == ["incompatible-input"]
    dense = [("Dense", ["i0"], {"units": 4}), ("Dense", ["i1"], {"units": 4}), (ADD[0], ["l0", "l1"], ADD[2])]
    assert said(target, network(["int32", "float16"], dense), legacy=True) == []
    half = [("Dense", ["i0"], {"units": 4, "dtype": "float16"}), *dense[1:]]
    assert said(target, network(["int32", "float16"], half), legacy=True) == ["incompatible-input"]


@pytest.mark.parametrize("target", [BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY])
def test_merged_dtypes(target: str) -> None:
    for kind in ("Add", "Multiply", "Concatenate"):
        both = [(kind, ["i0", "i1"], {})]
        assert said(target, network(["float16", "float64"], both), legacy=True) == []
        assert said(target, network(["int32", "int32"], both), legacy=True) == []
        assert said(target, network(["int32", "float32"], both), legacy=True) == ["incompatible-input"]


@pytest.mark.parametrize("target", [BEFORE_KERAS_TENSORS, FIRST_WITH_THEM, LAST, LEGACY])
def test_sparse_inputs(target: str) -> None:
    assert said(target, network(["float32"], [("Dense", ["i0"], {"units": 2})], sparse=True), legacy=True) == []
    embedding = [("Embedding", ["i0"], {"input_dim": 9, "output_dim": 2})]
    recent = target in (LAST, LEGACY)
    assert said(target, network(["float32"], embedding, sparse=True), legacy=True) == (
        [] if recent else ["incompatible-input"]
    )
    for kind, config in (("BatchNormalization", {}), ("Reshape", {"target_shape": [2, 2]}), ("ReLU", {})):
        found = said(target, network(["float32"], [(kind, ["i0"], config)], sparse=True), legacy=True)
        assert found == ["incompatible-input"]


@pytest.mark.parametrize("target", [FIRST_WITH_THEM, LAST, LEGACY])
def test_cells_of_another_dtype(target: str) -> None:
    def found(layer: str, cell: str) -> list[str]:
        inner = {"class_name": "LSTMCell", "config": {"name": "c", "units": 2, "dtype": cell}}
        return causes(target, "RNN", [[3, 4]], cell=inner, dtype=layer)

    assert found("float32", "float32") == found("float64", "float64") == []
    assert found("float64", "float32") == ["incompatible-input"]


def test_arguments_of_calls() -> None:
    def found(target: str, kind: str, **kwargs: Any) -> list[str]:
        model = network(["float32"], [(kind, ["i0"], {"units": 2} if kind == "Dense" else {})])
        model["config"]["layers"][-1]["inbound_nodes"][0][0][3] = kwargs
        return said(target, model, legacy=True)

    for target in (BEFORE_KERAS_TENSORS, LAST, LEGACY):
        assert found(target, "Dense", training=True) == []
        assert found(target, "Dense", mask=None) == ["unknown-argument"]
        assert found(target, "ReLU", initial_state=None) == ["unknown-argument"]
    assert found(BEFORE_KERAS_TENSORS, "Softmax", mask=None) == ["unknown-argument"]
    assert found(FIRST_WITH_THEM, "Softmax", mask=None) == []
    assert found(FIRST_WITH_THEM, "BatchNormalization", mask=None) == ["unknown-argument"]
    assert found(LAST, "BatchNormalization", mask=None) == []
