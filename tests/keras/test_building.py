"""What layers of Keras 2 refuse of their inputs, and of arguments beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from tests import examples


def causes(target: str, **given: Any) -> list[str]:
    return [event.cause for event in events(examples.artifact(given), examples.target({"target": target}))]


@pytest.mark.parametrize(
    ("kind", "config", "shape", "loads"),
    [
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, [None, 1], True),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, [None, 3], False),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "multi_hot"}, [None, 3], True),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "multi_hot"}, [None, 3, 2], False),
        ("Hashing", {"num_bins": 5}, [None, 3, 2], True),
        ("Hashing", {"num_bins": 5, "output_mode": "count"}, [None, 3, 2], False),
        ("Discretization", {"bin_boundaries": [0.0], "output_mode": "int"}, [None, 3, 2], True),
        ("TextVectorization", {"vocabulary": ["a"], "split": "whitespace"}, [None, 1], True),
        ("TextVectorization", {"vocabulary": ["a"], "split": "whitespace"}, [None, 2], False),
        ("TextVectorization", {"vocabulary": ["a"], "split": None}, [None, 2], True),
        ("Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, [None, 2], True),
        ("Normalization", {"mean": [1.0, 2.0], "variance": 1.0}, [None, 2], True),
        ("Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, [None, 3], False),
        ("Normalization", {"mean": 1.0, "variance": 1.0}, [None, None], False),
        ("Cropping3D", {"cropping": 2}, [None, 3, 3, 3, 1], True),
        ("Cropping2D", {"cropping": 2}, [None, 3, 3, 1], False),
        ("TimeDistributed", {"layer": {"class_name": "LSTM", "config": {"units": 2}}}, [None, 2, 3, 4], True),
        (
            "TimeDistributed",
            {"layer": {"class_name": "LSTM", "config": {"units": 2, "return_state": True}}},
            [None, 2, 3, 4],
            False,
        ),
    ],
)
def test_what_keras_2_takes(kind: str, config: Any, shape: Any, loads: bool) -> None:
    """As real calls of 2.8 to 2.15 say."""
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": shape, "dtype": "float32", "name": "x"}}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [first, m.layer(kind, **config)]}}
    assert ("incompatible-input" in causes("tensorflow==2.13.0", h5={"config": model, "weights": {}})) == (not loads)


@pytest.mark.parametrize(
    ("release", "kind", "config", "shape", "loads"),
    [
        # Until 2.2 nothing compares the sizes of Reshape, and -1 stays open.
        ("2.2", "Reshape", {"target_shape": [6]}, [None, 7], True),
        ("2.3", "Reshape", {"target_shape": [6]}, [None, 7], False),
        ("2.6", "Cropping1D", {"cropping": 2}, [None, 3, 1], True),
        ("2.7", "Cropping1D", {"cropping": 2}, [None, 3, 1], False),
        # What dilates in pieces knows no size where one is unknown.
        ("2.13", "SeparableConv2D", {"kernel_size": 4, "filters": 2, "dilation_rate": 2}, [None, 2, None, 5], True),
        ("2.13", "SeparableConv2D", {"kernel_size": 4, "filters": 2, "dilation_rate": 2}, [None, 2, 9, 5], False),
        ("2.4", "Conv2D", {"kernel_size": 4, "filters": 2, "dilation_rate": 2}, [None, 2, None, 5], True),
        ("2.5", "Conv2D", {"kernel_size": 4, "filters": 2, "dilation_rate": 2}, [None, 2, None, 5], False),
        ("2.9", "Conv2D", {"kernel_size": 2, "filters": 2, "dilation_rate": 2, "strides": 2}, [None, 9, 9, 5], False),
        ("2.9", "DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "strides": 2}, [None, 9, 9, 5], True),
        ("2.9", "DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2, "strides": 2}, [None, 4, 9, 5], False),
        ("2.13", "LSTM", {"units": 2}, [None, 3, None], False),
        ("2.13", "LSTM", {"units": 2}, [None, None, 3], True),
        ("2.4", "TextVectorization", {"vocabulary": ["a"], "split": "whitespace"}, [None, 2], False),
        ("2.4", "Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, [None, 3], False),
        ("2.4", "Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, [None, 2], True),
        ("2.5", "RandomFlip", {}, [None, 5, 3], False),
        ("2.6", "RandomFlip", {}, [None, 5, 3], True),
        ("2.11", "GroupNormalization", {"groups": 2, "axis": 3}, [None, 4, 4, 4], False),
        ("2.11", "GroupNormalization", {"groups": 2}, [None, 4, 4, 4], True),
        ("2.13", "GroupNormalization", {"groups": 2, "axis": 3}, [None, 4, 4, 4], True),
        ("2.13", "GroupNormalization", {"groups": 2, "axis": [3]}, [None, 4, 4, 4], False),
        ("2.6", "Normalization", {"mean": 1.0, "variance": 1.0}, [None], True),
        ("2.7", "Normalization", {}, [None], False),
        ("2.7", "Discretization", {"bins": [0.0, 1.0]}, [None, 3], True),
        ("2.3", "SeparableConv1D", {"kernel_size": 2, "filters": 2, "padding": "causal"}, [None, 9, 4], False),
        ("2.4", "SeparableConv1D", {"kernel_size": 2, "filters": 2, "padding": "causal"}, [None, 9, 4], True),
    ],
)
def test_what_single_releases_take(release: str, kind: str, config: Any, shape: Any, loads: bool) -> None:
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": shape, "dtype": "float32", "name": "x"}}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [first, m.layer(kind, **config)]}}
    found = causes(f"tensorflow=={release}.0", h5={"config": model, "weights": {}})
    assert ("incompatible-input" in found) == (not loads)


@pytest.mark.parametrize(
    ("kind", "config", "refusing"),
    [
        ("Conv2D", {"groups": 2, "filters": 3}, {"2.4", "2.11", "2.12", "2.15"}),
        ("Conv2D", {"groups": 2}, set()),
        ("Conv2D", {"strides": 2, "dilation_rate": 2}, {"2.12", "2.15"}),
        ("Conv2D", {"strides": 1, "dilation_rate": 2}, set()),
        ("SeparableConv2D", {"strides": 2, "dilation_rate": 2}, {"2.12", "2.15"}),
        ("Conv2DTranspose", {"strides": 2, "output_padding": 1}, set()),
        ("Conv2DTranspose", {"strides": 2, "output_padding": 2}, {"2.4", "2.11", "2.12", "2.15"}),
        ("Conv2DTranspose", {"strides": [2, 1], "output_padding": [1, 1]}, {"2.4", "2.11", "2.12", "2.15"}),
    ],
)
def test_arguments_that_do_not_go_together(kind: str, config: Any, refusing: set[str]) -> None:
    first = {
        "class_name": "InputLayer",
        "config": {"batch_input_shape": [None, 8, 8, 4], "dtype": "float32", "name": "x"},
    }
    layer = m.layer(kind, **{"filters": 4, "kernel_size": 2, **config})
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [first, layer]}}
    for release in ("2.4", "2.11", "2.12", "2.15"):
        found = causes(f"tensorflow=={release}.0", h5={"config": model, "weights": {}})
        assert ("invalid-argument" in found) == (release in refusing), release


@pytest.mark.parametrize("release", ["1.15", "2.4", "2.15"])
def test_shapes_of_nothing(release: str) -> None:
    """`Layer.__init__` makes a tuple of them; an InputLayer may have none."""
    for key in ("batch_input_shape", "input_shape"):
        model = {"class_name": "Sequential", "config": {"name": "m", "layers": [m.layer("ReLU", **{key: None})]}}
        assert "invalid-argument" in causes(f"tensorflow=={release}.0", h5={"config": model, "weights": {}})
    plain = {
        "class_name": "Sequential",
        "config": {"name": "m", "layers": [m.layer("ReLU", batch_input_shape=[None, 2])]},
    }
    assert not causes(f"tensorflow=={release}.0", h5={"config": plain, "weights": {}})


def test_an_activation_with_weights() -> None:
    """PReLU as an activation brings a weight of its own, whose shape comes with the call."""
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 2], "dtype": "float32", "name": "x"}}
    active = {"class_name": "PReLU", "config": {"name": "p"}}
    model = {
        "class_name": "Sequential",
        "config": {"name": "m", "layers": [first, m.layer("Dense", units=2, activation=active)]},
    }
    weights = {"dense": {"dense/kernel:0": (2, 2), "dense/bias:0": (2,), "dense/p/alpha:0": (2,)}}
    assert not causes("tensorflow==2.7.0", h5={"config": model, "weights": weights})
    wide = {"dense": {**weights["dense"], "dense/p/alpha:0": (3,)}}
    assert causes("tensorflow==2.7.0", h5={"config": model, "weights": wide}) == ["weight-shape"]
    plain = {"dense": {"dense/kernel:0": (2, 2), "dense/bias:0": (2,)}}
    assert causes("tensorflow==2.7.0", h5={"config": model, "weights": plain}) == ["weight-count"]
    model["config"]["layers"][1] = m.layer("Dense", units=2, activation="PReLU")
    assert not causes("tensorflow==2.7.0", h5={"config": model, "weights": weights})
    assert "unresolved-name" in causes("tensorflow==2.3.0", h5={"config": model, "weights": weights})
    model["config"]["layers"][1] = m.layer("LSTM", units=2, activation=active, input_shape=[3, 2])
    assert "weight-count" not in causes("tensorflow==2.7.0", h5={"config": model, "weights": plain})
    model["config"]["layers"][1] = m.layer("Dense", units=2, activation="relu")
    assert causes("tensorflow==2.7.0", h5={"config": model, "weights": weights}) == ["weight-count"]


def test_an_input_alone_is_a_sequential_model_of_keras_2() -> None:
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 2], "dtype": "float32", "name": "x"}}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [first]}}
    for release in ("1.15", "2.3", "2.10", "2.15"):
        assert not causes(f"tensorflow=={release}.0", h5={"config": model, "weights": {}})
