"""What the Keras mutations share: their list, which artifacts they are tried on, and editing a config inside its carrier.

A mutation is a function decorated with ``@mutation``. It is given the path of a fresh copy of a base artifact and changes that copy
in place; it returns a path where the artifact is now another one (renamed, or a file within a folder), and raises `NotApplicable`
where the base has nothing of the kind. Never imports TensorFlow.
"""

from __future__ import annotations

import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

H5, ARCHIVE, SAVED_MODEL, WEIGHTS = "keras_h5", "keras_archive", "saved_model", "weights_h5"
Config = dict[str, Any]

#: Per format: the releases whose artifacts are broken, so chosen that the healthy ones load in many releases. Each mutation is
#: tried on one artifact of each group: the first loads under Keras 2, the second under Keras 3.
ERAS: dict[str, tuple[tuple[str, ...], ...]] = {
    H5: (("w2.4", "w2.15", "w2.10", "w1.15", "w2.6"), ("w2.18", "w2.16")),
    ARCHIVE: (("w2.15", "w2.13", "w2.15"), ("w2.18", "w2.16")),
    SAVED_MODEL: (("w2.9", "w2.4", "w2.15", "w2.6", "w2.2"),),
    WEIGHTS: (("w2.10", "w2.15", "w2.18"),),
}
SUFFIXES = {H5: ".h5", ARCHIVE: ".keras", SAVED_MODEL: "_sm", WEIGHTS: ".weights.h5"}


class NotApplicable(Exception):
    """The base has nothing that this mutation could change."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """`apply` on copies of `models` (the first that exists) in each format of `formats`; `breaks` is the catalogue's row or None."""

    name: str
    apply: Callable[[Path], Path | None]
    formats: tuple[str, ...]
    breaks: str | None
    models: tuple[str, ...]
    eras: tuple[str, ...]
    count: int


MUTATIONS: list[Mutation] = []


def mutation(
    *formats: str,
    breaks: str | None = None,
    models: str = "dense",
    eras: str = "",
    count: int = 1,
    name: str = "",
) -> Callable[[Callable[[Path], Path | None]], Callable[[Path], Path | None]]:
    """Register a mutation of files of `formats`; `models` and `eras` are separated by spaces, `count` is per group of ERAS."""

    def register(apply: Callable[[Path], Path | None]) -> Callable[[Path], Path | None]:
        entry = Mutation(
            name or apply.__name__, apply, formats, breaks, tuple(models.split()), tuple(eras.split()), count
        )
        if any(entry.name == other.name and set(entry.formats) & set(other.formats) for other in MUTATIONS):
            raise ValueError(f"two mutations are called {entry.name}")
        MUTATIONS.append(entry)
        return apply

    return register


def bases(entry: Mutation, form: str) -> Iterator[list[tuple[str, str]]]:
    """Lists of (release, name), from each of which `entry.count` artifacts are taken: the first that serve.

    A list starts where the mutation's name says, so that all eras get their share.
    """
    groups = ERAS[form]
    if entry.eras:
        groups = tuple(tuple(era for era in group if era in entry.eras) for group in groups)
    for eras in filter(None, groups):
        start = zlib.crc32(f"{entry.name} {form}".encode()) % len(eras)
        turned = dict.fromkeys(eras[start:] + eras[:start])
        yield [(era, model + SUFFIXES[form]) for model in entry.models for era in turned]


def copy(source: Path, target: Path) -> None:
    """A fresh copy of an artifact, replacing what is at `target`."""
    discard(target)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def discard(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def read_members(path: Path) -> list[tuple[zipfile.ZipInfo, bytes]]:
    """Every member of an archive with its bytes, in order."""
    with zipfile.ZipFile(path) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def write_members(
    path: Path, members: Sequence[tuple[zipfile.ZipInfo | str, bytes]], compression: int | None = None
) -> None:
    """Write an archive of these members; `compression` overrides what each member says."""
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in members:
            # A name alone would get the time of day, and the archive would differ at each run.
            archive.writestr(zipfile.ZipInfo(info) if isinstance(info, str) else info, data, compression)


def read_config(path: Path) -> str:
    """The JSON text of the model's config: `model_config` of an H5 file, `config.json` of an archive."""
    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            text = file.attrs["model_config"]
            return text.decode() if isinstance(text, bytes) else str(text)
    with zipfile.ZipFile(path) as archive:
        return archive.read("config.json").decode()


def write_config(path: Path, text: str | bytes) -> None:
    """Replace the JSON text of the model's config."""
    data = text.encode() if isinstance(text, str) else text
    if h5py.is_hdf5(path):
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = data
    else:
        replace_member(path, "config.json", data)


def replace_member(path: Path, name: str, data: bytes | None) -> None:
    """Replace a member of an archive, or drop it where `data` is None."""
    members = read_members(path)
    if name not in [info.filename for info, _ in members]:
        raise NotApplicable(name)
    kept = [(info, data if info.filename == name else old) for info, old in members]
    write_members(path, [(info, item) for info, item in kept if item is not None])


@contextmanager
def config_of(path: Path) -> Iterator[Config]:
    """The model's config as a tree; changes are written back."""
    tree = json.loads(read_config(path))
    yield tree
    write_config(path, json.dumps(tree))


def walk(tree: Any) -> Iterator[Config]:
    """Every object of a config that has a class name, outermost first."""
    if isinstance(tree, dict):
        if "class_name" in tree:
            yield tree
        for value in list(tree.values()):
            yield from walk(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from walk(item)


def find(tree: Config, class_name: str, which: int = 0) -> Config:
    """The `which`-th object of that class name, at any depth."""
    found = [item for item in walk(tree) if item["class_name"] == class_name]
    if not found:
        raise NotApplicable(class_name)
    return found[which]


def layer_list(tree: Config) -> list[Config]:
    """The layers of the outermost model."""
    layers = tree["config"]["layers"] if isinstance(tree["config"], dict) else tree["config"]
    if not isinstance(layers, list):
        raise NotApplicable("layers")
    return layers
