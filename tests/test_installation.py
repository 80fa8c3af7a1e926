"""What installing the analyzer costs, and what it brings."""

from __future__ import annotations

import os
import re
from importlib import metadata
from pathlib import Path

import analyzer

BOUND = 150e6  # bytes


def _size(name: str) -> int:
    """Bytes of a distribution's files, without what Python compiles beside them."""
    files = metadata.files(name) or []
    return sum(
        os.path.getsize(path)
        for file in files
        if (path := file.locate()) and os.path.isfile(path) and file.suffix != ".pyc"
    )


def _closure(name: str, found: set[str]) -> set[str]:
    """The distributions that a core installation brings, extras left out."""
    for requirement in metadata.requires(name) or []:
        needed = re.match(r"[A-Za-z0-9._-]+", requirement)
        if needed and "extra ==" not in requirement and "python_version" not in requirement:
            other = needed.group().lower()
            if other not in found:
                found.add(other)
                _closure(other, found)
    return found


def test_installation_is_small() -> None:
    needed = _closure("tf-artifact-analyzer", set())
    own = sum(
        path.stat().st_size
        for path in Path(analyzer.__file__).parent.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    total = own + sum(map(_size, needed))
    assert {"protobuf", "h5py", "networkx", "numpy", "rich"} <= needed
    assert total < BOUND, f"{total / 1e6:.0f} MB: {sorted(needed)}"


def test_nothing_heavy_is_needed() -> None:
    assert not _closure("tf-artifact-analyzer", set()) & {
        "tensorflow",
        "keras",
        "torch",
        "dask",
        "pandas",
        "tensorboard",
        "scipy",
    }
