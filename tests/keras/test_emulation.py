"""One emulated load: causes by era, and the many files of which nothing must be said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from tests import examples

TARGETS = (
    "tensorflow==1.15.5,python==3.7",
    "tensorflow==2.4.1,python==3.8",
    "tensorflow==2.10.0,keras==2.10.0,python==3.10",
    "tensorflow==2.15.0,keras==2.15.0,python==3.11",
    "tensorflow==2.18.0,keras==3.6.0,python==3.12",
    "tensorflow==2.21.0,keras==3.14.1,python==3.13",
)
KERAS_3 = TARGETS[4:]


def causes(target: str, options: Any = None, **given: Any) -> list[str]:
    artifact = examples.artifact(given)
    return [event.cause for event in events(artifact, examples.target({"target": target, "options": options or {}}))]


LAYERS = [
    m.layer("Conv2D", filters=2, kernel_size=[2, 2], batch_input_shape=[None, 4, 4, 3]),
    m.layer("MaxPooling2D", pool_size=[2, 2]),
    m.layer("BatchNormalization"),
    m.layer("Flatten"),
    m.layer("Dropout", rate=0.5),
    m.layer("Dense", units=2, activation="softmax"),
]
IMAGE = {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 4, 4, 3]}}


def image_model(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [IMAGE, *layers]}}


WEIGHTS = {
    "conv2d": {"conv2d/kernel:0": (2, 2, 3, 2), "conv2d/bias:0": (2,)},
    "batchnormalization": {f"{name}:0": (2,) for name in ("gamma", "beta", "moving_mean", "moving_variance")},
    "dense": {"dense/kernel:0": (2, 2), "dense/bias:0": (2,)},
}


@pytest.mark.parametrize("target", TARGETS)
def test_small_network_loads(target: str) -> None:
    layers = [
        {**each, "config": {k: v for k, v in each["config"].items() if k != "batch_input_shape"}} for each in LAYERS
    ]
    assert causes(target, h5={"config": image_model(*layers), "weights": WEIGHTS}) == []


RECURRENT = [
    ("LSTM", {"units": 3}, {"k": (4, 12), "r": (3, 12), "b": (12,)}),
    ("SimpleRNN", {"units": 3}, {"k": (4, 3), "r": (3, 3), "b": (3,)}),
    ("GRU", {"units": 3, "reset_after": True}, {"k": (4, 9), "r": (3, 9), "b": (2, 9)}),
    ("GRU", {"units": 3, "reset_after": False}, {"k": (4, 9), "r": (3, 9), "b": (9,)}),
    ("LSTM", {"units": 3, "use_bias": False}, {"k": (4, 12), "r": (3, 12)}),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("kind", "config", "shapes"), RECURRENT)
def test_recurrent_weights(target: str, kind: str, config: Any, shapes: Any) -> None:
    sequence = {**m.INPUT_2, "config": {**m.INPUT_2["config"], "batch_input_shape": [None, 5, 4]}}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [sequence, m.layer(kind, **config)]}}
    assert causes(target, h5={"config": model, "weights": {kind.lower(): shapes}}) == []
    wrong = {**shapes, "k": (4, 99, 1)}
    assert causes(target, h5={"config": model, "weights": {kind.lower(): wrong}}) == ["weight-shape"]


@pytest.mark.parametrize("target", TARGETS)
def test_weights_of_another_shape(target: str) -> None:
    found = causes(target, h5=m.h5(m.dense(units=9)))
    assert found == ([] if target.startswith("tensorflow==1.") else ["weight-shape", "weight-shape"])


@pytest.mark.parametrize("target", TARGETS[1:])
def test_shared_layers_have_weights_once(target: str) -> None:
    model = m.functional("x")
    model["config"]["layers"][1]["inbound_nodes"].append([["x", 0, 0, {}]])
    assert causes(target, h5={"config": model, "weights": m.WEIGHTS}) == []


@pytest.mark.parametrize("target", TARGETS[1:])
def test_nested_models(target: str) -> None:
    model = m.sequential({"class_name": "Sequential", "config": {"name": "inner", "layers": [m.INPUT_2, m.DENSE]}})
    assert causes(target, h5={"config": model, "weights": {"inner": m.WEIGHTS["dense"]}}) == []


@pytest.mark.parametrize("target", TARGETS[1:4])
def test_weights_of_another_nested_model(target: str) -> None:
    """`convert_nested_model` turns kernels of convolutions round before anybody counts."""
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [IMAGE, LAYERS[0]]}}
    stored = {name: {f"{name}/{n}:0": shape for n, shape in enumerate(shapes)} for name, shapes in {
        "conv2d": [(2, 2, 3, 2), (2,)], "more": [(2, 2, 3, 2), (2,), (2,)], "fewer": [(3, 2)], "other": [(3, 2), (2,), (2,)],
    }.items()}  # fmt: skip
    for name, found in (("conv2d", []), ("more", []), ("fewer", ["weight-shape"]), ("other", ["weight-shape"])):
        assert causes(target, h5={"config": image_model(inner), "weights": {"inner": stored[name]}}) == found


@pytest.mark.parametrize("target", TARGETS)
def test_custom_objects_end_what_we_know(target: str) -> None:
    given = m.h5(m.layer("MyLayer", alpha=2), m.dense(units=99))
    assert causes(target, {"custom_objects": frozenset({"MyLayer"})}, h5=given) == []
    assert causes(target, h5=given) == ["unresolved-custom-object"]


@pytest.mark.parametrize("target", TARGETS[2:4])
def test_losses_by_name_in_keras_2(target: str) -> None:
    assert causes(target, h5=m.compiled("mse", ["mae", "accuracy"])) == []


@pytest.mark.parametrize("target", TARGETS)
def test_compile_is_rescued(target: str) -> None:
    artifact = examples.artifact({"h5": m.compiled("my_loss", sample_weight_mode=None)})
    found = events(artifact, examples.target({"target": target}))
    assert [event.cause for event in found] == ["unknown-loss"]
    assert causes(target, {"compile": False}, h5=m.compiled("my_loss")) == []


@pytest.mark.parametrize("target", KERAS_3)
def test_a_loss_object_is_looked_up_by_its_own_name(target: str) -> None:
    def loss(**config: object) -> dict[str, object]:
        return {"class_name": "MyLoss", "config": {"reduction": "auto", **config}}

    assert causes(target, h5=m.compiled(loss(name=None))) == []
    assert causes(target, h5=m.compiled(loss(name="mean_squared_error"))) == []
    assert causes(target, h5=m.compiled(loss(name="my_loss"))) == ["unknown-loss"]
    assert causes(target, h5=m.compiled(loss())) == ["unknown-loss"]


@pytest.mark.parametrize("target", KERAS_3)
def test_archives(target: str) -> None:
    assert causes(target, archive=m.archive()) == []
    assert causes(target, archive=m.archive(weights={})) == ["missing-weights"]
    assert (
        causes(
            target, archive=m.archive(m.serialized_dense(kernel_initializer=None), m.serialized("Dropout", rate=0.1))
        )
        == []
    )


@pytest.mark.parametrize("target", KERAS_3)
def test_functions_that_vectorize_text(target: str) -> None:
    def found(standardize: Any, split: Any = "whitespace", **options: Any) -> list[str]:
        layer = m.serialized("TextVectorization", standardize=standardize, split=split, ngrams=None, output_mode="int")
        return causes(target, options, archive=m.archive(layer))

    mine = {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"}
    assert "unresolved-custom-object" in found(mine)
    assert "unresolved-custom-object" in found(None, split=mine)
    for given in ("lower_and_strip_punctuation", None):
        assert "unresolved-custom-object" not in found(given)
    assert "unresolved-custom-object" not in found(mine, split=mine, custom_objects=frozenset({"mine"}))


@pytest.mark.parametrize("target", TARGETS[2:])
def test_words_that_vectorize_text(target: str) -> None:
    def found(standardize: str | None, split: str | None = "whitespace", **options: Any) -> list[str]:
        layer = m.layer("TextVectorization", standardize=standardize, split=split, ngrams=None, output_mode="int")
        return causes(target, options, h5=m.h5(layer))

    assert "invalid-argument" in found("custom_standardization")
    assert "invalid-argument" in found("lower", split="by_comma")
    for given in ("lower_and_strip_punctuation", "lower", "strip_punctuation", None):
        assert "invalid-argument" not in found(given)
    for given in ("whitespace", "character", None):
        assert "invalid-argument" not in found(None, split=given)
    supplied = found("mine", split="lower", custom_objects=frozenset({"mine", "lower"}))
    assert "invalid-argument" not in supplied


@pytest.mark.parametrize("target", TARGETS[:3])
def test_archives_before_there_were_archives(target: str) -> None:
    assert causes(target, archive=m.archive()) == ["unsupported-file-format"]


def test_events_are_worked_out_once() -> None:
    artifact = examples.artifact({"h5": m.h5()})
    target = examples.target({"target": TARGETS[3]})
    assert events(artifact, target) is events(artifact, target)


@pytest.mark.parametrize("python, found", [("3.11", []), ("3.12", ["archive-member"]), ("3.13", ["archive-member"])])
def test_extracted_archives_hang_on_the_patch_release_of_python(python: str, found: list[str]) -> None:
    target = f"tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0,python=={python},TF_USE_LEGACY_KERAS=1"
    model = {"module": "keras", **image_model(m.layer("Flatten"))}
    assert causes(target, archive={"config": model, "members": {"assets/a.txt": b"x"}}) == found
    assert causes(target, archive={"config": model}) == []


def test_classes_that_python_does_not_have() -> None:
    """The module that an archive names is imported, and holds the class or does not."""
    model = m.archive()["config"]
    for module in ("builtins", "builtins.keras"):
        found = causes("tensorflow==2.15.0", archive={"config": {**model, "module": module}, "weights": m.STORED})
        assert found == ["unresolved-custom-object"], found


@pytest.mark.parametrize(
    ("function", "call", "found"),
    [
        ("einsum", ["_CONSTANT_VALUE", -1, "ab,ab->a", {}], ["incompatible-input"]),
        ("math.add", ["_CONSTANT_VALUE", -1, 2.0, {"y": ["x", 0, 0]}], []),
        ("math.multiply", [["x", 0, 0, {"y": 2.0, "name": None}]], []),
    ],
)
def test_tensors_that_einsum_was_called_on_are_not_saved(function: str, call: Any, found: list[str]) -> None:
    name = f"tf.{function}"
    layers = [
        {**m.INPUT_2, "name": "x", "inbound_nodes": []},
        {
            "class_name": "TFOpLambda",
            "config": {"name": name, "function": function},
            "name": name,
            "inbound_nodes": [call],
        },
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[name, 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}
    for target in (TARGETS[2], TARGETS[3]):
        assert causes(target, h5={"config": config, "weights": {}}) == found


def test_constants_in_calls() -> None:
    """2.4 and later call a layer on constants; 2.3 does too, and misses the history; 2.2 takes them for a layer."""
    layers = [
        {**m.INPUT_2, "name": "x", "inbound_nodes": []},
        {
            "class_name": "Subtract",
            "config": {"name": "s"},
            "name": "s",
            "inbound_nodes": [[["_CONSTANT_VALUE", -1, 2.0, {}], ["x", 0, 0, {}]]],
        },
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["s", 0, 0]]}
    given = {"config": {"class_name": "Model", "config": {"name": "m", "layers": layers, **ends}}, "weights": {}}
    for release, found in (("2.2.3", ["invalid-graph"]), ("2.3.2", ["invalid-graph"]), ("2.4.1", []), ("2.15.0", [])):
        assert causes(f"tensorflow=={release}", h5=given) == found


@pytest.mark.parametrize(
    ("target", "optimizer", "found"),
    [
        (TARGETS[3], ["sgd", "adam"], False),
        (TARGETS[3], "adam", False),
        (TARGETS[3], ["sgd", 3], True),
        (TARGETS[3], None, True),
        (TARGETS[4], None, False),
        (TARGETS[4], ["sgd", "adam"], True),
    ],
)
def test_several_optimizers(target: str, optimizer: Any, found: bool) -> None:
    given = m.archive()
    config = {**given["config"], "compile_config": {"optimizer": optimizer, "loss": "mse"}}
    assert ("unknown-optimizer" in causes(target, archive={**given, "config": config})) is found


@pytest.mark.parametrize(("value", "loads"), [("", True), (0, True), (1, True), (1.0, True), (0.5, False), (99, False)])
def test_dtypes_of_keras_2_may_be_empty_or_numbers(value: Any, loads: bool) -> None:
    """`policy.get_policy`: what is empty stands for the default, and `tf.as_dtype` takes what equals a number it knows."""
    found = causes("tensorflow==2.13.1", h5=m.h5(m.dense(dtype=value)))
    assert ("invalid-argument" not in found) is loads


@pytest.mark.parametrize(("name", "loads"), [("MeanSquaredError", True), ("LossFunctionWrapper", False)])
def test_only_wrappers_look_their_function_up(name: str, loads: bool) -> None:
    loss = {"class_name": name, "config": {"name": "l", "reduction": "auto", "fn": "mine"}}
    training = {"loss": loss, "metrics": [], "optimizer_config": m.layer("Adam")}
    found = causes("tensorflow==2.13.1", h5={**m.h5(m.dense()), "training_config": training})
    assert ("unknown-loss" not in found) is loads


@pytest.mark.parametrize("target", TARGETS[:4])
def test_training_configurations_that_are_no_text(target: str) -> None:
    training = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "mse", "metrics": []}
    text = json.dumps({**training, "loss_weights": None, "sample_weight_mode": None})
    h5 = {"config": m.sequential(m.layer("Flatten")), "weights": {}}
    assert causes(target, h5={**h5, "attributes": {"training_config": text.encode()}}) == []
    assert causes(target, h5={**h5, "attributes": {"training_config": [text.encode()]}}) == ["malformed-config"]
    assert causes(target, {"compile": False}, h5={**h5, "attributes": {"training_config": [text.encode()]}}) == []


@pytest.mark.parametrize("target", ["tensorflow==2.12.0", "tensorflow==2.13.0", "tensorflow==2.15.0", m.KERAS_3])
@pytest.mark.parametrize("kind", ["layer", "initializer", "activation"])
def test_custom_objects_of_archives_go_by_their_registered_names(target: str, kind: str) -> None:
    """As those releases load what they saved themselves, given `{"L": L}` and `{"mine>L": L}`."""
    mine = {"module": None, "class_name": "L", "config": {}, "registered_name": "mine>L"}
    if kind == "activation":
        named = "mine>L" if target == "tensorflow==2.12.0" else "function"
        function = {"module": "builtins", "class_name": "function", "config": "mine>L", "registered_name": named}
        layer = m.serialized("Dense", name="dense", units=8, activation=function)
    elif kind == "initializer":
        layer = m.serialized("Dense", name="dense", units=8, kernel_initializer=mine)
    else:
        layer = {**mine, "config": {"name": "l"}}
    given = m.archive(config=m.serialized("Sequential", "keras", name="m", layers=[layer]))

    def found(*names: str) -> bool:
        return "unresolved-custom-object" not in causes(target, {"custom_objects": frozenset(names)}, archive=given)

    assert found("mine>L") and not found("L") and not found()
