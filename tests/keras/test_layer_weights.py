"""Weights of layers by their configuration: the right shapes say nothing, others are noticed."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.model import UNKNOWN, fits
from analyzer.rules.keras import _models as m
from tests.keras.test_emulation import TARGETS, causes

KERAS_2_15, KERAS_3_14 = TARGETS[3], TARGETS[5]
LOCAL = {
    "filters": 2,
    "kernel_size": [3, 3],
    "strides": [1, 1],
    "padding": "valid",
    "batch_input_shape": [None, 8, 8, 3],
}
IMAGE = {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 8, 8, 3]}}
SERIES = {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 512, 1]}}

CASES = (
    (KERAS_2_15, IMAGE, "LocallyConnected2D", {**LOCAL, "implementation": 1}, [(36, 27, 2), (6, 6, 2)]),
    (KERAS_2_15, IMAGE, "LocallyConnected2D", {**LOCAL, "implementation": 2}, [(8, 8, 3, 6, 6, 2), (6, 6, 2)]),
    (KERAS_2_15, IMAGE, "LocallyConnected2D", {**LOCAL, "implementation": 3}, [(1944,), (6, 6, 2)]),
    (
        TARGETS[1],
        {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 3, 2]}},
        "RNN",
        {"cell": {"class_name": "PeepholeLSTMCell", "config": {"units": 3}}},
        [(2, 12), (3, 12), (12,), (3,), (3,), (3,)],
    ),
    (KERAS_2_15, m.INPUT_2, "Discretization", {"num_bins": 3}, [(2, 5)]),
    (KERAS_3_14, SERIES, "STFTSpectrogram", {"frame_length": 100}, [(100, 1, 65), (100, 1, 65)]),
    (KERAS_3_14, SERIES, "STFTSpectrogram", {"frame_length": 100, "mode": "real"}, [(100, 1, 65)]),
    (
        KERAS_3_14,
        m.INPUT_2,
        "ReversibleEmbedding",
        {"input_dim": 7, "output_dim": 3, "tie_weights": False},
        [(7, 3), (3, 7)],
    ),
)


TEXT = {
    "standardize": "lower_and_strip_punctuation",
    "split": "whitespace",
    "ngrams": None,
}  # `from_config` asks for them
TERMS = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 1], "dtype": "string", "name": "x"}}
LOOKUPS = (("StringLookup", {}), ("IntegerLookup", {}), ("TextVectorization", TEXT))


def found(target: str, first: Any, kind: str, config: Any, shapes: Any) -> list[str]:
    name = kind.lower()
    layers = [first, m.layer(kind, **config)]
    weights = {name: {f"{name}/{number}:0": shape for number, shape in enumerate(shapes)}}
    return causes(
        target,
        h5={"config": {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}, "weights": weights},
    )


@pytest.mark.parametrize(("target", "first", "kind", "config", "shapes"), CASES)
def test_weights_that_fit(target: str, first: Any, kind: str, config: Any, shapes: Any) -> None:
    assert found(target, first, kind, config, shapes) == []


@pytest.mark.parametrize(("target", "first", "kind", "config", "shapes"), CASES)
def test_weights_of_another_rank(target: str, first: Any, kind: str, config: Any, shapes: Any) -> None:
    assert found(target, first, kind, config, [(*shapes[0], 2), *shapes[1:]]) == ["weight-shape"]


@pytest.mark.parametrize(("target", "first", "kind", "config", "shapes"), CASES)
def test_one_weight_more(target: str, first: Any, kind: str, config: Any, shapes: Any) -> None:
    assert found(target, first, kind, config, [*shapes, (2,)]) == ["weight-count"]


@pytest.mark.parametrize("target", TARGETS[2:])
@pytest.mark.parametrize(("kind", "config"), LOOKUPS)
def test_a_vocabulary_in_the_configuration_is_no_weight(target: str, kind: str, config: Any) -> None:
    terms: list[Any] = [3, 4] if kind == "IntegerLookup" else ["a", "b"]
    assert found(target, TERMS, kind, {**config, "vocabulary": terms}, []) == []


@pytest.mark.parametrize("target", TARGETS[2:4])
@pytest.mark.parametrize(("kind", "config"), LOOKUPS)
def test_an_adapted_vocabulary_is_a_weight_that_h5_cannot_hold(target: str, kind: str, config: Any) -> None:
    assert found(target, TERMS, kind, {**config, "vocabulary": None}, []) == ["missing-weights"]


@pytest.mark.parametrize("target", [KERAS_2_15, KERAS_3_14])
def test_cudnn_layers_in_archives(target: str) -> None:
    series = m.serialized("InputLayer", batch_shape=[None, 5, 4], dtype="float32", name="x")
    layer = m.serialized("CuDNNLSTM", name="l", units=2)
    config = {**m.serialized("Sequential", name="m", layers=[series, layer]), "module": "keras"}
    assert "unresolved-name" in causes(target, archive={"config": config, "weights": {}})


def test_what_fits_what_is_not_all_known() -> None:
    assert fits(None, (0, 3))
    assert fits((UNKNOWN, 3), (4, 3))
    assert fits((UNKNOWN,), (0,))
    assert fits((2, UNKNOWN), (2, 0))  # of bins that nothing was learned for
    assert fits((0, 3), (0, 3))
    assert not fits((UNKNOWN, 3), (0, 3))
    assert not fits((UNKNOWN, 3), (4, 2))
