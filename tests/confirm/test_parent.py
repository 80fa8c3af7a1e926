"""Whatever a load does, it becomes an outcome, and the loads after it still run."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from analyzer.confirm import ConfirmError, Load, Outcome, confirm

SM2, KERAS = "tf.saved_model.load", "tf.keras.models.load_model"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the limits are those of a fork")


def one(folder: Path, order: str, loader: str = SM2, **settings: object) -> Outcome:
    file = folder / "artifact"
    file.write_text(order)
    (outcome,) = confirm([Load(str(file), loader)], **settings).outcomes  # type: ignore[arg-type]
    return outcome


def test_a_load_that_works(fake_tensorflow: Path, tmp_path: Path) -> None:
    outcome = one(tmp_path, "ok")
    assert (outcome.loads, outcome.exception, outcome.message, outcome.rules) == (True, None, None, ())


def test_the_environment_is_described(fake_tensorflow: Path) -> None:
    environment = confirm([]).environment
    assert environment.tensorflow == "2.15.0"
    assert environment.python.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")


def test_an_exception_is_reported_as_raised(fake_tensorflow: Path, tmp_path: Path) -> None:
    outcome = one(tmp_path, "raise Op type not registered 'Foo' in binary running on x")
    assert (outcome.loads, outcome.exception) == (False, "LoadError")
    assert outcome.message == "Op type not registered 'Foo' in binary running on x"
    assert outcome.rules[0] == "unknown-op"
    assert outcome.frames[-1] == "__init__.py:load"


def test_a_message_that_quotes_a_whole_configuration_keeps_its_end(fake_tensorflow: Path, tmp_path: Path) -> None:
    quoted = f"could not be deserialized properly. config={{{'1, ' * 20000}}}."
    outcome = one(tmp_path, f"raise {quoted} Exception encountered: Could not locate class 'Mine'.")
    assert (outcome.message or "").startswith("could not be deserialized properly.")
    assert outcome.rules[0] == "unresolved-custom-object"


def test_an_abort_is_an_outcome_with_its_last_words(fake_tensorflow: Path, tmp_path: Path) -> None:
    outcome = one(tmp_path, "abort")
    assert (outcome.loads, outcome.exception, outcome.signal) == (False, "SIGABRT", signal.SIGABRT)
    assert "Check failed: dtype" in (outcome.message or "")


def test_a_hang_is_an_outcome(fake_tensorflow: Path, tmp_path: Path) -> None:
    outcome = one(tmp_path, "hang", seconds=0.5)
    assert (outcome.loads, outcome.exception, outcome.limit) == (False, "Timeout", "time")


def test_a_model_that_eats_memory_is_stopped(fake_tensorflow: Path, tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("no memory limit on this system")
    outcome = one(tmp_path, "eat", memory=64)
    assert (outcome.loads, outcome.exception) == (False, "MemoryError")


@pytest.mark.parametrize(("order", "exception"), [("exit", "SystemExit"), ("leave", "Exit")])
def test_leaving_the_process_is_an_outcome(fake_tensorflow: Path, tmp_path: Path, order: str, exception: str) -> None:
    outcome = one(tmp_path, order)
    assert (outcome.loads, outcome.exception) == (False, exception)


def test_loads_after_a_bad_one_still_run_and_keep_their_names(fake_tensorflow: Path, tmp_path: Path) -> None:
    orders = {"a": "abort", "b": "ok", "c": "raise no", "d": "ok"}
    for name, order in orders.items():
        (tmp_path / name).write_text(order)
    loads = [Load(str(tmp_path / name), KERAS if name in "ab" else SM2) for name in orders]
    seen: list[Outcome] = []
    confirmation = confirm(loads, progress=seen.append)
    assert {Path(each.path).name: each.loads for each in confirmation.outcomes} == {
        "a": False, "b": True, "c": False, "d": True,
    }  # fmt: skip
    assert tuple(seen) == confirmation.outcomes
    assert [each.loader for each in seen] == [SM2, SM2, KERAS, KERAS]  # importing Keras must not touch the others


def test_options_reach_the_loader(fake_tensorflow: Path, tmp_path: Path) -> None:
    file = tmp_path / "artifact"
    file.write_text("raise TAGS COMPILE")
    loads = [
        Load(str(file), SM2, {"tags": ["serve", "gpu"]}),
        Load(str(file), KERAS, {"compile": False}),
        Load(str(file), SM2),
    ]
    messages = [outcome.message for outcome in confirm(loads).outcomes]
    assert messages == ["['serve', 'gpu'] None", "None None", "None False"]


def test_files_that_a_load_writes_do_not_stay(
    fake_tensorflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert one(tmp_path, "write").loads
    assert [file.name for file in tmp_path.iterdir()] == ["artifact"]


def test_relative_paths_are_those_of_the_caller(
    fake_tensorflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("artifact").write_text("ok")
    (outcome,) = confirm([Load("artifact", SM2)]).outcomes
    assert (outcome.path, outcome.loads) == ("artifact", True)


def test_no_tensorflow_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if any((Path(folder) / "tensorflow").exists() for folder in sys.path):
        pytest.skip("this interpreter has TensorFlow")
    with pytest.raises(ConfirmError, match=r"has no TensorFlow; name an interpreter that has it with --python EXE"):
        confirm([])


def test_no_interpreter_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfirmError, match=r"does not run: No such file or directory"):
        confirm([], python=str(tmp_path / "python"))
