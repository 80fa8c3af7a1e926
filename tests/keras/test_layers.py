"""Which layers are modelled, and that the documentation says so."""

from __future__ import annotations

import re

from analyzer.keras.layers import describe
from analyzer.rules.keras import weight_count
from analyzer.tables.keras import keras_api


def test_documentation_lists_them() -> None:
    text = re.sub(r"\s+", " ", weight_count.__doc__ or "")
    listed = re.search(r"configuration for: (.*?)\. In models", text)
    assert listed is not None
    assert tuple(listed.group(1).split(", ")) == describe()


def test_they_are_layers_of_some_keras() -> None:
    known = {name for version in ("2.15", "3.14.1") for name in keras_api("keras", version).names("layer")}
    known |= {name for version in ("1.15", "2.4") for name in keras_api("tf.keras", version).names("layer")}
    internal = {"BatchNormalizationBase", "AddLoss", "AddMetric"}
    missing = {name for name in describe() if name not in known and name not in internal}
    assert not {name for name in missing if not name.endswith(("3D", "1D", "Method", "Property"))}
