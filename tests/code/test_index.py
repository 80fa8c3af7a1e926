"""Classes and functions found in sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.code import CodeIndex, index

SOURCE = """
import keras
from keras.saving import register_keras_serializable

@keras.saving.register_keras_serializable(package="acme")
class Special(keras.layers.Layer):
    def __init__(self, units, alpha=0.1, **kwargs):
        super().__init__(**kwargs)

@register_keras_serializable("acme", name="Other")
class Renamed(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()

class Plain(Special):
    pass

class Own(keras.layers.Layer):
    def __init__(self, inner):
        super().__init__()
    @classmethod
    def from_config(cls, config):
        return cls(config["x"])

@register_keras_serializable()
def my_act(x):
    return x
"""


@pytest.fixture
def code(tmp_path: Path) -> CodeIndex:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "layers.py").write_text(SOURCE)
    (tmp_path / "broken.py").write_text("def (")
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "other.py").write_text("class Hidden: pass")
    return index([str(tmp_path)])


def test_registered_class(code: CodeIndex) -> None:
    found = code.find("acme>Special")
    assert found is not None
    assert found.registered == "acme>Special"
    assert found.place == "package/layers.py:6"
    assert found.refuses(["units", "alpha", "name", "dtype"]) == ()
    assert found.refuses(["units", "beta"]) == ("beta",)
    assert found.lacks(["alpha"]) == ("units",)


def test_registered_under_another_name(code: CodeIndex) -> None:
    assert code.find("acme>Renamed").registered == "acme>Other"
    assert code.find("Renamed").refuses(["units", "name"]) == ("name",)


def test_constructor_of_a_base_class(code: CodeIndex) -> None:
    found = code.find("Plain")
    assert found.registered is None
    assert found.refuses(["units", "gamma"]) == ("gamma",)


def test_own_from_config_decides_itself(code: CodeIndex) -> None:
    found = code.find("Own")
    assert found.refuses(["anything"]) == ()
    assert found.lacks([]) == ()


def test_functions_have_no_keys(code: CodeIndex) -> None:
    found = code.find("my_act")
    assert (found.kind, found.registered, found.refuses(["x"])) == ("function", "Custom>my_act", ())


def test_what_is_not_there(code: CodeIndex) -> None:
    assert code.find("Hidden") is None
    assert code.find("acme>Nothing") is None


def test_files_that_do_not_parse_are_named(code: CodeIndex) -> None:
    assert code.unreadable == ("broken.py: SyntaxError",)


def test_missing_paths_are_empty() -> None:
    assert index(["no/such/place"]) == CodeIndex()
