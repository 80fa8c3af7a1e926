"""Values that Keras 3 looks at only beside others, or only when a layer is called."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.model import Layer, Weight
from analyzer.rules.keras import _models as m
from tests.keras.test_keras_3 import an_input, causes, functional, layer, node, plain


def compiled(**given: Any) -> dict[str, Any]:
    """An archive with these arguments of `compile`."""
    archive = m.archive()
    archive["config"] = {**archive["config"], "compile_config": {"optimizer": "adam", "loss": "mse", **given}}
    return archive


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("auto_scale_loss", True),
        ("jit_compile", True),
        ("steps_per_execution", True),
        ("pss_evaluation_shards", False),
        ("sample_weight_mode", False),
        ("from_serialized", False),
        ("target_tensors", False),
    ],
)
def test_what_compile_takes(key: str, known: bool) -> None:
    """`Trainer.compile` of Keras 3 has no **kwargs, in which Keras 2 passes over what older releases took."""
    assert causes("3.9.0", archive=compiled(**{key: None})) == ([] if known else ["unknown-argument"])


@pytest.mark.parametrize(
    ("keras", "settings", "loads"),
    [
        ("3.1.1", {"clipvalue": 0.5, "global_clipnorm": 1.0}, True),
        ("3.2.1", {"clipvalue": 0.5, "global_clipnorm": 1.0}, False),
        ("3.1.1", {"clipnorm": 0.5, "global_clipnorm": 1.0}, False),
        ("3.15.1", {"clipnorm": None, "clipvalue": 0.5, "global_clipnorm": None}, True),
        ("3.15.1", {"clipnorm": 1.0, "clipvalue": 0.5}, False),
        ("3.15.1", {"use_ema": False, "ema_momentum": 1.5}, True),
        ("3.15.1", {"use_ema": True, "ema_momentum": 1.5}, False),
        ("3.15.1", {"use_ema": True, "ema_momentum": 1}, True),
        ("3.15.1", {"use_ema": True, "ema_overwrite_frequency": 0}, True),
        ("3.15.1", {"use_ema": True, "ema_overwrite_frequency": 1.5}, False),
        ("3.15.1", {"gradient_accumulation_steps": 0}, True),
        ("3.15.1", {"gradient_accumulation_steps": 1}, False),
        ("3.15.1", {"gradient_accumulation_steps": 2}, True),
    ],
)
def test_settings_of_optimizers_beside_each_other(keras: str, settings: dict[str, Any], loads: bool) -> None:
    adam = {**m.serialized("Adam", **settings), "module": "keras.optimizers"}
    assert causes(keras, archive=compiled(optimizer=adam)) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("metric", "thresholds", "loads"),
    [
        ("Recall", None, True),
        ("Recall", [0.2, 1], True),
        ("Recall", -1, False),
        ("Precision", [0.5, 1.5], False),
        ("AUC", [-1.0, 2.0], True),
    ],
)
def test_thresholds_of_metrics(metric: str, thresholds: Any, loads: bool) -> None:
    given = {**m.serialized(metric, thresholds=thresholds), "module": "keras.metrics"}
    assert causes("3.12.4", archive=compiled(metrics=[given])) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("kind", "padding", "loads"),
    [
        ("MaxPooling2D", "same", True),
        ("MaxPooling2D", "SAME", False),
        ("AveragePooling2D", ["valid"], False),
        ("MaxPooling2D", "causal", False),
    ],
)
def test_pooling_looks_at_its_padding_when_it_is_called(kind: str, padding: Any, loads: bool) -> None:
    pool = layer(kind, "p", [node("x")], pool_size=[1, 1], padding=padding)
    model = functional([an_input("x", 4, 4, 2), pool], ["x"], "p")
    assert causes("3.7.0", archive={"config": model, "weights": {}}) == ([] if loads else ["incompatible-input"])
    unbuilt = {
        **m.serialized("Sequential", name="s", layers=[m.serialized(kind, name="p", pool_size=[1, 1], padding=padding)])
    }
    assert causes("3.7.0", archive={"config": {**unbuilt, "module": "keras"}, "weights": {}}) == []


@pytest.mark.parametrize(("kind", "loads"), [("Conv1D", True), ("Conv1DTranspose", False), ("SeparableConv1D", False)])
def test_causal_padding_is_for_one_convolution(kind: str, loads: bool) -> None:
    given = m.serialized(kind, name="c", filters=2, kernel_size=[2], padding="causal")
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes("3.7.0", archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(("rate", "loads"), [(0.0, True), (1, True), (-1, False), (1.5, False)])
def test_attention_makes_a_dropout_of_its_own(rate: float, loads: bool) -> None:
    attention = layer("MultiHeadAttention", "a", [node("x"), node("x")], num_heads=1, key_dim=2, dropout=rate)
    model = functional([an_input("x", 3, 4), attention], ["x"], "a")
    found = causes("3.15.1", archive={"config": model, "weights": {}})
    assert ("incompatible-input" in found) is not loads


@pytest.mark.parametrize(
    ("dtype", "loads"), [("float32", True), ("bfloat16", True), ("mixed_bfloat16", False), ("f32", False), (None, True)]
)
def test_dtypes_of_tensors_that_nodes_name(dtype: str | None, loads: bool) -> None:
    tensor = node("x")
    tensor["config"]["dtype"] = dtype
    model = functional([an_input("x", 4), layer("ReLU", "r", [tensor])], ["x"], "r")
    assert causes("3.12.4", archive={"config": model, "weights": {}}) == ([] if loads else ["invalid-graph"])


@pytest.mark.parametrize(("keras", "loads"), [("3.9.2", True), ("3.10.0", False), ("3.13.2", False), ("3.15.1", True)])
def test_inputs_that_nothing_uses(keras: str, loads: bool) -> None:
    """What used them in the program that saved the model need not be part of the model."""
    used = layer("ReLU", "r", [node("x")])
    model = functional([an_input("x", 4), an_input("y", 4), used], ["x", "y"], "r")
    assert causes(keras, archive={"config": model, "weights": {}}) == ([] if loads else ["invalid-graph"])
    model = functional([an_input("x", 4), used], ["x"], "r")
    assert causes(keras, archive={"config": model, "weights": {}}) == []


@pytest.mark.parametrize(
    ("keras", "key", "loads"),
    [
        ("3.1.1", 0, True),
        ("3.1.1", [{"class_name": "__slice__", "config": {"start": None, "stop": 1, "step": None}}], False),
        ("3.1.1", {"class_name": "__slice__", "config": {"start": None, "stop": 1, "step": None}}, False),
        ("3.2.1", [{"class_name": "__slice__", "config": {"start": None, "stop": 1, "step": None}}], True),
    ],
)
def test_slices_come_back_as_lists(keras: str, key: Any, loads: bool) -> None:
    item = layer("GetItem", "g", [node("x"), key])
    item["module"], item["registered_name"] = "keras.src.ops.numpy", "GetItem"
    model = functional([an_input("x", 4), item], ["x"], "g")
    assert causes(keras, archive={"config": model, "weights": {}}) == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("keras", "bounds", "bins", "loads"),
    [
        ("3.0.5", [0.5, 1.0], 3, True),
        ("3.0.5", [], 3, False),
        ("3.0.5", None, 3, True),
        ("3.8.0", [0.5], 3, False),
        ("3.9.2", [0.5], 3, True),
        ("3.9.2", [0.5], None, True),
        ("3.9.2", None, None, False),
        ("3.8.0", None, None, True),
    ],
)
def test_bins_of_discretization(keras: str, bounds: Any, bins: Any, loads: bool) -> None:
    given = m.serialized("Discretization", name="d", bin_boundaries=bounds, num_bins=bins)
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes(keras, archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(("keras", "word", "loads"), [("3.11.3", "channels_last", True), ("3.11.3", "nhwc", False)])
def test_words_for_data_format_of_image_layers(keras: str, word: str, loads: bool) -> None:
    """Which the class itself does not write before 3.15."""
    given = m.serialized("RandomHue", name="h", factor=0.2, data_format=word)
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes(keras, archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["invalid-argument"])


SCHEDULE = {
    **m.serialized("ExponentialDecay", initial_learning_rate=0.1, decay_steps=10, decay_rate=0.9),
    "module": "keras.optimizers.schedules",
}


@pytest.mark.parametrize(
    ("keras", "rate", "order", "loads"),
    [
        ("3.9.2", 0.1, "011kkbb", True),
        ("3.9.2", SCHEDULE, "01kkbb", True),
        ("3.10.0", SCHEDULE, "01kkbb", False),
        ("3.10.0", SCHEDULE, "0kkbb1", True),
        ("3.9.2", SCHEDULE, "0kkbb1", False),
    ],
)
def test_optimizers_with_schedules_have_no_rate_of_their_own(keras: str, rate: Any, order: str, loads: bool) -> None:
    shapes = [{"k": (4, 8), "b": (8,)}.get(each, ()) for each in order]
    stored = {f"optimizer/vars/{number}": shape for number, shape in enumerate(shapes)}
    given = m.archive(weights={**m.STORED, **stored})
    nadam = {**m.serialized("Nadam", learning_rate=rate), "module": "keras.optimizers"}
    given["config"] = {**given["config"], "compile_config": {"optimizer": nadam, "loss": "mse"}}
    assert causes(keras, archive=given) == ([] if loads else ["weight-shape"])


@pytest.mark.parametrize(("kwargs", "loads"), [({}, True), ({"reverse": True}, True), ({"backwards": True}, False)])
def test_a_reversible_embedding_is_called_backwards(kwargs: dict[str, Any], loads: bool) -> None:
    embedding = layer("ReversibleEmbedding", "e", [node("x")], kwargs, input_dim=9, output_dim=4)
    model = functional([an_input("x", 4), embedding], ["x"], "e")
    found = causes("3.15.1", archive={"config": model, "weights": {}})
    assert ("unknown-argument" in found) is not loads


@pytest.mark.parametrize(
    ("settings", "loads"),
    [
        ({"num_thresholds": 200}, True),
        ({"num_thresholds": 1}, False),
        ({"num_thresholds": 1, "thresholds": [0.5]}, True),
        ({"num_labels": 3, "multi_label": True}, True),
        ({"num_labels": 3, "multi_label": False}, False),
        ({"num_labels": None, "multi_label": False}, True),
    ],
)
def test_settings_of_auc(settings: dict[str, Any], loads: bool) -> None:
    given = {**m.serialized("AUC", **settings), "module": "keras.metrics"}
    assert causes("3.9.0", archive=compiled(metrics=[given])) == ([] if loads else ["invalid-argument"])


def called(kind: str, shape: tuple[int, ...], build: Any = None, **config: Any) -> dict[str, Any]:
    """A functional model of one layer, with or without a shape that it is built from."""
    one = layer(kind, "one", [node("x")], **config)
    if build is not None:
        one["build_config"] = build
    return {"config": functional([an_input("x", *shape), one], ["x"], "one"), "weights": {}}


@pytest.mark.parametrize(
    ("kind", "shape", "built", "config"),
    [
        ("GlobalMaxPooling2D", (4, 4, 2), [None, 4], {}),
        ("RepeatVector", (4,), [None, 4, 4], {"n": 2}),
        ("MaxPooling1D", (4, 2), [None, None], {"pool_size": [2]}),
    ],
)
def test_a_shape_to_build_from_has_any_rank(kind: str, shape: Any, built: Any, config: dict[str, Any]) -> None:
    """`InputSpec` counts when a layer is called."""
    assert causes("3.9.0", archive=called(kind, shape, {"input_shape": built}, **config)) == []
    assert causes("3.9.0", archive=called(kind, (*shape, 3), **config)) == ["incompatible-input"]


@pytest.mark.parametrize(
    ("built", "loads"), [([[None, 4], [None, 4]], True), ([None, 4], False), (None, False), ("a", False)]
)
def test_merging_is_built_from_shapes(built: Any, loads: bool) -> None:
    add = layer("Add", "a", [[node("x"), node("x")]])
    add["build_config"] = {"input_shape": built}
    model = functional([an_input("x", 4), add], ["x"], "a")
    assert causes("3.9.0", archive={"config": model, "weights": {}}) == ([] if loads else ["incompatible-input"])


@pytest.mark.parametrize(
    ("dtype", "loads"), [("int32", True), ("float8_e4m3fn", True), ("mixed_float16", False), ("f4", False)]
)
def test_operations_take_dtypes_and_no_policies(dtype: str, loads: bool) -> None:
    cast = layer("Cast", "c", [node("x")], dtype=dtype)
    cast["module"], cast["registered_name"] = "keras.src.ops.core", "Cast"
    model = functional([an_input("x", 4), cast], ["x"], "c")
    assert causes("3.12.4", archive={"config": model, "weights": {}}) == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(("axes", "loads"), [(None, True), ("d", True), ("bd", False), ("ad", False), ("x", False)])
def test_bias_axes_are_letters_of_the_output(axes: str | None, loads: bool) -> None:
    """Of known size each: `b` is what output_shape leaves open, `a` the batch."""
    einsum = {"equation": "abc,cd->abd", "output_shape": [None, 5], "bias_axes": axes}
    found = causes("3.9.0", archive=called("EinsumDense", (3, 4), **einsum))
    assert ("incompatible-input" in found) is not loads


def test_an_optimizer_by_name_reads_its_variables() -> None:
    shapes = [(), (), (4, 8), (4, 8), (8,), (8,)]
    weights = {**m.STORED, **{f"optimizer/vars/{number}": shape for number, shape in enumerate(shapes)}}
    for name, found in (("adam", []), ("sgd", []), ("lion", []), ("Adamax", [])):
        given = m.archive(weights=weights)
        given["config"] = {**given["config"], "compile_config": {"optimizer": name, "loss": "mse"}}
        assert causes("3.9.0", archive=given) == found
    swapped = {**weights, "optimizer/vars/3": (8,), "optimizer/vars/4": (4, 8)}
    given = m.archive(weights=swapped)
    given["config"] = {**given["config"], "compile_config": {"optimizer": "adam", "loss": "mse"}}
    assert causes("3.9.0", archive=given) == ["weight-shape"]


@pytest.mark.parametrize(("second", "found"), [("r", ["invalid-graph"]), ("s", [])])
def test_calls_of_a_layer_whose_name_is_taken(second: str, found: list[str]) -> None:
    layers = [an_input("x", 4), layer("ReLU", "r", [node("x")]), layer("ReLU", second, [node("x")])]
    assert causes("3.9.0", archive={"config": functional(layers, ["x"], "r"), "weights": {}}) == found


@pytest.mark.parametrize(("module", "loads"), [("keras._tf_keras.keras.layers", True), ("keras._tf.layers", False)])
def test_modules_as_tensorflow_names_them(module: str, loads: bool) -> None:
    relu = {**layer("ReLU", "r", [node("x")]), "module": module}
    model = functional([an_input("x", 4), relu], ["x"], "r")
    assert causes("3.12.4", archive={"config": model, "weights": {}}) == ([] if loads else ["unresolved-module"])


@pytest.mark.parametrize(
    ("config", "loads"),
    [
        ({"input_shape": [4]}, True),
        ({"shape": [4], "batch_size": 2}, True),
        ({"batch_shape": [None, 4], "input_shape": [4]}, False),
        ({"batch_shape": [None, 4], "batch_size": 2}, False),
    ],
)
def test_shapes_of_inputs_beside_each_other(config: dict[str, Any], loads: bool) -> None:
    given = {**m.serialized("InputLayer", name="x", **config), "name": "x", "inbound_nodes": []}
    model = functional([given, layer("ReLU", "r", [node("x")])], ["x"], "r")
    assert (causes("3.9.2", archive={"config": model, "weights": {}}) == []) is loads


@pytest.mark.parametrize(
    ("shapes", "axis", "loads"),
    [
        ([(4,), (3,)], -1, True),
        ([(1, 3), (4,)], -1, True),
        ([(2, 3), (4,)], -1, False),
        ([(2, 3), (5, 3)], 1, True),
        ([(2, 3), (5, 3)], -1, False),
    ],
)
@pytest.mark.parametrize("built", [False, True])
def test_concatenation_compares_shapes_when_it_is_built(shapes: Any, axis: int, loads: bool, built: bool) -> None:
    """`Concatenate.build` leaves out axes of size 1 up to 3.6; once an archive's shapes have built it, nothing is compared."""
    inputs = [an_input(f"x{number}", *shape) for number, shape in enumerate(shapes)]
    join = layer("Concatenate", "c", [[node(f"x{number}") for number in range(len(shapes))]], axis=axis)
    if built:
        join["build_config"] = {"input_shape": [[None, 2, 3], [None, 2, 3]]}
    model = functional([*inputs, join], [each["name"] for each in inputs], "c")
    expected = [] if loads or built else ["incompatible-input"]
    assert causes("3.6.0", archive={"config": model, "weights": {}}) == expected
    ranks = {len(shape) for shape in shapes}
    expected = [] if built or (loads and len(ranks) == 1) else ["incompatible-input"]
    assert causes("3.9.2", archive={"config": model, "weights": {}}) == expected


@pytest.mark.parametrize(
    ("kind", "operand", "units", "loads"),
    [("Silu", None, 4, True), ("Multiply", 2.0, 4, True), ("Add", "y", 4, True), ("Add", "y", 5, False)],
)
def test_shapes_of_operations(kind: str, operand: Any, units: int, loads: bool) -> None:
    """Those that go element by element keep or broadcast shapes, on which what comes later depends."""
    further = [] if operand is None else [node("y") if operand == "y" else operand]
    operation = layer(kind, "o", [node("x"), *further])
    operation["module"], operation["registered_name"] = f"keras.src.ops.{'nn' if kind == 'Silu' else 'numpy'}", kind
    flat = layer("MaxPooling1D", "p", [node("o")], pool_size=[1])
    model = functional([an_input("x", 4), an_input("y", units), operation], ["x", "y"], "o")
    assert (causes("3.9.2", archive={"config": model, "weights": {}}) == []) is loads
    model = functional([an_input("x", 4), an_input("y", units), operation, flat], ["x", "y"], "p")
    assert causes("3.9.2", archive={"config": model, "weights": {}}) == ["incompatible-input"]


@pytest.mark.parametrize(("padding", "loads"), [(None, True), ([1], True), (1, True), ([1, 1], False)])
def test_output_padding_of_transposed_convolutions(padding: Any, loads: bool) -> None:
    given = m.serialized("Conv1DTranspose", name="c", filters=2, kernel_size=[2], strides=[2], output_padding=padding)
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes("3.15.1", archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        (SCHEDULE, []),
        ({key: SCHEDULE[key] for key in ("class_name", "config")}, ["unknown-optimizer"]),
        ({**SCHEDULE, "module": "tensorflow.schedules"}, ["unknown-optimizer"]),
        ({**SCHEDULE, "config": {"decay_rate": 0.9}}, ["missing-argument"]),
    ],
)
def test_schedules_are_looked_up_by_module(rate: Any, found: list[str]) -> None:
    """As `Optimizer.from_config` of Keras 3 does it, also on what Keras 2.12 and older wrote to H5 files."""
    adam = {**m.serialized("Adam", learning_rate=rate), "module": "keras.optimizers"}
    assert causes("3.15.1", archive=compiled(optimizer=adam)) == found


@pytest.mark.parametrize(
    ("keras", "kind", "length", "loads"),
    [
        ("3.7.0", "MaxPooling1D", 1, True),
        ("3.14.1", "MaxPooling1D", 1, True),
        ("3.15.1", "MaxPooling1D", 1, False),
        ("3.15.1", "MaxPooling1D", 2, True),
        ("3.7.0", "Conv1D", 1, True),
        ("3.14.1", "Conv1D", 1, False),
        ("3.14.1", "Conv1D", 2, True),
    ],
)
def test_windows_that_leave_nothing(keras: str, kind: str, length: int, loads: bool) -> None:
    """`compute_pooling_output_shape` and `compute_conv_output_shape` mind less than nothing, late ones nothing too."""
    settings = {"filters": 2, "kernel_size": [2]} if kind == "Conv1D" else {"pool_size": [2], "strides": [1]}
    found = causes(keras, archive=called(kind, (length, 3), **settings))
    assert ("incompatible-input" in found) is not loads


@pytest.mark.parametrize(("keras", "loads"), [("3.3.3", False), ("3.4.1", True)])
def test_inputs_in_structures_of_structures(keras: str, loads: bool) -> None:
    add = layer("Add", "a", [[node("x"), node("y")]])
    model = functional([an_input("x", 4), an_input("y", 4), add], ["x", "y"], "a")
    assert causes(keras, archive={"config": model, "weights": {}}) == []
    model["config"]["input_layers"] = [["x", 0, 0], {"y": ["y", 0, 0]}]
    assert causes(keras, archive={"config": model, "weights": {}}) == ([] if loads else ["invalid-graph"])


SEEDS = {**m.serialized("SeedGenerator", seed=3), "module": "keras.random"}


@pytest.mark.parametrize(
    ("keras", "seed", "loads"),
    [("3.5.0", SEEDS, False), ("3.6.0", SEEDS, True), ("3.5.0", 3, True), ("3.5.0", None, True)],
)
def test_generators_of_seeds_in_initializers(keras: str, seed: Any, loads: bool) -> None:
    """`RandomInitializer.__init__` deserializes them from 3.6 on."""
    initializer = {**m.serialized("GlorotUniform", seed=seed), "module": "keras.initializers"}
    found = causes(keras, archive=called("Dense", (4,), units=2, kernel_initializer=initializer))
    assert ("invalid-argument" in found) is not loads


@pytest.mark.parametrize(
    ("trainable", "policy", "order"),
    [(True, "", "abk"), (False, "", "kab"), (False, "int8_from_float32", "abk")],
)
def test_weights_of_a_frozen_layer_that_lora_adapts(trainable: bool, policy: str, order: str) -> None:
    """`Layer.weights` keeps the main weight where it was tracked; `trainable_weights` leaves it out."""
    layer_ = Layer("Embedding", "e", {}, "", trainable=trainable, policy=policy)
    layer_.own = [Weight("k", (9, 2), trainable=False), Weight("lora_a", (9, 2)), Weight("lora_b", (2, 2))]
    assert [weight.name.removeprefix("lora_") for weight in layer_.all_weights()] == list(order)


@pytest.mark.parametrize(("factor", "loads"), [(0.1, True), ([0.0, 0.2], True), ([-0.1, 0.1], False), (1.5, False)])
def test_shears_that_a_layer_writes_of_a_number(factor: Any, loads: bool) -> None:
    given = m.serialized("RandomShear", name="r", x_factor=factor, y_factor=[0.0, 0.1])
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes("3.14.1", archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize(("keras", "loads"), [("3.1.1", False), ("3.3.3", True), ("3.9.2", True), ("3.10.0", False)])
def test_modules_below_keras_api(keras: str, loads: bool) -> None:
    given = {**m.serialized("ReLU", name="r"), "module": "keras.api.layers"}
    sequential = {**m.serialized("Sequential", name="s", layers=[given]), "module": "keras"}
    found = causes(keras, archive={"config": sequential, "weights": {}})
    assert found == ([] if loads else ["unresolved-module"])


def drawn(class_name: str, keras: str, file: str = "archive", **config: Any) -> list[str]:
    """What happens to a model of one layer upon four features, or three steps of them for recurrent ones."""
    shape = (3, 4) if class_name in ("LSTM", "GRU", "Conv1D") else (4,)
    each = layer(class_name, "d", [node("x")], **config)
    model = functional([an_input("x", *shape), each], ["x"], "d")
    return causes(keras, **({"archive": {"config": model}} if file == "archive" else {"h5": {"config": plain(model)}}))


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("Dense", {"units": 2, "kernel_initializer": "orthogonal"}),
        ("Dense", {"units": 4, "kernel_initializer": {"class_name": "Constant", "config": {"value": [1, 2, 3, 4]}}}),
        ("Dense", {"units": 2, "use_bias": False, "bias_initializer": "orthogonal"}),
        ("Dense", {"units": 2, "use_bias": False, "bias_initializer": "Initializer"}),
        ("Dense", {"units": 2, "kernel_initializer": "orthogonal", "dtype": "float16"}),
        ("GRU", {"units": 2, "bias_initializer": "orthogonal"}),
        ("LSTM", {"units": 2, "bias_initializer": {"class_name": "Constant", "config": {"value": [1.0]}}}),
        ("LSTM", {"units": 2, "bias_initializer": {"class_name": "Constant", "config": {"value": [1.0, 2.0]}}}),
        ("Conv1D", {"filters": 2, "kernel_size": 2, "kernel_initializer": "orthogonal"}),
    ],
)
def test_values_that_initializers_draw(class_name: str, config: dict[str, Any]) -> None:
    assert "invalid-argument" not in drawn(class_name, "3.9.0", **config)


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("Dense", {"units": 2, "bias_initializer": "orthogonal"}),
        ("Dense", {"units": 2, "kernel_initializer": "Initializer"}),
        ("Dense", {"units": 2, "kernel_initializer": {"class_name": "Constant", "config": {"value": [1, 2, 3, 4]}}}),
        ("Dense", {"units": 2, "kernel_initializer": "orthogonal", "dtype": "bfloat16"}),
        ("Dense", {"units": 2, "kernel_initializer": "he_normal", "dtype": "int32"}),
        ("GRU", {"units": 2, "bias_initializer": "orthogonal", "reset_after": False}),
        ("Conv1D", {"filters": 2, "kernel_size": 2, "kernel_initializer": "identity"}),
    ],
)
def test_values_that_no_initializer_draws(class_name: str, config: dict[str, Any]) -> None:
    for file in ("archive", "h5"):
        assert "invalid-argument" in drawn(class_name, "3.9.0", file, **config)


def stacked(keras: str, build_input_shape: list[Any] | None, *more: Any) -> list[str]:
    """A Sequential model in an H5 file."""
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "dtype": "float32", "name": "x"}}
    config = {"name": "m", "layers": [first, *more], "build_input_shape": build_input_shape}
    return causes(keras, h5={"config": {"class_name": "Sequential", "config": config}})


@pytest.mark.parametrize(
    ("keras", "shape", "layers", "fails"),
    [
        ("3.3.3", [None, 4], [], True),
        ("3.3.3", None, [], False),
        ("3.3.3", [None, 4], [m.DENSE], False),
        ("3.6.0", [None, 4], [], False),
        ("3.6.0", [None, 5], [], True),
        ("3.3.3", [None, 4], [m.dense(kernel_initializer="Initializer")], True),
        ("3.6.0", [None, 4], [m.dense(kernel_initializer="Initializer")], False),
    ],
)
def test_shapes_that_models_are_built_for_again(keras: str, shape: Any, layers: list[Any], fails: bool) -> None:
    """`Sequential.from_config`: where the model has no graph by then; a list is no tuple up to 3.4."""
    assert ("incompatible-input" in stacked(keras, shape, *layers)) == fails


@pytest.mark.parametrize(
    ("keras", "mode", "source", "loads"),
    [
        ("3.4.1", "int8", "float32", True),
        ("3.4.1", "float8", "mixed_bfloat16", True),
        ("3.11.3", "int4", "float32", True),
        ("3.10.0", "int4", "float32", False),
        ("3.12.4", "awq", "float32", False),
        ("3.15.1", "int8", "mixed_float16", False),
        ("3.15.1", "int4", "mixed_float16", True),
        ("3.15.1", "int8", "float33", False),
    ],
)
def test_modes_of_quantized_policies(keras: str, mode: str, source: str, loads: bool) -> None:
    policy = {**m.QUANTIZED, "config": {"mode": mode, "source_name": source}}
    found = causes(keras, archive=m.archive(m.serialized_dense(dtype=policy), weights={}))
    assert ("invalid-argument" not in found) is loads


def masked(keras: str, first: Any, second: Any = None, mask: Any = None, **settings: Any) -> list[str]:
    """What attention makes of the outputs of an embedding, each gone through a layer."""
    embedded = layer("Embedding", "e", [node("x")], input_dim=5, output_dim=3, mask_zero=True)
    bare = layer("Embedding", "b", [node("x")], input_dim=5, output_dim=3)
    on = [first, second or first]
    attention = layer("Attention", "a", [[node(each) for each in on]], {"mask": mask} if mask else {})
    more = [
        layer("Dropout", "dropped", [node("e")], rate=0.1),
        layer("LSTM", "read", [node("e")], units=3, return_sequences=True),
        layer("Conv1D", "convolved", [node("e")], filters=3, kernel_size=1),
        layer("Add", "added", [[node("e"), node("b")]]),
        layer("Concatenate", "joined", [[node("e"), node("b")]]),
    ]
    model = functional([an_input("x", 4), embedded, bare, *more, attention], ["x"], "a")
    return causes(keras, archive={"config": model, "weights": {}})


@pytest.mark.parametrize(
    ("first", "second", "refusing"),
    [
        ("b", None, set()),
        ("e", None, {"3.4.1", "3.6.0"}),
        ("dropped", None, {"3.4.1", "3.6.0"}),
        ("read", "b", {"3.3.3", "3.4.1", "3.6.0"}),
        ("joined", None, {"3.4.1", "3.6.0"}),
        ("convolved", None, set()),
        ("added", None, set()),
        ("b", "e", {"3.3.3"}),
    ],
)
def test_masks_that_attention_refuses(first: str, second: str | None, refusing: set[str]) -> None:
    for keras in ("3.3.3", "3.4.1", "3.6.0", "3.7.0", "3.15.1"):
        assert ("incompatible-input" in masked(keras, first, second)) == (keras in refusing), keras


@pytest.mark.parametrize(
    ("mask", "refusing"),
    [
        ([node("x"), node("x")], set()),
        ([node("x"), None], {"3.3.3"}),
        ([node("x"), 1], {"3.3.3", "3.4.1", "3.15.1"}),
        ([None, None], set()),
    ],
)
def test_lists_of_tensors_and_other_things(mask: Any, refusing: set[str]) -> None:
    for keras in ("3.3.3", "3.4.1", "3.15.1"):
        assert ("incompatible-input" in masked(keras, "b", None, mask)) == (keras in refusing), keras


@pytest.mark.parametrize(
    ("class_name", "config", "shape", "features"),
    [
        ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "one_hot"}, (1,), {"3.9.0": 1, "3.14.1": 3}),
        ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "count"}, (2,), {"3.9.0": 2, "3.14.1": 3}),
        ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "int"}, (2,), {"3.9.0": 2, "3.14.1": 2}),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (2,), {"3.1.1": 5, "3.14.1": 5}),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "multi_hot"}, (2,), {"3.1.1": 5, "3.14.1": 5}),
        ("Hashing", {"num_bins": 6, "output_mode": "multi_hot"}, (2,), {"3.9.0": 6, "3.15.1": 6}),
        ("Normalization", {"mean": 0.0, "variance": 1.0}, (2,), {"3.9.0": 2, "3.15.1": 2}),
    ],
)
def test_shapes_that_preprocessing_declares(class_name: str, config: Any, shape: Any, features: dict[str, int]) -> None:
    """`compute_output_shape`, upon which the next layer is built, whatever the values turn out to be."""
    before = layer(class_name, "p", [node("x")], **config)
    model = plain(functional([an_input("x", *shape), before, layer("Dense", "d", [node("p")], units=2)], ["x"], "d"))
    for keras, size in features.items():
        for rows in (size, size + 1):
            given = {"config": model, "weights": {"d": {"d/kernel:0": (rows, 2), "d/bias:0": (2,)}}}
            assert (causes(keras, h5=given) == []) == (rows == size), (keras, rows)
