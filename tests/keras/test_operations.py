"""Operations of `keras.ops` in functional models of Keras 3: shapes, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import era_of
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer, flatten
from analyzer.target import parse

FIRST = "tensorflow==2.16.2,keras==3.0.5"
MIDDLE = "tensorflow==2.18.1,keras==3.8.0"
LAST = "tensorflow==2.21.0,keras==3.15.1"
ALL = (FIRST, MIDDLE, LAST)

Config = dict[str, Any]


def tensor(name: str, output: int = 0) -> Config:
    history = {"shape": [None], "dtype": "float32", "keras_history": [name, 0, output]}
    return {"class_name": "__keras_tensor__", "config": history}


def constant(value: Any) -> Config:
    return {"class_name": "__tensor__", "config": {"value": value, "dtype": "float32"}}


def part(start: int | None, stop: int | None) -> Config:
    return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": None}}


def made(target: str, layers: list[Config], end: str) -> tuple[Layer | None, list[str]]:
    """The model of two inputs `x` (4, 3) and `y` (4, 5) and these layers, and what is said of it."""
    inputs = [
        {
            "module": "keras.layers",
            "class_name": "InputLayer",
            "name": name,
            "config": {"name": name, "batch_shape": [None, 4, size], "dtype": "float32"},
            "registered_name": None,
            "inbound_nodes": [],
        }
        for name, size in (("x", 3), ("y", 5))
    ]
    network = {
        "name": "m",
        "layers": [*inputs, *layers],
        "input_layers": [["x", 0, 0], ["y", 0, 0]],
        "output_layers": [[end, 0, 0]],
    }
    model = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"}
    out = Recorder(file="model.keras")
    where = parse(target)
    root = Deserializer(era_of(where), where, out, legacy=False).root({**model, "config": network}, "/config")
    return root, [event.cause for event in out.events]


def operation(name: str, config: Config, *args: Any, module: str = "numpy") -> Config:
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": name,
        "name": "o",
        "config": config or {"name": "o"},
        "registered_name": name,
        "inbound_nodes": [{"args": list(args), "kwargs": {}}],
    }


X, Y = tensor("x"), tensor("y")

V = constant([1.0, 1.0, 1.0])

SHAPES: list[tuple[Config, Any]] = [
    (operation("Mean", {"axis": -1, "keepdims": True}, X), (None, 4, 1)),
    (operation("Sum", {"axis": [1, 2], "keepdims": False}, X), (None,)),
    (operation("Max", {"axis": None, "keepdims": False}, X), ()),
    (operation("Argmax", {"axis": 1}, X), (None, 3)),
    (operation("Reshape", {"newshape": [-1, 12]}, X), (None, 12)),
    (operation("Transpose", {"axes": [0, 2, 1]}, X), (None, 3, 4)),
    (operation("ExpandDims", {"axis": -1}, X), (None, 4, 3, 1)),
    (operation("Swapaxes", {"axis1": 1, "axis2": -1}, X), (None, 3, 4)),
    (operation("Moveaxis", {"source": 1, "destination": 2}, X), (None, 3, 4)),
    (operation("Tile", {"repeats": [1, 2, 1]}, X), (None, 8, 3)),
    (operation("Repeat", {"repeats": 2, "axis": 1}, X), (None, 8, 3)),
    (operation("Pad", {"pad_width": [[0, 0], [1, 1], [0, 2]], "mode": "constant"}, X), (None, 6, 5)),
    (operation("BroadcastTo", {"shape": [2, 4, 3]}, X), (2, 4, 3)),
    (operation("Concatenate", {"axis": -1}, [X, Y]), (None, 4, 8)),
    (operation("Stack", {"axis": 1}, [X, X]), (None, 2, 4, 3)),
    (operation("Split", {"indices_or_sections": 2, "axis": 1}, X), (None, 2, 3)),
    (operation("Unstack", {"num": None, "axis": 1}, X, module="core"), (None, 3)),
    (operation("GetItem", {}, X, 0), (4, 3)),
    (operation("Take", {"axis": 1}, X, [0, 1]), (None, 2, 3)),
    (operation("Where", {}, X, X, 0.0), (None, 4, 3)),
    (operation("Matmul", {}, X, constant([[1.0] * 2] * 3)), (None, 4, 2)),
    (operation("Dot", {}, X, constant([1.0] * 3)), (None, 4)),
    (operation("Einsum", {"subscripts": "abc,abd->acd"}, X, Y), (None, 3, 5)),
    (operation("OneHot", {"num_classes": 7, "axis": -1}, X, module="nn"), (None, 4, 3, 7)),
    (operation("TopK", {"k": 2}, X, module="math"), (None, 4, 2)),
    (operation("Cumsum", {"axis": 1}, X), (None, 4, 3)),
    (operation("Add", {}, X, 1.0), (None, 4, 3)),
    (operation("DivideNoNan", {}, X, X), (None, 4, 3)),
    (operation("Diff", {"n": 1, "axis": 1}, X), (None, 3, 3)),
    (operation("Flip", {"axis": None}, X), (None, 4, 3)),
    (operation("Hstack", {}, [X, X]), (None, 8, 3)),
    (operation("Vstack", {}, [X, X]), (None, 4, 3)),
    (operation("BinaryCrossentropy", {"from_logits": False}, X, X, module="nn"), (None, 4, 3)),
    (operation("CategoricalCrossentropy", {"from_logits": False, "axis": -1}, X, X, module="nn"), (None, 4)),
    (operation("Qr", {"mode": "reduced"}, X, module="linalg"), (None, 4, 3)),
    (operation("BatchNorm", {"axis": -1, "epsilon": 0.1}, X, V, V, V, V, module="nn"), (None, 4, 3)),
]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize(
    ("layer", "shape"), SHAPES, ids=lambda each: each["class_name"] if isinstance(each, dict) else ""
)
def test_shapes(target: str, layer: Config, shape: tuple[int | None, ...]) -> None:
    if target == FIRST and layer["class_name"] == "Unstack":
        pytest.skip("newer than that")
    model, said = made(target, [layer], "o")
    assert said == []
    assert model is not None
    assert flatten(model.outputs)[0].shape == shape


REFUSED: list[Config] = [
    operation("Mean", {"axis": 3, "keepdims": False}, X),
    operation("Reshape", {"newshape": [-1, -1]}, X),
    operation("Transpose", {"axes": [1, 0]}, X),
    operation("Squeeze", {"axis": 1}, X),
    operation("Pad", {"pad_width": [[0, 0], [1, 1]], "mode": "constant"}, X),
    operation("Concatenate", {"axis": 1}, [X, Y]),
    operation("Stack", {"axis": 1}, [X, Y]),
    operation("Split", {"indices_or_sections": 2, "axis": -1}, X),
    operation("Where", {}, X, X, Y),
    operation("Matmul", {}, X, Y),
    operation("Dot", {}, X, constant([[1.0, 1.0]])),
    operation("Einsum", {"subscripts": "ab,abd->ad"}, X, Y),
    operation("Einsum", {"subscripts": "abc->ab"}, X, Y),
    operation("Add", {}, X, Y),
    operation("DivideNoNan", {}, X, Y),
    operation("Reshape", {"newshape": 5}, X),
    operation("Einsum", {"subscripts": None}, X, Y),
    operation("Vstack", {}, [X, Y]),
    operation("BinaryCrossentropy", {"from_logits": False}, X, Y, module="nn"),
    operation("BatchNorm", {"axis": 1, "epsilon": 0.1}, X, V, V, V, V, module="nn"),
]


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("layer", REFUSED, ids=lambda each: each["class_name"])
def test_refusals(target: str, layer: Config) -> None:
    assert made(target, [layer], "o")[1] == ["incompatible-input"]


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ([part(None, None), part(None, 2)], (None, 2, 3)),
        ([part(None, None), -1], (None, 3)),
        ([{"class_name": "__ellipsis__", "config": {}}, None], (None, 4, 3, 1)),
        ([part(None, None), None, {"class_name": "__ellipsis__", "config": {}}, part(1, None)], (None, 1, 4, 2)),
        ([0, 4], None),
        ([0, 0, 0, 0], None),
    ],
)
def test_places(key: Any, shape: tuple[int | None, ...] | None) -> None:
    model, said = made(MIDDLE, [operation("GetItem", {}, X, key)], "o")
    assert said == ([] if shape is not None else ["incompatible-input"])
    if shape is not None:
        assert model is not None
        assert flatten(model.outputs)[0].shape == shape
    assert "incompatible-input" in made(FIRST, [operation("GetItem", {}, X, key)], "o")[1]


def test_an_ellipsis_is_a_class_that_keras_3_2_looks_for() -> None:
    layers = [operation("GetItem", {}, X, [{"class_name": "__ellipsis__", "config": {}}, None])]
    assert made("tensorflow==2.16.2,keras==3.2.1", layers, "o")[1] == ["unresolved-name"]
    assert made("tensorflow==2.16.2,keras==3.3.3", layers, "o")[1] == []


@pytest.mark.parametrize(
    ("target", "axes", "left"), [(MIDDLE, [-1, -2], 4), (LAST, [-1, -2], 1), (MIDDLE, [2, 3], 1), (LAST, [2, 3], 1)]
)
def test_negative_axes(target: str, axes: list[int], left: int) -> None:
    """`reduce_shape` takes them out one after the other up to 3.14, by which the second names another one."""
    wider = {**operation("ExpandDims", {"axis": 1}, X), "name": "e"}
    model, said = made(target, [wider, operation("Mean", {"axis": axes, "keepdims": False}, tensor("e"))], "o")
    assert said == []
    assert model is not None
    assert flatten(model.outputs)[0].shape == (None, left)


ODD: list[tuple[str, Config, list[Any], list[Any]]] = [
    ("Transpose", {"axes": None}, [[0, 2, 1], [True, 0, 2]], [True, [0, "a", 1], [0, 1.0, 2], [0, [1], 2]]),
    ("Reshape", {"newshape": [-1, 12]}, [[-1, 3, 4]], [[[-1], 12], [-1, {"a": 1}], "odd", None]),
    ("Pad", {"pad_width": 1}, [[[0, 0], [1, 1], [0, 2]], [1, 1]], [[[0, 0], 1, [0, 2]], [[0, 0], [1, None], [0, 2]]]),
    ("Sum", {"axis": None}, [[1, 2], 1, [], [True]], [[1.0], ["a"], "odd", {"a": 1}, 0.5, [[1]]]),
    ("Swapaxes", {"axis1": 1, "axis2": 2}, [2, -1], [1.0, "1", [1]]),
    ("ExpandDims", {"axis": 1}, [[0, 2], -1], [[1, 1], None, "1", [None]]),
    ("Cumsum", {"dtype": None}, ["float16", 0, ""], [7, {"a": 1}, ["float16"]]),
    ("core.Cast", {"dtype": "int32"}, ["float16", None], [7, 0, "", [], {"a": 1}]),
    ("Tile", {"repeats": 2}, [[1, 2], []], ["odd", None]),
    ("math.TopK", {"k": 1}, [0, 2], [-4, 0.5, "1"]),
    ("linalg.Norm", {"ord": None, "axis": 1}, ["fro", 2], ["odd"]),
    ("Diagonal", {"offset": 0, "axis1": 1, "axis2": 2}, [1, -1], ["", [3], None]),
    ("Squeeze", {"axis": []}, [[]], [1.5, "a", {"a": 1}]),
]


@pytest.mark.parametrize("target", [MIDDLE, "tensorflow==2.21.0,keras==3.14.1"])
@pytest.mark.parametrize(("kind", "config", "takes", "refuses"), ODD, ids=lambda each: str(each)[:9])
def test_odd_values_are_what_keras_calculates_with(
    target: str, kind: str, config: Config, takes: list[Any], refuses: list[Any]
) -> None:
    key, (module, _, name) = next(iter(config)), kind.rpartition(".")
    for value in takes:
        assert made(target, [operation(name, {**config, key: value}, X, module=module or "numpy")], "o")[1] == [], value
    for value in refuses:
        found = made(target, [operation(name, {**config, key: value}, X, module=module or "numpy")], "o")[1]
        assert found in (["invalid-argument"], ["incompatible-input"]), value


@pytest.mark.parametrize("target", [MIDDLE, LAST])
def test_calls_without_tensors_make_no_node(target: str) -> None:
    """`Operation.__call__` calculates then, and what is to come of it is looked for in vain."""
    for given in (7, {"a": 1}, "odd", None, [1, 2], constant([1.0])):
        assert made(target, [operation("Absolute", {}, given)], "o")[1] == ["invalid-graph"], given
    for given in (X, constant([1.0])):
        assert made(target, [operation("Add", {}, X, given)], "o")[1] == [], given
    assert made(target, [operation("Absolute", {}, [X])], "o")[1] == ["incompatible-input"]
    assert made(target, [operation("Stack", {"axis": 1}, X)], "o")[1] == ["incompatible-input"]


@pytest.mark.parametrize("target", ALL)
def test_what_is_not_modelled_is_unknown(target: str) -> None:
    layer = operation("Tensordot", {"axes": 1}, X, X)
    model, said = made(target, [layer], "o")
    assert said == []
    assert model is not None
    assert flatten(model.outputs)[0].shape is None


SETTINGS: list[tuple[str, list[Any], Config, tuple[bool, bool, bool]]] = [
    ("OnesLike", [X], {"dtype": None}, (True, True, False)),
    ("ZerosLike", [X], {"dtype": None}, (True, True, True)),
    ("FullLike", [X, 2.0], {"dtype": "float16"}, (True, True, False)),
    ("Isclose", [X, X, 1e-5, 1e-8], {}, (False, True, True)),
    ("Isclose", [X, X, 1e-5, 1e-8, False], {}, (False, True, False)),
    ("Isclose", [X, X], {}, (True, True, True)),
    ("Average", [X], {"weights": None}, (True, True, True)),
    ("OneHot", [X], {"dtype": "float32"}, (False, False, False)),
    ("DotProductAttention", [X, X, X], {"bias": None, "mask": None, "scale": None}, (True, True, True)),
    ("DotProductAttention", [X, X, X], {"flash_attention": None}, (False, True, False)),
    ("DotProductAttention", [X, X, X], {"attn_logits_soft_cap": None}, (False, False, False)),  # but 3.10
]


@pytest.mark.parametrize(("name", "args", "kwargs", "taken"), SETTINGS)
def test_settings_that_moved_from_calls_to_classes(
    name: str, args: list[Any], kwargs: Config, taken: tuple[bool, bool, bool]
) -> None:
    configs: Config = {
        "OneHot": {"num_classes": 3},
        "Average": {"axis": None},
        "DotProductAttention": {"is_causal": False},
    }
    given = configs.get(name, {})
    layer = operation(name, given, *args, module="nn" if name in ("OneHot", "DotProductAttention") else "numpy")
    layer["inbound_nodes"][0]["kwargs"] = kwargs
    refusal = "unknown-argument" if kwargs else "incompatible-input"
    for target, loads in zip(ALL, taken, strict=True):
        if name != "DotProductAttention" or target != FIRST:
            assert made(target, [layer], "o")[1] == ([] if loads else [refusal]), target


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("axis", [[1], None, "1", 1.0])
def test_axes_that_are_no_numbers(target: str, axis: Any) -> None:
    for layer in (
        operation("Concatenate", {"axis": axis}, [X, Y]),
        operation("Stack", {"axis": axis}, [X, X]),
        operation("Split", {"indices_or_sections": 2, "axis": axis}, X),
    ):
        assert made(target, [layer], "o")[1] == ["invalid-argument"], layer


@pytest.mark.parametrize("target", ALL)
def test_settings_of_odd_types(target: str) -> None:
    for layer in (
        operation("Repeat", {"repeats": 2, "axis": "1"}, X),
        operation("Diff", {"n": [1], "axis": 1}, X),
        operation("Pad", {"pad_width": None, "mode": "constant"}, X),
        operation("Trace", {"axis1": "1", "axis2": 2}, X),
        operation("Cross", {"axis": [1]}, X, X),
        operation("OneHot", {"num_classes": 2.5}, X, module="nn"),
        operation("Cast", {"dtype": 1}, X, module="core"),
    ):
        assert made(target, [layer], "o")[1] == ["invalid-argument"], layer


def test_axes_that_newer_releases_count_from_the_front() -> None:
    for name in ("Flip", "Sort", "Argsort", "Cumsum", "Diff"):
        found = [made(target, [operation(name, {"axis": 7}, X)], "o")[1] for target in (MIDDLE, LAST)]
        assert found == [["incompatible-input"] if name == "Diff" else [], ["incompatible-input"]], name


@pytest.mark.parametrize("strides", [None, [2, 2]])
def test_strides_of_patches(strides: Any) -> None:
    layer = operation("ExtractPatches", {"size": [2, 2], "strides": strides}, X, module="image")
    found = [made(target, [layer], "o")[1] for target in (MIDDLE, LAST)]
    assert found == [["incompatible-input"] if strides else [], []]
