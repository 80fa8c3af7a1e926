"""DenseFeatures: the tables of its embedding columns, and which dtypes its columns take.

After `_BaseFeaturesLayer` (feature_column/base_feature_layer.py) and tensorflow/python/feature_column/feature_column_v2.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.model import UNKNOWN, BuildError, Shape, Tensor

_BY_KEY = (
    "HashedCategoricalColumn",
    "VocabularyListCategoricalColumn",
    "VocabularyFileCategoricalColumn",
    "IdentityCategoricalColumn",
    "NumericColumn",
)
_HOLDING = ("categorical_column", "source_column")
_SUFFIX = {"BucketizedColumn": "bucketized", "EmbeddingColumn": "embedding", "IndicatorColumn": "indicator"}


def dense_features(call: Call) -> Shape:
    """`_BaseFeaturesLayer.build`: the columns in the order of their names; each makes its table."""
    columns = call.get("feature_columns")
    if not isinstance(columns, list) or not all(map(_is_known, columns)):
        call.layer.known = False
        return None
    for column in sorted(columns, key=_name):
        if column["class_name"] == "EmbeddingColumn":
            config = column["config"]
            rows = _buckets(config["categorical_column"])
            size = int(config["dimension"])
            call.add(f"{_name(column)}/embedding_weights", (rows, size), bool(config.get("trainable", True)))
    _features(call, columns)
    width = [_width(column) for column in columns]
    return (UNKNOWN, UNKNOWN if UNKNOWN in width else sum(width))


def _is_known(column: Any) -> bool:
    """Whether the name of a column, and how wide it is, follow from its configuration."""
    if not isinstance(column, Mapping) or not isinstance(column.get("config"), Mapping):
        return False
    config = column["config"]
    if column.get("class_name") in _BY_KEY:
        return isinstance(config.get("key"), str)
    held = next((config[key] for key in _HOLDING if key in config), None)
    return column.get("class_name") in _SUFFIX and _is_known(held)


def _held(column: Mapping[str, Any]) -> Any:
    return next(column["config"][key] for key in _HOLDING if key in column["config"])


def _name(column: Mapping[str, Any]) -> str:
    """`FeatureColumn.name`."""
    kind = column["class_name"]
    return f"{_name(_held(column))}_{_SUFFIX[kind]}" if kind in _SUFFIX else str(column["config"]["key"])


def _buckets(column: Mapping[str, Any]) -> int:
    """`CategoricalColumn.num_buckets`."""
    kind, config = column["class_name"], column["config"]
    if kind == "HashedCategoricalColumn":
        return int(config["hash_bucket_size"])
    if kind == "IdentityCategoricalColumn":
        return int(config["number_buckets"])
    if kind == "VocabularyListCategoricalColumn":
        return len(config["vocabulary_list"]) + int(config["num_oov_buckets"])
    if kind == "VocabularyFileCategoricalColumn" and isinstance(config["vocabulary_size"], int):
        return int(config["vocabulary_size"]) + int(config["num_oov_buckets"])
    return _width(column) if kind == "BucketizedColumn" else UNKNOWN


def _width(column: Mapping[str, Any]) -> int:
    """`DenseColumn.variable_shape.num_elements()`."""
    kind, config = column["class_name"], column["config"]
    if kind == "NumericColumn":
        return prod(config["shape"])
    if kind == "EmbeddingColumn":
        return int(config["dimension"])
    if kind == "BucketizedColumn":
        return (len(config["boundaries"]) + 1) * _width(_held(column))
    return _buckets(_held(column))


def _features(call: Call, columns: list[Mapping[str, Any]]) -> None:
    """What columns ask of their features (`FeatureTransformationCache.get`, `_transform_input_tensor`). Raises BuildError."""
    if not isinstance(call.inputs, dict):
        raise BuildError("takes features by name, but is called on no dict", "We expected a dictionary here.")
    for column in map(_leaf, columns):
        key = column["config"]["key"]
        feature = call.inputs.get(key)
        if key not in call.inputs:
            raise BuildError(
                f"has a column of {key!r}, which it is not given", f"Feature {key} is not in features dictionary."
            )
        dtype = feature.dtype if isinstance(feature, Tensor) else ""
        problem = _dtype(column, dtype) if dtype else ""
        if problem:
            raise BuildError(f"takes for the column {key!r} no {dtype}", problem)


def _leaf(column: Mapping[str, Any]) -> Mapping[str, Any]:
    while column["class_name"] in _SUFFIX:
        column = _held(column)
    return column


def _dtype(column: Mapping[str, Any], dtype: str) -> str:
    """What a column says of a feature of another dtype."""
    kind, config = column["class_name"], column["config"]
    if kind == "NumericColumn":
        return ""  # a cast, which nobody looks at before it runs
    if dtype != "string" and not dtype.startswith(("int", "uint")):
        return f"column_name: {config['key']} input_tensor dtype must be string or integer."
    own = config.get("dtype", "int64")
    if (own == "string") is not (dtype == "string"):
        return f"Column dtype and SparseTensors dtype must be compatible. key: {config['key']}"
    return ""


FUNCTIONS: dict[str, Function] = {"DenseFeatures": dense_features}
