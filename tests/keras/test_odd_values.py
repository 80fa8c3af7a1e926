"""Single values that an archive of Keras 3 may hold by mistake, each beside one that its layer takes."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.rules.keras import _models as m
from tests.keras.test_keras_3 import an_input, causes, functional, layer, node

ATTENTION = {"num_heads": 2, "key_dim": 2}
EINSUM = {"equation": "abc,cd->abd", "output_shape": [None, 4]}
WORDS = {"vocabulary": ["a", "b"]}


def odd(kind: str, config: dict[str, Any], keras: str = "3.6.0") -> bool:
    if kind == "EinsumDense":
        model = functional([an_input("x", 5, 8), layer(kind, "l", [node("x")], **config)], ["x"], "l")
        return "invalid-argument" in causes(keras, archive={"config": model, "weights": {}})
    found = causes(keras, archive=m.archive(m.serialized(kind, name="l", **config), weights={}))
    return "invalid-argument" in found


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
@pytest.mark.parametrize(
    ("kind", "base", "key", "takes", "refuses"),
    [
        ("MultiHeadAttention", ATTENTION, "attention_axes", (None, 1, [1, 2], 0.0), (0.5, "1", {"a": 1})),
        ("MultiHeadAttention", ATTENTION, "dropout", (0.0, 0.5, True), ("x", None, {"a": 1}, [1])),
        ("Attention", {}, "dropout", (0.0, 1), ("x", None, [0.1])),
        ("MultiHeadAttention", ATTENTION, "key_dim", (3,), ([1, 2], "3", 0.5, None, -1)),
        ("MultiHeadAttention", ATTENTION, "value_dim", (None, 3), ([1, 2], "3", -1)),
        ("StringLookup", WORDS, "idf_weights", (None,), (0.5, [0.1, 0.2])),
        ("StringLookup", WORDS, "max_tokens", (None, 9), (1, True, 0, -2, "9", [9])),
        ("StringLookup", WORDS, "mask_token", (None, "m"), (7, 0.5)),
        ("IntegerLookup", {"vocabulary": [5, 6]}, "mask_token", (None, 7), ()),
        ("Embedding", {"output_dim": 2}, "input_dim", (4,), (None, [4], {})),
        ("PReLU", {}, "shared_axes", (None, 1, [1]), ("1", {"a": 1}, 0.5)),
        ("LSTM", {"units": 2}, "bias_initializer", ("zeros",), (None,)),
        ("LSTM", {"units": 2, "use_bias": False}, "bias_initializer", ("zeros", None), ()),
        ("GRU", {"units": 2}, "bias_initializer", ("zeros", None), ()),
        ("EinsumDense", EINSUM, "bias_axes", (None, "d", ["d"]), (7, [1], {"a": 1}, "", True)),
        ("EinsumDense", EINSUM, "output_shape", ([None, 4],), ([None, "4"], [None, -4], [0.5, 4])),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 2}, "strides", (2, [2, 1]), ([0.5, 1], [2.0, 2.0], "2", [1])),
        ("Conv2D", {"filters": 2, "kernel_size": 2}, "strides", (2, [2, 1], [1.0, 1]), ("2", [1])),
        (
            "Cropping2D",
            {},
            "cropping",
            (1, [1, 2], [[1, 0], [2, 1]]),
            ([[[1], 0], [1, 1]], [["odd", 0], [1, 1]], [None, 1]),
        ),
        ("ZeroPadding2D", {}, "padding", (1, [1, 2], [[1, 0], [2, 1]]), ([[{"a": 1}, 0], [1, 1]], [[None, 0], [1, 1]])),
        ("Normalization", {"variance": [1.0, 2.0]}, "mean", ([1.0, 2.0],), ([[1.0], 2.0], ["a", 1.0], [None, 1.0])),
        ("UpSampling1D", {}, "size", (2, "3", 2.0), ([2], None, "odd", {"a": 1})),
        ("Permute", {}, "dims", ([2, 1], [1, 2]), ([1, 3], [[1], 2], ["1", 2], 1, [0, 1])),
        ("IntegerLookup", {"vocabulary": [5, 6]}, "vocabulary_dtype", ("int64",), ("int32", None, "odd", 7)),
        ("InputLayer", {}, "batch_shape", ([None, 4],), ({"a": 1}, "x", 4)),
    ],
)
def test_values(kind: str, base: dict[str, Any], key: str, takes: Any, refuses: Any, keras: str) -> None:
    assert [value for value in takes if odd(kind, {**base, key: value}, keras)] == []
    assert [value for value in refuses if not odd(kind, {**base, key: value}, keras)] == []


@pytest.mark.parametrize(
    ("optimizer", "key", "takes", "refuses"),
    [
        ("SGD", "gradient_accumulation_steps", (None, 2, 0, []), ([1, 2], "2", 1, {"a": 1})),
        ("RMSprop", "momentum", (0.0, 1, True), ([0.0], None, "0", {"a": 1})),
    ],
)
def test_values_of_optimizers(optimizer: str, key: str, takes: Any, refuses: Any) -> None:
    def refused(value: Any) -> bool:
        given = {**m.serialized(optimizer, **{"learning_rate": 0.1, key: value}), "module": "keras.optimizers"}
        dense = functional([an_input("x", 4), layer("Dense", "d", [node("x")], units=2)], ["x"], "d")
        weights = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}
        config = {**dense, "compile_config": {"optimizer": given, "loss": "mse"}}
        return "invalid-argument" in causes("3.6.0", archive={"config": config, "weights": weights})

    assert [value for value in takes if refused(value)] == []
    assert [value for value in refuses if not refused(value)] == []


def test_registered_names_of_what_keras_finds_by_class_are_not_looked_at() -> None:
    """`deserialize_keras_object` with `module_objects`; of layers they are looked up."""
    for name, found in (({"a": 1}, []), (None, [])):
        zeros = {**m.serialized("Zeros"), "module": "keras.initializers", "registered_name": name}
        dense = layer("Dense", "d", [node("x")], units=2, bias_initializer=zeros)
        weights = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}
        model = functional([an_input("x", 4), dense], ["x"], "d")
        assert causes("3.6.0", archive={"config": model, "weights": weights}) == found
    model["config"]["layers"][1]["registered_name"] = {"a": 1}
    assert causes("3.6.0", archive={"config": model, "weights": weights})[:1] == ["malformed-config"]


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
def test_models_come_from_their_inputs(keras: str) -> None:
    """A serialized tensor without history is nobody's output; a model without inputs is none."""
    weights = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}

    def model(tensor: Any, ends: list[str], **kwargs: Any) -> list[str]:
        dense = layer("Dense", "d", [] if tensor is None else [tensor], kwargs, units=2)
        dense["inbound_nodes"] = [{"args": [] if tensor is None else [tensor], "kwargs": kwargs}]
        made = functional([an_input("x", 4), dense], ends, "d")
        return causes(keras, archive={"config": made, "weights": weights})

    lost = node("x")
    lost["config"]["keras_history"] = None
    assert model(node("x"), ["x"]) == []
    assert model(None, ["x"], inputs=node("x")) == []
    assert model(lost, ["x"]) == ["invalid-graph"]
    assert model(node("x"), []) == ["invalid-graph"]
    assert model(None, ["x"], training=None) == ["invalid-graph"]


def test_shared_axes_are_axes_of_the_input() -> None:
    for axes, found in (([1], []), ([2], ["incompatible-input"]), ([-1], ["incompatible-input"]), ([0], [])):
        prelu = layer("PReLU", "p", [node("x")], shared_axes=axes)
        weights = {"layers/p_re_lu/vars/0": (1,)}
        model = functional([an_input("x", 1), prelu], ["x"], "p")
        assert causes("3.6.0", archive={"config": model, "weights": weights}) == found, axes


@pytest.mark.parametrize("keras", ["3.1.1", "3.14.1"])
def test_schedules_have_a_value_more_than_boundaries(keras: str) -> None:
    for boundaries, cause in (
        ([10], []),
        (7, ["invalid-argument"]),
        ([], ["invalid-argument"]),
        ([10, 20], ["invalid-argument"]),
    ):
        decay = {**m.serialized("PiecewiseConstantDecay", boundaries=boundaries, values=[0.1, 0.2])}
        sgd = m.serialized("SGD", learning_rate={**decay, "module": "keras.optimizers.schedules"})
        dense = functional([an_input("x", 4), layer("Dense", "d", [node("x")], units=2)], ["x"], "d")
        weights = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}
        config = {**dense, "compile_config": {"optimizer": {**sgd, "module": "keras.optimizers"}, "loss": "mse"}}
        found = causes(keras, archive={"config": config, "weights": weights})
        assert [each for each in found if each == "invalid-argument"] == cause, boundaries


def test_a_mask_of_attention_is_a_pair_from_keras_3_8_on() -> None:
    for keras, mask, found in (("3.6.0", "odd", []), ("3.14.1", None, []), ("3.14.1", "odd", ["incompatible-input"])):
        one = layer("Attention", "one", [[node("x"), node("x")]], {"mask": mask})
        model = functional([an_input("x", 5, 4), one], ["x"], "one")
        assert causes(keras, archive={"config": model, "weights": {}}) == found


def test_nested_models_take_few_arguments() -> None:
    inner = functional([an_input("x", 4), layer("Dense", "d", [node("x")], units=2)], ["x"], "d")
    for kwargs, found in (({"training": None}, []), ({"a": 1}, ["unknown-argument"])):
        nested = {**inner, "name": "inner", "inbound_nodes": [{"args": [node("y")], "kwargs": kwargs}]}
        weights = {"layers/functional/layers/dense/vars/0": (4, 2), "layers/functional/layers/dense/vars/1": (2,)}
        model = functional([an_input("y", 4), nested], ["y"], "inner")
        assert causes("3.14.1", archive={"config": model, "weights": weights}) == found


@pytest.mark.parametrize(
    ("keras", "seed", "found"),
    [
        *[(keras, 7, []) for keras in ("3.1.1", "3.6.0", "3.14.1")],
        ("3.1.1", True, ["invalid-argument"]),
        ("3.1.1", False, []),
        ("3.6.0", True, []),
        ("3.14.1", True, ["invalid-argument"]),
        ("3.14.1", False, ["invalid-argument"]),
    ],
)
def test_seeds_of_initializers_are_no_switches(keras: str, seed: Any, found: list[str]) -> None:
    """`draw_seed` makes a tensor of the seed and 0."""
    drawn = {**m.serialized("HeNormal", seed=seed), "module": "keras.initializers"}
    dense = layer("Dense", "d", [node("x")], units=2, kernel_initializer=drawn)
    weights = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}
    model = functional([an_input("x", 4), dense], ["x"], "d")
    assert causes(keras, archive={"config": model, "weights": weights}) == found


def test_a_policy_without_a_name_is_the_default_from_keras_3_4_on() -> None:
    for keras, name, found in (("3.1.1", None, True), ("3.6.0", None, False), ("3.14.1", 7, True)):
        policy = {"class_name": "DTypePolicy", "config": {"name": name}, "module": "keras", "registered_name": None}
        one = layer("Flatten", "f", [node("x")], dtype=policy)
        model = functional([an_input("x", 4), one], ["x"], "f")
        assert ("malformed-config" in causes(keras, archive={"config": model, "weights": {}})) == found


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
def test_calls_take_few_positional_arguments(keras: str) -> None:
    def call(kind: str, *args: Any) -> list[str]:
        one = layer(kind, "one", list(args), **({"function": "relu"} if kind == "Lambda" else {}))
        model = functional([an_input("x", 5, 4), one], ["x"], "one")
        return causes(keras, archive={"config": model, "weights": {}})

    assert call("Flatten", node("x")) == []
    assert call("Softmax", node("x"), node("x")) == []
    for kind in ("Flatten", "Permute", "ReLU", "Rescaling", "UnitNormalization"):
        assert call(kind, node("x"), node("x")) != []
    assert call("Flatten", node("x"), 7) != []
    for kind in ("Add", "Concatenate"):
        assert call(kind, [node("x"), node("x")]) == []
        for odd_one in (None, {}, {"a": 1}, "odd", 7, True):
            assert call(kind, [node("x"), odd_one]) != [], odd_one
    assert call("CategoryEncoding", [node("x")]) != []


def test_renormalization_has_variables_from_keras_3_14_on() -> None:
    weights = {f"layers/batch_normalization/vars/{at}": (4,) for at in range(4)}
    for keras, renorm, found in (("3.14.1", False, []), ("3.14.1", True, ["weight-count"])):
        model = functional([an_input("x", 4), layer("BatchNormalization", "b", [node("x")], renorm=renorm)], ["x"], "b")
        assert causes(keras, archive={"config": model, "weights": weights}) == found


def test_a_policy_that_nobody_asks_may_stay_a_name() -> None:
    """`StackedRNNCells.from_config`; every other class asks its policy for what it computes in."""
    policy = {"class_name": "Odd", "config": {"name": "float32"}, "module": "keras", "registered_name": None}
    cell = m.serialized("GRUCell", name="c", units=2)
    for keras, fits in (("3.1.1", False), ("3.6.0", True), ("3.14.1", True)):
        stacked = m.serialized("StackedRNNCells", name="s", cells=[cell], dtype=policy)
        model = functional([an_input("x", 3, 2), layer("RNN", "r", [node("x")], cell=stacked)], ["x"], "r")
        found = causes(keras, archive={"config": model, "weights": {}})
        assert (not any(each.startswith(("unresolved", "malformed")) for each in found)) == fits, keras
        one = functional([an_input("x", 3, 2), layer("Flatten", "f", [node("x")], dtype=policy)], ["x"], "f")
        assert causes(keras, archive={"config": one, "weights": {}}) != []


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
def test_sizes_that_calls_calculate_with(keras: str) -> None:
    """`compute_reshape_output_shape` multiplies sizes where it knows those of the input; `GroupNormalization.build` compares."""

    def call(kind: str, shape: tuple[int | None, ...], **config: Any) -> list[str]:
        model = functional([an_input("x", *shape), layer(kind, "one", [node("x")], **config)], ["x"], "one")
        return causes(keras, archive={"config": model, "weights": {}})

    assert call("Reshape", (4, 6), target_shape=[6, 4]) == []
    assert call("Reshape", (None, 6), target_shape=[None, 6]) == []
    for target in ([None, 6], ["x", 6], [4.0, 6], [[4], 6]):
        assert "invalid-argument" in call("Reshape", (4, 6), target_shape=target), target
    assert "invalid-argument" in call("Reshape", (None, 6), target_shape=["x", 6])
    for groups, fits in ((2, True), (None, False), ("a", False), ([2], False)):
        assert ("invalid-argument" not in call("GroupNormalization", (4, 8), groups=groups)) == fits


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
def test_states_that_a_sequential_model_hands_on(keras: str) -> None:
    for returned, fits in ((False, True), (True, False), ([1, 2], False)):
        lstm = m.serialized("LSTM", name="l", units=3, return_state=returned)
        steps = m.serialized("Reshape", name="r", target_shape=[2, 2])
        layers = [steps, lstm, m.serialized("Dense", name="d", units=2)]
        found = causes(keras, archive=m.archive(*layers, weights={}))
        assert ("incompatible-input" not in found) == fits, returned
