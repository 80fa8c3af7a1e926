"""What a verdict on a SavedModel costs, against reading and parsing the same file.

    python benchmarks/saved_model.py [--runs 7]

Prints medians and ratios of one run; ratios within a run are what to quote.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SMALL = ROOT / "corpus/artifacts/tf/w2.15/v2_dense"
TARGET = "tensorflow==2.15.0"
PARSE = """
import sys
from analyzer.readers.protos import message
message("tensorflow.SavedModel").FromString(open(sys.argv[1], "rb").read())
"""
SCAN = """
import sys
from analyzer import analyze
analyze(sys.argv[1], target=sys.argv[2], rules=[name for name in sys.argv[3].split(",") if name])
"""


def whole_process(arguments: list[str], runs: int) -> tuple[list[float], float]:
    """Wall seconds of each run, and the peak memory of the largest in MiB."""
    times, peak = [], 0.0
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # as installed
    for _ in range(runs + 1):
        before = time.perf_counter()
        code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
            env=environment,
        )
        times.append(time.perf_counter() - before)
        peak = max(peak, int(done.stdout) / 1024)
    return times[1:], peak


def in_process(work: Callable[[], object], runs: int) -> float:
    """Median seconds of CPU time."""
    times = []
    for _ in range(runs + 1):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return statistics.median(times[1:])


def measure(what: str, file: Path, runs: int) -> None:
    """Print what the rules cost in this process, beside reading and parsing the file."""
    from analyzer import analyze
    from analyzer.readers.protos import message

    parse = in_process(lambda: message("tensorflow.SavedModel").FromString(file.read_bytes()), runs)
    print(f"{what}, {file.stat().st_size / 1e6:.1f} MB, CPU time in process: read and parse {parse * 1e3:.1f} ms")
    for rules, words, bound in ((("ops", "devices"), "--rules ops,devices", 3), ((), "all rules", 8)):
        seconds = in_process(lambda rules=rules: analyze(file.parent, target=TARGET, rules=rules), runs)
        print(f"  {words}: {seconds * 1e3:.1f} ms (x{seconds / parse:.2f}, bound {bound})")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    runs = options.parse_args().runs
    sys.path.insert(0, str(ROOT))
    from benchmarks.models import saved_model

    python = [sys.executable]
    bare, _ = whole_process([*python, "-c", PARSE, str(SMALL / "saved_model.pb")], runs)
    command = [*python, "-m", "analyzer.cli", "--target", TARGET, "--rules", "ops,devices", str(SMALL)]
    ours, _ = whole_process(command, runs)
    everything, _ = whole_process([*command[:5], str(SMALL)], runs)
    pairs = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    print(
        f"small SavedModel, whole process: parse {statistics.median(bare) * 1e3:.0f} ms, --rules ops,devices {statistics.median(ours) * 1e3:.0f} ms (x{pairs:.2f}, bound 2.5), all rules {statistics.median(everything) * 1e3:.0f} ms"
    )

    with tempfile.TemporaryDirectory() as folder:
        many = saved_model(Path(folder) / "many", 22_000, per_function=10)
        measure(
            "15,000 nodes, 10,600 of them in 1,760 small functions as TF 2 exports many layers",
            many / "saved_model.pb",
            runs,
        )
        large = saved_model(Path(folder) / "large", 30_000)
        file = large / "saved_model.pb"
        measure("30,000 nodes, 24,000 of them in 12 functions", file, runs)
        _, base = whole_process([*python, "-c", PARSE, str(file)], 1)
        for rules in ("ops,devices", ""):
            _, peak = whole_process([*python, "-c", SCAN, str(large), TARGET, rules], 1)
            print(
                f"  peak memory, rules {rules or 'all'}: {peak:.0f} MiB (x{peak / base:.2f} of the parse alone, {base:.0f} MiB; bound 2.5)"
            )


if __name__ == "__main__":
    main()
