"""The environment a verdict is for: releases, devices, installed libraries, and the arguments of the load.

A target is parsed from a specification (`tensorflow==2.16.1,keras==3.3.3,python==3.11`), a requirements or lock file,
or an interpreter's installed metadata (`python:EXE`; nothing of it is imported), to which `python:EXE,TF_USE_LEGACY_KERAS=1`
adds. What a specification leaves open is filled as installing it today would, and `filled` says with what. h5py, numpy
and protobuf are never filled in: they matter only where somebody says which ones are there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analyzer.records import dataclass, field, replace
from analyzer.tables import releases

if TYPE_CHECKING:
    from analyzer.code.index import CodeIndex
    from analyzer.code.sources import Sources

TENSORFLOW_DISTRIBUTIONS = (
    "tensorflow",
    "tensorflow-cpu",
    "tensorflow-gpu",
    "tensorflow-intel",
    "tensorflow-macos",
    "tensorflow-cpu-aws",
    "intel-tensorflow",
    "tf-nightly",
)
_ITEM = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*(?:\[[^]]*\])?\s*(?:(===?|~=|>=|<=|!=|<|>|=)\s*([^,;#\s]+))?")


class TargetError(ValueError):
    """A target specification that says nothing usable; the message says what was wrong with it."""


@lru_cache(1024)  # rules ask for every node
def version_tuple(version: str) -> tuple[int, ...]:
    """The numbers a version starts with: `2.16.1rc0` gives (2, 16, 1)."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match.group().split(".")) if match else ()


@lru_cache(1024)
def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Target:
    """One environment and the arguments that every load in it is given."""

    spec: str
    tensorflow: str
    python: str
    keras: str | None = None  # version of the `keras` package, None where TensorFlow brings its own (up to 2.5)
    tf_keras: str | None = None
    libraries: Mapping[str, str] = field(default_factory=dict)  # other installed distributions: name -> version
    devices: tuple[str, ...] = ("CPU:0",)
    legacy_keras: bool = False  # TF_USE_LEGACY_KERAS=1
    compile: bool = True
    safe_mode: bool = True
    tags: tuple[str, ...] = ("serve",)
    custom_objects: frozenset[str] = frozenset()
    code: CodeIndex | Sources | None = None  # the sources in which custom classes are looked up
    filled: tuple[str, ...] = ()
    assumed: bool = False  # nobody named a target: this is the release that wrote the artifact

    @property
    def release(self) -> str:
        """TensorFlow's minor release, `2.15`."""
        return _minor(self.tensorflow)

    def at_least(self, release: str) -> bool:
        """Whether TensorFlow is at or above a minor release."""
        return version_tuple(self.tensorflow)[:2] >= version_tuple(release)

    @property
    def keras_api(self) -> tuple[str, str]:
        """The package that `tf.keras` is here, and its version: `tf.keras` (inside TensorFlow), `keras`, or `tf_keras`."""
        if not self.at_least("2.6"):
            return "tf.keras", self.release
        if self.at_least("2.15") and self.legacy_keras and self.tf_keras is not None:
            return "tf_keras", self.tf_keras
        return "keras", self.keras or self.release

    @property
    def is_keras_3(self) -> bool:
        """Whether `tf.keras` is Keras 3 here."""
        package, version = self.keras_api
        return package == "keras" and version_tuple(version)[:1] >= (3,)

    @property
    def checks_like_hdf5_1_14(self) -> bool:
        """Whether h5py has HDF5 1.14, as its wheels do since 3.10; TensorFlow 2.15 was the first to come out after that."""
        h5py = self.libraries.get("h5py")
        return version_tuple(h5py) >= (3, 10) if h5py else self.at_least("2.15")

    def has_device(self, kind: str, index: int = 0) -> bool:
        """Whether a device of the kind and number is there."""
        return f"{kind.upper()}:{index}" in self.devices

    @property
    def build(self) -> str:
        """Which build of TensorFlow is meant: `cuda` when there is a GPU, else `cpu`."""
        return "cuda" if any(device.startswith("GPU:") for device in self.devices) else "cpu"


def parse(spec: str, **options: Any) -> Target:
    """The target that a specification, a requirements file or an interpreter names. Raises TargetError."""
    if spec.startswith("python:"):
        from analyzer.interpreter import installed

        executable, _, more = spec.removeprefix("python:").partition(",")
        try:
            found = installed(executable)
        except ValueError as error:
            raise TargetError(str(error)) from None
        return _complete(spec, {**found, **_items(more.split(","))}, options)
    if os.path.isfile(spec):
        with open(spec, encoding="utf-8", errors="replace") as lines:
            return _complete(spec, _items(line for line in lines), options)
    return _complete(spec, _items(spec.split(",")), options)


def assumed(tensorflow: str, keras: str | None = None, **options: Any) -> Target:
    """The target that stands in where nobody named one: the release that wrote the artifact."""
    items = {"tensorflow": tensorflow}
    if keras is not None:
        items["keras"] = keras
    spec = ",".join(f"{name}=={version}" for name, version in items.items())
    return replace(_complete(spec, items, options), assumed=True)


def installed_here() -> str | None:
    """A specification of the TensorFlow installed for this interpreter, from metadata alone; None where there is none."""
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        return None
    import sys

    return f"python:{sys.executable}"


def _items(parts: Iterable[str]) -> dict[str, str]:
    """Names and versions from requirement lines; without a version, or with a mere bound, the version is empty."""
    found: dict[str, str] = {}
    for part in parts:
        text = part.split("#", 1)[0].strip()
        if not text or text.startswith("-"):
            continue
        if "==" not in text and "=" in text and text.split("=", 1)[0].isupper():
            name, _, value = text.partition("=")
            found[name] = value
            continue
        match = _ITEM.match(text)
        if match is None:
            raise TargetError(f"target: cannot read {text!r}; write name==version")
        name = match.group(1).lower().replace("_", "-")
        found[name] = match.group(3) or "" if match.group(2) in ("==", "===", "=") else ""
    return found


def _complete(spec: str, items: Mapping[str, str], options: Mapping[str, Any]) -> Target:
    items = dict(items)
    tensorflow = next((items.pop(name) for name in TENSORFLOW_DISTRIBUTIONS if items.get(name)), "")
    if not version_tuple(tensorflow):
        raise TargetError(f"target {spec!r} names no TensorFlow release; write tensorflow==2.15.0")
    if len(version_tuple(tensorflow)) < 2:
        raise TargetError(f"target {spec!r}: {tensorflow!r} is no TensorFlow release; write tensorflow==2.15.0")
    try:
        release = releases.release(tensorflow)
    except ValueError as error:
        raise TargetError(f"target {spec!r}: {error}") from None
    if len(version_tuple(tensorflow)) == 2:
        tensorflow += ".0"  # as `==2.15` means to pip
    filled = []
    python, keras = items.pop("python", ""), items.pop("keras", "") or None
    tf_keras = items.pop("tf-keras", "") or None
    if not python:
        python = release.pythons[-1]
        filled.append(f"python=={python}")
    python = ".".join(python.split(".")[:2])
    if keras is None and version_tuple(tensorflow) >= (2, 6):
        keras = release.keras_for(python) or release.default_keras
        filled.append(f"keras=={keras}")
    legacy = items.pop("TF_USE_LEGACY_KERAS", "0").lower() in ("1", "true")
    libraries = {
        name: version for name, version in items.items() if not name.isupper() and name not in TENSORFLOW_DISTRIBUTIONS
    }
    target = Target(
        spec=spec,
        tensorflow=tensorflow,
        python=python,
        keras=keras,
        tf_keras=tf_keras,
        libraries=libraries,
        legacy_keras=legacy,
        filled=tuple(filled),
    )
    return replace(target, **options) if options else target


def described(target: Target) -> dict[str, Any]:
    """A target as reports show it."""
    return {
        "spec": target.spec,
        "tensorflow": target.tensorflow,
        "keras": target.keras_api[1] if target.at_least("2.6") else None,
        "tf_keras": target.tf_keras,
        "python": target.python,
        "devices": list(target.devices),
        "filled": list(target.filled),
        "assumed": target.assumed,
    }
