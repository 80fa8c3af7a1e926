"""Models that Keras 2 ships ready made: what they hold, and the list of optimizers that goes with them."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.rules.keras import _models as m
from tests.keras.test_emulation import causes

KERAS_2_12 = "tensorflow==2.12.0,keras==2.12.0,python==3.11"
KERAS_2_15 = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
ADAM = {"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.1}, "registered_name": None}


def wide_deep(activation: str = "linear", shape: Any = None, **linear: Any) -> dict[str, Any]:
    first = m.serialized("InputLayer", batch_input_shape=[None, 4], dtype="float32", name="x")
    dense = m.serialized("Dense", name="dense", units=1)
    deep = {**m.serialized("Sequential", name="deep", layers=[first, dense]), "module": "keras"}
    wide = m.serialized("LinearModel", "keras.experimental", name="linear", units=1, **linear)
    whole = {"name": "m", "linear_model": wide, "dnn_model": deep, "activation": activation}
    return {
        **m.serialized("WideDeepModel", "keras.experimental", **whole),
        "build_config": {"input_shape": shape or [[None, 3], [None, 4]]},
    }


def found(target: str, config: Any, optimizer: Any = ADAM) -> list[str]:
    compiled = {"optimizer": optimizer, "loss": "mse"}
    return causes(target, archive={"config": {**config, "compile_config": compiled}, "weights": {}})


@pytest.mark.parametrize("target", [KERAS_2_12, KERAS_2_15])
def test_wide_and_deep(target: str) -> None:
    assert found(target, wide_deep()) == []
    assert found(target, wide_deep(kernel_initializer="zeros")) == []
    assert found(target, wide_deep(kernel_initializer="nothing")) == ["unresolved-custom-object"]


def test_list_of_optimizers() -> None:
    assert found(KERAS_2_15, wide_deep(), [ADAM, ADAM]) == []
    assert found(KERAS_2_12, wide_deep(), [ADAM, ADAM]) == ["unknown-optimizer"]
    assert found(KERAS_2_12, {**wide_deep(), "build_config": {"input_shape": None}}, [ADAM, ADAM]) == []
