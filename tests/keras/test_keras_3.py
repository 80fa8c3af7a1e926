"""What releases of Keras 3 decide differently: graphs, outputs of attention, given means, names and sharing of dtype policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.keras.era import era_of
from analyzer.keras.values import policy_refused
from analyzer.rules.keras import _models as m
from tests import examples

TENSORFLOW = {0: "2.16.1", 1: "2.16.2", 3: "2.17.0", 4: "2.17.1", 6: "2.18.1", 7: "2.18.1", 8: "2.18.1"}


def target(keras: str) -> Any:
    release = TENSORFLOW.get(int(keras.split(".")[1]), "2.21.0") if keras[0] == "3" else keras
    return examples.target({"target": f"tensorflow=={release},keras=={keras},python==3.12"})


def causes(keras: str, **given: Any) -> list[str]:
    return [event.cause for event in events(examples.artifact(given), target(keras))]


def node(name: str, index: int = 0) -> dict[str, Any]:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 4], "dtype": "float32", "keras_history": [name, 0, index]},
    }


def layer(class_name: str, name: str, args: list[Any], kwargs: Mapping[str, Any] | None = None, **config: Any) -> Any:
    """A layer of a functional model, with one call where there are `args`."""
    calls = [{"args": args, "kwargs": dict(kwargs or {})}] if args else []
    return {**m.serialized(class_name, name=name, **config), "name": name, "inbound_nodes": calls}


def functional(layers: list[Any], inputs: list[str], output: str, name: str = "m") -> dict[str, Any]:
    config = {
        "name": name,
        "layers": layers,
        "input_layers": [[each, 0, 0] for each in inputs],
        "output_layers": [[output, 0, 0]],
    }
    return {**m.serialized("Functional", **config), "module": "keras.src.models.functional"}


def plain(model: dict[str, Any]) -> dict[str, Any]:
    """The same as H5 files have it: layers by class name alone."""
    layers = [{key: each[key] for key in each if key != "module"} for each in model["config"]["layers"]]
    return {"class_name": "Functional", "config": {**model["config"], "layers": layers}}


def an_input(name: str, *shape: int) -> Any:
    return layer("InputLayer", name, [], batch_shape=[None, *shape], dtype="float32")


# Graphs


@pytest.mark.parametrize(("keras", "loads"), [("3.0.5", True), ("3.6.0", True), ("3.13.2", True), ("3.14.1", False)])
def test_an_input_that_the_model_does_not_name(keras: str, loads: bool) -> None:
    layers = [an_input("a", 4), an_input("b", 4), layer("Add", "sum", [[node("a"), node("b")]])]
    found = causes(keras, archive={"config": functional(layers, ["a"], "sum"), "weights": {}})
    assert found == ([] if loads else ["invalid-graph"])
    assert not causes(keras, archive={"config": functional(layers, ["a", "b"], "sum"), "weights": {}})


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.15.1"])
def test_an_operation_that_an_h5_file_takes_for_a_layer(keras: str) -> None:
    """`a + b` is the operation Add, whose name the layer of two inputs in one list has too."""
    layers = [an_input("a", 4), an_input("b", 4), layer("Add", "sum", [[node("a"), node("b")]])]
    assert not causes(keras, h5={"config": plain(functional(layers, ["a", "b"], "sum")), "weights": {}})
    layers[-1] = layer("Add", "sum", [node("a"), node("b")])
    found = causes(keras, h5={"config": plain(functional(layers, ["a", "b"], "sum")), "weights": {}})
    assert found == ["incompatible-input"]


@pytest.mark.parametrize(("width", "loads"), [(4, True), (5, False)])
def test_a_model_within_a_model_checks_its_input(width: int, loads: bool) -> None:
    inner = functional([an_input("i", 4), layer("Dropout", "drop", [node("i")], rate=0.5)], ["i"], "drop", name="inner")
    inner = {**inner, "name": "inner", "inbound_nodes": [{"args": [node("x")], "kwargs": {}}]}
    model = functional([an_input("x", width), inner], ["x"], "inner")
    found = causes("3.6.0", archive={"config": model, "weights": {}})
    assert found == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize("keras", ["3.1.1", "3.15.1"])
@pytest.mark.parametrize(("call", "loads"), [([node("x")], True), ([], False)])
def test_a_call_without_inputs(keras: str, call: list[Any], loads: bool) -> None:
    layers = [an_input("x", 4), layer("Dropout", "drop", [node("x")], rate=0.5)]
    layers[1]["inbound_nodes"][0]["args"] = call
    found = causes(keras, archive={"config": functional(layers, ["x"], "drop"), "weights": {}})
    assert found[:1] == ([] if loads else ["invalid-graph"])


@pytest.mark.parametrize(("keras", "loads"), [("3.1.1", False), ("3.7.0", False), ("3.8.0", True), ("3.15.1", True)])
def test_scores_of_attention_are_an_output_from_3_8_on(keras: str, loads: bool) -> None:
    layers = [
        an_input("q", 4, 6),
        layer("Attention", "att", [[node("q"), node("q")]], {"return_attention_scores": True}),
        layer("Flatten", "flat", [node("att", 1)]),
    ]
    found = causes(keras, archive={"config": functional(layers, ["q"], "flat"), "weights": {}})
    assert found == ([] if loads else ["invalid-graph"])
    layers[-1] = layer("Flatten", "flat", [node("att")])
    assert not causes(keras, archive={"config": functional(layers, ["q"], "flat"), "weights": {}})


# Given means


@pytest.mark.parametrize(
    ("keras", "mean", "axis", "loads"),
    [
        ("3.0.5", 2.0, None, True),
        ("3.0.5", 2.0, -1, False),
        ("3.6.0", [1.0, 2.0, 3.0, 4.0], -1, True),
        ("3.6.0", [1.0, 2.0], -1, False),
        ("3.8.0", 2.0, -1, True),
        ("3.8.0", [1.0, 2.0], -1, False),
        ("3.15.1", [1.0], -1, True),
        ("3.15.1", [1.0, 2.0, 3.0], -1, False),
    ],
)
def test_a_given_mean_has_to_fit_the_input(keras: str, mean: Any, axis: int | None, loads: bool) -> None:
    given = m.serialized("Normalization", name="n", axis=axis, mean=mean, variance=mean)
    found = causes(keras, archive=m.archive(given, weights={}))
    assert found == ([] if loads else ["incompatible-input"])


def test_an_axis_that_h5_files_lose() -> None:
    """`model_from_config` of Keras 3.0 to 3.6 drops an axis that is null, so one mean is to fit the last one."""
    given = m.layer("Normalization", axis=None, mean=2.0, variance=3.0)
    assert causes("3.6.0", h5={"config": m.sequential(given), "weights": {}}) == ["incompatible-input"]
    assert not causes("3.8.0", h5={"config": m.sequential(given), "weights": {}})


# Dtype policies


@pytest.mark.parametrize(
    ("keras", "fine", "refused"),
    [
        ("3.0.5", "float32 int8 mixed_float16 int", "complex64 float8_e4m3fn int8_from_float32 half Float32"),
        ("3.3.3", "int8_from_float32 float8_from_float16", "int8 float8_e4m3fn int8_from_mixed_float16 int8_from_x"),
        (
            "3.6.0",
            "complex64 int8_from_mixed_bfloat16 float8_from_float32",
            "int4 int8 float8_e4m3fn int4_from_float32",
        ),
        ("3.6.0", "uint8 int16", "int8_from_float16 int8_from_mixed_float16 double"),
        ("3.11.3", "int4_from_float32", "int4 int4/128_from_float32 int8_from_float32_from_x"),
        ("3.15.1", "int4/128_from_float32 gptq/4/128_from_float32", "gptq_from_float32 int8"),
    ],
)
def test_names_of_policies(keras: str, fine: str, refused: str) -> None:
    era = era_of(target(keras))
    assert [name for name in fine.split() if policy_refused(era, name)] == []
    assert [name for name in refused.split() if not policy_refused(era, name)] == []


@pytest.mark.parametrize("keras", ["3.6.0", "3.15.1"])
def test_a_policy_object_of_any_plain_dtype(keras: str) -> None:
    era = era_of(target(keras))
    assert not policy_refused(era, "int8", plain=True)
    assert policy_refused(era, "int8_from_float32", plain=True)


@pytest.mark.parametrize(("keras", "found"), [("3.1.1", ["malformed-config"]), ("3.3.3", []), ("3.15.1", [])])
def test_a_policy_without_config(keras: str, found: list[str]) -> None:
    layer = m.serialized("Dropout", name="a", rate=0.5, dtype={"module": "keras", "class_name": "DTypePolicy"})
    assert causes(keras, archive=m.archive(layer, weights={})) == found


POLICY = {**m.serialized("DTypePolicy", name="float32"), "module": "keras", "shared_object_id": 7}


@pytest.mark.parametrize(("keras", "loads"), [("3.0.5", True), ("3.6.0", False)])
def test_a_policy_that_is_shared_is_not_looked_up_again(keras: str, loads: bool) -> None:
    first = m.serialized("Dropout", name="a", rate=0.5, dtype=POLICY)
    again = m.serialized("Dropout", name="b", rate=0.5, dtype={**POLICY, "class_name": "Mine"})
    found = causes(keras, archive=m.archive(first, again, weights={}))
    assert found == ([] if loads else ["unresolved-custom-object"])
    assert causes(keras, archive=m.archive(again, weights={})) == ["unresolved-custom-object"]


def test_lookups_drop_their_dtype() -> None:
    given = m.serialized("StringLookup", name="s", vocabulary=["a"], num_oov_indices=1, dtype="nonsense")
    assert not causes("3.6.0", archive=m.archive(given, weights={}))
    given = m.serialized("Discretization", name="s", bin_boundaries=[0.5], dtype="nonsense")
    assert causes("3.6.0", archive=m.archive(given, weights={})) == ["invalid-argument"]


@pytest.mark.parametrize(
    ("keras", "dtype", "loads"),
    [("3.0.5", "int64", True), ("3.3.3", "policy", False), ("3.4.1", "policy", True), ("3.6.0", "float32", False)],
)
def test_hashing_wants_integers(keras: str, dtype: str, loads: bool) -> None:
    policy = {**m.serialized("DTypePolicy", name="int64"), "module": "keras"}
    given = m.serialized("Hashing", name="h", num_bins=3, dtype=policy if dtype == "policy" else dtype)
    assert causes(keras, archive=m.archive(given, weights={})) == ([] if loads else ["invalid-argument"])


# Compiling


@pytest.mark.parametrize(
    ("optimizer", "found"),
    [
        (None, []),
        ({"module": "keras.optimizers", "class_name": "SGD", "config": {}, "registered_name": None}, []),
        ({"module": "keras.optimizers", "config": {}, "registered_name": None}, ["malformed-config"]),
        ({"module": "keras.optimizers", "class_name": "SGD"}, ["unknown-optimizer"]),
    ],
)
def test_an_optimizer_that_the_library_leaves_as_it_is(optimizer: Any, found: list[str]) -> None:
    given = m.archive()
    compiled = {"optimizer": optimizer, "loss": "mse", "metrics": []}
    given["config"] = {**given["config"], "compile_config": compiled}
    assert causes("3.11.3", archive=given) == found


@pytest.mark.parametrize(("keras", "loads"), [("3.0.5", False), ("3.3.3", False), ("3.4.1", True), ("3.15.1", True)])
def test_a_sequential_model_for_each_step(keras: str, loads: bool) -> None:
    """Sequential computes its output shape from 3.4 on, which TimeDistributed asks for."""
    inner = m.serialized("Sequential", name="s", layers=[m.serialized("Flatten", name="f")])
    steps = m.serialized("TimeDistributed", name="t", layer={**inner, "module": "keras"})
    model = functional(
        [an_input("x", 3, 4, 2), {**steps, "name": "t", "inbound_nodes": [{"args": [node("x")], "kwargs": {}}]}],
        ["x"],
        "t",
    )
    assert causes(keras, archive={"config": model, "weights": {}}) == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("keras", "after", "shape", "found"),
    [
        ("3.3.3", False, None, []),
        ("3.3.3", True, None, ["layer-count"]),
        ("3.3.3", False, [None, 3, 4], ["incompatible-input"]),
        ("3.4.1", True, None, []),
        ("3.4.1", False, [None, 3, 4], []),
    ],
)
def test_a_sequential_model_stays_unbuilt_before_what_is_not_implemented(
    keras: str, after: bool, shape: Any, found: list[str]
) -> None:
    inner = {
        **m.serialized("Sequential", name="s", layers=[m.serialized("Dense", name="d", units=2)]),
        "module": "keras",
    }
    first = {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 3, 4]}}
    layers = [first, m.layer("TimeDistributed", name="t", layer=inner), m.layer("Flatten", name="f")]
    weights = {"t": {"d/kernel:0": (4, 2), "d/bias:0": (2,)}}
    if after:
        layers.append(m.layer("Dense", name="e", units=3))
        weights["e"] = {"e/kernel:0": (6, 3), "e/bias:0": (3,)}
    config = {"name": "m", "layers": layers, **({"build_input_shape": shape} if shape else {})}
    model = {"class_name": "Sequential", "config": config}
    assert causes(keras, h5={"config": model, "weights": weights}) == found


@pytest.mark.parametrize("keras", ["3.2.1", "3.15.1"])
def test_recurrent_layers_take_other_features_than_they_were_built_for(keras: str) -> None:
    """`LSTM.input_spec` says the rank alone, and a symbolic call multiplies nothing."""
    cell = {"layers/lstm/cell/vars/0": (3, 16), "layers/lstm/cell/vars/1": (4, 16), "layers/lstm/cell/vars/2": (16,)}
    lstm = m.serialized("LSTM", name="l", units=4)
    for build in ({"input_shape": [None, 5, 3]}, {"shapes_dict": {"sequences_shape": [None, 5, 3]}}):
        call = {"name": "l", "inbound_nodes": [{"args": [node("x")], "kwargs": {}}]}
        model = functional([an_input("x", 6, 5), {**lstm, **call, "build_config": build}], ["x"], "l")
        assert causes(keras, archive={"config": model, "weights": cell}) == []
    model = functional([an_input("x", 6, 5), {**lstm, **call}], ["x"], "l")
    assert causes(keras, archive={"config": model, "weights": cell}) == ["weight-shape"]


@pytest.mark.parametrize(("slope", "loads"), [(0.0, True), (0.2, True), (None, False), (-0.1, False)])
def test_slopes_of_relu(slope: Any, loads: bool) -> None:
    given = m.serialized("ReLU", name="r", negative_slope=slope)
    assert causes("3.9.0", archive=m.archive(given, weights={})) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(("slope", "loads"), [(0.3, True), (-1, False), ({"type": "ndarray", "value": 0.3}, False)])
def test_slopes_of_leaky_relu(slope: Any, loads: bool) -> None:
    given = m.serialized("LeakyReLU", name="r", alpha=slope)
    assert causes("3.9.0", archive=m.archive(given, weights={})) == ([] if loads else ["invalid-argument"])


# Low rank adapters and quantization


MIXED = {**m.serialized("DTypePolicy", name="mixed_float16"), "module": "keras"}


@pytest.mark.parametrize(
    ("keras", "kind", "policy", "batch", "stateful", "loads"),
    [
        ("3.7.0", "GRU", MIXED, 2, True, False),
        ("3.3.3", "LSTM", "mixed_bfloat16", 2, True, False),
        ("3.8.0", "GRU", MIXED, 2, True, True),
        ("3.7.0", "GRU", MIXED, 2, False, True),
        ("3.7.0", "GRU", "float16", 2, True, True),
        ("3.7.0", "GRU", "float32", 2, True, True),
        ("3.7.0", "GRU", "float32", None, True, False),
    ],
)
def test_states_of_layers_that_compute_in_another_dtype(
    keras: str, kind: str, policy: Any, batch: int | None, stateful: bool, loads: bool
) -> None:
    first = m.serialized("InputLayer", batch_shape=[batch, 5, 3], dtype="float32", name="x")
    layers = [first, m.serialized(kind, name="r", units=2, stateful=stateful, dtype=policy)]
    config = m.serialized("Sequential", module="keras", name="m", layers=layers)
    assert ("incompatible-input" not in causes(keras, archive={"config": config, "weights": {}})) is loads


def stored(*shapes: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"layers/dense/vars/{number}": shape for number, shape in enumerate(shapes)}


def quantized(mode: str, class_name: str = "QuantizedDTypePolicy", **config: Any) -> dict[str, Any]:
    policy = m.serialized(class_name, module="keras.dtype_policies", mode=mode, source_name="float32")
    return m.serialized_dense(dtype=policy, **config)


@pytest.mark.parametrize(
    ("keras", "dense", "fits", "not_fits"),
    [
        ("3.6.0", quantized("int8"), [(4, 8), (8,), (8,)], [(4, 8), (8,), (1, 8)]),
        ("3.6.0", m.serialized_dense(lora_rank=2), [(4, 8), (8,)], [(4, 8)]),
        ("3.6.0", m.serialized_dense(lora_rank=2), [(4, 8), (8,), (4, 2), (2, 8)], [(4, 9), (8,)]),
        ("3.6.0", quantized("int8", lora_rank=2), [(4, 8), (8,), (8,)], [(4, 8), (8,)]),
        ("3.11.3", quantized("int4"), [(2, 8), (8,), (8,)], [(4, 4), (8,), (8,)]),
        ("3.14.1", quantized("int4"), [(4, 4), (8,), (8,)], [(2, 8), (8,), (8,)]),
        (
            "3.15.1",
            quantized("int4/2", "Int4DTypePolicy"),
            [(4, 4), (8,), (2, 8), (2, 8), (4,)],
            [(4, 4), (8,), (1, 8), (1, 8), (4,)],
        ),
        (  # of a Keras that knew no blocks
            "3.14.1",
            quantized("int4", quantization_config=m.serialized("Int4QuantizationConfig", module="keras.quantizers")),
            [(4, 4), (8,), (8,)],
            [(4, 4), (8,), (1, 8), (1, 8), (4,)],
        ),
        (
            "3.14.1",
            quantized("gptq/4/128", "GPTQDTypePolicy"),
            [(8,), (4, 4), (8, 1), (8, 1), (4,)],
            [(4, 8), (8,), (8,)],
        ),
    ],
)
def test_weights_of_quantized_layers(keras: str, dense: Any, fits: list[Any], not_fits: list[Any]) -> None:
    assert causes(keras, archive=m.archive(dense, weights=stored(*fits))) == []
    found = set(causes(keras, archive=m.archive(dense, weights=stored(*not_fits))))
    assert found <= {"weight-shape", "missing-weights", "weight-count"}
    assert found


@pytest.mark.parametrize(
    ("keras", "kernel", "fits"),
    [("3.13.2", (2, 2, 3), True), ("3.13.2", (4, 3), False), ("3.15.1", (4, 3), True), ("3.15.1", (2, 2, 3), False)],
)
def test_int4_kernels_of_einsum_are_flat_from_3_14_on(keras: str, kernel: tuple[int, ...], fits: bool) -> None:
    policy = m.serialized("QuantizedDTypePolicy", module="keras.dtype_policies", mode="int4", source_name="float32")
    given = m.serialized("EinsumDense", name="e", equation="ab,bcd->acd", output_shape=[2, 3], dtype=policy)
    weights = {"layers/einsum_dense/vars/0": kernel, "layers/einsum_dense/vars/1": (6,)}
    found = causes(keras, archive=m.archive(given, weights=weights))
    assert ("weight-shape" not in found) is fits


def test_float8_has_six_more_weights() -> None:
    history: list[tuple[int, ...]] = [(), (1024,)] * 3
    given = quantized("float8", "QuantizedFloat8DTypePolicy")
    assert causes("3.6.0", archive=m.archive(given, weights=stored((4, 8), (8,), *history))) == []
    assert causes("3.6.0", archive=m.archive(given, weights=stored((4, 8), (8,)))) == ["weight-count"]


def test_h5_files_hold_the_factors_too() -> None:
    dense = m.dense(lora_rank=2)
    weights = {"dense/bias:0": (8,), "dense/a:0": (4, 2), "dense/b:0": (2, 8), "dense/kernel:0": (4, 8)}
    assert causes("3.6.0", h5={"config": m.sequential(dense), "weights": {"dense": weights}}) == []
    assert causes("3.6.0", h5=m.h5(dense)) == ["weight-count"]


# A model in front of others


def behind_a_model(*layers: Any) -> dict[str, Any]:
    """A Sequential model whose first layer is a model with a list of one output, as Keras up to 3.10 wrote it."""
    drop = layer("Dropout", "drop", [node("i")], rate=0.5)
    inner = functional([an_input("i", 4), drop], ["i"], "drop", name="inner")
    first = m.serialized("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    config = m.serialized("Sequential", name="m", layers=[first, inner, *layers])
    return {"config": {**config, "module": "keras"}, "weights": {}}


def dense(name: str) -> Any:
    return {**m.serialized("Dense", name=name, units=4, use_bias=False), "build_config": {"input_shape": [None, 4]}}


RELU = m.serialized("ReLU", name="r")
FLATTEN = m.serialized("Flatten", name="f")
WEIGHTS = {"layers/dense/vars/0": (4, 4), "layers/dense_1/vars/0": (4, 4)}


@pytest.mark.parametrize("keras", ["3.3.3", "3.5.0", "3.10.0"])
def test_a_list_of_one_output_is_that_output(keras: str) -> None:
    for layers in ([RELU, FLATTEN], [dense("a"), dense("b")], [RELU, dense("a"), dense("b")]):
        assert not causes(keras, archive={**behind_a_model(*layers), "weights": WEIGHTS})


@pytest.mark.parametrize("keras", ["3.0.5", "3.4.1", "3.11.3", "3.15.1"])
@pytest.mark.parametrize(
    ("layers", "loads"),
    [
        ([RELU], True),
        ([RELU, dense("a")], True),
        ([dense("a")], True),
        ([dense("a"), dense("b")], False),
        ([RELU, dense("a"), dense("b")], False),
        ([FLATTEN], False),
        ([m.serialized("SpatialDropout1D", name="s", rate=0.5)], True),
    ],
)
def test_a_list_of_one_output_stays_a_list(keras: str, layers: list[Any], loads: bool) -> None:
    """Layers such as ReLU hand the list on, Dense takes its one shape for a dimension, Flatten refuses it."""
    found = causes(keras, archive={**behind_a_model(*layers), "weights": WEIGHTS})
    assert found == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize("keras", ["3.0.5", "3.6.0", "3.15.1"])
@pytest.mark.parametrize(
    ("class_name", "loads", "config"),
    [
        ("Add", True, {}),
        ("Dropout", True, {"rate": 0.5}),
        ("Activation", True, {"activation": "relu"}),
        ("Rescaling", True, {"scale": 2.0}),
        ("Flatten", False, {}),
        ("Dense", False, {"units": 4}),
        ("BatchNormalization", False, {}),
        ("SpatialDropout1D", False, {"rate": 0.5}),
        ("RepeatVector", False, {"n": 2}),
    ],
)
def test_a_list_of_several_tensors(keras: str, class_name: str, loads: bool, config: Mapping[str, Any]) -> None:
    """What merges or goes through each tensor takes it; a layer with an `input_spec`, or that reads one shape, does not."""
    called = layer(class_name, "y", [[node("a"), node("b")]], **config)
    found = causes(
        keras,
        archive={"config": functional([an_input("a", 4), an_input("b", 4), called], ["a", "b"], "y"), "weights": {}},
    )
    assert ("incompatible-input" in found) == (not loads)


@pytest.mark.parametrize(("keras", "loads"), [("2.15.0", True), ("3.4.1", False), ("3.14.1", False)])
@pytest.mark.parametrize("class_name", ["LSTM", "GRU"])
def test_initial_states_as_keras_2_writes_them(keras: str, loads: bool, class_name: str) -> None:
    """Behind the sequence in one list, which `RNN.__call__` of Keras 2 takes apart."""
    count = 3 if class_name == "LSTM" else 2
    names = ["x", "h", "c"][:count]
    inputs = [
        {
            "class_name": "InputLayer",
            "name": name,
            "config": {
                "name": name,
                "batch_input_shape": [None, 5, 4] if name == "x" else [None, 4],
                "dtype": "float32",
            },
            "inbound_nodes": [],
        }
        for name in names
    ]
    units = {"units": 4, "recurrent_activation": "hard_sigmoid"}
    called = {
        "class_name": class_name,
        "name": "r",
        "config": {"name": "r", **units},
        "inbound_nodes": [[[name, 0, 0, {}] for name in names]],
    }
    config = {
        "name": "m",
        "layers": [*inputs, called],
        "input_layers": [[name, 0, 0] for name in names],
        "output_layers": [["r", 0, 0]],
    }
    found = causes(keras, h5={"config": {"class_name": "Functional", "config": config}, "weights": {}})
    assert ("incompatible-input" in found) == (not loads)


@pytest.mark.parametrize(
    ("keras", "weights", "loads"),
    [
        ("3.9.0", None, True),
        ("3.9.0", [1.0], True),
        ("3.9.0", 0.5, True),
        ("3.9.0", 2, False),
        ("3.9.0", "x", False),
        ("3.3.3", 0.5, True),
        ("3.2.1", 0.5, False),
        ("3.2.1", [0.5], True),
    ],
)
def test_weights_of_losses(keras: str, weights: Any, loads: bool) -> None:
    given = m.archive()
    given["config"] = {
        **given["config"],
        "compile_config": {"optimizer": "adam", "loss": "mse", "loss_weights": weights},
    }
    assert causes(keras, archive=given) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("keras", "settings", "order", "loads"),
    [
        ("3.6.0", {"use_ema": True, "gradient_accumulation_steps": 2}, "kkbbkkbb", True),
        ("3.10.0", {"use_ema": True, "gradient_accumulation_steps": 2}, "kkbbkkbb", False),
        ("3.10.0", {"use_ema": True, "gradient_accumulation_steps": 2}, "kbkbkkbb", True),
        ("3.15.1", {"use_ema": True}, "kbkkbb", True),
        ("3.6.0", {"amsgrad": True}, "kkbbkb", True),
        ("3.6.0", {}, "kbkb", False),
    ],
)
def test_variables_of_optimizers(keras: str, settings: dict[str, Any], order: str, loads: bool) -> None:
    """Averages and accumulated gradients come first, and up to 3.9 both of one variable before those of the next."""
    shapes = [(), (), *({"k": (4, 8), "b": (8,)}[each] for each in order)]
    given = m.archive(
        weights={**m.STORED, **{f"optimizer/vars/{number}": shape for number, shape in enumerate(shapes)}}
    )
    adam = {**m.serialized("Adam", **settings), "module": "keras.optimizers"}
    given["config"] = {**given["config"], "compile_config": {"optimizer": adam, "loss": "mse"}}
    assert causes(keras, archive=given) == ([] if loads else ["weight-shape"])


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"idf_weights": (3,)}, []),
        ({}, ["missing-weights"]),
        ({"0": (3,)}, ["missing-weights"]),
        ({"idf_weights": (2,)}, ["weight-shape"]),
    ],
)
def test_lookups_read_their_tf_idf_weights_by_name(stored: dict[str, Any], expected: list[str]) -> None:
    config = {"vocabulary": ["a", "b"], "num_oov_indices": 1, "idf_weights": [0.1, 0.2]}
    given = m.serialized("StringLookup", name="s", output_mode="tf_idf", **config)
    weights = {f"layers/string_lookup/vars/{name}": shape for name, shape in stored.items()}
    assert causes("3.6.0", archive=m.archive(given, weights=weights)) == expected
    counted = m.serialized("StringLookup", name="s", output_mode="count", vocabulary=["a", "b"])
    assert causes("3.6.0", archive=m.archive(counted, weights=weights)) == []


@pytest.mark.parametrize(
    ("keras", "mode", "weights", "words", "expected"),
    [
        ("3.15.1", "tf_idf", 3, b"[UNK]\na\nb", []),
        ("3.15.1", "tf_idf", 3, b"[UNK]\na\nb\n\n", []),
        ("3.15.1", "tf_idf", 9, b"[UNK]\na\nb", ["weight-shape"]),  # padded to max_tokens
        ("3.15.1", "tf_idf", 3, b"[UNK]\na\nb\nc", ["weight-shape"]),
        ("3.15.1", "count", 9, b"[UNK]\na\nb", []),
        ("3.13.2", "tf_idf", 3, b"[UNK]\na\nb", ["missing-weights"]),
    ],
)
def test_a_learned_vocabulary_has_a_weight_for_each_word(
    keras: str, mode: str, weights: int, words: bytes, expected: list[str]
) -> None:
    config = {"standardize": None, "split": None, "ngrams": None, "max_tokens": 9, "pad_to_max_tokens": True}
    text = m.serialized("TextVectorization", name="t", output_mode=mode, **config)
    text["build_config"] = {"input_shape": [None, 1]}
    stored = {"layers/text_vectorization/vars/idf_weights": (weights,)}
    first = m.serialized("InputLayer", batch_shape=[None, 1], dtype="string", name="x")
    config = m.serialized("Sequential", module="keras", name="m", layers=[first, text])
    members = {"assets/layers/text_vectorization/vocabulary.txt": words}
    assert causes(keras, archive={"config": config, "weights": stored, "members": members}) == expected


@pytest.mark.parametrize(
    ("keras", "kind", "states", "loads"),
    [
        ("3.0.5", "LSTM", True, False),
        ("3.0.5", "LSTM", False, True),
        ("3.0.5", "GRU", True, True),
        ("3.3.3", "LSTM", True, True),
    ],
)
def test_states_of_stacked_cells(keras: str, kind: str, states: bool, loads: bool) -> None:
    cells = [m.serialized(f"{kind}Cell", name="a", units=2), m.serialized("SimpleRNNCell", name="b", units=2)]
    stacked = m.serialized("StackedRNNCells", name="c", cells=cells)
    sequence = {**node("x"), "config": {**node("x")["config"], "shape": [None, 3, 4]}}
    layers = [an_input("x", 3, 4), layer("RNN", "r", [sequence], cell=stacked, return_state=states)]
    found = causes(keras, archive={"config": functional(layers, ["x"], "r"), "weights": {}})
    assert ("incompatible-input" not in found) is loads


@pytest.mark.parametrize(("kind", "expected"), [("SimpleRNN", []), ("GRU", ["unresolved-custom-object"])])
def test_simple_rnn_does_nothing_with_its_activity_regularizer(kind: str, expected: list[str]) -> None:
    layer = m.serialized(kind, units=2, name="r", activity_regularizer="mine")
    found = causes("3.11.3", archive=m.archive(layer, weights={}))
    assert [cause for cause in found if cause == "unresolved-custom-object"] == expected


@pytest.mark.parametrize(
    ("members", "loads"),
    [
        ({}, True),
        ({"assets/layers/string_lookup/vocabulary.txt": b"a\nb"}, True),
        ({"assets/layers/string_lookup/vocabulary.txt.bak": b"a\nb"}, False),
        ({"notes.txt": b"x"}, False),
    ],
)
def test_a_fourth_member_makes_keras_ask_for_vocabularies(members: dict[str, bytes], loads: bool) -> None:
    given = m.serialized("StringLookup", name="s", num_oov_indices=1, vocabulary=None)
    found = causes("3.6.0", archive=m.archive(given, weights={}, members=members))
    assert found == ([] if loads else ["missing-weights"])


@pytest.mark.parametrize(("cell", "loads"), [(True, True), (False, False)])
def test_a_layer_around_a_cell_says_no_rank(cell: bool, loads: bool) -> None:
    own = {"cell": m.serialized("GRUCell", name="c", units=2)} if cell else {"units": 2}
    layers = [an_input("x", 3, 4, 5), layer("RNN" if cell else "GRU", "r", [node("x")], **own)]
    found = causes("3.6.0", archive={"config": functional(layers, ["x"], "r"), "weights": {}})
    assert ("incompatible-input" not in found) is loads


@pytest.mark.parametrize(
    ("keras", "kind", "config", "shape", "loads"),
    [
        # The size of what is left may be zero in 3.0 to 3.13, that of pooling in 3.14 too.
        ("3.6.0", "Conv1D", {"filters": 2, "kernel_size": 3}, [None, 2, 4], True),
        ("3.6.0", "Conv1D", {"filters": 2, "kernel_size": 4}, [None, 2, 4], False),
        ("3.14.1", "Conv1D", {"filters": 2, "kernel_size": 3}, [None, 2, 4], False),
        ("3.14.1", "MaxPooling1D", {"pool_size": 3}, [None, 2, 4], True),
        ("3.15.1", "MaxPooling1D", {"pool_size": 3}, [None, 2, 4], False),
        ("3.6.0", "CenterCrop", {"height": 2, "width": 2}, [None, 4], False),
        ("3.6.0", "CenterCrop", {"height": 2, "width": 2}, [None, 4, 4, 1], True),
        ("3.6.0", "RandomFlip", {}, [None, 4], True),
        ("3.6.0", "UnitNormalization", {"axis": 1}, [None, 4], True),
        ("3.6.0", "UnitNormalization", {"axis": [1, 2]}, [None, 4], False),
        ("3.9.0", "ConvLSTM1D", {"filters": 2, "kernel_size": 1}, [None, 2, 3, 4], True),
        ("3.9.0", "GRU", {"units": 2}, [None, 3, None], False),
        ("3.9.0", "GRU", {"units": 2}, [None, None, 3], True),
        ("3.11.3", "Normalization", {"mean": 1.0, "variance": [1.0, 2.0]}, [None, 3], False),
        ("3.11.3", "Normalization", {"mean": 1.0, "variance": [1.0, 2.0]}, [None, 2], True),
        ("3.9.0", "ConvLSTM1D", {"filters": 2, "kernel_size": 1}, [None, 2, None, 4], False),
    ],
)
def test_what_keras_3_takes(keras: str, kind: str, config: Any, shape: list[Any], loads: bool) -> None:
    called = layer(kind, "y", [node("x")], **config)
    first = layer("InputLayer", "x", [], batch_shape=shape, dtype="float32")
    found = causes(keras, archive={"config": functional([first, called], ["x"], "y"), "weights": {}})
    assert ("incompatible-input" in found) == (not loads)


@pytest.mark.parametrize(
    ("config", "refusing"),
    [
        ({"strides": 2, "dilation_rate": 2}, {"3.0.5", "3.11.3", "3.14.1", "3.15.1"}),
        ({"strides": 2, "output_padding": 1}, set()),
        ({"strides": 2, "output_padding": 0}, {"3.0.5"}),
        ({"strides": 2, "output_padding": 2}, {"3.14.1", "3.15.1"}),
    ],
)
def test_arguments_of_transposed_convolutions(config: Any, refusing: set[str]) -> None:
    called = layer("Conv2DTranspose", "y", [node("x")], filters=2, kernel_size=3, **config)
    first = layer("InputLayer", "x", [], batch_shape=[None, 8, 8, 3], dtype="float32")
    for keras in ("3.0.5", "3.11.3", "3.14.1", "3.15.1"):
        found = causes(keras, archive={"config": functional([first, called], ["x"], "y"), "weights": {}})
        assert ("invalid-argument" in found) == (keras in refusing), keras


@pytest.mark.parametrize("keras", ["3.0.5", "3.9.0", "3.15.1"])
@pytest.mark.parametrize(
    ("kind", "loads"), [("TimeDistributed", True), ("Bidirectional", True), ("SpectralNormalization", False)]
)
def test_wrappers_called_on_other_features_than_they_were_built_for(keras: str, kind: str, loads: bool) -> None:
    """Of a layer in TimeDistributed or Bidirectional only the output's shape is asked; SpectralNormalization has a spec of its own."""
    held = m.serialized("LSTM" if kind == "Bidirectional" else "Dense", name="inner", units=2)
    called = layer(kind, "y", [node("x")], layer=held)
    called["build_config"] = {"input_shape": [None, 5, 3]}
    first = layer("InputLayer", "x", [], batch_shape=[None, 5, 4], dtype="float32")
    found = causes(keras, archive={"config": functional([first, called], ["x"], "y"), "weights": {}})
    assert ("incompatible-input" in found) == (not loads)


@pytest.mark.parametrize("features", [4, 7])
def test_what_a_wrapper_holds_is_built_for_shapes_of_its_own(features: int) -> None:
    """In H5 files too, where the library makes it: the kernel is that of five features, whatever comes."""
    held = {**m.serialized("Dense", name="inner", units=2), "build_config": {"input_shape": [None, 5]}}
    called = layer("SpectralNormalization", "y", [node("x")], layer=held)
    model = plain(functional([an_input("x", features), called], ["x"], "y"))
    for rows, expected in ((5, []), (features, ["weight-shape"])):
        stored = {"y": {"y/kernel:0": (rows, 2), "y/bias:0": (2,), "y/vector_u:0": (1, 2)}}
        assert causes("3.0.5", h5={"config": model, "weights": stored}) == expected


@pytest.mark.parametrize(("batch", "loads"), [(2, True), (None, False)])
def test_a_step_of_two_dimensions_is_the_batch(batch: int | None, loads: bool) -> None:
    """`RNN.build` builds its cell for what is left without the time axis."""
    given = an_input("x", 4)
    given["config"]["batch_shape"] = [batch, 4]
    cell = m.serialized("GRUCell", name="c", units=2)
    found = causes(
        "3.6.0",
        archive={"config": functional([given, layer("RNN", "r", [node("x")], cell=cell)], ["x"], "r"), "weights": {}},
    )
    assert ("incompatible-input" not in found) is loads


@pytest.mark.parametrize("keras", ["3.0.5", "3.15.1"])
@pytest.mark.parametrize(
    ("forward", "backward", "loads"),
    [
        ({}, None, True),
        ({"go_backwards": True}, None, False),
        ({}, {"go_backwards": True}, True),
        ({"go_backwards": True}, {}, True),
        ({"go_backwards": True}, {"go_backwards": True}, False),
        ({"return_sequences": True}, {"go_backwards": True}, False),
    ],
)
def test_both_ways_of_a_bidirectional(keras: str, forward: Any, backward: Any, loads: bool) -> None:
    own = {"layer": m.serialized("GRU", name="f", units=2, **forward)}
    if backward is not None:
        own["backward_layer"] = m.serialized("GRU", name="b", units=2, **backward)
    given = m.serialized("Bidirectional", name="d", **own)
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    assert causes(keras, archive={"config": sequential, "weights": {}}) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("keras", "config", "shapes", "loads"),
    [
        ("3.6.0", {"output_shape": [5]}, [(4, 3)] * 2, False),
        ("3.7.0", {"output_shape": [5]}, [(4, 3)] * 2, True),
        ("3.6.0", {}, [(4, 3), (4, 5)], False),
        ("3.7.0", {}, [(4, 3), (4, 5)], True),
        ("3.15.1", {}, [(4, 3), (4, 5), (6, 5)], False),
        ("3.15.1", {}, [(4, 3), (4, 5), (4, 6)], True),
    ],
)
def test_shapes_that_attention_compares(keras: str, config: Any, shapes: list[tuple[int, ...]], loads: bool) -> None:
    inputs = [an_input(f"x{number}", *shape) for number, shape in enumerate(shapes)]
    names = [each["name"] for each in inputs]
    attention = layer("MultiHeadAttention", "a", list(map(node, names)), num_heads=1, key_dim=2, **config)
    found = causes(keras, archive={"config": functional([*inputs, attention], names, "a"), "weights": {}})
    assert ("incompatible-input" not in found) is loads


@pytest.mark.parametrize(
    ("keras", "reduction", "loads"),
    [
        ("3.6.0", "mean", False),
        ("3.7.0", "mean", True),
        ("3.6.0", "sum", True),
        ("3.0.5", "mean_with_sample_weight", False),
    ],
)
def test_reductions_of_losses(keras: str, reduction: str, loads: bool) -> None:
    loss = m.serialized("MeanSquaredError", name="l", reduction=reduction)
    sequential = {**m.serialized("Sequential", name="s", layers=[]), "module": "keras"}
    config = {**sequential, "compile_config": {"optimizer": "adam", "loss": {**loss, "module": "keras.losses"}}}
    assert causes(keras, archive={"config": config, "weights": {}}) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("keras", "called", "loads"), [("3.3.3", False, True), ("3.3.3", True, False), ("3.4.1", False, False)]
)
def test_policies_that_a_release_does_not_know(keras: str, called: bool, loads: bool) -> None:
    """Keras 3.3 leaves the name where the policy should be, until the layer asks it for a dtype."""
    policy = {
        **m.serialized("Int4DTypePolicy", mode="int4/128", source_name="float32"),
        "module": "keras.dtype_policies",
    }
    given = [m.serialized("Dense", name="d", units=2, dtype=policy)]
    if called:
        given.insert(0, m.serialized("InputLayer", name="i", batch_shape=[None, 3]))
    sequential = {**m.serialized("Sequential", name="s", layers=given), "module": "keras"}
    found = causes(keras, archive={"config": sequential, "weights": {}})
    assert ("unresolved-name" not in found) is loads


@pytest.mark.parametrize(
    ("keras", "first", "expected"),
    [
        ("3.10.0", False, ["incompatible-input"]),
        ("3.10.0", True, ["invalid-graph"]),
        ("3.11.3", False, []),
        ("3.11.3", True, []),
    ],
)
def test_a_layer_that_returns_its_input(keras: str, first: bool, expected: list[str]) -> None:
    gray = m.serialized("RandomGrayscale", name="g", factor=0.5)
    other = m.serialized("Rescaling", name="r", scale=0.5, offset=0.0)
    start = m.serialized("InputLayer", name="i", batch_shape=[None, 4, 4, 3])
    given = [start, gray, other] if first else [start, other, gray]
    sequential = {**m.serialized("Sequential", name="s", layers=given), "module": "keras"}
    assert causes(keras, archive={"config": sequential, "weights": {}}) == expected
    calls = [layer("RandomGrayscale", "g", [node("i")], factor=0.5), layer("ReLU", "r", [node("g")])]
    start = layer("InputLayer", "i", [], batch_shape=[None, 4, 4, 3], dtype="float32")
    assert causes(keras, archive={"config": functional([start, *calls], ["i"], "r"), "weights": {}}) == []


@pytest.mark.parametrize(("keras", "layers", "loads"), [("3.6.0", 1, False), ("3.6.0", 0, True), ("3.7.0", 1, True)])
def test_pipelines_of_3_6_are_not_deserialized(keras: str, layers: int, loads: bool) -> None:
    held = [m.serialized("Rescaling", name="r", scale=0.5, offset=0.0)] * layers
    given = [
        m.serialized("InputLayer", name="i", batch_shape=[None, 3]),
        m.serialized("Pipeline", name="p", layers=held),
    ]
    sequential = {**m.serialized("Sequential", name="s", layers=given), "module": "keras"}
    assert causes(keras, archive={"config": sequential, "weights": {}}) == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("keras", "kind", "config", "loads"),
    [
        ("3.1.1", "CenterCrop", {"height": 2, "width": 2}, True),
        ("3.2.1", "CenterCrop", {"height": 2, "width": 2}, False),
        ("3.5.0", "UnitNormalization", {"axis": 2}, True),
        ("3.6.0", "UnitNormalization", {"axis": 2}, False),
        ("3.6.0", "UnitNormalization", {"axis": -2}, True),
        ("3.0.5", "PReLU", {"shared_axes": [1]}, True),
        ("3.0.5", "PReLU", {}, False),
        ("3.0.5", "Attention", {}, False),
    ],
)
def test_inputs_that_single_layers_take_from_some_release_on(keras: str, kind: str, config: Any, loads: bool) -> None:
    given = an_input("x", None) if kind == "PReLU" else an_input("x", 3)
    model = functional([given, layer(kind, "l", [node("x")], **config)], ["x"], "l")
    found = causes(keras, archive={"config": model, "weights": {}})
    assert ("incompatible-input" not in found) is loads
