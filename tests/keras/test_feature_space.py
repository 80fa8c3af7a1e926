"""Archives of a FeatureSpace."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras.emulation import events
from analyzer.rules.keras import _models as m
from tests import examples

KERAS_3 = "tensorflow==2.18.0,keras==3.6.0,python==3.12"
KERAS_2 = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
KERAS_212 = "tensorflow==2.12.0,keras==2.12.0,python==3.11"
OF_3, OF_2, OF_212 = (
    "keras.src.layers.preprocessing.feature_space",
    "keras.src.utils.feature_space",
    "keras.utils.feature_space",
)


def space(module: str, preprocessor: Any) -> dict[str, Any]:
    """One feature and one cross, in the form in which `FeatureSpace.save` writes them."""
    feature = m.serialized("Feature", module, dtype="float32", preprocessor=preprocessor, output_mode="float")
    cross = m.serialized("Cross", module, feature_names=["a", "b"], crossing_dim=8, output_mode="one_hot")
    config = {"features": {"a": {**feature, "registered_name": "Feature"}, "b": "float"}, "output_mode": "concat"}
    crosses = [{**cross, "registered_name": "Cross"}]
    return {**m.serialized("FeatureSpace", "keras.utils", crosses=crosses, crossing_dim=8, **config)}


NORMALIZATION = m.serialized("Normalization", name="n", axis=-1)


@pytest.mark.parametrize(
    ("target", "module", "preprocessor", "expected"),
    [
        (KERAS_3, OF_3, NORMALIZATION, set()),
        (KERAS_2, OF_2, NORMALIZATION, set()),
        (KERAS_212, OF_212, NORMALIZATION, set()),
        (KERAS_3, OF_3, m.serialized("Normalization", name="n", shape=3), {"unknown-argument"}),
        (KERAS_3, OF_3, m.serialized("Mine", "my.layers", name="n"), {"unresolved-custom-object"}),
        (KERAS_3, OF_2, NORMALIZATION, {"unresolved-module"}),
        (KERAS_2, OF_3, NORMALIZATION, {"unresolved-module"}),
        (KERAS_2, OF_212, NORMALIZATION, {"unresolved-module"}),
    ],
)
def test_features_are_objects_of_a_module(target: str, module: str, preprocessor: Any, expected: set[str]) -> None:
    given = examples.artifact({"archive": {"config": space(module, preprocessor), "weights": {"vars/9": (1,)}}})
    found = {event.cause for event in events(given, examples.target({"target": target}))}
    assert found - {"weight-count"} == expected
