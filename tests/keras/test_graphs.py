"""Calls in functional models of Keras 2: several tensors, functions of TensorFlow, models called on other shapes, first values."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer, flatten
from analyzer.target import parse

OLDEST = "tensorflow==1.15.5,python==3.7"
MIDDLE = "tensorflow==2.6.0,keras==2.6.0,python==3.9"
LAST = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
SINCE_OPERATIONS = (MIDDLE, LAST)
ALL = (OLDEST, *SINCE_OPERATIONS)

Config = dict[str, Any]


def of(name: str, class_name: str, *nodes: Any, **config: Any) -> Config:
    """A layer with its calls."""
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": list(nodes)}


def given(name: str, *shape: int | None, dtype: str = "float32") -> Config:
    """An input."""
    return of(name, "InputLayer", batch_input_shape=[None, *shape], dtype=dtype)


def node(*names: str, **kwargs: Any) -> Any:
    """A call on a list of tensors."""
    return [[name, 0, 0, kwargs] for name in names]


def network(*layers: Config, output: Any = None) -> Config:
    """A functional model of all these layers, whose last is the output."""
    inputs = [[layer["name"], 0, 0] for layer in layers if layer["class_name"] == "InputLayer"]
    outputs = [output or [layers[-1]["name"], 0, 0]]
    config = {"name": "m", "layers": list(layers), "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Functional", "config": config}


def made(target: str, model: Config) -> tuple[Layer | None, list[str]]:
    """The model, and what is said of it."""
    where, out = parse(target), Recorder(file="model.h5")
    old = {**model, "class_name": "Model"} if target == OLDEST else model
    layer = Deserializer(era_of(where), where, out, legacy=True).root(old, "/config")
    return layer, [event.cause for event in out.events]


def shape(target: str, model: Config) -> Any:
    """The shape of the output of a model that is fine."""
    layer, causes = made(target, model)
    assert causes == [] and layer is not None
    return flatten(layer.outputs)[0].shape


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("kind", ["Add", "Concatenate", "Maximum"])
def test_merging_one_tensor(target: str, kind: str) -> None:
    assert made(target, network(given("a", 4), of("b", kind, node("a"))))[1] == ["incompatible-input"]
    assert made(target, network(given("a", 4), of("b", kind, node("a", "a"))))[1] == []


def attention(kind: str, *shapes: tuple[int, int], **config: Any) -> Config:
    inputs = [given(f"i{number}", *each) for number, each in enumerate(shapes)]
    return network(*inputs, of("a", kind, node(*(each["name"] for each in inputs)), **config))


@pytest.mark.parametrize("target", ALL)
def test_attention_over_shapes_that_go_together(target: str) -> None:
    assert shape(target, attention("Attention", (4, 3), (6, 3))) == (None, 4, 3)
    assert shape(target, attention("Attention", (4, 3), (6, 5), (6, 3))) == (None, 4, 5)
    assert shape(target, attention("AdditiveAttention", (4, 3), (6, 3))) == (None, 4, 3)
    assert shape(target, attention("AdditiveAttention", (4, 3), (6, 1))) == (None, 4, 1)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("shapes", [[(4, 3), (6, 5)], [(4, 3), (6, 5), (5, 3)], [(4, 3)]])
@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
def test_attention_over_others(target: str, kind: str, shapes: list[tuple[int, int]]) -> None:
    assert made(target, attention(kind, *shapes))[1] == ["incompatible-input"]


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_heads_were_built_for_a_shape(target: str) -> None:
    def heads(query: int, value: list[int], **config: Any) -> list[str]:
        layer = of(
            "h", "MultiHeadAttention", node("a", value=["b", 0, 0]), num_heads=2, key_dim=3, value_dim=3, **config
        )
        return made(target, network(given("a", 4, query), given("b", *value), layer))[1]

    shapes = {"query_shape": [None, 4, 8], "value_shape": [None, 6, 8], "key_shape": [None, 6, 8]}
    open_shapes = dict.fromkeys(shapes)
    assert heads(8, [6, 8], **open_shapes) == heads(8, [6, 8], **shapes) == heads(8, [7, 8], **shapes) == []
    assert heads(5, [6, 8], **shapes) == heads(8, [6, 5], **shapes) == []  # whose kernels are made for what is given
    assert heads(8, [6, 6, 8], **open_shapes) == ["incompatible-input"]


def function(name: str, *shape: int | None, **kwargs: Any) -> Config:
    return network(given("a", *shape), of("f", "TFOpLambda", ["a", 0, 0, kwargs], function=name))


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_shapes_behind_functions(target: str) -> None:
    assert shape(target, function("math.multiply", 4, 3, y=2.0)) == (None, 4, 3)
    assert shape(target, function("__operators__.add", 4, 1, y=[1.0, 2.0])) == (None, 4, 2)
    assert shape(target, function("math.reduce_mean", 4, 3, axis=1)) == (None, 3)
    assert shape(target, function("math.reduce_mean", 4, 3, axis=[1, -1], keepdims=True)) == (None, 1, 1)
    assert shape(target, function("expand_dims", 4, axis=-1)) == (None, 4, 1)
    assert shape(target, function("reshape", 4, 3, shape=[-1, 12])) == (None, 12)
    assert shape(target, function("compat.v1.transpose", 4, 3, perm=[0, 2, 1])) == (None, 3, 4)
    assert shape(target, function("linalg.matmul", 4, 3, b=["a", 0, 0], transpose_b=True)) == (None, 4, 4)
    assert shape(target, function("split", 4, 6, num_or_size_splits=3, axis=-1)) == (None, 4, 2)
    assert shape(target, function("image.resize", 8, 8, 3, size=[4, 5])) == (None, 4, 5, 3)
    joined = of("f", "TFOpLambda", node("a", "b", axis=-1), function="concat")
    assert shape(target, network(given("a", 4, 3), given("b", 4, 2), joined)) == (None, 4, 5)


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_functions_that_are_not_followed(target: str) -> None:
    assert shape(target, function("signal.stft", 40, frame_length=4, frame_step=2)) is None
    assert shape(target, function("reshape", 4, 3, shape=[["a", 0, 0], -1])) is None


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_calls_of_functions_that_fail(target: str) -> None:
    assert made(target, function("math.add", 4, 3, y=[1.0, 2.0]))[1] == ["incompatible-input"]
    assert made(target, function("math.add", 4, 3))[1] == ["missing-argument"]
    assert made(target, function("cast", 4, 3))[1] == ["missing-argument"]
    assert made(target, function("math.add", 4, 3, y=1.0, z=1.0))[1] == ["unknown-argument"]
    assert made(target, function("math.add", 4, 3, y="odd"))[1] == ["invalid-argument"]


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
@pytest.mark.parametrize(
    ("name", "takes", "refuses"),
    [
        (
            "tile",
            [{"multiples": [1, 2, 1]}],
            [{"multiples": [1, 2]}, {"multiples": [1, 2, 1.0]}, {"multiples": {"a": 1}}],
        ),
        (
            "compat.v1.pad",
            [{"paddings": [[0, 0], [0, 1], [0, 0]]}],
            [{"paddings": [[0, 0]]}, {"paddings": [7, [0, 1]]}],
        ),
        (
            "clip_by_value",
            [{"clip_value_min": 0, "clip_value_max": [1.0, 2.0, 3.0]}],
            [{"clip_value_min": 0, "clip_value_max": [1, 2]}],
        ),
        ("compat.v1.squeeze", [{"axis": [1]}, {}], [{"axis": -1}, {"axis": 7}, {"squeeze": 1}]),
        ("compat.v1.transpose", [{"perm": [0, 2, 1]}], [{"perm": [0, 1]}, {"perm": [0, 2, 2]}, {"perm": 0.5}]),
        (
            "split",
            [{"num_or_size_splits": [1, 2], "axis": 2}],
            [{"num_or_size_splits": [1], "axis": 2}, {"num_or_size_splits": 2, "axis": 2}, {"axis": 2}],
        ),
        ("reshape", [{"shape": [-1, 3]}], [{"shape": [[1, 3], [1, 3]]}, {"shape": [1.0, 3]}, {"shape": "odd"}]),
        ("math.reduce_mean", [{"axis": [0, -1]}, {"axis": None}], [{"axis": 5}, {"axis": "1"}, {"axis": 0.5}]),
        ("reshape", [{"shape": [3]}, {"shape": [3, 1]}], [{"shape": [2]}, {"shape": 3}]),
        ("cast", [{"dtype": "int32"}, {"dtype": 3}], [{"dtype": 0.5}, {"dtype": {"a": 1}}]),
        ("compat.v1.pad", [], [{"paddings": []}, {"paddings": [[0, 0]] * 3, "mode": ["CONSTANT"]}]),
        ("math.greater", [{"y": 0}], [{"y": [1, 2]}]),
        (
            "signal.frame",
            [{"frame_length": 1, "frame_step": 1}],
            [{"frame_length": 1}, {"frame_length": 1, "frame_step": 1, "odd": 2}],
        ),
    ],
)
def test_arguments_of_functions(target: str, name: str, takes: list[Config], refuses: list[Config]) -> None:
    assert [given for given in takes if made(target, function(name, 1, 3, **given))[1]] == []
    assert [given for given in refuses if not made(target, function(name, 1, 3, **given))[1]] == []


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_dtypes_of_functions(target: str) -> None:
    def called(name: str, dtype: str = "float32", **config: Any) -> list[str]:
        source = given("a", 3, dtype=dtype)
        source["config"].update(config)
        return made(target, network(source, of("f", "TFOpLambda", ["a", 0, 0, {}], function=name)))[1]

    assert called("nn.relu") == called("nn.relu", "int32") == called("identity", "string") == []
    assert called("math.tanh", sparse=True) == called("stop_gradient", sparse=True) == []
    assert called("nn.relu", "string") == called("nn.relu", sparse=True) == ["incompatible-input"]
    assert called("nn.softmax", "int32") == called("math.log", "bool") == ["incompatible-input"]


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_slices(target: str) -> None:
    def sliced(*spec: Any) -> Any:
        parts = [
            dict(zip(("start", "stop", "step"), each, strict=True)) if isinstance(each, list) else each for each in spec
        ]
        layer = of("f", "SlicingOpLambda", ["a", 0, 0, {"slice_spec": parts}], function="__operators__.getitem")
        return shape(target, network(given("a", 6, 4), layer))

    whole = [None, None, None]
    assert sliced(whole, [1, None, None]) == (None, 5, 4)
    assert sliced(whole, 0) == (None, 4)
    assert sliced(whole, None, [None, -1, None]) == (None, 1, 5, 4)
    assert sliced([0, 1, None]) == (None, 6, 4)


def nested(*shape: int | None, **outer: Any) -> Config:
    """A convolution, pooling and a matrix as a model for images of 8 by 8, called on others."""
    inner = network(
        given("x", 8, 8, 3),
        of("c", "Conv2D", node("x"), filters=2, kernel_size=[3, 3]),
        of("f", outer.get("end", "Flatten"), node("c")),
        of("d", "Dense", node("f"), units=5),
    )
    model = {**inner, "name": "n", "config": {**inner["config"], "name": "n"}, "inbound_nodes": [node("a")]}
    return network(given("a", *shape), model, of("o", "Dense", [["n", 1, 0, {}]], units=1))


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_models_called_on_other_shapes(target: str) -> None:
    assert made(target, nested(8, 8, 3))[1] == []
    assert made(target, nested(9, 9, 3, end="GlobalAveragePooling2D"))[1] == []
    assert made(target, nested(9, 9, 3))[1] == ["incompatible-input"]
    assert made(target, nested(8, 8, 1, end="GlobalAveragePooling2D"))[1] == ["incompatible-input"]


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_models_within_models_compare_shapes(target: str) -> None:
    def of_model(inside: Config, name: str, on: str) -> Config:
        return {**inside, "name": name, "config": {**inside["config"], "name": name}, "inbound_nodes": [node(on)]}

    innermost = network(given("y", 4), of("r", "ReLU", node("y")))
    middle = network(given("x", 4), of_model(innermost, "n", "x"), output=["n", 1, 0])
    assert made(target, network(given("a", 4), of_model(middle, "o", "a"), output=["o", 1, 0]))[1] == []
    assert made(target, network(given("a", 5), of_model(innermost, "o", "a"), output=["o", 1, 0]))[1] == []
    outer = network(given("a", 5), of_model(middle, "o", "a"), output=["o", 1, 0])
    assert made(target, outer)[1] == ["incompatible-input"]


def test_models_take_few_arguments() -> None:
    model = nested(8, 8, 3)
    model["config"]["layers"][1]["inbound_nodes"] = [node("a", training=False)]
    assert made(LAST, model)[1] == []
    model["config"]["layers"][1]["inbound_nodes"] = [node("a", multiples=[1, 2])]
    assert made(LAST, model)[1] == ["unknown-argument"]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("arguments", [[], None, "training"])
def test_arguments_of_calls_are_objects(target: str, arguments: Any) -> None:
    dense = of("d", "Dense", [["a", 0, 0, arguments]], units=2)
    assert made(target, network(given("a", 4), dense))[1] == ["invalid-graph"]
    dense["inbound_nodes"] = [[["a", 0, 0, {}]]]
    assert made(target, network(given("a", 4), dense))[1] == []
    dense["inbound_nodes"] = [[["a", 0, 0]]]
    assert made(target, network(given("a", 4), dense))[1] == []


@pytest.mark.parametrize("target", ALL)
def test_layers_that_hand_on_an_unknown_rank(target: str) -> None:
    model = network(given("a", 5, 3), of("m", "Masking", node("a")), of("d", "LSTM", node("m"), units=2))
    assert made(target, model)[1] == []
    model["config"]["layers"][0]["config"]["batch_input_shape"] = {}
    assert made(target, model)[1] == ["incompatible-input"]
    del model["config"]["layers"][0]["config"]["batch_input_shape"]
    assert made(target, model)[1] == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
def test_an_operation_needs_its_node(target: str) -> None:
    config = {
        "node_def": {"name": "n", "op": "Neg", "input": ["x"], "attr": {"T": {"type": "DT_FLOAT"}}},
        "constants": {},
    }
    model = network(given("a", 4), of("n", "TensorFlowOpLayer", node("a"), **config))
    assert made(target, model)[1] == []
    del model["config"]["layers"][1]["config"]["node_def"]
    assert made(target, model)[1] == ["missing-argument"]


def drawn(target: str, class_name: str, *shape: int, **config: Any) -> list[str]:
    return made(target, network(given("a", *shape), of("d", class_name, node("a"), **config)))[1]


@pytest.mark.parametrize("target", ALL)
def test_initializers_that_look_at_shapes(target: str) -> None:
    dense = {"units": 2}
    assert drawn(target, "Dense", 3, **dense, kernel_initializer="orthogonal") == []
    assert drawn(target, "Dense", 3, **dense, bias_initializer="orthogonal", use_bias=False) == []
    assert drawn(target, "Dense", 3, **dense, bias_initializer="orthogonal") == ["invalid-argument"]
    identity = {"class_name": "Identity", "config": {"gain": 1.0}}
    assert drawn(target, "Conv1D", 5, 3, filters=2, kernel_size=[1], kernel_initializer=identity) == [
        "invalid-argument"
    ]
    constant = {"class_name": "Constant", "config": {"value": [0.1, 0.2]}}
    assert drawn(target, "Dense", 3, **dense, bias_initializer=constant) == []
    assert drawn(target, "Dense", 3, units=1, bias_initializer=constant) == ["invalid-argument"]
    assert (drawn(target, "Dense", 3, units=4, bias_initializer=constant) == []) is (target == OLDEST)


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_initializers_that_look_at_dtypes(target: str) -> None:
    assert drawn(target, "LSTM", 4, 3, units=2, dtype="mixed_float16") == []
    assert drawn(target, "LSTM", 4, 3, units=2, dtype="float64") == []
    orthogonal = drawn(target, "LSTM", 4, 3, units=2, dtype="float16")  # whose matrices are
    assert orthogonal == ([] if target == LAST else ["invalid-argument"])
    assert drawn(target, "LSTM", 4, 3, units=2, dtype="bfloat16") == ["invalid-argument"]
    assert drawn(target, "LSTM", 4, 3, units=2, dtype="float16", recurrent_initializer="glorot_uniform") == []
    whole = {"class_name": "RandomUniform", "config": {"minval": 0, "maxval": 3}}
    assert drawn(target, "Embedding", 3, input_dim=4, output_dim=2, dtype="int32", embeddings_initializer=whole) == []


@pytest.mark.parametrize("target", ALL)
def test_virtual_batches_add_an_axis(target: str) -> None:
    def gamma(**config: Any) -> Any:
        layer, causes = made(target, network(given("a", 4, 3), of("b", "BatchNormalization", node("a"), **config)))
        assert causes == [] and layer is not None
        return layer.layers[1].own[0].shape

    assert gamma() == (3,)
    assert gamma(axis=[1, 2]) == (1, 4, 3)
    assert gamma(axis=[2], virtual_batch_size=2) == (1, 1, 1, 3)


@pytest.mark.parametrize("target", ALL)
def test_cells_within_cells(target: str) -> None:
    def cell(kind: str, **config: Any) -> Config:
        return {"class_name": kind, "config": config}

    stack = cell("StackedRNNCells", cells=[cell("LSTMCell", units=2), cell("GRUCell", units=3)])
    outer = cell("StackedRNNCells", cells=[stack, cell("SimpleRNNCell", units=4)])
    model = network(given("a", 5, 3), of("r", "RNN", node("a"), cell=outer, return_sequences=True))
    assert shape(target, model) == (None, 5, 4)


@pytest.mark.parametrize("target", ALL)
def test_initial_states_are_of_the_size_of_the_cell(target: str) -> None:
    def decoder(units: int, count: int) -> list[str]:
        encoder = of("e", "LSTM", node("a"), units=3, return_state=True)
        states = [["e", 0, number, {}] for number in range(1, 1 + count)]
        layer = of("d", "LSTM", [["a", 0, 0, {}], *states], units=units)
        return made(target, network(given("a", 5, 2), encoder, layer))[1]

    assert decoder(3, 2) == []
    assert decoder(4, 2) == decoder(3, 1) == ["incompatible-input"]


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (2, (6, 4)),
        ({"start": 1, "stop": None, "step": None}, (None, 6, 4)),
        ([{"start": None, "stop": None, "step": None}, 1.5], None),
        ([{"start": None, "stop": 2.0, "step": None}], None),
        ([{"start": None, "stop": None, "step": 0}], None),
        ([[1, 2]], None),
        ([{"start": 1, "stop": 2}], None),
        ([0, 7], None),
        ([0, 0, 0, 0], None),
        ("odd", None),
        (True, None),
    ],
)
def test_indices_that_tensors_take(target: str, spec: Any, expected: Any) -> None:
    """`array_ops._check_index`; one index or slice may stand without a list."""
    layer = of("f", "SlicingOpLambda", ["a", 0, 0, {"slice_spec": spec}], function="__operators__.getitem")
    model = network(given("a", 6, 4), layer)
    assert made(target, model)[1] == ([] if expected else ["incompatible-input"])
    assert expected is None or shape(target, model) == expected


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
@pytest.mark.parametrize(
    ("kind", "config", "causes"),
    [
        ("Reshape", {"target_shape": [2, 12]}, []),
        ("Reshape", {"target_shape": [2, None]}, ["incompatible-input"]),
        ("Reshape", {"target_shape": "odd"}, ["incompatible-input"]),
        ("LayerNormalization", {"axis": [1], "epsilon": 0.01}, []),
        ("LayerNormalization", {"axis": [1], "epsilon": [0.01]}, ["invalid-argument"]),
        ("BatchNormalization", {"axis": [2]}, []),
        ("BatchNormalization", {"axis": [None]}, ["invalid-argument"]),
        ("BatchNormalization", {"axis": ["odd"]}, ["invalid-argument"]),
    ],
)
def test_values_that_calls_refuse(target: str, kind: str, config: Config, causes: list[str]) -> None:
    assert made(target, network(given("a", 6, 4), of("f", kind, node("a"), **config)))[1] == causes


@pytest.mark.parametrize("target", SINCE_OPERATIONS)
def test_sizes_of_attention(target: str) -> None:
    shapes = {f"{name}_shape": [None, 6, 4] for name in ("query", "value", "key")}
    plain = {"num_heads": 2, "key_dim": 3, **shapes}
    for config, causes in (
        (plain, []),
        ({**plain, "output_shape": 0}, []),
        ({**plain, "num_heads": None}, ["invalid-argument"]),
        ({**plain, "key_dim": {"a": 1}}, ["invalid-argument"]),
        ({**plain, "query_shape": [None, "odd", 4]}, ["invalid-argument"]),
        ({**plain, "value_shape": 7}, ["invalid-argument"]),
    ):
        called = of("f", "MultiHeadAttention", [["a", 0, 0, {"value": ["a", 0, 0]}]], **config)
        assert made(target, network(given("a", 6, 4), called))[1] == causes, config


def test_a_list_around_one_output_stands_for_its_first_element() -> None:
    """`_init_graph_network`: an empty one leaves the order of the layers to the configuration."""
    layers = [given("a", 4), of("one", "Dense", node("a"), units=1), of("two", "Dense", node("a"), units=2)]
    for outputs, order in (([["two", 0, 0]], ["a", "two", "one"]), ([[], ["two", 0, 0]], ["a", "one", "two"])):
        model = network(*layers)
        model["config"]["output_layers"] = outputs
        layer, causes = made(LAST, model)
        assert causes == [] and layer is not None and [each.name for each in layer.layers] == order


def texts(target: str, layers: list[tuple[str, Config]], **settings: Any) -> list[str]:
    """What is said of a model of texts, embedded and handed to these layers one after the other."""
    embedding = {"input_dim": 9, "output_dim": 2, "mask_zero": settings.pop("mask_zero", False)}
    chain = [("TextVectorization", {"output_mode": "int", "split": "whitespace", **settings}), ("Embedding", embedding)]
    made_of, last = [given("s", 1, dtype="string")], "s"
    for number, (kind, config) in enumerate([*chain, *layers]):
        made_of.append(of(f"l{number}", kind, node(last), **config))
        last = f"l{number}"
    return made(target, network(*made_of))[1]


@pytest.mark.parametrize("release", ["2.6.0", "2.7.0"])
def test_texts_are_ragged_in_two_releases(release: str) -> None:
    """`TextVectorization.call` of 2.6 and 2.7, once its mode comes from JSON: rows are as long as they have words."""
    target = f"tensorflow=={release},keras=={release},python==3.9"
    lstm, pooled = ("LSTM", {"units": 2}), ("GlobalAveragePooling1D", {})
    for layers in (
        [("Flatten", {})],
        [("Conv1D", {"filters": 2, "kernel_size": 2})],
        [("Dropout", {"rate": 0.1}), ("Flatten", {})],
    ):
        assert texts(target, layers) == ["incompatible-input"], layers
        assert texts("tensorflow==2.10.0,keras==2.10.0,python==3.10", layers) == [], layers
    for layers in (
        [pooled],
        [lstm],
        [("Dropout", {"rate": 0.1}), pooled],
        [pooled, ("Dense", {"units": 2})],
        [lstm, ("Flatten", {})],
    ):
        assert texts(target, layers) == [], layers
    assert texts(target, [lstm], mask_zero=True) == ["incompatible-input"]
    assert texts(target, [pooled], mask_zero=True) == []
    dense = [("Dense", {"units": 2}), pooled]
    assert texts(target, dense) == (["incompatible-input"] if release == "2.6.0" else [])
    assert texts(target, [("Flatten", {})], split=None) == []
