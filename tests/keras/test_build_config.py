"""What `build_from_config` of Keras 3 makes of shapes, keys and kinds that an archive has for its layers."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.rules.keras import _models as m
from tests.keras.test_keras_3 import an_input, causes, functional, layer, node

SEPARABLE = {f"separable_conv1d/vars/{at}": shape for at, shape in enumerate([(1, 4, 1), (1, 4, 2), (2,)])}
DENSE = {"layers/dense/vars/0": (4, 2), "layers/dense/vars/1": (2,)}


def found(
    kind: str, shape: tuple[int, ...], build: Any, weights: Any, keras: str = "3.6.0", **config: Any
) -> list[str]:
    """What stops a functional model of one layer with a `build_config`."""
    one = layer(kind, "one", [node("x")], **config)
    one["build_config"] = build
    model = functional([an_input("x", *shape), one], ["x"], "one")
    return causes(keras, archive={"config": model, "weights": weights})


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
@pytest.mark.parametrize(
    ("build", "cause"),
    [
        *[(build, None) for build in ({"input_shape": [None, 4]}, {"input_shape": [7.5, 4]}, {}, None, False, 0, "")],
        *[(build, "weight-count") for build in ({"shape": [None, 4]}, [None, 4], "text")],
        *[
            ({"input_shape": value}, "malformed-config")
            for value in ("(None, 4)", "", [[None, 4]], {"a": 4}, [None, 4.0])
        ],
        *[({"input_shape": value}, "malformed-config") for value in (None, 4, [], [None, -4])],
        *[(build, "malformed-config") for build in (1, 1.5, "input_shape", {"shapes_dict": [None, 4]})],
        ({"shapes_dict": {"shape": [None, 4]}}, "unknown-argument"),
        ({"input_shape": [4, None]}, "incompatible-input"),
        ({"input_shape": [None, 9]}, "incompatible-input"),
    ],
)
def test_dense_is_built_from_the_last_dimension(build: Any, cause: str | None, keras: str) -> None:
    """Whatever is true is taken for a configuration; one without a shape leaves the layer built and without variables."""
    assert cause in [*found("Dense", (4,), build, DENSE, keras, units=2), *([] if cause else [None])]
    assert cause or not found("Dense", (4,), build, DENSE, keras, units=2)


@pytest.mark.parametrize("value", ["text", 8, None, {"a": 1}, [], [[None, 4]], [None, 4, 9], [None]])
@pytest.mark.parametrize(
    ("kind", "config"), [("Flatten", {}), ("Rescaling", {"scale": 2.0, "offset": 0.0}), ("Dropout", {"rate": 0.5})]
)
def test_layers_without_a_build_take_any_shape(kind: str, config: dict[str, Any], value: Any) -> None:
    for build in ({"input_shape": value}, {"shape": value}, [value]):
        assert found(kind, (4,), build, {}, **config) == []
    embedding = {"layers/embedding/vars/0": (9, 3)}
    assert found("Embedding", (4,), {"input_shape": value}, embedding, input_dim=9, output_dim=3) == []


@pytest.mark.parametrize("odd", ["x", -1, 2.5, [1]])
@pytest.mark.parametrize(
    ("kind", "size", "config", "weights"),
    [
        ("BatchNormalization", 2, {}, {f"batch_normalization/vars/{at}": (4,) for at in range(4)}),
        ("LayerNormalization", 2, {"axis": [-1]}, {f"layer_normalization/vars/{at}": (4,) for at in range(2)}),
        ("SeparableConv1D", 2, {"filters": 2, "kernel_size": 1}, SEPARABLE),
        ("Dense", 2, {"units": 2}, {"dense/vars/0": (4, 2), "dense/vars/1": (2,)}),
        ("PReLU", 1, {}, {"p_re_lu/vars/0": (3, 4)}),
    ],
)
def test_dimensions_that_no_variable_has_are_not_looked_at(
    kind: str, size: int, config: dict[str, Any], weights: Any, odd: Any
) -> None:
    """The batch, and what comes before the channels, as far as `build` computes no output shape."""
    stored = {f"layers/{path}": shape for path, shape in weights.items()}
    for at in range(size):
        shape: list[Any] = [None, 3, 4]
        shape[at] = odd
        assert found(kind, (3, 4), {"input_shape": shape}, stored, **config) == []
    causes = found(kind, (3, 4), {"input_shape": [None, 3, odd]}, stored, **config)
    assert causes[:1] == ["malformed-config"]


def test_layers_that_are_built_already_are_not_built_again() -> None:
    """Functional models and layers without variables: Reshape up to Keras 3.11 is none of them."""
    inner = functional([an_input("x", 4), layer("Dense", "d", [node("x")], units=2)], ["x"], "d")
    assert causes("3.6.0", archive={"config": {**inner, "build_config": 1}, "weights": DENSE}) == []
    assert found("Masking", (4, 2), 1, {}) == []
    assert found("Reshape", (4,), {"input_shape": "text"}, {}, target_shape=[2, 2]) == ["malformed-config"]
    assert found("Reshape", (4,), {"input_shape": "text"}, {}, "3.14.1", target_shape=[2, 2]) == []


def test_wrappers_build_only_what_is_not_built() -> None:
    """`Wrapper.build`; `TimeDistributed.build` asks for three dimensions first."""
    weights = {"layers/time_distributed/layer/vars/0": (4, 2), "layers/time_distributed/layer/vars/1": (2,)}
    held = m.serialized("Dense", name="d", units=2)
    built = {**held, "build_config": {"input_shape": [None, 4]}}
    for inner, causes_of in ((built, []), (held, ["weight-shape"])):
        assert found("TimeDistributed", (5, 4), {"input_shape": [None, 5, 9]}, weights, layer=inner) == causes_of
    assert found("TimeDistributed", (5, 4), {"input_shape": [None, 4]}, weights, layer=built) == ["incompatible-input"]


def test_cells_are_built_from_shapes_of_their_own() -> None:
    """`RNN.build` builds cells that are not built, and takes the step's shape apart before."""
    weights = {f"layers/rnn/cell/vars/{at}": shape for at, shape in enumerate([(3, 8), (2, 8), (8,)])}
    cell = m.serialized("LSTMCell", name="c", units=2)
    built = {**cell, "build_config": {"input_shape": [None, 3]}}
    for shape in ([None, 5, 9], [None, 5, None], "text"):
        assert found("RNN", (5, 3), {"input_shape": shape}, weights, cell=built) == []
    assert found("RNN", (5, 3), {"input_shape": [None, 5, 9]}, weights, cell=cell) == ["weight-shape"]
    assert found("RNN", (5, 3), {"input_shape": []}, weights, cell=built) == ["malformed-config"]
    lstm = {f"layers/lstm/cell/vars/{at}": shape for at, shape in enumerate([(3, 8), (2, 8), (8,)])}
    assert found("LSTM", (5, 3), {"input_shape": [None, 5, 3]}, lstm, units=2) == []
    assert found("LSTM", (5, 3), {"input_shape": [None, 5]}, lstm, units=2) == ["incompatible-input"]


def test_spectral_normalization_of_what_is_built() -> None:
    """Its vector is made whatever the shape; without a shape it is not."""
    at = "layers/spectral_normalization"
    weights = {f"{at}/layer/vars/0": (4, 2), f"{at}/vars/0": (4, 2), f"{at}/vars/1": (1, 2)}
    held = {**m.serialized("Dense", name="d", units=2, use_bias=False), "build_config": {"input_shape": [None, 4]}}
    for build in ({"input_shape": [None, 4]}, {"input_shape": [None]}):
        assert found("SpectralNormalization", (4,), build, weights, "3.14.1", layer=held) == []
    assert found("SpectralNormalization", (4,), {"shape": [None, 4]}, weights, layer=held) == ["weight-count"]


def test_queries_and_values_are_named() -> None:
    attention = layer("MultiHeadAttention", "one", [node("x"), node("x")], num_heads=2, key_dim=2)
    shapes = {"query_shape": [None, 5, 4], "value_shape": [None, 5, 4]}
    for given, cause in ((shapes, False), ({"query_shape": [None, 5, 4]}, True), ({**shapes, "shape": [4]}, True)):
        attention["build_config"] = {"shapes_dict": given}
        model = functional([an_input("x", 5, 4), attention], ["x"], "one")
        found = set(causes("3.6.0", archive={"config": model, "weights": {}}))
        assert bool(found & {"malformed-config", "unknown-argument"}) == cause


@pytest.mark.parametrize(
    ("keras", "kind", "changed", "fits"),
    [
        ("3.1.1", "MultiHeadAttention", {"query_shape": [None, 9, 4]}, True),
        ("3.1.1", "MultiHeadAttention", {"value_shape": ["x", 5, 4]}, True),
        ("3.14.1", "MultiHeadAttention", {"key_shape": None}, True),
        ("3.14.1", "GroupQueryAttention", {"query_shape": [None, 5, 4]}, True),
        *[
            ("3.6.0", "MultiHeadAttention", {"query_shape": value}, False)
            for value in (7, [], None, "odd", [None, 5, -4])
        ],
        *[("3.14.1", "MultiHeadAttention", {"key_shape": value}, False) for value in (7, [None, 9, 4], [None, 5, 4.0])],
        ("3.6.0", "MultiHeadAttention", {"query_shape": [None, 5, 3]}, False),
        ("3.14.1", "GroupQueryAttention", {"value_shape": [None, 4]}, False),
        ("3.1.1", "GroupQueryAttention", {"value_shape": [None, 5, None]}, False),
    ],
)
def test_shapes_of_queries(keras: str, kind: str, changed: dict[str, Any], fits: bool) -> None:
    """`MultiHeadAttention.build`, which compares values and keys from 3.5 on; `GroupedQueryAttention.build` compares nothing."""
    heads = {"num_heads": 2, "key_dim": 2}
    grouped = {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}
    attention = layer(kind, "one", [node("x"), node("x")], **(heads if kind == "MultiHeadAttention" else grouped))
    shape = [None, 5, 4]
    attention["build_config"] = {
        "shapes_dict": {"query_shape": shape, "value_shape": shape, "key_shape": shape, **changed}
    }
    model = functional([an_input("x", 5, 4), attention], ["x"], "one")
    assert ("malformed-config" not in causes(keras, archive={"config": model, "weights": {}})) == fits


@pytest.mark.parametrize("keras", ["3.1.1", "3.6.0", "3.14.1"])
def test_attention_counts_shapes_and_looks_into_none(keras: str) -> None:
    """`Attention.build`; that of AdditiveAttention makes a variable of the query's size."""
    for kind, build, fits in (
        ("Attention", [1, 2], True),
        ("Attention", [[None, 5, 4], [None, 5, 4]], True),
        ("Attention", [[None, 5, 4]], False),
        ("AdditiveAttention", [1, 2], False),
    ):
        one = layer(kind, "one", [[node("x"), node("x")]])
        one["build_config"] = {"input_shape": build}
        model = functional([an_input("x", 5, 4), one], ["x"], "one")
        assert (causes(keras, archive={"config": model, "weights": {}}) == []) == fits, (kind, build)


def test_transposed_convolutions_count_no_dimensions_when_built() -> None:
    weights = {"layers/conv2d_transpose/vars/0": (2, 2, 3, 4), "layers/conv2d_transpose/vars/1": (3,)}
    settings = {"filters": 3, "kernel_size": [2, 2]}
    for shape, causes_of in (([None, 6, 4], []), ([None, 6, 6, 4], []), ([None, 6, 6, 9], ["incompatible-input"])):
        assert found("Conv2DTranspose", (6, 6, 4), {"input_shape": shape}, weights, **settings) == causes_of
    plain = {"layers/conv2d/vars/0": (2, 2, 4, 3), "layers/conv2d/vars/1": (3,)}
    assert found("Conv2D", (6, 6, 4), {"input_shape": [None, 6, 4]}, plain, **settings) == ["incompatible-input"]


def test_recurrent_convolutions_keep_the_sizes_of_a_step() -> None:
    """`ConvLSTMCell.build`: all but the batch and the time."""
    settings = {"filters": 2, "kernel_size": [2, 2]}
    for at, odd in ((0, "x"), (1, -3)):
        shape: list[Any] = [None, 3, 6, 6, 4]
        shape[at] = odd
        assert "malformed-config" not in found("ConvLSTM2D", (3, 6, 6, 4), {"input_shape": shape}, {}, **settings)
    for at, odd in ((2, "x"), (3, None), (3, [6])):
        shape = [None, 3, 6, 6, 4]
        shape[at] = odd
        assert "malformed-config" in found("ConvLSTM2D", (3, 6, 6, 4), {"input_shape": shape}, {}, **settings)


def test_products_compare_what_they_are_built_for() -> None:
    """`Dot.build`; a call computes the shape that comes out and compares nothing."""
    for shape, size, causes_of in (([None, 4], 4, []), ([None, 4], 9, []), ([None, 9], 4, ["incompatible-input"])):
        one = layer("Dot", "one", [[node("x"), node("y")]], axes=[1, 1], normalize=False)
        one["build_config"] = {"input_shape": [[None, 4], shape]}
        model = functional([an_input("x", 4), an_input("y", size), one], ["x", "y"], "one")
        assert causes("3.14.1", archive={"config": model, "weights": {}}) == causes_of, (shape, size)
    normalization = {"mean": 0.0, "variance": 1.0}
    for given, fits in ((None, True), ([None, 4], True), (5, False), ([None, "x"], False)):
        said = found("Normalization", (4,), {"input_shape": given}, {}, **normalization)
        assert ("malformed-config" not in said) == fits, given


@pytest.mark.parametrize("odd", ["x", -1, 2.5, [1]])
def test_equations_keep_the_batch_and_what_they_have_dots_for(odd: Any) -> None:
    """`EinsumDense.build`: `full_output_shape` is the shape that comes out of every call."""
    weights = {"layers/einsum_dense/vars/0": (8, 4)}
    for equation, at, fits in (("abc,cd->abd", 0, False), ("abc,cd->abd", 1, True), ("...c,cd->...d", 1, False)):
        shape: list[Any] = [None, 5, 8]
        shape[at] = odd
        output = [None, 4] if equation.startswith("a") else [4]
        said = found("EinsumDense", (5, 8), {"input_shape": shape}, weights, equation=equation, output_shape=output)
        assert ("malformed-config" not in said) == fits, (equation, at)


def test_convolutions_that_compute_no_output_take_any_size() -> None:
    """`BaseConv.build` computes the shape that comes out, those of depthwise, separable and transposed ones do not."""
    depthwise = {"layers/depthwise_conv2d/vars/0": (2, 2, 3, 1), "layers/depthwise_conv2d/vars/1": (3,)}
    for shape in ([None, 0, 6, 3], [None, 1, 1, 3], [None, 6, 6, 3]):
        assert found("DepthwiseConv2D", (6, 6, 3), {"input_shape": shape}, depthwise, kernel_size=[2, 2]) == []
    assert found("DepthwiseConv2D", (6, 6, 3), {"input_shape": [None, 6, 6, 4]}, depthwise, kernel_size=[2, 2]) != []
    plain = {"layers/conv2d/vars/0": (2, 2, 3, 4), "layers/conv2d/vars/1": (4,)}
    settings = {"filters": 4, "kernel_size": [2, 2]}
    assert found("Conv2D", (6, 6, 3), {"input_shape": [None, 6, 6, 3]}, plain, **settings) == []
