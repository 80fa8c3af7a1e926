"""Artifacts from the plain values that rules give as examples. They are written as bytes and read back by the readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from google.protobuf import text_format

from analyzer import rules
from analyzer.artifact import Artifact
from analyzer.findings import Finding
from analyzer.readers import identify
from analyzer.readers.identify import Reading
from analyzer.readers.protos import message
from analyzer.records import replace
from analyzer.rule import Example, Rule
from analyzer.sources.memory import MemorySource
from analyzer.target import Target, parse

DEFAULT_TARGET = "tensorflow==2.15.0"
_SAVED_MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt", "saved_model.cpb")
_WRITERS = {
    "checkpoint": "tests.example_checkpoint",
    "h5": "tests.example_keras",
    "archive": "tests.example_keras",
    "keras_metadata": "tests.example_keras",
}


def artifact(given: Mapping[str, Any]) -> Artifact:
    """The artifact that an example describes.

    `saved_model` and `graph_def` are text protos, `meta` a MetaGraphDef's beside a checkpoint; `files` adds files and
    `drop` takes some away; `folder` stands for a folder of checkpoints as the path, `path` is the path as somebody gave it; other keys are written by the module that `_WRITERS` names.
    """
    files: dict[str, bytes] = {}
    if "saved_model" in given:
        files["saved_model.pb"] = _proto("tensorflow.SavedModel", given["saved_model"])
    if "graph_def" in given:
        files["graph.pb"] = _proto("tensorflow.GraphDef", given["graph_def"])
    if "meta" in given:
        files["model.ckpt.meta"] = _proto("tensorflow.MetaGraphDef", given["meta"])
    for module in dict.fromkeys(module for key, module in _WRITERS.items() if key in given):
        write: Callable[[Mapping[str, Any], dict[str, bytes]], None] = import_module(module).write
        write(given, files)
    files.update(given.get("files", {}))
    for name in given.get("drop", ()):
        del files[name]
    if given.get("folder"):
        return identify.read_checkpoint_folder(MemorySource(files), "folder", "folder", Reading())
    made = read(files, given.get("name"))
    return replace(made, path=given["path"]) if "path" in given else made


def read(files: Mapping[str, bytes], name: str | None = None) -> Artifact:
    """The artifact in some files, as discovery would take it."""
    source = MemorySource(files)
    reading = Reading()
    if any(file in files for file in _SAVED_MODEL_FILES) or any(file.startswith("variables/") for file in files):
        return identify.read_folder(source, "model", name or "model", reading)
    index = next((file for file in files if file.endswith((".index", ".meta"))), None)
    if index is not None:
        return identify.read_checkpoint_files(source, index.rpartition(".")[0], index.rpartition(".")[0], reading)
    single = name or next(iter(files))
    return identify.read_single_file(source, single, single, reading)


def target(given: Mapping[str, Any]) -> Target:
    """The target that an example names."""
    return parse(given.get("target", DEFAULT_TARGET), **given.get("options", {}))


def run(rule: Rule, example: Example) -> list[Finding]:
    """What a rule says of an example."""
    built = artifact(example.given)
    assert rule.run is not None
    given = target(example.given)
    if rule.name not in rules.concerned([rule.name], built, given) or not all(built.has(part) for part in rule.reads):
        return []
    return list(rule.run(built, given))


def _proto(name: str, text: str) -> bytes:
    serialized: bytes = text_format.Parse(text, message(name)()).SerializeToString()
    return serialized
