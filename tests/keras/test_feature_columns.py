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
        (KERAS_2_15, column("EmbeddingColumn", **{**SAFE, "initializer": {"class_name": "Zeros"}}), "malformed-config"),
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


WORDS = column(
    "VocabularyListCategoricalColumn",
    key="w",
    vocabulary_list=["a", "b"],
    dtype="string",
    default_value=-1,
    num_oov_buckets=1,
)
HASHED = column("HashedCategoricalColumn", key="h", hash_bucket_size=5, dtype="int64")


def embedded(categorical: Any, dimension: int, **config: Any) -> dict[str, Any]:
    return column("EmbeddingColumn", **{**SAFE, "categorical_column": categorical, "dimension": dimension, **config})


def model(columns: list[Any], given: dict[str, str], units: int = 2) -> dict[str, Any]:
    """A functional model: inputs by name and dtype, DenseFeatures of them, a Dense layer."""

    def item(class_name: str, name: str, nodes: Any, **config: Any) -> dict[str, Any]:
        return {"class_name": class_name, "name": name, "inbound_nodes": nodes, "config": {"name": name, **config}}

    inputs = [item("InputLayer", key, [], batch_input_shape=[None, 1], dtype=dtype) for key, dtype in given.items()]
    call = {key: [key, 0, 0, {}] for key in given}
    features = item("DenseFeatures", "f", [call], feature_columns=columns, partitioner=None)
    layers = [*inputs, features, item("Dense", "d", [[["f", 0, 0, {}]]], units=units)]
    ends = {"input_layers": {key: [key, 0, 0] for key in given}, "output_layers": [["d", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}


TABLES = [embedded(WORDS, 3), embedded(HASHED, 2, trainable=False), column("NumericColumn", **NUMERIC)]
GIVEN = {"w": "string", "h": "int64", "x": "float32"}
STORED = {
    "f": {"f/w_embedding/embedding_weights:0": (3, 3), "f/h_embedding/embedding_weights:0": (5, 2)},
    "d": {"d/kernel:0": (6, 2), "d/bias:0": (2,)},
}


def loaded(columns: list[Any] = TABLES, given: dict[str, str] = GIVEN, weights: Any = STORED) -> list[str]:
    return causes(KERAS_2_15, h5={"config": model(columns, given), "weights": weights})


def test_tables_of_embeddings() -> None:
    assert loaded() == []
    assert loaded(columns=list(reversed(TABLES))) == []  # which go by name
    assert loaded(given={**GIVEN, "more": "float32"}) == []
    assert loaded([*TABLES, column("SharedEmbeddingColumn")], weights={}) != ["weight-shape"]
    assert loaded(columns=[embedded(WORDS, 4), *TABLES[1:]]) == ["weight-shape", "weight-shape"]
    assert loaded(columns=TABLES[:1], weights={**STORED, "d": {"k": (3, 2), "b": (2,)}}) == ["weight-count"]


def test_dtypes_of_features() -> None:
    assert loaded(given={**GIVEN, "h": "uint8"}) == []
    assert loaded(given={**GIVEN, "x": "int32"}) == []
    assert loaded(given={**GIVEN, "x": "string"}) == []
    assert loaded(given={**GIVEN, "w": "float32"}) == ["incompatible-input"]
    assert loaded(given={**GIVEN, "w": "int64"}) == ["incompatible-input"]
    assert loaded(given={**GIVEN, "h": "string"}) == ["incompatible-input"]
    assert loaded(given={"w": "string", "h": "int64"}) == ["incompatible-input"]


@pytest.mark.parametrize(("target", "lacks"), [(KERAS_1_15, False), (KERAS_2_4, True)])
def test_partitioner_is_wanted_since_2_2(target: str, lacks: bool) -> None:
    layers = [m.layer("DenseFeatures", feature_columns=[column("NumericColumn", **NUMERIC)])]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    assert causes(target, None, h5={"config": model, "weights": {}}) == (["malformed-config"] if lacks else [])
