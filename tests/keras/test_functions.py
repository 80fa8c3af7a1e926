"""Functions that layers call by name: which TensorFlow has them."""

from __future__ import annotations

import pytest

from analyzer.tables.keras import keras_api
from analyzer.tables.keras_functions import has_function


@pytest.mark.parametrize(
    ("package", "version", "name", "known"),
    [
        ("tf.keras", "2.4.1", "math.add", True),
        ("keras", "2.15.0", "keras.backend.mean", True),
        ("tf_keras", "2.18.0", "keras.backend.mean", True),
        ("keras", "2.9.0", "__operators__.getitem", True),
        ("keras", "2.9.0", "compat.v1.transpose", True),
        ("keras", "2.9.0", "raw_ops.Add", True),
        ("keras", "2.9.0", "approx_top_k", False),  # 2.10
        ("keras", "2.12.0", "keras.activations.mish", False),  # 2.13
        ("keras", "2.13.0", "keras.activations.mish", True),
        ("keras", "2.9.0", "math.ad", False),
        ("tf.keras", "2.1.0", "math.ad", True),  # which has no such layers
    ],
)
def test_names_by_release(package: str, version: str, name: str, known: bool) -> None:
    assert has_function(keras_api(package, version), name) is known
