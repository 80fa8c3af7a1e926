"""Damaged files as HDF5's library reads them: what is still there, and what is wrong with the rest."""

from __future__ import annotations

import io

from analyzer.parts.keras import Group
from analyzer.readers import hdf5_library
from analyzer.readers.limits import DEFAULT
from tests import example_keras
from tests.readers.test_keras_h5 import CONFIG

CONTENT = example_keras.h5({"config": CONFIG, "weights": {"dense": {"kernel:0": (2, 3)}}})


def tree(content: bytes) -> Group:
    return hdf5_library.read(io.BytesIO(content), "x", DEFAULT, [], endless=False)


def test_groups_that_cannot_be_listed_are_asked_for_names() -> None:
    root = tree(CONTENT.replace(b"SNOD", b"SNOT"))
    assert root.order == ()
    assert root.attributes == tree(CONTENT).attributes
    assert "bad symbol table node signature" in root.datasets["model_weights"].fault


def test_the_rest_is_read() -> None:
    last = CONTENT.rindex(b"SNOD")  # that of the innermost group
    root = tree(CONTENT[:last] + b"SNOT" + CONTENT[last + 4 :])
    assert root.order == ("model_weights",)
    weights = root.groups["model_weights"]
    assert weights.order == ("dense",)
    assert weights.groups["dense"].attributes == tree(CONTENT).groups["model_weights"].groups["dense"].attributes


def test_what_is_in_order() -> None:
    root = tree(CONTENT)
    assert root.order == ("model_weights",)
    assert not root.datasets
    dense = root.groups["model_weights"].groups["dense"]
    assert not any(each.fault for group in (dense, *dense.groups.values()) for each in group.datasets.values())
