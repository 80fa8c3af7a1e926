"""Questions about checkpoints: `--show objects PATH`, `--diff A B`, `PATH --against MODEL`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from analyzer.commands import CLEAN, FOUND, UsageError

if TYPE_CHECKING:
    from analyzer.artifact import Artifact
    from analyzer.parts.checkpoint import Checkpoint
    from analyzer.target import Target


def run(options: argparse.Namespace) -> int:
    """Print what was asked for; returns the exit status. Raises UsageError where a path holds no checkpoint."""
    with _stream(options.output) as stream:
        if options.diff:
            return _diff(options, stream)
        if not options.paths:
            raise UsageError("no PATH of a checkpoint given; see analyze --help")
        return _show(options, stream) if options.show else _against(options, stream)


def _show(options: argparse.Namespace, stream: TextIO) -> int:
    """The tree of each path. Status 0."""
    from analyzer.checkpoint_views.objects import render, tree

    shown = [(path, _checkpoint(path)) for path in options.paths]
    if _is_json(options):
        _write_json(
            stream,
            objects=[{"path": path, "lines": [line._asdict() for line in tree(each)]} for path, each in shown],
        )
        return CLEAN
    for path, each in shown:
        _write(stream, f"{path}:" if len(shown) > 1 else None, render(each))
    return CLEAN


def _diff(options: argparse.Namespace, stream: TextIO) -> int:
    """What differs. Status 1 where a key, a type or a shape does; other values alone are status 0."""
    from analyzer.checkpoint_views.diff import differences, render

    before, after = (_checkpoint(path) for path in options.diff)
    if _is_json(options):
        found = [each._asdict() for each in differences(before, after)]
        _write_json(stream, before=options.diff[0], after=options.diff[1], differences=found)
    else:
        _write(stream, None, render(before, after))
    return FOUND if any(each.kind != "values" for each in differences(before, after)) else CLEAN


def _against(options: argparse.Namespace, stream: TextIO) -> int:
    """Whether each path's checkpoint fits the model. Status 1 where one fits by no way of restoring."""
    model = _artifact(options.against)
    status = CLEAN
    found = []
    for path in options.paths:
        artifact = _artifact(path)
        ways = list(_weights_fits(artifact, model, options) if artifact.keras else _checkpoint_fits(artifact, model))
        if not ways:
            raise UsageError(f"{options.against} says nothing of variables that a checkpoint could be restored into")
        if any(way.succeeds is False for way, _ in ways) and not any(way.succeeds for way, _ in ways):
            status = FOUND
        if _is_json(options):
            found.append({"path": path, "ways": [way._asdict() for way, _ in ways]})
            continue
        for _, lines in ways:
            _write(stream, f"{path}:" if len(options.paths) > 1 else None, lines)
    if _is_json(options):
        _write_json(stream, against=options.against, fits=found)
    return status


def _checkpoint_fits(artifact: Artifact, model: Artifact) -> Iterator[tuple[Any, Iterable[str]]]:
    from analyzer.checkpoint_views.against import fits, render

    for way in fits(_held(artifact), model):
        yield way, render(way)


def _weights_fits(
    artifact: Artifact, model: Artifact, options: argparse.Namespace
) -> Iterator[tuple[Any, Iterable[str]]]:
    """One fit a target; a file of Keras weights knows no other ways."""
    from analyzer.checkpoint_views.weights import fit, render

    if model.keras is None:
        raise UsageError(
            f"{options.against} is a {model.format.value}, and weights of Keras are loaded into a Keras model"
        )
    for target in _targets(options, model):
        way = fit(artifact, model, target)
        yield way, render(way)


def _targets(options: argparse.Namespace, model: Artifact) -> list[Target]:
    """The targets that were named, else the TensorFlow that is here, else the release that wrote the model."""
    from analyzer.engine import assumed_target
    from analyzer.target import installed_here, parse

    names = frozenset(name for value in options.custom_objects or () for name in value.split(","))
    here = installed_here()
    specs = options.target or ([here] if here else [])
    return [parse(spec, custom_objects=names) for spec in specs] or [assumed_target(model, {"custom_objects": names})]


def _artifact(path: str) -> Artifact:
    from analyzer.readers.identify import Reading
    from analyzer.stores.discovery import find
    from analyzer.stores.local import read

    try:
        candidates = list(find(path))
    except OSError:
        raise UsageError(f"{path}: there is nothing at this path") from None
    if len(candidates) != 1:
        raise UsageError(f"{path}: one artifact is wanted, {len(candidates)} are here")
    return read(candidates[0], Reading())


def _checkpoint(path: str) -> Checkpoint:
    return _held(_artifact(path))


def _held(artifact: Artifact) -> Checkpoint:
    if artifact.checkpoint is None:
        why = [each.message for each in artifact.damage] + [each.message for each in artifact.problems]
        reason = why[0] if why else f"it is a {artifact.format.value}"
        raise UsageError(f"{artifact.path} holds no checkpoint that can be read: {reason}")
    return artifact.checkpoint


def _is_json(options: argparse.Namespace) -> bool:
    return options.format in ("json", "jsonl")


@contextmanager
def _stream(file: str | None) -> Iterator[TextIO]:
    if file is None:
        yield sys.stdout
        return
    with open(file, "w", encoding="utf-8") as stream:
        yield stream


def _write(stream: TextIO, title: str | None, lines: Iterable[str]) -> None:
    from analyzer.reports.as_text import visible

    if title:
        stream.write(visible(title) + "\n")
    stream.writelines(visible(line) + "\n" for line in lines)


def _write_json(stream: TextIO, **values: Any) -> None:
    import json

    from analyzer import __version__

    stream.write(json.dumps({"schema": 1, "tool": {"name": "analyze", "version": __version__}, **values}, indent=1))
    stream.write("\n")
