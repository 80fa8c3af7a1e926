"""Environments to load in, built once with uv and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from analyzer.confirm.parent import ConfirmError

READY = ".ready"


def prepare(
    requirements: Sequence[str],
    python: str,
    *,
    before: str | None = None,
    cache: Path | None = None,
    seconds: float = 1800,
) -> str:
    """The interpreter of an environment with these requirements; built where the cache has none.

    Args:
        requirements: as pip takes them, `tensorflow==2.13.0`.
        python: the minor release of Python to build with, `3.11`; uv fetches it where it is not installed.
        before: a date (`2023-07-20`); dependencies are resolved as of that day, so that an old TensorFlow gets the numpy
            and protobuf it was made for.
        cache: the folder that holds the environments; `cache_folder()` by default.

    Raises ConfirmError, saying what is missing or what to run by hand.
    """
    folder = (cache or cache_folder()) / _name(requirements, python, before)
    executable = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / READY).exists() and executable.exists():
        return str(executable)
    uv = shutil.which("uv")
    if uv is None:
        raise ConfirmError(
            f"building an environment with {' '.join(requirements)} needs uv (pip install uv); or make one by hand: "
            f"python{python} -m venv ENV && ENV/bin/pip install {' '.join(requirements)}, then --python ENV/bin/python"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    cut = ["--exclude-newer", before] if before else []
    _run([uv, "venv", "--quiet", "--clear", "--python", python, str(folder)], seconds)
    _run([uv, "pip", "install", "--quiet", "--python", str(executable), *cut, *requirements], seconds)
    (folder / READY).touch()
    return str(executable)


def cache_folder() -> Path:
    """Where environments are kept: `tf-artifact-analyzer/environments` in the user's cache folder."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "tf-artifact-analyzer" / "environments"


def _name(requirements: Sequence[str], python: str, before: str | None) -> str:
    """A folder's name that a person recognizes and that differs for any other request."""
    asked = "\n".join([*sorted(requirements), python, before or ""])
    first = "".join(
        letter if letter.isalnum() or letter in ".-" else "-" for letter in requirements[0].replace("==", "-")
    )
    return f"{first}-py{python}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"


def _run(command: Sequence[str], seconds: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise ConfirmError(f"{' '.join(command)} took more than {seconds:.0f} s") from None
    if done.returncode != 0:
        raise ConfirmError(f"{' '.join(command)} failed: {done.stderr.strip()[-800:]}")
