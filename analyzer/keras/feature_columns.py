"""Feature columns of DenseFeatures and SequenceFeatures (tensorflow/python/feature_column/serialization.py).

A column of the configuration needs the very keys of its class, neither more nor fewer: `_check_config_keys`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.encoded import type_name
from analyzer.keras.values.dtypes import policy_refused

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_NUMERIC = ("key", "shape", "default_value", "dtype", "normalizer_fn")
_FIELDS = {
    "NumericColumn": _NUMERIC,
    "SequenceNumericColumn": _NUMERIC,
    "BucketizedColumn": ("source_column", "boundaries"),
    "EmbeddingColumn": (
        *("categorical_column", "dimension", "combiner", "initializer", "ckpt_to_load_from", "tensor_name_in_ckpt"),
        *("max_norm", "trainable", "use_safe_embedding_lookup"),
    ),
    "HashedCategoricalColumn": ("key", "hash_bucket_size", "dtype"),
    "VocabularyFileCategoricalColumn": (
        *("key", "vocabulary_file", "vocabulary_size", "num_oov_buckets", "dtype", "default_value", "file_format"),
    ),
    "VocabularyListCategoricalColumn": ("key", "vocabulary_list", "dtype", "default_value", "num_oov_buckets"),
    "IdentityCategoricalColumn": ("key", "number_buckets", "default_value"),
    "WeightedCategoricalColumn": ("categorical_column", "weight_feature_key", "dtype"),
    "CrossedColumn": ("keys", "hash_bucket_size", "hash_key"),
    "IndicatorColumn": ("categorical_column",),
    "SequenceCategoricalColumn": ("categorical_column",),
}
_SINCE = {"use_safe_embedding_lookup": (2, 2), "file_format": (2, 6)}  # of TensorFlow
_ADDED = "use_safe_embedding_lookup"  # which `EmbeddingColumn.from_config` puts where it is not there
_NESTED = ("source_column", "categorical_column")
_OF_LAYER = {  # what `_BaseFeaturesLayer.__init__` takes
    "DenseFeatures": (
        "NumericColumn",
        "BucketizedColumn",
        "EmbeddingColumn",
        "SharedEmbeddingColumn",
        "IndicatorColumn",
    ),
    "SequenceFeatures": ("SequenceNumericColumn", "EmbeddingColumn", "SharedEmbeddingColumn", "IndicatorColumn"),
}


def check(d: Deserializer, layer: str, config: Mapping[str, Any], where: str) -> None:
    """`_BaseFeaturesLayer.from_config` and its constructor; `partitioner` came in with TensorFlow 2.2."""
    for key in ("feature_columns", "partitioner"):
        if key == "partitioner" and d.era.tensorflow < (2, 2):
            continue
        if key not in config:
            d.malformed(f"the configuration of {layer} has no {key}", where, f"KeyError: '{key}'")
            return
    columns = config["feature_columns"]
    if not isinstance(columns, list):
        return
    for index, each in enumerate(columns):
        _column(d, each, f"{where}/feature_columns/{index}")
        name = each.get("class_name") if isinstance(each, Mapping) else None
        if name in _FIELDS and name not in _OF_LAYER[layer]:
            d.out.say(
                "invalid-argument",
                f"{where}: {layer} takes no {name}",
                f"{where}/feature_columns/{index}",
                "Items of feature_columns must be a DenseColumn. You can wrap a categorical column with an embedding_column or "
                "indicator_column.",
                argument="feature_columns",
                class_name=layer,
            )


def _column(d: Deserializer, column: Any, where: str) -> None:
    """`deserialize_feature_column`. A string is the name of a feature."""
    if isinstance(column, str):
        return
    if not isinstance(column, Mapping) or "class_name" not in column or "config" not in column:
        d.malformed("no feature column: class_name and config expected", where, "Improper config format: ")
        return
    name, config = column["class_name"], column["config"]
    if not isinstance(name, str) or d.resolve.supplied(name):
        return
    if name not in _FIELDS:
        if name != "SharedEmbeddingColumn":
            _unknown(d, name, where)
        return
    if not isinstance(config, Mapping):
        d.malformed(f"the configuration of {name} is {type_name(config)}, not an object", where)
        return
    if _keys(d, name, config, where):
        _values(d, name, config, where)


def _unknown(d: Deserializer, name: str, where: str) -> None:
    d.out.say(
        "unresolved-name",
        f"{where}: TensorFlow has no feature column {name!r}",
        where,
        f"Unknown feature_column_v2: {name}",
        remedy=f"pass custom_objects={{{name!r}: {name}}}",
        name=name,
        custom=True,
    )


def _keys(d: Deserializer, name: str, config: Mapping[str, Any], where: str) -> bool:
    """`_check_config_keys`."""
    fields = [each for each in _FIELDS[name] if d.era.tensorflow >= _SINCE.get(each, (0,))]
    lacking = [each for each in fields if each not in config and each != _ADDED]
    surplus = [each for each in config if each not in fields]
    if not lacking and not surplus:
        return True
    said = [f"lacks {', '.join(lacking)}"] if lacking else []
    said += [f"has {', '.join(surplus)} beside what it takes"] if surplus else []
    d.malformed(
        f"{name} of TensorFlow {d.target.tensorflow} {' and '.join(said)}",
        where,
        f"Invalid config: {{...}}, expected keys: {tuple(fields)}",
    )
    return False


def _values(d: Deserializer, name: str, config: Mapping[str, Any], where: str) -> None:
    for key in _NESTED:
        if key in config:
            _column(d, config[key], f"{where}/{key}")
    initializer = config.get("initializer")
    if isinstance(initializer, Mapping) and not {"class_name", "config"} <= initializer.keys():
        d.malformed(
            f"{name} has an initializer without class_name or config",
            f"{where}/initializer",
            "Improper config format: ",
        )
    keys = config.get("keys") if name == "CrossedColumn" else None
    for index, each in enumerate(keys if isinstance(keys, list) else ()):
        _column(d, each, f"{where}/keys/{index}")
    function = config.get("normalizer_fn")
    if isinstance(function, str) and not d.resolve.supplied(function):
        d.out.say(
            "unresolved-custom-object",
            f"{where}: a column with the normalizer_fn {function!r}, which is looked up among custom objects alone",
            f"{where}/normalizer_fn",
            "'NoneType' object has no attribute 'get'",
            remedy=f"pass custom_objects={{{function!r}: <the function>}}",
            name=function,
            custom=True,
        )
    refused = policy_refused(d.era, config["dtype"]) if isinstance(config.get("dtype"), str) else ""
    if refused:
        d.out.say(
            "invalid-argument",
            f"{where}: {name} with dtype {config['dtype']!r}",
            f"{where}/dtype",
            refused,
            argument="dtype",
            class_name=name,
        )
