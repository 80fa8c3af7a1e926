"""Classes and functions found in sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.code import CodeIndex, index, misfit
from analyzer.tables.keras import keras_api

KERAS = keras_api("keras", "3.6.0")

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
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "other.py").write_text("class Hidden: pass")
    return index([str(tmp_path)])


def refused(code: CodeIndex, name: str, *keys: str, module: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys that the constructor does not take, and parameters that they do not give."""
    found = misfit(code, KERAS, name, module, keys)
    return ((), ()) if found is None else (found[1].refused, found[1].lacking)


def test_registered_class(code: CodeIndex) -> None:
    found = code.find("acme>Special")
    assert found is not None
    assert found.registered == "acme>Special"
    assert found.place.endswith("package/layers.py:6")
    assert found.module == "package.layers"
    assert refused(code, "acme>Special", "units", "alpha", "name", "dtype") == ((), ())
    assert refused(code, "acme>Special", "units", "beta") == (("beta",), ())
    assert refused(code, "acme>Special", "alpha") == ((), ("units",))


def test_registered_under_another_name(code: CodeIndex) -> None:
    assert code.find("acme>Renamed").registered == "acme>Other"
    assert code.find("acme>Other").name == "Renamed"
    assert refused(code, "Renamed", "units", "name") == (("name",), ())


def test_constructor_of_a_base_class(code: CodeIndex) -> None:
    assert code.find("Plain").registered is None
    assert refused(code, "Plain", "units", "gamma") == (("gamma",), ())


def test_own_from_config_decides_itself(code: CodeIndex) -> None:
    assert refused(code, "Own", "anything") == ((), ())


def test_functions_have_no_keys(code: CodeIndex) -> None:
    found = code.find("my_act")
    assert (found.kind, found.registered) == ("function", "Custom>my_act")
    assert refused(code, "my_act", "x") == ((), ())


def test_methods_are_no_functions(code: CodeIndex) -> None:
    assert code.find("from_config") is None


def test_what_is_not_there(code: CodeIndex) -> None:
    assert code.find("Hidden") is None
    assert code.find("acme>Nothing") is None


def write(folder: Path, **files: str) -> CodeIndex:
    """An index of files, whose names have double underscores for slashes."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return index([str(folder)])


SILENT = {
    "keys taken out of kwargs": "def __init__(self, **kwargs):\n        self.b = kwargs.pop('b', 1)\n        super().__init__(**kwargs)",
    "kwargs looked into": "def __init__(self, **kwargs):\n        kwargs = {k: kwargs[k] for k in ('name',)}\n        super().__init__(**kwargs)",
    "kwargs not handed on": "def __init__(self, **kwargs):\n        super().__init__()",
    "decorated": "@wrap\n    def __init__(self, a):\n        super().__init__()",
    "replaced": "__init__ = make_init()",
    "made by __new__": "def __new__(cls, *args, **kwargs):\n        return object.__new__(cls)",
    "from_config": "def __init__(self, a):\n        super().__init__()\n    @classmethod\n    def from_config(cls, config):\n        return cls(1)",
    "nothing": "pass",
    "a parameter": "def __init__(self, *, b=None, **kwargs):\n        super().__init__(**kwargs)",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT)
def test_constructors_that_may_take_it(body: str, tmp_path: Path) -> None:
    base = "keras.layers.Layer" if body != "pass" else "Unknown"
    code = write(tmp_path, one=f"import keras\nclass Mine({base}):\n    {body}\n")
    assert refused(code, "Mine", "name", "b") == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "class Mine:\n    def __init__(self, a):\n        pass\n",
        "import keras\n@dataclass\nclass Mine(keras.layers.Layer):\n    def __init__(self, a):\n        pass\n",
        "import keras\nclass Mine(keras.layers.Layer, metaclass=Meta):\n    def __init__(self, a):\n        pass\n",
        "import keras\nclass Mine(keras.Sequential):\n    def __init__(self, a):\n        pass\n",
        "from lib import Base\nclass Mine(Base):\n    def __init__(self, a, **kwargs):\n        super().__init__(**kwargs)\n",
        "import keras\nclass Mine(keras.layers.Layer, Mixin):\n    def __init__(self, a=1, **kw):\n        super().__init__(**kw)\n",
        (
            "import keras\nif keras:\n    class Mine(keras.layers.Layer):\n        def __init__(self, b=1, **kw):\n            super().__init__(**kw)\n"
            "else:\n    class Mine(keras.layers.Layer):\n        def __init__(self):\n            super().__init__()\n"
        ),
    ],
    ids=["plain", "decorated", "metaclass", "model", "unknown base", "mixin", "another branch"],
)
def test_classes_that_may_take_it(text: str, tmp_path: Path) -> None:
    assert refused(write(tmp_path, one=text), "Mine", "b") == ((), ())


ACCUSED = {
    "a layer": "from keras.layers import Layer\nclass Mine(Layer):",
    "an alias": "import tensorflow as tf\nL = tf.keras.layers\nclass Mine(L.Layer):",
    "renamed": "from tensorflow.keras.layers import Layer as Base\nclass Mine(Base):",
    "tried": "try:\n    from keras import layers\nexcept ImportError:\n    from tf_keras import layers\nclass Mine(layers.Layer):",
    "an initializer": "import keras\nclass Mine(keras.initializers.Initializer):",
}


@pytest.mark.parametrize("head", ACCUSED.values(), ids=ACCUSED)
def test_a_key_that_nobody_takes(head: str, tmp_path: Path) -> None:
    code = write(tmp_path, one=f"{head}\n    def __init__(self, a, **kw):\n        super().__init__(**kw)\n")
    assert refused(code, "Mine", "a", "b") == (("b",), ())
    assert refused(code, "Mine") == ((), ("a",))


MODEL = """
import keras

class Bare(keras.Model):
    def __init__(self):
        super().__init__()

class Needs(keras.Model):
    def __init__(self, encoder, size=2, **kwargs):
        super().__init__(**kwargs)

class Any(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

class Own(Needs):
    @classmethod
    def from_config(cls, config):
        return cls(1)

class Stack(keras.Sequential):
    def __init__(self, size):
        super().__init__()
"""


def test_constructors_of_models(tmp_path: Path) -> None:
    """`Model.from_config` calls `cls(**config)`, unless the configuration is a functional model's."""
    code = write(tmp_path, one=MODEL)
    assert refused(code, "Bare", "trainable", "dtype") == (("trainable", "dtype"), ())
    assert refused(code, "Needs", "name", "trainable", "dtype") == ((), ("encoder",))
    assert refused(code, "Needs", "name", "encoder", "other") == ((), ())  # Model.__init__ says what it takes
    for name in ("Any", "Own", "Stack", "Bare", "Needs"):
        assert refused(code, name, "name", "layers", "input_layers", "output_layers") == ((), ())
        if name[0] not in "BN":
            assert refused(code, name, "name", "trainable") == ((), ())


@pytest.mark.parametrize(("package", "version"), [("keras", "2.8"), ("tf.keras", "2.4")])
def test_older_models_are_all_made_as_functional_ones(package: str, version: str, tmp_path: Path) -> None:
    assert misfit(write(tmp_path, one=MODEL), keras_api(package, version), "Bare", "", ["name"]) is None


def test_keys_of_a_built_in_base(tmp_path: Path) -> None:
    text = "from keras.layers import Dense\nclass Mine(Dense):\n    def __init__(self, a=1, **kw):\n        super().__init__(**kw)\n"
    code = write(tmp_path, one=text)
    assert refused(code, "Mine", "a", "units", "activation", "name") == ((), ())
    assert refused(code, "Mine", "filters") == (("filters",), ())


def test_a_base_in_another_file(tmp_path: Path) -> None:
    base = "import keras\nclass Base(keras.layers.Layer):\n    def __init__(self, a=1, **kw):\n        super().__init__(**kw)\n"
    mine = "from ..base import Base as B\nclass Mine(B):\n    pass\n"
    code = write(tmp_path, pkg____init__="", pkg__base=base, pkg__deep____init__="", pkg__deep__own=mine, other=base)
    assert code.find("Mine").module == "pkg.deep.own"
    assert refused(code, "Mine", "a", "name") == ((), ())
    assert refused(code, "Mine", "b") == (("b",), ())


def test_of_several_the_one_in_the_module(tmp_path: Path) -> None:
    code = write(tmp_path, a="class Mine: pass\n", b="class Mine: pass\n")
    assert code.find("Mine", "b").module == "b"
    assert code.find("Mine").module == "a"


def test_given_to_keras_under_a_name(tmp_path: Path) -> None:
    text = "from keras.utils import get_custom_objects\nget_custom_objects().update({'twice': f})\nget_custom_objects()['thrice'] = f\n"
    code = write(tmp_path, one=text)
    assert code.find("twice").registered == "twice"
    assert code.find("thrice").place.endswith("one.py:3")


def test_a_class_within_a_function_cannot_be_imported(tmp_path: Path) -> None:
    code = write(tmp_path, one="def make():\n    class Mine: pass\n    return Mine\n")
    assert code.find("Mine").module == ""


HOSTILE = {
    "python 2": b"class Mine(object):\n    def f(self):\n        print 'x'\n",
    "latin-1": "# -*- coding: latin-1 -*-\nclass Mine(object):\n    '\xe9'\n".encode("latin-1"),
    "no utf-8": b"class Mine(object):\n    '\xe9'\n",
    "null": b"class Mine(object):\n    pass\n\x00\n",
    "deep": b"class Mine(object):\n    x = " + b"(" * 5000 + b")" * 5000 + b"\n",
    "long sum": b"class Mine(object):\n    x = 1" + b" + 1" * 50000 + b"\n",
    "escape": b"class Mine(object):\n    x = '\\d'\n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_sources_that_do_not_parse_still_have_a_place(
    data: bytes, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / "one.py").write_bytes(data)
    code = index([str(tmp_path)])
    assert code.find("Mine").line in (1, 2)
    assert refused(code, "Mine", "b") == ((), ())
    assert not recwarn.list


def test_no_pipes_no_loops_no_huge_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (tmp_path / "huge.py").write_bytes(b"class Mine: pass\n" + b"#" * 3_000_000)
    (tmp_path / "one.ipynb").write_text("{}")
    code = index([str(tmp_path)])
    assert code.find("Mine") is None
    assert [each.rsplit("/", 1)[1] for each in code.unreadable] == [
        "huge.py: too large",
        "pipe.py: no regular file",
        "self.py: OSError",
    ]


def test_missing_paths_are_empty() -> None:
    assert index(["no/such/place"]) == CodeIndex()
