"""Targets from specifications, requirements files and interpreters."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyzer.target import TargetError, parse


@pytest.mark.parametrize(
    "spec, tensorflow, keras_api",
    [
        ("tensorflow==1.15.5", "1.15.5", ("tf.keras", "1.15")),
        ("tensorflow==2.4.1", "2.4.1", ("tf.keras", "2.4")),
        ("tensorflow==2.10.0,keras==2.10.0", "2.10.0", ("keras", "2.10.0")),
        ("tensorflow-cpu==2.15.0", "2.15.0", ("keras", "2.15.0")),
        ("tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0", "2.18.0", ("keras", "3.6.0")),
        ("tensorflow==2.18.0,tf_keras==2.18.0,TF_USE_LEGACY_KERAS=1", "2.18.0", ("tf_keras", "2.18.0")),
        ("tensorflow[and-cuda]==2.16.1,keras==3.3.3", "2.16.1", ("keras", "3.3.3")),
    ],
)
def test_which_keras(spec: str, tensorflow: str, keras_api: tuple[str, str]) -> None:
    target = parse(spec)
    assert (target.tensorflow, target.keras_api) == (tensorflow, keras_api)


def test_what_is_left_open_is_filled_and_said() -> None:
    target = parse("tensorflow==2.16.1")
    assert target.is_keras_3
    assert target.python == "3.12"
    assert [each.split("==")[0] for each in target.filled] == ["python", "keras"]
    assert parse("tensorflow==2.16.1,python==3.9").keras != target.keras, "Keras follows what the Python admits"


def test_libraries_and_options() -> None:
    target = parse("tensorflow==2.15.0,tensorflow-text==2.15.0,python==3.10.4", devices=("GPU:0",), compile=False)
    assert target.libraries == {"tensorflow-text": "2.15.0"}
    assert (target.python, target.build, target.compile) == ("3.10", "cuda", False)


def test_requirements_file(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# model server\n--index-url x\nnumpy>=1.20\ntensorflow==2.13.1 ; python_version < '3.12'\nkeras==2.13.1\n"
    )
    target = parse(str(file))
    assert (target.tensorflow, target.keras) == ("2.13.1", "2.13.1")


def test_interpreter_without_tensorflow() -> None:
    if any((Path(folder) / "tensorflow").is_dir() for folder in sys.path):
        pytest.skip("this interpreter has TensorFlow")
    with pytest.raises(TargetError, match="names no TensorFlow release"):
        parse(f"python:{sys.executable}")


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("tensorflow_cpu-2.15.0.dist-info", "keras-2.15.0.dist-info", "tensorflow_text-2.15.0.dist-info"):
        (site / name).mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    return tmp_path / "bin" / "python"


def test_interpreter_metadata(interpreter: Path) -> None:
    target = parse(f"python:{interpreter}")
    assert (target.tensorflow, target.python, target.keras) == ("2.15.0", "3.11", "2.15.0")
    assert target.libraries == {"tensorflow-text": "2.15.0"}
    assert not target.legacy_keras


def test_more_than_an_interpreter_has(interpreter: Path) -> None:
    target = parse(f"python:{interpreter},TF_USE_LEGACY_KERAS=1,tf-keras==2.15.1,keras==2.14.0")
    assert target.keras_api == ("tf_keras", "2.15.1")
    assert (target.tensorflow, target.keras) == ("2.15.0", "2.14.0")
    assert target.libraries == {"tensorflow-text": "2.15.0"}


@pytest.mark.parametrize(
    "spec", ["", "keras==3.0", "tensorflow", "tensorflow>=2", "tensorflow==2", "tensorflow==1.0.0", "python:/no/such"]
)
def test_unusable(spec: str) -> None:
    with pytest.raises(TargetError):
        parse(spec)
