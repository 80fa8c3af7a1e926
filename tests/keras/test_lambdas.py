"""Lambdas: safe mode by era, and what the first call of a function made from bytecode raises."""

from __future__ import annotations

import base64
import marshal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from tests import examples

KERAS_2 = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
KERAS_3 = "tensorflow==2.18.0,keras==3.6.0,python==3.12"
IMPORTED = {"function_type": "lambda", "module": "__main__", "output_shape": None, "output_shape_type": "raw"}

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the targets run bytecode of Python 3.11")


def dumped(function: Callable[..., Any], file: str = "model.py") -> str:
    """Marshalled as `func_dump` of Keras does it."""
    return base64.b64encode(marshal.dumps(function.__code__.replace(co_filename=file))).decode()


def causes(target: str, options: Any = None, **given: Any) -> list[str]:
    artifact = examples.artifact(given)
    return [event.cause for event in events(artifact, examples.target({"target": target, "options": options or {}}))]


def of_layer(function: list[Any], **more: Any) -> list[str]:
    return causes(
        KERAS_2, h5=m.h5(m.layer("Lambda", function=function, **{**IMPORTED, "arguments": {}, **more}), weights={})
    )


def test_archives_of_keras_2_hold_lambdas_as_lists() -> None:
    layer = m.serialized("Lambda", name="l", function=[dumped(lambda x: x * 2), None, None], **IMPORTED)
    given = {"archive": m.archive(layer, weights={})}
    assert "unsafe-lambda" in causes(KERAS_2, **given)
    assert "unsafe-lambda" not in causes(KERAS_2, {"safe_mode": False}, **given)


def test_lambda_as_loss_is_refused_in_safe_mode() -> None:
    loss = {
        "class_name": "__lambda__",
        "config": {"code": dumped(lambda a, b: a - b), "defaults": None, "closure": None},
    }
    given = m.archive()
    given["config"]["compile_config"] = {"optimizer": None, "loss": loss}
    assert causes(KERAS_3, archive=given) == ["unsafe-lambda"]
    assert causes(KERAS_3, {"compile": False}, archive=given) == []
    assert causes(KERAS_3, {"safe_mode": False}, archive=given) == []


def test_ordinary_lambdas_load() -> None:
    factor = 2.5
    assert of_layer([dumped(lambda x: x * 2), None, None]) == []
    assert of_layer([dumped(lambda x: x * factor), None, [factor]]) == []
    assert of_layer([dumped(lambda x, k: x * k), None, None], arguments={"k": 3}) == []
    assert of_layer([dumped(lambda x, k=3: x * k), [3], None]) == []
    assert of_layer([dumped(lambda x, mask: x), None, None]) == []
    assert of_layer([dumped(lambda *x, **more: x), None, None]) == []


@pytest.mark.parametrize(
    ("defaults", "expected"), [(None, []), ([], ["invalid-argument"]), ([3], ["invalid-argument"])]
)
def test_default_values_are_no_tuple_any_more(defaults: Any, expected: list[str]) -> None:
    """`func_load` of Keras 3, where code and defaults do not come in one list; files of Keras 2 are read so, too."""
    function = {
        "class_name": "__lambda__",
        "config": {"code": dumped(lambda x, k=3: x * k), "defaults": defaults, "closure": None},
    }
    layer = m.serialized("Lambda", name="l", function=function, arguments={} if defaults else {"k": 3})
    given = m.archive(layer, weights={})
    assert [
        each for each in causes(KERAS_3, {"safe_mode": False}, archive=given) if each == "invalid-argument"
    ] == expected


def test_closure_over_a_word_is_no_function_of_tensorflow() -> None:
    fn = "same"
    assert of_layer([dumped(lambda x: (x, fn)), None, [fn]]) == []


def test_arguments_that_nobody_gives() -> None:
    def keyword_only(x: Any, *, b: int = 2) -> Any:
        return x * b

    assert of_layer([dumped(lambda x, k: x * k), None, None]) == ["invalid-argument"]
    assert of_layer([dumped(keyword_only), None, None]) == ["invalid-argument"]


def test_functions_of_tensorflow_are_wrappers_of_a_word() -> None:
    """`Lambda(tf.nn.relu)`: the code is TensorFlow's wrapper, the function that it wraps became a string in the closure."""
    fn = max

    def error_handler(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    code = dumped(error_handler, "/site-packages/tensorflow/python/util/traceback_utils.py")
    assert of_layer([code, None, ["op_dispatch_handler"]]) == ["lambda-globals"]


def test_functions_by_name_are_for_custom_objects() -> None:
    by_name = {**IMPORTED, "function_type": "function", "arguments": {}}
    layer = m.layer("Lambda", function="scaled", **by_name)
    given = {"h5": m.h5(layer, weights={})}
    for target in (KERAS_2, "tensorflow==2.20.0,keras==3.11.3,python==3.13"):
        assert causes(target, **given) == ["unresolved-custom-object"]
        assert causes(target, {"custom_objects": frozenset({"scaled"})}, **given) == []
    named = m.serialized("Lambda", name="l", function="relu", arguments={})
    assert causes(KERAS_3, archive=m.archive(named, weights={})) == ["unresolved-custom-object"]
    function = {"module": "keras.activations", "class_name": "function", "config": "relu", "registered_name": "relu"}
    named = m.serialized("Lambda", name="l", function=function, arguments={})
    assert causes(KERAS_3, archive=m.archive(named, weights={})) == []
    nothing = m.serialized("Lambda", name="l", function=None, arguments={})
    assert causes(KERAS_3, archive=m.archive(nothing, weights={})) == ["malformed-config"]


@pytest.mark.parametrize(
    ("last", "stored", "expected"),
    [(m.layer("ReLU"), {}, []), (m.DENSE, m.WEIGHTS, ["layer-count"]), (m.DENSE, {}, [])],
)
def test_a_lambda_that_fails_leaves_a_sequential_model_unbuilt(last: Any, stored: Any, expected: list[str]) -> None:
    """`Sequential.build` of Keras 3 passes over what `Lambda.compute_output_spec` makes of any error."""
    fails = dumped(lambda x: absent(x) + 1)  # type: ignore[name-defined]  # noqa: F821
    lambda_ = {"class_name": "__lambda__", "config": {"code": fails, "defaults": None, "closure": None}}
    model = m.sequential(m.layer("Lambda", function=lambda_, arguments={}), last)
    keras_3 = "tensorflow==2.18.0,keras==3.6.0,python==3.11"
    assert causes(keras_3, h5={"config": model, "weights": stored}) == expected


@pytest.mark.parametrize(("release", "found"), [("2.5.0", []), ("2.6.0", []), ("2.7.0", ["lambda-globals"])])
def test_the_backend_is_a_global_where_lambda_is_in_core(release: str, found: list[str]) -> None:
    """layers/core.py imports it as K; lambda_layer.py of 2.7 and later does not."""
    code = compile("lambda x: K.abs(x)", "model.py", "eval").co_consts[0]
    text = base64.b64encode(marshal.dumps(code)).decode()
    python = ".".join(map(str, sys.version_info[:2]))
    layer = m.layer("Lambda", function=[text, None, None], arguments={}, **{**IMPORTED, "module": "model"})
    assert causes(f"tensorflow=={release},python=={python}", h5=m.h5(layer, weights={})) == found
