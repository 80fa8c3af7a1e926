"""Values of JSON types that constructors of Keras 2 refuse, and those that look odd and load."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras import values
from analyzer.keras.emulation import events
from analyzer.keras.encoded import Items
from analyzer.keras.era import era_of
from analyzer.keras.values.every_layer import odd_dimension
from analyzer.rules.keras import _models as m
from analyzer.tables.keras import keras_api
from analyzer.tables.keras_values import letter_of, refusals
from tests import examples


@pytest.mark.parametrize(
    ("kind", "name", "key", "value", "refused"),
    [
        ("layer", "Conv2D", "kernel_size", "abc", True),
        ("layer", "Conv2D", "kernel_size", [3, 3], False),
        ("layer", "Conv2D", "kernel_size", 3, False),
        ("layer", "Conv2D", "padding", "SAME", False),
        ("layer", "Conv2D", "padding", "causal", True),
        ("layer", "LSTM", "dropout", [0.5], True),
        ("layer", "LSTM", "dropout", 0.5, False),
        ("layer", "Dense", "use_bias", "no", False),
        ("layer", "RandomZoom", "height_factor", [0.1, 0.2], False),
        ("layer", "UpSampling2D", "interpolation", "same", True),
        ("layer", "UpSampling2D", "interpolation", "LANCZOS3", False),
        ("layer", "StringLookup", "output_mode", "tf_idf", False),  # beside idf_weights
        ("layer", "Discretization", "output_mode", None, True),
        ("layer", "StringLookup", "pad_to_max_tokens", True, False),  # beside max_tokens
        ("layer", "StringLookup", "sparse", True, False),  # beside output_mode="multi_hot"
        ("layer", "Hashing", "sparse", True, False),
        ("metric", "AUC", "thresholds", [0.1, "abc"], True),
        ("metric", "AUC", "num_labels", 3, False),
        ("legacy_optimizer", "SGD", "momentum", [], True),
        ("legacy_optimizer", "SGD", "momentum", 0, False),
        ("legacy_optimizer", "Ftrl", "learning_rate", None, False),
        ("schedule", "PiecewiseConstantDecay", "values", [0.1, 0.01, 0.001], False),
    ],
)
def test_values_in_constructors_of_keras_2_13(kind: str, name: str, key: str, value: Any, refused: bool) -> None:
    api = keras_api("keras", "2.13.1")
    symbol = api.resolve(kind, name)
    assert symbol is not None
    assert refusals(api, symbol).in_constructor(key, value) is refused


@pytest.mark.parametrize(
    ("version", "kind", "name", "key", "value", "refused"),
    [
        ("3.6.0", "layer", "ZeroPadding2D", "padding", None, True),
        ("3.6.0", "layer", "ZeroPadding2D", "padding", [[1, 1], [1, 1]], False),
        ("3.6.0", "layer", "GaussianNoise", "stddev", -1, True),
        ("3.6.0", "layer", "GaussianNoise", "stddev", 0.1, False),
        ("3.6.0", "layer", "RandomRotation", "fill_mode", "mirror", True),
        ("3.6.0", "layer", "RandomRotation", "fill_mode", "wrap", False),
        ("3.6.0", "layer", "Hashing", "sparse", True, False),  # beside output_mode="multi_hot"
        ("3.6.0", "layer", "StringLookup", "max_tokens", 100, False),
        ("3.6.0", "layer", "TextVectorization", "vocabulary", "vocabulary.txt", False),  # where that file is
        ("3.6.0", "layer", "Dropout", "seed", True, False),  # which makes no generator for a rate of 0
        ("3.6.0", "layer", "GaussianNoise", "seed", "auto", False),
        ("3.6.0", "layer", "MultiHeadAttention", "seed", "auto", False),
        ("3.11.3", "layer", "RandomErasing", "scale", [0.02, 0.33], False),
        ("3.11.3", "layer", "RandomPerspective", "scale", [0.1, 0.2], False),
        ("3.6.0", "layer", "RandomFlip", "seed", True, False),
        ("3.11.3", "layer", "RandomFlip", "seed", True, True),
        ("3.11.3", "layer", "RandomFlip", "seed", 1337, False),
        ("3.11.3", "metric", "F1Score", "average", "macro", False),
        ("3.11.3", "metric", "F1Score", "average", "sum", True),
        ("3.11.3", "regularizer", "OrthogonalRegularizer", "mode", "columns", False),
        ("3.8.0", "layer", "Conv2D", "groups", None, True),  # a release that was not asked
        ("3.8.0", "layer", "Conv2D", "groups", 2, False),
    ],
)
def test_values_in_constructors_of_keras_3(
    version: str, kind: str, name: str, key: str, value: Any, refused: bool
) -> None:
    api = keras_api("keras", version)
    symbol = api.resolve(kind, name)
    assert symbol is not None
    assert refusals(api, symbol).in_constructor(key, value) is refused


@pytest.mark.parametrize(
    ("version", "value", "odd"),
    [
        ("3.11.3", 8, False),
        ("3.11.3", None, False),
        ("3.11.3", True, True),
        ("3.15.1", True, False),
        ("3.11.3", -1, True),
        ("3.11.3", 0.5, True),
        ("3.11.3", {}, True),
    ],
)
def test_sizes_that_become_dimensions_of_keras_3(version: str, value: Any, odd: bool) -> None:
    """`standardize_shape`: what InputLayer declares, and what Resizing makes of its arguments. Null is a dimension."""
    spec = f"tensorflow=={'2.20.0' if version < '3.13' else '2.21.0'},keras=={version},python==3.13"
    target = examples.target({"target": spec, "options": {}})
    layer = m.serialized("Resizing", name="r", height=value, width=8)
    images = m.serialized("Reshape", name="i", target_shape=[2, 2, 1])
    given = examples.artifact({"archive": m.archive(images, layer, weights={})})
    said = [event.cause for event in events(given, target)]
    assert ("incompatible-input" in said) is odd
    assert bool(odd_dimension(era_of(target), [None, value])) is odd


def test_optimizers_take_odd_rates_until_they_make_slots() -> None:
    api = keras_api("keras", "2.9.0")
    symbol = api.resolve("optimizer", "Adam")
    assert symbol is not None
    assert refusals(api, symbol).in_call("learning_rate", "abc")
    assert not refusals(api, symbol).in_constructor("learning_rate", "abc")


@pytest.mark.parametrize("value", [[0.1, 0.2], [[1.0, 0.0], [0.0, 1.0]], [0.5], 0.5])
def test_constants_may_be_lists_of_a_weights_shape(value: Any) -> None:
    api = keras_api("keras", "2.13.1")
    symbol = api.resolve("initializer", "Constant")
    assert symbol is not None
    assert not refusals(api, symbol).in_call("value", value)


@pytest.mark.parametrize(
    ("value", "letters"), [(True, "t"), (7, "2"), (-3, "-"), (0.25, "h"), (1.0, "hw"), ("12", "d"), ([1, 2, 3], "")]
)
def test_letters_of_values(value: Any, letters: str) -> None:
    assert letter_of(value) == letters


@pytest.mark.parametrize(
    ("package", "version", "value", "refused"),
    [
        ("keras", "2.11.0", 1.5, True),
        ("keras", "2.11.0", True, True),
        ("keras", "2.11.0", 0.0, True),
        ("tf.keras", "2.4.1", 0.0, False),
        ("keras", "2.11.0", 7, False),
        ("keras", "2.11.0", None, False),
        ("keras", "2.8.0", 1.5, False),
        ("tf.keras", "2.4.1", 1.5, True),
        ("tf.keras", "1.15.5", 1.5, False),
    ],
)
def test_seeds_of_initializers(package: str, version: str, value: Any, refused: bool) -> None:
    assert bool(_refused(package, version, "initializer", "GlorotUniform", "seed", value)) is refused


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("AUC", [0.1, None, 0.3], True),
        ("AUC", [0.1, 0.2, 1.3], False),
        ("AUC", [None], False),
        ("Precision", [0.1, 1.3], True),
        ("Precision", -0.5, True),
        ("Precision", 0.5, False),
        ("Precision", None, False),
        ("Recall", [0.0, 1], False),
    ],
)
def test_thresholds_of_metrics(name: str, value: Any, refused: bool) -> None:
    assert bool(_refused("keras", "2.13.1", "metric", name, "thresholds", value)) is refused


def _refused(package: str, version: str, kind: str, name: str, key: str, value: Any) -> str:
    release = version if package == "tf.keras" else f"{version},keras=={version}"
    python = {"1.15": "3.7", "2.4": "3.8", "2.7": "3.9", "2.8": "3.10", "2.11": "3.10", "2.13": "3.11"}
    spec = f"tensorflow=={release},python=={python['.'.join(version.split('.')[:2])]}"
    era = era_of(examples.target({"target": spec, "options": {}}))
    symbol = era.api.resolve(kind, name)
    assert symbol is not None
    return values.refused(era, symbol, key, value, {key: value})


@pytest.mark.parametrize(
    ("version", "name", "key", "value", "refused"),
    [
        ("2.8.0", "StringLookup", "pad_to_max_tokens", True, True),
        ("2.8.0", "StringLookup", "pad_to_max_tokens", False, False),
        ("2.8.0", "StringLookup", "dtype", "int64", False),
        ("2.8.0", "StringLookup", "dtype", "string", False),
        ("2.8.0", "StringLookup", "dtype", "float32", True),
        ("2.7.0", "StringLookup", "dtype", "int64", True),
        ("2.7.0", "StringLookup", "dtype", "string", False),
        ("2.7.0", "IntegerLookup", "dtype", "int64", False),
        ("2.7.0", "Dense", "dtype", "float32", False),
    ],
)
def test_lookup_layers(version: str, name: str, key: str, value: Any, refused: bool) -> None:
    assert bool(_refused("keras", version, "layer", name, key, value)) is refused


@pytest.mark.parametrize(
    ("package", "version", "shape", "refused"),
    [
        ("keras", "2.15.0", [None, 3], False),
        ("keras", "2.15.0", [None, 0], False),
        ("keras", "2.15.0", [None, -3], True),
        ("keras", "2.15.0", [None, 3.0], True),
        ("keras", "2.15.0", [None, float("nan")], True),
        ("tf.keras", "1.15", [None, 3.0], False),
        ("tf.keras", "1.15", [None, 3.5], True),
        ("keras", "3.6.0", [2, None, 3], False),
        ("keras", "3.6.0", [None, 3.0], True),
        ("keras", "3.6.0", [None, -1], True),
    ],
)
def test_shapes_of_inputs(package: str, version: str, shape: Any, refused: bool) -> None:
    assert said(package, version, "layer", "InputLayer", "batch_shape", shape) is refused


@pytest.mark.parametrize(
    ("version", "value", "refused"),
    [
        ("2.15.0", None, False),
        ("2.15.0", 2, False),
        ("2.15.0", Items([1, 2]), False),  # a SavedModel keeps the tuple
        ("2.15.0", [1, 2], True),
        ("2.15.0", "2", True),
        ("3.6.0", [1, 2], False),
        ("3.0.5", [1, 2], True),
    ],
)
def test_ngrams(version: str, value: Any, refused: bool) -> None:
    assert said("keras", version, "layer", "TextVectorization", "ngrams", value) is refused


@pytest.mark.parametrize(
    ("version", "value", "refused"),
    [
        ("2.15.0", "string", False),
        ("2.15.0", 7, False),  # of its enumeration
        ("2.15.0", "float32", True),
        ("2.15.0", None, True),
        ("2.15.0", {"class_name": "DTypePolicy", "config": {"name": "float32"}}, True),
        ("3.6.0", {"class_name": "DTypePolicy", "config": {"name": "float32"}}, False),
        ("3.6.0", "float32", False),
    ],
)
def test_dtype_of_text_vectorization(version: str, value: Any, refused: bool) -> None:
    assert said("keras", version, "layer", "TextVectorization", "dtype", value) is refused


@pytest.mark.parametrize("version", ["2.13.1", "3.6.0"])
def test_decay_of_adamw(version: str) -> None:
    assert said("keras", version, "optimizer", "AdamW", "weight_decay", None)
    assert not said("keras", version, "optimizer", "AdamW", "weight_decay", 0.01)
    assert not said("keras", version, "optimizer", "Adam", "weight_decay", None)


def said(package: str, version: str, kind: str, name: str, key: str, value: Any) -> bool:
    tensorflow = {"1.15": "1.15.5", "3.6.0": "2.18.0", "3.0.5": "2.16.1"}.get(version, version)
    python = "3.7" if version == "1.15" else "3.11"
    keras = "" if package == "tf.keras" else f",keras=={version}"
    era = era_of(examples.target({"target": f"tensorflow=={tensorflow}{keras},python=={python}", "options": {}}))
    symbol = era.api.symbol("keras.optimizers", name) if kind == "optimizer" else era.api.resolve(kind, name)
    assert symbol is not None
    return bool(values.refused(era, symbol, key, value, {key: value}))


@pytest.mark.parametrize(
    ("release", "fine", "refused"),
    [
        ("2.4", "float32 half qint8 float32_ref variant mixed_float16", "float8 float8_e5m2 int4 qint64 x_ref"),
        ("2.12", "float8_e5m2 float8_e4m3fn", "float8 int4 float8_e4m3fnuz"),
        ("2.15", "int4 uint4_ref", "float8 int2"),
    ],
)
def test_names_of_dtypes(release: str, fine: str, refused: str) -> None:
    era = era_of(examples.target({"target": f"tensorflow=={release}.0"}))
    assert [name for name in fine.split() if values.policy_refused(era, name)] == []
    assert [name for name in refused.split() if not values.policy_refused(era, name)] == []


@pytest.mark.parametrize(("axis", "loads"), [(-1, True), ("1", True), ("last", False), ([1], False)])
def test_axes_of_batch_normalization_are_made_numbers(axis: Any, loads: bool) -> None:
    layer = m.serialized("BatchNormalization", name="b", axis=axis)
    artifact = examples.artifact({"archive": m.archive(layer, weights={})})
    found = {event.cause for event in events(artifact, examples.target({"target": m.KERAS_3}))}
    assert ("invalid-argument" not in found) == loads


@pytest.mark.parametrize(
    ("target", "given", "remedy"),
    [
        ("tensorflow==2.15.0", {"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 2]}}, "load it with a newer Keras, or rename batch_shape to batch_input_shape in"),
        ("tensorflow==2.15.0", m.layer("LeakyReLU", negative_slope=0.1), "load it with a newer Keras, or rename negative_slope to alpha in"),
        ("tensorflow==2.15.0", m.dense(foo=1), "load it with a newer Keras, or drop foo in"),
        ("tensorflow==2.15.0", m.layer("Dense", units=2, W_regularizer=None, init="zero"), "load it with Keras 1, or"),
        (m.KERAS_3, m.layer("LSTM", units=2, time_major=False), "load it with the Keras that wrote it, or drop time_major in"),
    ],
)  # fmt: skip
def test_remedies_of_unknown_arguments(target: str, given: dict[str, Any], remedy: str) -> None:
    artifact = examples.artifact({"h5": {"config": m.sequential(given), "weights": {}}})
    found = events(artifact, examples.target({"target": target}))
    assert next(event.remedy for event in found if event.cause == "unknown-argument").startswith(remedy)
