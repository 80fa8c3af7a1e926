"""Collect what the package index says of each minor release, to DUMPS/index.json.

    python -m tools.tables.collect_releases --envs ENVS --pythons PYENV DUMPS [RELEASE...]

Needs the network, `uv` and `pip`.  Of each minor release: its patch versions and their Linux wheels (pip's own list of
links), the day of its first wheel (uv names it when a date limit excludes the version), the requirements of its newest
patch (pip's report), and which numpy, protobuf, h5py, keras and tf_keras installing it resolves to for each Python
(`uv pip compile`).  ENVS and the interpreters under PYENV give the bytecode magic of each Python minor.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from analyzer.tables.releases import RELEASES

WHEEL = re.compile(r"/tensorflow-(\d+\.\d+\.\d+)(?:-\d+)?-cp3(\d+)-[^-/]+-manylinux[^#/]*x86_64\.whl")
WANTED = (
    "numpy",
    "protobuf",
    "h5py",
    "keras",
    "tf-keras",
    "keras-nightly",
    "keras-applications",
    "keras-preprocessing",
)
SECONDS = 300
NOWHERE = tempfile.gettempdir()
"""Where pip would put what it is kept from downloading."""


def run(command: list[str], text: str = "") -> tuple[str, str]:
    """Standard output and error of a client, whatever it ended with."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout, done.stderr


def wheels() -> dict[str, list[str]]:
    """Patch version to the Python minors that have a Linux wheel of it."""
    out, _ = run([sys.executable, "-m", "pip", "-vvv", "download", "--no-deps", "-d", NOWHERE, "tensorflow==0.0.0"])
    found: dict[str, set[int]] = defaultdict(set)
    for version, python in WHEEL.findall(out):
        found[version].add(int(python))
    return {version: [f"3.{minor}" for minor in sorted(minors)] for version, minors in found.items()}


def published(version: str, python: str) -> str:
    """The day on which a version was published, as uv says when a date excludes it."""
    command = ["uv", "pip", "compile", "-", "--python-version", python, "--no-deps", "--exclude-newer", "2015-01-01"]
    _, errors = run(command, f"tensorflow=={version}\n")
    found = re.search(r"published at\s+(\d{4}-\d\d-\d\d)", " ".join(errors.split()))
    if not found:
        raise SystemExit(f"uv names no date for tensorflow {version}: {errors}")
    return found[1]


def requirements(version: str, python: str) -> dict[str, str]:
    """Specifiers of a version's requirements that are not extras, by name."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
    command += ["--report", "-", "--only-binary", ":all:", "--python-version", python, "--target", NOWHERE]
    out, _ = run([*command, f"tensorflow=={version}"])
    report = json.loads(out[out.index("{") :])
    found = {}
    for text in report["install"][0]["metadata"].get("requires_dist", ()):
        requirement, _, marker = text.partition(";")
        match = re.match(r"\s*([A-Za-z0-9_.-]+)\s*\(?([^)\[]*)\)?", requirement)
        if match and "extra" not in marker and _applies(marker, python):
            found[match[1].lower()] = match[2].replace(" ", "")
    return found


def _applies(marker: str, python: str) -> bool:
    from packaging.markers import Marker

    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= {"platform_system": "Linux", "sys_platform": "linux", "platform_machine": "x86_64"}
    return not marker.strip() or Marker(marker.strip()).evaluate(environment)


def resolved(version: str, python: str, *also: str) -> dict[str, str]:
    """What installing a version today would bring along, of the packages that matter to a load."""
    command = ["uv", "pip", "compile", "-", "--python-version", python, "--no-header", "--no-annotate", "-q"]
    out, _ = run(command, "\n".join((f"tensorflow=={version}", *also)) + "\n")
    pins = dict(line.split("==", 1) for line in out.split() if "==" in line)
    return {name: pins[name] for name in WANTED if name in pins}


def collect(release: str, pythons: dict[str, list[str]]) -> dict[str, Any]:
    """Everything about one minor release."""
    versions = [version for version in pythons if version.rsplit(".", 1)[0] == release]
    versions.sort(key=lambda version: int(version.rsplit(".", 1)[1]))
    newest = versions[-1]
    minors = sorted({python for version in versions for python in pythons[version]}, key=_minor)
    last = pythons[newest][-1]
    facts: dict[str, Any] = {
        "versions": versions,
        "date": published(versions[0], pythons[versions[0]][-1]),
        "pythons": minors,
        "requires": requirements(newest, last),
        "installs": {python: resolved(newest, python) for python in pythons[newest]},
    }
    if int(release.split(".")[1]) >= 14 and release.startswith("2."):
        facts["tf-keras"] = resolved(newest, last, "tf-keras").get("tf-keras")
    return facts


def _minor(python: str) -> int:
    return int(python.split(".")[1])


def magics(envs: Path, pyenv: Path) -> dict[str, int]:
    """Bytecode magic number by Python minor, of the interpreters that are there."""
    code = (
        "import struct, sys\n"
        "try:\n    from importlib.util import MAGIC_NUMBER as magic\n"
        "except ImportError:\n    import imp; magic = imp.get_magic()\n"
        "print('%d.%d %d' % (sys.version_info[0], sys.version_info[1], struct.unpack('<H', magic[:2])[0]))"
    )
    found = {}
    for python in (*pyenv.glob("[23].*/bin/python"), *envs.glob("*/bin/python"), Path(sys.executable)):
        out, _ = run([str(python), "-c", code])
        name, magic = out.split()
        found[name] = int(magic)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="minor releases; default: all")
    parser.add_argument("--envs", type=Path, required=True)
    parser.add_argument("--pythons", type=Path, required=True, help="folder of interpreters, X.Y.Z/bin/python each")
    arguments = parser.parse_args()
    path = arguments.dumps / "index.json"
    facts = json.loads(path.read_text()) if path.exists() else {"releases": {}}
    facts["magics"] = facts.get("magics", {}) | magics(arguments.envs, arguments.pythons)
    pythons = wheels()
    path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    for release in arguments.releases or RELEASES:
        facts["releases"][release] = collect(release, pythons) | {"resolved": f"{datetime.date.today()}"}
        path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
        print(f"{release}: collected", flush=True)


if __name__ == "__main__":
    main()
