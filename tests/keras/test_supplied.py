"""Custom objects of Keras 3 that the load is given: by which names they are found, and what classes of models decide themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.code.sources import Sources
from analyzer.findings import Confidence
from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from analyzer.target import parse
from tests import examples

Config = dict[str, Any]


def said(keras: str, config: Config, supplied: str, code: Path | None = None) -> list[tuple[str, bool]]:
    """Causes, and whether each is certain."""
    sources = Sources([str(code)]) if code is not None else None
    target = parse(
        f"tensorflow==2.18.1,keras=={keras},python==3.12", custom_objects=frozenset(supplied.split()), code=sources
    )
    given = examples.artifact({"archive": {"config": config, "weights": {}}})
    return [(event.cause, event.confidence is not Confidence.LOW) for event in events(given, target)]


def sequential(*layers: Config, **more: Any) -> Config:
    return {**m.serialized("Sequential", name="s", layers=list(layers)), "module": "keras", **more}


def custom(class_name: str, registered: str, **config: Any) -> Config:
    return {"module": "mine", "class_name": class_name, "registered_name": registered, "config": config}


def function(name: str) -> Config:
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


@pytest.mark.parametrize("keras", ["3.0.5", "3.15.1"])
@pytest.mark.parametrize(
    ("registered", "supplied", "loads"),
    [("Scale", "Scale", True), ("p>Scale", "p>Scale", True), ("p>Scale", "Scale", False), ("Scale", "p>Scale", False)],
)
def test_classes_go_by_registered_name(keras: str, registered: str, supplied: str, loads: bool) -> None:
    layer = sequential(custom("Scale", registered, name="l"))
    assert bool(said(keras, layer, supplied)) is not loads
    start = sequential(m.serialized("Dense", name="d", units=2, kernel_initializer=custom("Scale", registered)))
    assert bool(said(keras, start, supplied)) is not loads
    compiled = sequential(compile_config={"optimizer": "sgd", "loss": custom("Scale", registered)})
    assert bool(said(keras, compiled, supplied)) is not loads


@pytest.mark.parametrize(
    ("keras", "name", "supplied", "loads"),
    [
        ("3.6.0", "mine", "mine", True),
        ("3.6.0", "p>mine", "p>mine", True),
        ("3.6.0", "p>mine", "mine", False),
        ("3.6.0", "mine", "p>mine", False),
        ("3.7.0", "mine", "p>mine", True),
        ("3.7.0", "mine", "p>other", False),
    ],
)
def test_functions_go_by_their_own_name(keras: str, name: str, supplied: str, loads: bool) -> None:
    compiled = sequential(compile_config={"optimizer": "sgd", "loss": function(name)})
    assert bool(said(keras, compiled, supplied)) is not loads


def network(class_name: str) -> Config:
    given = {"name": "i", "batch_shape": [None, 3], "dtype": "float32"}
    start = {**m.serialized("InputLayer", **given), "name": "i", "inbound_nodes": []}
    history = {"shape": [None, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}
    call = {"args": [{"class_name": "__keras_tensor__", "config": history}], "kwargs": {}}
    layer = {**custom("Scale", "Scale", name="l"), "name": "l", "inbound_nodes": [call]}
    config = {"name": "n", "layers": [start, layer], "input_layers": [["i", 0, 0]], "output_layers": [["l", 0, 0]]}
    return custom(class_name, class_name, **config)


PLAIN = "import keras\nclass Net(keras.Model):\n    pass\n"
OWN = "import keras\nclass Net(keras.Model):\n    def __init__(self, size=1, **kwargs):\n        super().__init__(**kwargs)\n"


@pytest.mark.parametrize(
    ("source", "supplied", "expected"),
    [
        (PLAIN, "Net", [("unresolved-custom-object", True)]),
        (PLAIN, "Net Scale", []),
        (OWN, "Net", []),
        (None, "Net", [("unresolved-custom-object", False)]),
        (None, "Net Scale", []),
    ],
)
def test_functional_models_of_other_classes(tmp_path: Path, source: str | None, supplied: str, expected: Any) -> None:
    """`Model.from_config` makes what the class leaves to it; without its source nothing is certain."""
    if source is not None:
        (tmp_path / "net.py").write_text(source, encoding="utf-8")
    assert said("3.8.0", network("Net"), supplied, tmp_path if source is not None else None) == expected


@pytest.mark.parametrize(("supplied", "expected"), [("Net", [("unknown-loss", False)]), ("Net Mine", [])])
def test_models_of_other_classes_may_compile_themselves(supplied: str, expected: Any) -> None:
    model = {**custom("Net", "Net", name="n"), "compile_config": {"optimizer": "sgd", "loss": custom("Mine", "Mine")}}
    assert said("3.8.0", model, supplied) == expected


BASE = {"trainable": True, "dtype": "float32"}


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (custom("Scale", "Scale", name="l", **BASE), []),
        (custom("Scale", "Scale", factor=2), []),  # a get_config of its own
        (custom("Scale", "Scale", factor=2, **BASE), [("unknown-argument", False)]),
    ],
)
def test_constructors_that_take_no_name_hardly_take_more(layer: Config, expected: Any, tmp_path: Path) -> None:
    """`Operation.get_config` leaves the name out where the constructor takes neither it nor `**kwargs`."""
    assert said("3.6.0", sequential(layer), "Scale") == expected
    assert said("3.6.0", sequential(layer), "") == [("unresolved-custom-object", True)]
    for arguments in ("factor=2, **kwargs", "factor=2, trainable=True, dtype=None, name=None"):
        text = f"import keras\nclass Scale(keras.layers.Layer):\n    def __init__(self, {arguments}):\n        super().__init__(**kwargs)\n"
        (tmp_path / "one.py").write_text(text, encoding="utf-8")
        assert said("3.6.0", sequential(layer), "Scale", tmp_path) == []


@pytest.mark.parametrize(
    ("keras", "config", "expected"),
    [
        ("3.6.0", {"name": "n", **BASE}, [("missing-argument", False)]),
        ("3.6.0", BASE, [("unknown-argument", False)]),
        ("3.6.0", {"name": "n", "size": 3, **BASE}, []),
        ("3.6.0", {"name": "n"}, []),
    ],
)
def test_models_record_no_arguments(keras: str, config: Config, expected: Any, tmp_path: Path) -> None:
    """Without a `get_config` nothing is known of what the constructor needs, until its source tells."""
    model = custom("Net", "Net", **config)
    assert said(keras, model, "Net") == expected
    (tmp_path / "net.py").write_text(OWN, encoding="utf-8")
    assert said(keras, model, "Net", tmp_path) == []
    (tmp_path / "net.py").write_text(OWN.replace("size=1", "size"), encoding="utf-8")
    assert said(keras, model, "Net", tmp_path) == ([] if "size" in config else [("missing-argument", True)])
