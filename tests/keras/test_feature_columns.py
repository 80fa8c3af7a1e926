"""Feature columns in the configuration of DenseFeatures: what each TensorFlow takes, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.rules.keras import _models as m
from tests.keras.test_emulation import TARGETS, causes

KERAS_1_15, KERAS_2_4, KERAS_2_10, KERAS_2_15 = TARGETS[:4]


def column(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config}


NUMERIC = {"key": "x", "shape": [1], "default_value": None, "dtype": "float32", "normalizer_fn": None}
IDENTITY = column("IdentityCategoricalColumn", key="k", number_buckets=4, default_value=None)
EMBEDDING = {
    "categorical_column": IDENTITY,
    "dimension": 3,
    "combiner": "mean",
    "ckpt_to_load_from": None,
    "max_norm": None,
    "tensor_name_in_ckpt": None,
    "trainable": True,
    "initializer": {"class_name": "TruncatedNormal", "config": {"mean": 0.0, "stddev": 0.5, "seed": None}},
}
SAFE = {**EMBEDDING, "use_safe_embedding_lookup": True}
FILE = {
    "key": "c",
    "vocabulary_file": "v.txt",
    "vocabulary_size": 3,
    "num_oov_buckets": 0,
    "dtype": "string",
    "default_value": -1,
}
CROSSED = column("CrossedColumn", keys=["a", IDENTITY], hash_bucket_size=7, hash_key=None)


def found(target: str, *columns: Any, options: Any = None, **config: Any) -> list[str]:
    inner = {"feature_columns": list(columns), "partitioner": None, **config}
    layers = [m.layer("DenseFeatures", **inner), m.layer("Dense", units=2)]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    return causes(target, options, h5={"config": model, "weights": {}})


@pytest.mark.parametrize(
    ("target", "each"),
    [
        (KERAS_2_15, column("NumericColumn", **NUMERIC)),
        (KERAS_1_15, column("NumericColumn", **NUMERIC)),
        (KERAS_2_15, column("EmbeddingColumn", **SAFE)),
        (KERAS_2_15, column("EmbeddingColumn", **EMBEDDING)),
        (KERAS_1_15, column("EmbeddingColumn", **EMBEDDING)),
        (KERAS_2_4, column("IndicatorColumn", categorical_column=column("VocabularyFileCategoricalColumn", **FILE))),
        (KERAS_2_10, column("BucketizedColumn", source_column=column("NumericColumn", **NUMERIC), boundaries=[0.0])),
        (KERAS_2_15, column("IndicatorColumn", categorical_column=CROSSED)),
        (KERAS_2_15, column("SharedEmbeddingColumn")),
    ],
)
def test_columns_that_are_taken(target: str, each: Any) -> None:
    assert found(target, each) == []


@pytest.mark.parametrize(
    ("target", "each", "cause"),
    [
        (KERAS_2_15, column("NumericColumn", **{**NUMERIC, "seed": 1}), "malformed-config"),
        (KERAS_2_15, column("NumericColumn", key="x"), "malformed-config"),
        (KERAS_2_15, column("NumericColumn", **{**NUMERIC, "normalizer_fn": "<lambda>"}), "unresolved-custom-object"),
        (KERAS_2_15, column("NumericColumn", **{**NUMERIC, "dtype": "float31"}), "invalid-argument"),
        (KERAS_2_15, column("MyColumn"), "unresolved-name"),
        (KERAS_2_15, {"class_name": "NumericColumn"}, "malformed-config"),
        (KERAS_2_15, IDENTITY, "invalid-argument"),
        (KERAS_1_15, column("EmbeddingColumn", **SAFE), "malformed-config"),
        (
            KERAS_2_10,
            column("IndicatorColumn", categorical_column=column("VocabularyFileCategoricalColumn", **FILE)),
            "malformed-config",
        ),
    ],
)
def test_columns_that_are_refused(target: str, each: Any, cause: str) -> None:
    assert found(target, each) == [cause]


def test_custom_normalizer() -> None:
    each = column("NumericColumn", **{**NUMERIC, "normalizer_fn": "scale"})
    assert found(KERAS_2_15, each, options={"custom_objects": ["scale"]}) == []
