"""analyzer/tables/keras_pairs.jsonl: which `keras` and `tf_keras` no TensorFlow gets on with, and at which step.

    python -m tools.tables.pair_keras --envs ENVS --packages DIR --facts FILE H5 [RELEASE...]

Each version of each package below is put before the packages of each environment, by PYTHONPATH, and TensorFlow is
imported, then `tf.keras`, then the H5 file is loaded, which has to be one that any Keras loads. What was asked stands in the
facts, a line for each pair and Python, and is not asked again; an environment of another Python adds to them. The packages
are installed into the folder by pip, without what they require, but for what only Keras 3 needs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from analyzer.tables.releases import RELEASES
from tools.tables.fold import write

OUT = Path(__file__).parents[2] / "analyzer/tables/keras_pairs.jsonl"
VERSIONS = {
    "keras": (*(f"2.{minor}.0" for minor in (6, 7, 8, 9, 10, 11, 12)), "2.13.1", "2.14.0", "2.15.0", "3.0.5", "3.6.0"),
    "tf-keras": ("2.15.1", "2.16.0", "2.17.0", "2.18.0", "2.19.0", "2.20.1"),
}
FIRST = {"keras": "2.6", "tf-keras": "2.16"}  # the TensorFlow that looks for the package
NEEDED = ("namex", "rich", "markdown-it-py", "mdurl", "pygments", "optree==0.13.1", "dm-tree")  # by Keras 3
NEEDED_BEFORE = (
    "ml-dtypes==0.2.0",
    "typing-extensions==4.12.2",
)  # the same, where TensorFlow before 2.14 does not bring them along
PREPROCESSING = ("keras-preprocessing==1.1.2",)  # by Keras 2.8 and older
PROBE = """
import sys
step = "import"
try:
    import tensorflow as tf
    step = "keras"
    models = tf.keras.models
    step = "load"
    models.load_model(sys.argv[1])
    print("said", "", "")
except BaseException as error:
    try:
        if str(error).startswith("Keras cannot be imported"):  # which is silent about why
            __import__(sys.argv[2])
    except BaseException as reason:
        error = reason
    print("said", step, type(error).__name__, str(error).splitlines()[0] if str(error) else "")
"""
_PROTOBUF = ("Descriptors cannot", "from 'google.protobuf")  # what hangs on another package, which people may have

Fact = dict[str, str]


def installed(release: str, package: str, version: str, python: str, folder: Path) -> Path:
    """The package in a folder of its own. Raises CalledProcessError where pip has none for that Python."""
    early = RELEASES.index(release) < RELEASES.index("2.14")
    place = folder / python / f"{package}-{version}{'-early' if early else ''}"
    if not place.exists():
        number = tuple(map(int, version.split(".")[:2]))
        more = PREPROCESSING if number < (2, 9) else () if number < (3,) else NEEDED + (NEEDED_BEFORE if early else ())
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:"]
        command += ["--implementation", "cp", "--python-version", python, "--target", str(place)]
        subprocess.run([*command, f"{package}=={version}", *more], check=True, timeout=600)
    return place


def ask(python: Path, package: str, place: Path, file: Path) -> tuple[str, str]:
    """The step that fails and the error, both empty where none does."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONPATH": str(place),
    }
    if package == "tf-keras":
        environment["TF_USE_LEGACY_KERAS"] = "1"
    done = subprocess.run(
        [str(python), "-c", PROBE, str(file), package.replace("-", "_")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    said = next((line for line in done.stdout.splitlines() if line.startswith("said ")), "said import Died")
    step, _, error = said.removeprefix("said ").partition(" ")
    name, _, message = re.sub(r" \(/[^)]*\)", "", error).partition(" ")
    return step, f"{name}: {message}".strip(" :")


def rows(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Runs of versions that fail alike, each up to the next; `to` where that works, `python` where older Pythons get on."""
    found = []
    for release in RELEASES:
        for package, versions in VERSIONS.items():
            asked = [(version, _failing(facts, release, package, version)) for version in versions]
            runs = [
                (said, [version for version, _ in group]) for said, group in groupby(asked, key=lambda each: each[1])
            ]
            for (said, run), following in zip(runs, [*[said for said, _ in runs[1:]], True], strict=True):
                if said:
                    last = {} if following else {"to": _minor(run[-1])}
                    found.append({"tensorflow": release, "from": _minor(run[0]), **last, "package": package, **said})
    return sorted(found, key=lambda row: row["tensorflow"].encode())


def _failing(facts: Sequence[Fact], release: str, package: str, version: str) -> Mapping[str, str] | None:
    """What a pair says under the newest Python; None where it works, and where nobody could ask.

    What a Keras says of the protobuf that is there counts as working.
    """
    ours = [
        each for each in facts if (each["tensorflow"], each["package"], each["version"]) == (release, package, version)
    ]
    if not ours:
        return None
    ours.sort(key=lambda each: tuple(map(int, each["python"].split("."))))
    newest = ours[-1]
    works = [each for each in ours if not each["step"] or any(words in each["error"] for words in _PROTOBUF)]
    if newest in works:
        return None
    said = {"step": newest["step"], "error": newest["error"]}
    if works:
        said["python"] = ours[ours.index(works[-1]) + 1]["python"]
    return said


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def missing(
    facts: Sequence[Fact], environments: Path, only: Sequence[str]
) -> Iterator[tuple[str, str, Path, str, str]]:
    """Release, its Python, the interpreter, package and version of each pair that was not asked."""
    known = {(each["tensorflow"], each["python"], each["package"], each["version"]) for each in facts}
    for release in RELEASES:
        interpreter = environments / f"tf{release}/bin/python"
        if not interpreter.exists() or (only and release not in only):
            continue
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        python = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for package, versions in VERSIONS.items():
            for version in versions if RELEASES.index(release) >= RELEASES.index(FIRST[package]) else ():
                if (release, python, package, version) not in known:
                    yield release, python, interpreter, package, version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envs", type=Path, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("file", type=Path, metavar="H5")
    parser.add_argument("releases", nargs="*")
    given = parser.parse_args()
    facts = [json.loads(line) for line in given.facts.read_text().splitlines()] if given.facts.exists() else []
    for release, python, interpreter, package, version in missing(facts, given.envs, given.releases):
        try:
            place = installed(release, package, version, python, given.packages)
        except subprocess.CalledProcessError:
            print(f"{package} {version} cannot be installed for Python {python}", file=sys.stderr)
            continue
        step, error = ask(interpreter, package, place, given.file.resolve())
        names = ("tensorflow", "python", "package", "version", "step", "error")
        facts.append(dict(zip(names, (release, python, package, version, step, error), strict=True)))
        with open(given.facts, "a") as file:
            print(json.dumps(facts[-1]), file=file)
        print(*facts[-1].values(), flush=True)
    print(f"{OUT}: {write(OUT, rows(facts)):,} bytes")


if __name__ == "__main__":
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    main()
