"""Run the benchmarks and write what they print into benchmarks/README.md.

    python benchmarks/run.py [NAME ...]      all, or the named ones

A benchmark's output stands between `<!-- NAME -->` and `<!-- end NAME -->`; what is not run stays as it is. The public corpus is
looked for beside the checkout, in ../shared/public-corpus. With ANALYZE_TF_ENVS naming a folder of environments, TensorFlow 2.15
reads the same checkpoints for comparison.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "benchmarks" / "README.md"
PUBLIC = ROOT.parent / "shared" / "public-corpus"
ENVIRONMENTS = os.environ.get("ANALYZE_TF_ENVS", "")
TENSORFLOW = ["--tensorflow", f"{ENVIRONMENTS}/tf2.15/bin/python"] if ENVIRONMENTS else []
COMMANDS = {
    "saved_model": ["benchmarks/saved_model.py"],
    "checkpoints": ["-m", "benchmarks.checkpoints", *TENSORFLOW],
    "keras": ["-m", "benchmarks.keras"],
    "lookups": ["benchmarks/lookups.py"],
    "public": ["benchmarks/public.py", str(PUBLIC)],
    "agreement": ["benchmarks/agreement.py", "--show", "20"],
}


def main() -> int:
    """Run and write; returns 1 when a benchmark failed."""
    wanted = sys.argv[1:] or list(COMMANDS)
    status = 0
    text = README.read_text(encoding="utf-8")
    for name in wanted:
        done = subprocess.run(
            [sys.executable, *COMMANDS[name]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600
        )
        print(f"== {name}\n{done.stdout}{done.stderr}")
        if done.returncode not in (0, 1) or not done.stdout.strip():
            status = 1
            continue
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        block = f"```\n{done.stdout.rstrip().replace(str(ROOT.parent), '..')}\n```\n"
        text, count = pattern.subn(lambda match, block=block: match.group(1) + block + match.group(2), text)
        if count != 1:
            raise SystemExit(f"benchmarks/README.md: {count} parts named {name!r}, there must be one")
    README.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
