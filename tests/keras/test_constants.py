"""Values that a configuration encodes: what `np.array` and `convert_to_tensor` make of them."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.keras import constants
from analyzer.keras.era import era_of
from analyzer.target import parse

ERA = era_of(parse("tensorflow==2.18.0,keras==3.6.0"))


@pytest.mark.parametrize("kind", ["__numpy__", "__tensor__"])
@pytest.mark.parametrize("value", [1, 1.5, True, [], [1, 2], [[1, 2], [3, 4]], [[], []], [True, 2]])
def test_numbers_are_arrays(kind: str, value: Any) -> None:
    assert constants.refused(ERA, kind, {"value": value, "dtype": "float32"}) == ""
    assert constants.refused(ERA, kind, {"value": value, "dtype": None}) == ""


@pytest.mark.parametrize("kind", ["__numpy__", "__tensor__"])
@pytest.mark.parametrize("value", [[1, [2]], [[1], [2, 3]], [{"a": 1}], ["a"], "a", {"a": 1}])
def test_ragged_lists_texts_and_objects_are_none(kind: str, value: Any) -> None:
    assert constants.refused(ERA, kind, {"value": value, "dtype": "float32"})


def test_numpy_takes_more_than_tensors_do() -> None:
    for value, dtype in (
        (None, "float32"),
        ("1.5", "float32"),
        ("1", "int32"),
        ([[1], [2, 3]], "object"),
        ("a", "<U1"),
    ):
        assert constants.refused(ERA, "__numpy__", {"value": value, "dtype": dtype}) == ""
        assert constants.refused(ERA, "__tensor__", {"value": value, "dtype": dtype})
    assert constants.refused(ERA, "__numpy__", {"value": "1.5", "dtype": "int32"})
    assert constants.refused(ERA, "__numpy__", {"value": None, "dtype": "int32"})


@pytest.mark.parametrize("dtype", ["FLOAT32", "odd", "", 7, ["float32"], {"a": 1}, True, "float32_ref"])
def test_names_of_no_dtype(dtype: Any) -> None:
    assert constants.refused(ERA, "__numpy__", {"value": 1, "dtype": dtype})


@pytest.mark.parametrize(
    "dtype", ["float64", "bool", "bfloat16", "float8_e4m3fn", "f4", "<f4", "U10", "datetime64[ns]"]
)
def test_names_and_codes_that_numpy_knows(dtype: str) -> None:
    assert constants.refused(ERA, "__numpy__", {"value": 1, "dtype": dtype}) == ""


def test_keys_that_each_needs() -> None:
    assert constants.refused(ERA, "__numpy__", {"value": 1})
    assert constants.refused(ERA, "__tensor__", None)
    assert constants.refused(ERA, "__slice__", {"start": 1, "stop": 2})
    assert constants.refused(ERA, "__slice__", {"start": "x", "stop": [1], "step": {}}) == ""
    assert constants.refused(ERA, "__bytes__", {"value": 1})
    assert constants.refused(ERA, "__bytes__", {"value": "x"}) == ""
    assert constants.refused(ERA, "__ellipsis__", 7) == ""
