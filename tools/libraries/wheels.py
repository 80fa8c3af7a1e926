"""Wheels as pip lists and downloads them, and what their metadata and code say of TensorFlow."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

PLATFORMS = [
    "linux_x86_64",
    *(f"manylinux{year}_x86_64" for year in (1, 2010, 2014)),
    *(f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 24, 27, 28, 31, 34, 35, 39)),
    "any",
]


def wheels_of(distribution: str) -> dict[Version, list[str]]:
    """The Linux wheels of every final version, as pip lists them for whatever Python."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "-vvv", "--no-color", "index", "versions", "--pre", distribution],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found: dict[Version, list[str]] = {}
    for name in sorted(set(re.findall(r"[\w.+!-]+\.whl", listing.stdout + listing.stderr))):
        try:
            project, version, _, tags = parse_wheel_filename(name)
        except ValueError:
            continue
        ours = project == canonicalize_name(distribution) and not version.is_prerelease
        if ours and any(tag.platform in PLATFORMS for tag in tags):
            found.setdefault(version, []).append(name)
    return found


def download(distribution: str, version: Version, wheel: str, folder: Path) -> Path:
    """Unpacks that wheel under `folder`; raises CalledProcessError if pip cannot get it."""
    folder.mkdir()
    python, abi = wheel.removesuffix(".whl").split("-")[-3:-1]
    digits = re.search(r"(?:cp|py)(\d)(\d*)", python.split(".")[-1])
    if digits is None:
        raise ValueError(f"no Python tag in {wheel}")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += [
        "--disable-pip-version-check",
        "--implementation",
        "cp",
        "--abi",
        abi,
        "--abi",
        "none",
        "-d",
        str(folder),
    ]
    command += ["--python-version", f"{digits[1]}.{digits[2] or 11}"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    subprocess.run([*command, f"{distribution}=={version}"], check=True, timeout=900, stderr=subprocess.DEVNULL)
    for path in folder.glob("*.whl"):
        shutil.unpack_archive(path, folder / "unpacked", format="zip")
        path.unlink()
    for part in [*folder.glob("unpacked/*.data/purelib"), *folder.glob("unpacked/*.data/platlib")]:
        shutil.copytree(part, folder / "unpacked", dirs_exist_ok=True)
        shutil.rmtree(part)
    return folder / "unpacked"


def requires(root: Path) -> list[str]:
    """`Requires-Dist` lines of the wheel that name TensorFlow itself, extras included."""
    for path in root.glob("*.dist-info/METADATA"):
        lines = HeaderParser().parsestr(path.read_text(errors="replace")).get_all("Requires-Dist") or []
        names = {"tensorflow", "tensorflow-cpu", "tensorflow-gpu"}
        return sorted(line for line in lines if canonicalize_name(Requirement(line).name) in names)
    return []


def constants(root: Path) -> dict[str, str]:
    """Bounds that a wheel keeps in its code: `INCLUSIVE_MIN_TF_VERSION` and the like (Addons and its relatives)."""
    found: dict[str, str] = {}
    for path in [*root.glob("*/version.py"), *root.glob("*/utils/ensure_tf_install.py")]:
        for node in ast.walk(ast.parse(path.read_text(errors="replace"))):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if "TF_VERSION" in name and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                    found[name] = node.value.value
    return found


def admitted(lines: list[str], bounds: dict[str, str]) -> SpecifierSet | None:
    """What the wheel says of TensorFlow, or None if it says nothing. Of several lines the plain package's counts."""
    parsed = sorted(map(Requirement, lines), key=lambda line: (line.name != "tensorflow", "extra" in str(line.marker)))
    for requirement in parsed:
        if str(requirement.specifier):
            return SpecifierSet(str(requirement.specifier), prereleases=True)
    low, high = bounds.get("INCLUSIVE_MIN_TF_VERSION"), bounds.get("EXCLUSIVE_MAX_TF_VERSION")
    if low and high:
        return SpecifierSet(f">={low},<{high}", prereleases=True)
    exact = bounds.get("MIN_TF_VERSION")
    return SpecifierSet(f">={exact}", prereleases=True) if exact else None
