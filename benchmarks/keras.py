"""How long it takes to judge a Keras file, beside opening it, reading its configuration and `json.loads`.

    python -m benchmarks.keras [--runs 15] [FILE...]

Each FILE is measured as it is; without any, MobileNetV2 is written first as Keras 2.15 and Keras 3 save it (`mobilenet.py`).
The bound is 1.5 times the reference plus start-up. As whole processes, in one run and in turn:

- reference: `python -c`, imports h5py (or zipfile) and json, opens the file, reads the configuration, parses it;
- start-up: `analyze --version`;
- small: `analyze --target ...` on the same network's first two layers, which is what a scan costs whatever the file holds;
- scan: `analyze --target ... FILE`, all rules.

Processes are compared by the CPU time that the operating system accounts to them, the least of all runs; wall time beside it.
Bytecode is cached, as it is for an installed package. Within a process: reading, and emulating the load, when all is warm.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.artifact import Artifact
from analyzer.keras import emulation
from analyzer.keras.events import Recorder
from analyzer.readers.identify import Reading, read_single_file
from analyzer.sources.folder import FolderSource
from analyzer.target import parse
from benchmarks import mobilenet

ROOT = Path(__file__).resolve().parent.parent
BOUND = 1.5
TARGETS = {".h5": "tensorflow==2.15.0", ".keras": "tensorflow==2.18.0,keras==3.6.0,python==3.12"}
WRITERS = {".h5": mobilenet.write_h5, ".keras": mobilenet.write_keras}
H5_REFERENCE = "import h5py, json; f = h5py.File({0!r}); json.loads(f.attrs['model_config'])"
ZIP_REFERENCE = "import json, zipfile; json.loads(zipfile.ZipFile({0!r}).read('config.json'))"
ANALYZE = [sys.executable, "-m", "analyzer.cli"]


def main() -> None:
    """Print what each file costs."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=15)
    options.add_argument("files", nargs="*", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in given.files or [WRITERS[suffix](folder / f"m{suffix}") for suffix in TARGETS]:
            measure(path, WRITERS[path.suffix](folder / f"small{path.suffix}", 2), given.runs)


def measure(path: Path, small: Path, runs: int) -> None:
    """The figures of one file, in milliseconds; beside it a small one of the same kind."""
    target, artifact = parse(TARGETS[path.suffix]), read(path)
    print(
        f"{path.suffix}: {path.stat().st_size / 2**20:.1f} MiB, configuration {len(artifact.keras.config_text) >> 10} KiB"
    )
    within = [best(work) for work in (lambda: reference(path), lambda: read(path), lambda: emulate(artifact, target))]
    print(
        "  in process, warm: open, read, json.loads {:.1f} ms; all metadata {:.1f} ms; emulation {:.1f} ms".format(
            *within
        )
    )
    code = (H5_REFERENCE if path.suffix == ".h5" else ZIP_REFERENCE).format(str(path))
    commands = {
        "reference": [sys.executable, "-c", code],
        "start-up": [*ANALYZE, "--version"],
        "small": [*ANALYZE, "--target", TARGETS[path.suffix], str(small)],
        "scan": [*ANALYZE, "--target", TARGETS[path.suffix], str(path)],
    }
    figures = processes(commands, runs)
    for kind, which in (("CPU", 0), ("wall", 1)):
        base, start, least, scan = (figures[name][which] for name in commands)
        bound = BOUND * base + start
        print(
            f"  process, {kind}: reference {base:.0f} ms, start-up {start:.0f} ms, small {least:.0f} ms, scan {scan:.0f} ms: "
            f"x{scan / base:.2f} of the reference, x{scan / bound:.2f} of the bound {bound:.0f} ms "
            f"({'met' if scan <= bound else 'not met'}), {(scan - least) / base:.2f} references above the small scan"
        )


def read(path: Path) -> Artifact:
    """The artifact, as discovery reads it."""
    source = FolderSource(str(path.parent), only=path.name)
    return read_single_file(source, str(path), path.name, Reading())


def emulate(artifact: Artifact, target: Any) -> None:
    """The load, emulated."""
    emulation._emulate(artifact, target, Recorder(file=artifact.name))


def reference(path: Path) -> Any:
    """What a person would do to see the configuration."""
    if path.suffix == ".h5":
        import h5py

        with h5py.File(path) as file:
            return json.loads(file.attrs["model_config"])
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def best(function: Callable[[], Any], runs: int = 15) -> float:
    """The least CPU time of a call in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times) * 1000


def processes(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, tuple[float, ...]]:
    """Least CPU and wall milliseconds of each command, run in turn after one warm-up."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - started
            if process.returncode:
                raise SystemExit(f"{command} ended with {process.returncode}")
            taken[name].append(((usage.ru_utime + usage.ru_stime) * 1e3, wall * 1e3))
    return {name: tuple(map(min, zip(*found[1:], strict=True))) for name, found in taken.items()}


if __name__ == "__main__":
    main()
