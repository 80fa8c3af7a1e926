"""The features and crosses that a FeatureSpace is made of (`FeatureSpace.__init__`, `Feature.__init__`).

They are serialized as objects of a module of Keras's own, which Keras 3 and Keras 2.12 have under other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Config, Deserializer


def check(d: Deserializer, config: Config, where: str) -> None:
    """`_standardize_feature` and the loop over `crosses`: what is an object of JSON is deserialized, the rest is words."""
    features, crosses = config.get("features"), config.get("crosses")
    for name, value in features.items() if isinstance(features, Mapping) else ():
        if isinstance(value, Mapping):
            _object(d, value, f"{where}/features/{name}")
    for number, value in enumerate(crosses if isinstance(crosses, list) else ()):
        if isinstance(value, Mapping):
            _object(d, value, f"{where}/crosses/{number}")


def _object(d: Deserializer, value: Mapping[str, Any], where: str) -> None:
    class_name, inner = value.get("class_name"), value.get("config")
    if not isinstance(class_name, str):
        return
    found = d.resolve.by_module(
        class_name, value.get("registered_name", class_name), value.get("module"), "class", where
    )
    preprocessor = inner.get("preprocessor") if isinstance(inner, Mapping) else None
    if found is not None and not isinstance(found, str) and found.name == "Feature" and isinstance(preprocessor, dict):
        d.library_layer(preprocessor, f"{where}/preprocessor")
