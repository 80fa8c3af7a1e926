"""Single values that an H5 file of Keras 2 may hold by mistake, each beside one that its layer takes: tried under 2.6, 2.10 and 2.15."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.keras.training_config import check
from analyzer.target import parse
from tests.keras.test_graphs import LAST, MIDDLE, given, made, network, node, of

TENTH = "tensorflow==2.10.0,keras==2.10.0,python==3.10"
ALL = (MIDDLE, TENTH, LAST)
NO_NUMBERS = ("odd", {"a": 1}, None)
CONV = {"filters": 2, "kernel_size": [2, 2]}
ORTHOGONAL = {"class_name": "Orthogonal", "config": {"gain": 1.0}}


def refused(target: str, kind: str, shape: list[int], config: dict[str, Any]) -> bool:
    return made(target, network(given("a", *shape), of("l", kind, node("a"), **config)))[1] != []


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize(
    ("kind", "shape", "base", "key", "takes", "refuses"),
    [
        ("ZeroPadding1D", [4, 3], {}, "padding", (1, [0, 2]), ([1], [1, [1]], [1, 2.0], "odd")),
        ("ZeroPadding2D", [4, 4, 3], {}, "padding", (1, [[1, 1], [0, 2]]), ([[1, 1], [1]], [[[1, 1]], [1, 1]], [1])),
        ("Cropping3D", [4, 4, 4, 1], {}, "cropping", (1, [[1, 1]] * 3), ([[1, 1]] * 2, [[1, 1], [1, 1], [[1], 1]])),
        ("UpSampling1D", [4, 3], {}, "size", (2, 2.0, "2"), (0, "odd", None)),
        ("Permute", [4, 3], {}, "dims", ([2, 1],), ([2, 0.5], [2, {"a": 1}], [1, 1])),
        (
            "RandomZoom",
            [4, 4, 3],
            {"width_factor": None},
            "height_factor",
            (0.1, [0.1, 0.2]),
            ([0.1], ["a", 0.1], [2, 0.1]),
        ),
        ("RandomContrast", [4, 4, 3], {}, "factor", (0.1, [0.1, 0.2]), ([0.1], [-1, 0.1])),
        ("RandomRotation", [4, 4, 3], {"factor": 0.1}, "fill_value", (0.0, [1]), NO_NUMBERS),
        ("BatchNormalization", [4, 3], {}, "axis", ([2], -1), ([[1]], [{"a": 1}], [0.5])),
        ("BatchNormalization", [4, 3], {}, "epsilon", (0.1, [0.1, 0.2, 0.3]), ([0.1, 0.2],)),
        ("GaussianDropout", [4, 3], {}, "rate", (0.1, 0), ([0.1], *NO_NUMBERS)),
        ("PReLU", [4, 3], {}, "shared_axes", (None, [1]), ([None], ["a"], "odd")),
        ("ReLU", [4, 3], {}, "negative_slope", (0.1, 0), (-1, [0.1], None)),
        ("Softmax", [4, 3], {}, "axis", (-1, [1, 2]), ([], "odd", 0.5, {"a": 1})),
        ("CenterCrop", [4, 4, 3], {"width": 2}, "height", (2,), (2.0, None, [2])),
        ("Resizing", [4, 4, 3], {"width": 2}, "height", (2,), (None, [2], "odd")),
        ("Rescaling", [4, 4, 3], {"scale": 2.0}, "offset", (1, [1, 2, 3]), ([1, 2], {"a": 1}, [None])),
        ("Masking", [4, 3], {}, "mask_value", (0, [1, 2, 3]), ([1, 2], *NO_NUMBERS)),
        ("SeparableConv2D", [4, 4, 3], CONV, "depth_multiplier", (1,), (False, 0.5, None)),
        ("SeparableConv2D", [4, 4, 3], CONV, "dilation_rate", (1, [1, 1]), (False, [0, 1], [0.5, 1])),
        ("Conv2D", [4, 4, 3], CONV, "groups", (1, 0), ([[1, 2]],)),
        ("Conv2D", [4, 4, 3], CONV, "kernel_size", ([1, 2],), ([True, 2],)),
        ("LocallyConnected1D", [4, 3], {"filters": 2, "kernel_size": 2}, "implementation", (1,), (-1, "odd", [1])),
        ("IntegerLookup", [4], {"vocabulary": [1, 2]}, "vocabulary", ([4, 5], ["4", 5]), ([[4], 5],)),
        ("LSTM", [4, 3], {"units": 2}, "recurrent_initializer", (ORTHOGONAL,), ()),
        ("ELU", [4, 3], {}, "alpha", (1.0, [1.0]), ([], [1, 2])),
        ("RepeatVector", [3], {}, "n", (2, True), (0.5, [2], None)),
        ("LayerNormalization", [4, 3], {}, "axis", (-1, [2]), ([], [0.5])),
        ("SeparableConv2D", [4, 4, 3], CONV, "groups", (1, 0), ([[1, 2]],)),
        ("Conv2DTranspose", [4, 4, 3], CONV, "kernel_size", ([1, 2],), ([True, 2],)),
        (
            "RNN",
            [None, 3],
            {"cell": {"class_name": "LSTMCell", "config": {"units": 2}}},
            "unroll",
            (False, None, []),
            (True, 7, [None]),
        ),
        ("LSTM", [4, 3], {"units": 2}, "go_backwards", (True, "odd"), (None, {"a": 1})),
        ("Hashing", [2], {"num_bins": 3}, "mask_value", (None, [1, 2]), ({"a": 1},)),
        ("LSTM", [4, 3], {"units": 2, "activation": "relu"}, "go_backwards", (True, None), ()),
        ("EinsumDense", [3], {"equation": "ab,bc->ac", "output_shape": 2}, "activity_regularizer", (None, ["a"]), ()),
    ],
)
def test_values(target: str, kind: str, shape: list[int], base: Any, key: str, takes: Any, refuses: Any) -> None:
    assert [value for value in takes if refused(target, kind, shape, {**base, key: value})] == []
    assert [value for value in refuses if not refused(target, kind, shape, {**base, key: value})] == []


@pytest.mark.parametrize("target", ALL)
def test_factors_of_what_is_drawn(target: str) -> None:
    def dense(name: str, **config: Any) -> bool:
        return refused(target, "Dense", [4], {"units": 2, "kernel_initializer": {"class_name": name, "config": config}})

    assert (
        not dense("Orthogonal", gain=2.0)
        and not dense("Orthogonal", gain=[2.0])
        and not dense("RandomUniform", minval=[0, 1])
    )
    assert (
        dense("Orthogonal", gain=[1, 2, 3])
        and dense("RandomUniform", maxval=["a"])
        and dense("VarianceScaling", scale=[1])
    )


@pytest.mark.parametrize("target", (TENTH, LAST))
def test_values_since_2_8(target: str) -> None:
    hashing = {"num_bins": 3}
    assert not refused(target, "Hashing", [2], {**hashing, "sparse": False})
    assert refused(target, "Hashing", [2], {**hashing, "sparse": -1})
    for value, fails in ((None, False), (7, False), ([1, 2], False), ("7", True), ([None], True), ({"a": 1}, True)):
        assert refused(target, "RandomFlip", [4, 4, 3], {"seed": value}) is fails
    for value, fails in (("int32", False), (9, False), ("INT32", True), ("odd", True), (True, True), ([9], True)):
        assert refused(target, "IntegerLookup", [2], {"vocabulary": [1, 2], "vocabulary_dtype": value}) is fails


@pytest.mark.parametrize("target", ALL)
def test_shared_ids_are_looked_up(target: str) -> None:
    def dense(value: Any) -> bool:
        drawn = {"class_name": "Zeros", "config": {}, "shared_object_id": value}
        return refused(target, "Dense", [4], {"units": 2, "kernel_initializer": drawn})

    assert not dense(3) and not dense(None) and not dense("odd")
    assert dense([3]) and dense({"a": 1})


@pytest.mark.parametrize(("target", "empty"), [(MIDDLE, False), (TENTH, True), (LAST, True)])
def test_names(target: str, empty: bool) -> None:
    """Up to 2.6 what is empty stands for no name, and only a call minds others."""

    def named(value: Any) -> bool:
        layer = of("l", "Dense", node("a"), units=2)
        layer["config"]["name"] = value
        return made(target, network(given("a", 3), layer))[1] != []

    assert not named("odd") and not named(None)
    assert [named(value) for value in ([], False, 0, {})] == [empty] * 4
    assert named(0.5) and named([1]) and named(True)


@pytest.mark.parametrize("target", (TENTH, LAST))
def test_axes_of_unit_normalization(target: str) -> None:
    assert [axis for axis in (-1, [], [1]) if refused(target, "UnitNormalization", [4, 3], {"axis": axis})] == []
    assert refused(target, "UnitNormalization", [4, 3], {"axis": [[1]]})


@pytest.mark.parametrize("target", ALL)
def test_booleans_among_dimensions(target: str) -> None:
    """A shape that values are drawn in does not begin with one; that of zeros may."""
    assert not refused(target, "Dense", [4], {"units": True, "kernel_initializer": "RandomNormal"})
    assert refused(target, "Dense", [4], {"units": True, "bias_initializer": "RandomNormal"})
    assert not refused(target, "Conv2D", [4, 4, 3], {"filters": 2, "kernel_size": [2, True]})


@pytest.mark.parametrize("target", ALL)
def test_what_attention_attends_to(target: str) -> None:
    def attends(value: Any, **config: Any) -> bool:
        shapes = {f"{name}_shape": [None, 4, 3] for name in ("query", "value", "key")}
        layer = of("l", "MultiHeadAttention", node("a", value=value), num_heads=2, key_dim=2, **{**shapes, **config})
        return made(target, network(given("a", 4, 3), layer))[1] == []

    assert attends(["a", 0, 0]) and attends(["a", 0, 0], query_shape=None)
    assert not attends(7) and not attends("a") and not attends([["a", 0, 0]])
    assert not attends(["a", 0, 0], query_shape=[]) and attends(["a", 0, 0], query_shape=[], key_shape=None)


def test_dropout_that_calls_build() -> None:
    """Up to 2.3 both branches are built."""
    third = "tensorflow==2.3.2,python==3.8"
    for kind, key, takes, refuses in (
        ("SpatialDropout1D", "rate", (0, 0.5, False), (1, True, "1", [0.5], None)),
        ("Dropout", "seed", (None, 7, 0.5), ("7", [7], {"a": 1})),
        ("Dropout", "noise_shape", (None, [None, 1, 3]), (0, 0.5, True)),
    ):
        base = {"rate": 0.1}
        assert [value for value in takes if refused(third, kind, [4, 3], {**base, key: value})] == []
        assert [value for value in refuses if not refused(third, kind, [4, 3], {**base, key: value})] == []
        assert key == "rate" or not any(refused(LAST, kind, [4, 3], {**base, key: value}) for value in takes)


@pytest.mark.parametrize("target", ALL)
def test_what_a_training_configuration_names(target: str) -> None:
    """By a name alone a class is made without arguments; a wrapper looks its function up in its own module."""
    where = parse(target)

    def causes(**changed: Any) -> list[str]:
        out = Recorder(file="model.h5")
        adam = {"class_name": "Adam", "config": {"name": "Adam"}}
        config = {"optimizer_config": adam, "loss": "mse", "metrics": None, "loss_weights": None, **changed}
        check(config, Deserializer(era_of(where), where, out, legacy=True), "/training_config")
        return [event.cause for event in out.events]

    def wrapped(name: str) -> Any:
        return [{"class_name": "MeanMetricWrapper", "config": {"name": "m", "fn": name}}]

    assert causes() == causes(metrics=["AUC", "mae"]) == causes(metrics=wrapped("mae")) == []
    assert causes(metrics=["MeanMetricWrapper"]) == causes(loss="LossFunctionWrapper") == ["missing-argument"]
    assert causes(metrics=wrapped("kld")) == ["unknown-metric"]  # which is a loss by that name
    assert causes(loss="kld") == []

    def scaled(held: Any, **config: Any) -> list[str]:
        scaling = {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": held, **config}}
        return causes(optimizer_config=scaling)

    adam = {"class_name": "Adam", "config": {"name": "Adam"}}
    assert scaled("Adam", dynamic=True) == ["malformed-config"]
    assert scaled(adam, dynamic=True, initial_scale=2, dynamic_growth_steps="7") == []
    assert scaled(adam, dynamic=False, initial_scale=2, dynamic_growth_steps=None) == []
    assert scaled(adam, dynamic=0.5) == scaled(adam, dynamic=False, initial_scale=None) == ["invalid-argument"]
    assert scaled(adam, dynamic=True, dynamic_growth_steps=[1]) == ["invalid-argument"]
