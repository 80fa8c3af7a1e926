"""Remake the tables of ops, kernels and releases.

    python -m tools.tables.remake --envs ENVS --dumps DUMPS [--cuda] [RELEASE...]

ENVS holds one environment per minor release (`tfX.Y`), each with that TensorFlow's CPU wheel.  What the named releases
(all of them by default) register is dumped to DUMPS/cpu, what they can do to DUMPS/probes and the names in their protos to DUMPS/names; with `--cuda` the CUDA
wheel of the same version is downloaded by `uv`, used beside the environment's other packages, dumped to DUMPS/cuda and
deleted again.  Then every table is folded anew from all dumps and DUMPS/index.json (`collect_releases.py`, which needs
the network).  For a new release: append its name to `analyzer.tables.releases.RELEASES`, build its environment, run
both for it, and read the diff.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from analyzer.tables.releases import ORDER, RELEASES

DUMP = Path(__file__).with_name("dump_release.py")
PROBE = Path(__file__).with_name("probe_release.py")
NAMES = Path(__file__).with_name("dump_text_names.py")
BUILDERS = ("build_ops", "build_kernels", "build_releases", "build_text_names")
SECONDS = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="minor releases; default: all")
    parser.add_argument("--envs", type=Path, required=True, help="folder of the environments tfX.Y")
    parser.add_argument("--dumps", type=Path, required=True, help="folder for the dumps, outside the checkout")
    parser.add_argument("--cuda", action="store_true", help="dump the CUDA wheels too (about 0.6 GB each)")
    parser.add_argument("--dump-only", action="store_true", help="leave the tables as they are")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.releases) - set(RELEASES))
    if unknown:
        parser.error(f"not in analyzer.tables.releases.RELEASES: {', '.join(unknown)}")
    failed = dump_all(arguments.releases or RELEASES, arguments.envs, arguments.dumps, arguments.cuda)
    if failed:
        raise SystemExit("not dumped: " + ", ".join(failed))
    if not arguments.dump_only:
        for builder in BUILDERS:
            subprocess.run([sys.executable, "-m", f"tools.tables.{builder}", str(arguments.dumps)], check=True)
        subprocess.run([sys.executable, "-m", "tools.tables.describe"], check=True)


def dump_all(releases: tuple[str, ...] | list[str], envs: Path, dumps: Path, cuda: bool) -> list[str]:
    """Dump releases and name those that failed; the others go on."""
    failed = []
    for release in releases:
        python = envs / f"tf{release}" / "bin/python"
        try:
            if cuda:
                dump_cuda(python, dumps / "cuda" / f"{release}.json")
            else:
                dump(python, dumps / "cpu" / f"{release}.json")
                dump(python, dumps / "probes" / f"{release}.json", PROBE)
                if ORDER[release] >= ORDER["1.15"]:
                    dump(python, dumps / "names" / f"{release}.json", NAMES)
            print(f"{release}: dumped", flush=True)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{release}: {error}", file=sys.stderr, flush=True)
            failed.append(release)
    return failed


def dump(python: Path, out: Path, script: Path = DUMP, first: Path | None = None) -> None:
    """Run a script that writes `out` under one interpreter, with the packages in `first` before its own."""
    out.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    if first is not None:
        environment["PYTHONPATH"] = str(first)
    command = [str(python), "-W", "ignore", str(script), str(out)]
    subprocess.run(command, check=True, env=environment, timeout=SECONDS, stderr=subprocess.DEVNULL)


def dump_cuda(python: Path, out: Path) -> None:
    """Dump the wheel named `tensorflow` (up to 2.0 `tensorflow-gpu`) of the version that the environment has."""
    version = installed_version(python)
    major, minor = (int(part) for part in version.split(".")[:2])
    name = "tensorflow" if (major, minor) > (2, 0) else "tensorflow-gpu"
    with tempfile.TemporaryDirectory(prefix="cuda-wheel-", dir=out.parent.parent) as folder:
        command = ["uv", "pip", "install", "-q", "--no-cache", "--no-deps", "--python", str(python)]
        command += ["--target", folder, f"{name}=={version}"]
        subprocess.run(command, check=True, timeout=SECONDS)
        dump(python, out, first=Path(folder))


def installed_version(python: Path) -> str:
    """The version of TensorFlow in an environment, from the name of its metadata folder."""
    for folder in python.parent.parent.glob("lib/python3*/site-packages/tensorflow*-*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        if name in ("tensorflow", "tensorflow_cpu"):
            return version
    raise FileNotFoundError(f"no TensorFlow beside {python}")


if __name__ == "__main__":
    main()
