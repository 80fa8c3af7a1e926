"""Unpacked `.keras` archives: a folder with config.json, metadata.json, model.weights.h5 and assets, as Keras 3.4 began to read it.

The same parts as `analyzer.readers.keras_archive` makes of an archive. What is wrong with a file stands in its member's `fault`.
"""

from __future__ import annotations

import json
from typing import Any

from analyzer.findings import Problem
from analyzer.parts.keras import Group, KerasFile, Member
from analyzer.readers.keras_archive import CONFIG, METADATA, VOCABULARY, WEIGHTS, WEIGHTS_NPZ, count_words
from analyzer.readers.keras_h5 import layout_of, read_h5
from analyzer.readers.limits import Limits
from analyzer.sources import Source


def read_folder(source: Source, limits: Limits) -> tuple[KerasFile, list[Problem]]:
    """The parts of a folder."""
    files = source.list()
    problems: list[Problem] = []
    faults: dict[str, str] = {}
    text = _text(source, CONFIG, limits, faults, problems)
    metadata = _parsed(METADATA, _text(source, METADATA, limits, faults, problems), faults)
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    weights = _weights(source, limits, faults, problems) if WEIGHTS in files else None
    config = _parsed(CONFIG, text, faults)
    found = KerasFile(
        container="folder",
        file=CONFIG,
        config=config,
        config_text=text,
        keras_version=version if isinstance(version, str) else None,
        metadata=metadata if isinstance(metadata, dict) else None,
        weights=weights,
        weights_file=WEIGHTS if WEIGHTS in files else "",
        members=tuple(
            Member(name, entry.size, entry.size, faults.get(name, ""), _lines(source, name, entry.size, limits))
            for name, entry in files.items()
        ),
        layout=layout_of(weights) if weights is not None else "npz" if WEIGHTS_NPZ in files else "",
    )
    return found, problems


def _lines(source: Source, name: str, size: int, limits: Limits) -> int | None:
    if not name.endswith(VOCABULARY) or not 0 <= size <= limits.json:
        return None
    try:
        return count_words(source.read(name, limits.json))
    except OSError:
        return None


def _text(source: Source, name: str, limits: Limits, faults: dict[str, str], problems: list[Problem]) -> str | None:
    if name not in source.list():
        return None
    try:
        data = source.read(name, limits.json + 1)
        if len(data) > limits.json:
            problems.append(Problem(name, "limit", f"more than {limits.json} bytes are over the limit"))
            return None
        return data.decode("utf-8")
    except PermissionError as error:
        problems.append(Problem(name, "permission", f"cannot read it: {error.strerror or error}"))
    except (OSError, UnicodeDecodeError) as error:
        faults[name] = f"{type(error).__name__}: {error}"
    return None


def _parsed(name: str, text: str | None, faults: dict[str, str]) -> Any:
    try:
        return json.loads(text) if text is not None else None
    except (ValueError, RecursionError) as error:
        faults[name] = f"{type(error).__name__}: {error}"
        return None


def _weights(source: Source, limits: Limits, faults: dict[str, str], problems: list[Problem]) -> Group | None:
    found, damage, met = read_h5(source, WEIGHTS, limits)
    problems += met
    if found is None:
        faults[WEIGHTS] = damage[0].message if damage else "cannot be read"
        return None
    return found.root
