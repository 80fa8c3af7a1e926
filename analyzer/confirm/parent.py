"""The side of a confirmation that asks: starts `child.py` under an interpreter with TensorFlow and reads what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from analyzer.confirm.messages import rules_for
from analyzer.records import dataclass, field

CHILD = Path(__file__).with_name("child.py")
START_SECONDS = 300  # importing TensorFlow from a cold disk, and Keras after it, over the time that a load may take


class ConfirmError(Exception):
    """There is no TensorFlow to load with; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Load:
    """One load to try. `options`: `tags` (list of str), `compile`, `safe_mode` (bool)."""

    path: str
    loader: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """What the loads ran under. `keras` is None where Keras is part of TensorFlow (up to 2.5)."""

    executable: str
    tensorflow: str
    python: str
    keras: str | None
    tf_keras: str | None
    legacy_keras: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one load did.

    `exception` is a class's name, or `Timeout`, `Exit`, or a signal's name (`SIGABRT`) where the process ended without an
    exception; `message` is then the last it wrote. `rules` may stand for the error. `frames` are the innermost
    `file:function` of the traceback. `limit` is `time`, `cpu` or `memory` where a limit ended the load.
    """

    path: str
    loader: str
    loads: bool
    exception: str | None
    message: str | None
    rules: tuple[str, ...]
    frames: tuple[str, ...]
    signal: int | None
    limit: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """All that was tried. A load without an outcome was not: the process ended before it."""

    environment: Environment
    outcomes: tuple[Outcome, ...]


def confirm(
    loads: Iterable[Load],
    python: str | None = None,
    *,
    seconds: float = 60,
    memory: int = 4096,
    gpu: bool = False,
    network: bool = False,
    legacy_keras: bool = False,
    progress: Callable[[Outcome], None] | None = None,
) -> Confirmation:
    """Really load, one process a load, under the interpreter `python` (this one by default).

    Args:
        seconds: wall time each load may take; `memory`: MB each may add to what TensorFlow itself takes.
        gpu: let TensorFlow see the GPUs. `network`: leave the loads the network, which they lose otherwise where the
            system allows that (Linux with the right to make namespaces).
        legacy_keras: set TF_USE_LEGACY_KERAS=1.
        progress: called with each outcome as soon as it is known.

    Raises ConfirmError where the interpreter is not there or has no working TensorFlow.
    """
    executable = python or sys.executable
    jobs = list(loads)
    options = ["--seconds", str(seconds), "--memory", str(memory)]
    options += ["--gpu"] * gpu + ["--network"] * network
    rows = _rows(executable, jobs, options, _settings(executable, legacy_keras), seconds)
    about = next(rows, {}).get("environment")
    if about is None:
        raise ConfirmError(f"{executable} said nothing about its TensorFlow")
    environment = Environment(
        executable=executable,
        tensorflow=about["tensorflow"],
        python=about["python"],
        keras=about["keras"],
        tf_keras=about["tf_keras"],
        legacy_keras=legacy_keras,
    )
    outcomes = []
    for row in rows:
        outcome = _outcome(jobs[row["id"]], row)
        outcomes.append(outcome)
        if progress is not None:
            progress(outcome)
    return Confirmation(environment, tuple(outcomes))


def _outcome(load: Load, row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        path=load.path,
        loader=load.loader,
        loads=row["loads"],
        exception=row["exception"],
        message=row["message"],
        rules=() if row["loads"] else rules_for(row["exception"], row["message"]),
        frames=tuple(row["frames"]),
        signal=row["signal"],
        limit=row["limit"],
        seconds=row["seconds"],
    )


def _settings(executable: str, legacy_keras: bool) -> dict[str, str]:
    """The child's environment variables: ours without what points an interpreter at another one's modules."""
    settings = dict(os.environ)
    if os.path.realpath(executable) != os.path.realpath(sys.executable):
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
            settings.pop(name, None)
    settings.pop("TF_USE_LEGACY_KERAS", None)
    if legacy_keras:
        settings["TF_USE_LEGACY_KERAS"] = "1"
    return settings | {"PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}


def _rows(
    executable: str, jobs: Sequence[Load], options: Sequence[str], settings: Mapping[str, str], seconds: float
) -> Iterator[dict[str, Any]]:
    """The rows that the child writes, as it writes them."""
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile("w+") as asked:
        asked.writelines(
            json.dumps(
                {"id": number, "path": os.path.abspath(job.path), "loader": job.loader, "options": dict(job.options)}
            )
            + "\n"
            for number, job in enumerate(jobs)
        )
        asked.seek(0)
        try:
            process = subprocess.Popen(
                [executable, str(CHILD), *options],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=dict(settings),
            )
        except OSError as error:
            raise ConfirmError(f"{executable} does not run: {error.strerror}; --python takes an interpreter") from None
        spoke = False
        try:
            for line in _watched(process, seconds + START_SECONDS):
                spoke = True
                yield json.loads(line)
        finally:
            process.kill()
            process.wait()
        if not spoke:
            raise ConfirmError(_why(executable, errors))


def _watched(process: subprocess.Popen[str], seconds: float) -> Iterator[str]:
    """The process's lines; it is killed when it says nothing for so long that even its own limits must have failed."""
    assert process.stdout is not None
    while True:
        watchdog = threading.Timer(seconds, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            return
        yield line


def _why(executable: str, errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    last = lines[-1].strip() if lines else "it ended without a word"
    advice = "name an interpreter that has it with --python EXE"
    if "No module named 'tensorflow'" in last:
        return f"{executable} has no TensorFlow; {advice}"
    return f"TensorFlow does not import under {executable} ({last}); {advice}"
