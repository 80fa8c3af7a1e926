"""Environments are built with uv where uv is, once, and otherwise the message says how to make one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.confirm import ConfirmError, prepare
from analyzer.confirm.environments import cache_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a shell script")
UV = """#!/bin/sh
echo "$@" >> "$LOG"
case "$1 $FAIL" in
  "venv ") for last; do :; done; mkdir -p "$last/bin"; touch "$last/bin/python" ;;
  "pip yes") echo "no such release" >&2; exit 1 ;;
  "venv yes") ;;
esac
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for uv; the file that it logs its calls in."""
    script = tmp_path / "bin" / "uv"
    script.parent.mkdir()
    script.write_text(UV)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("FAIL", "")
    return tmp_path / "log"


def test_without_uv_the_message_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ConfirmError, match=r"needs uv .*python3.11 -m venv ENV && ENV/bin/pip install tensorflow==2.13.0"
    ):
        prepare(["tensorflow==2.13.0"], "3.11", cache=tmp_path)


def test_an_environment_is_built_as_of_its_day(uv: Path, tmp_path: Path) -> None:
    executable = prepare(["tensorflow==2.13.0", "keras==2.13.1"], "3.11", before="2023-07-20", cache=tmp_path / "cache")
    assert Path(executable).exists()
    venv, install = uv.read_text().splitlines()
    assert "--python 3.11" in venv
    assert install.endswith("--exclude-newer 2023-07-20 tensorflow==2.13.0 keras==2.13.1")


def test_a_built_environment_is_reused(uv: Path, tmp_path: Path) -> None:
    first = prepare(["tensorflow==2.13.0"], "3.11", cache=tmp_path / "cache")
    calls = uv.read_text()
    assert prepare(["tensorflow==2.13.0"], "3.11", cache=tmp_path / "cache") == first
    assert uv.read_text() == calls


@pytest.mark.parametrize(
    "other", [{"requirements": ["tensorflow==2.14.0"]}, {"python": "3.10"}, {"before": "2024-01-01"}]
)
def test_another_request_is_another_environment(uv: Path, tmp_path: Path, other: dict[str, object]) -> None:
    asked: dict[str, object] = {"requirements": ["tensorflow==2.13.0"], "python": "3.11", "before": "2023-07-20"}
    first = prepare(**asked, cache=tmp_path / "cache")  # type: ignore[arg-type]
    assert prepare(**(asked | other), cache=tmp_path / "cache") != first  # type: ignore[arg-type]


def test_a_failed_build_says_what_uv_said_and_is_not_reused(
    uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIL", "yes")
    with pytest.raises(ConfirmError, match="no such release"):
        prepare(["tensorflow==9.9"], "3.11", cache=tmp_path / "cache")
    monkeypatch.setenv("FAIL", "")
    assert Path(prepare(["tensorflow==9.9"], "3.11", cache=tmp_path / "cache")).exists()


def test_the_cache_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "environments"
