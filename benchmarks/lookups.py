"""Time the look-ups in the tables: 100 ops from a cold process, then ops and kernels once loaded.

    python -m benchmarks.lookups [--repeat N] [--json]

Each repetition is a fresh interpreter.  Both the best (what the code costs) and the median (what the machine made of it)
are printed: milliseconds for the cold figures, microseconds for the warm ones.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHILD = """
import json, random, sys, time
clock = time.perf_counter
names = json.loads(sys.argv[1])
start = clock()
import analyzer
package = clock()
from analyzer.tables import kernels, ops
imported = clock()
table = ops.ops("2.15")
for name in names:
    table.get(name)
looked = clock()
for name in names:
    kernels.has_kernel(name, "2.15", "CPU", {"T": 1})
kerneled = clock()
def warm(call, rounds=200):
    begin = clock()
    for _ in range(rounds):
        for name in names:
            call(name)
    return (clock() - begin) / rounds / len(names) * 1e6
print(json.dumps({
    "import of the table modules, after the package, ms": (imported - package) * 1e3,
    "100 ops, cold, ms": (looked - imported) * 1e3,
    "100 kernels, cold, ms": (kerneled - looked) * 1e3,
    "one op, warm, us": warm(table.get),
    "one kernel, warm, us": warm(lambda name: kernels.has_kernel(name, "2.15", "CPU", {"T": 1})),
}))
"""


def names(count: int = 100) -> list[str]:
    """Ops spread evenly over the table, a few of them unknown to the release."""
    from analyzer.tables.rows import Rows

    every = Rows("ops.jsonl", "op").names()
    return [every[position * len(every) // count] for position in range(count)]


def measure(repeat: int) -> dict[str, tuple[float, float]]:
    """Best and median of each figure."""
    runs = []
    for _ in range(repeat):
        command = [sys.executable, "-c", CHILD, json.dumps(names())]
        runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=60).stdout))
    return {key: (min(run[key] for run in runs), statistics.median(run[key] for run in runs)) for key in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=21)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.repeat)
    if arguments.json:
        print(json.dumps(figures, indent=1))
        return
    print("| look-up | best | median |\n|---|---:|---:|")
    for name, (best, median) in figures.items():
        print(f"| {name} | {best:.2f} | {median:.2f} |")


if __name__ == "__main__":
    main()
