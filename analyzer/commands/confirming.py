"""`--confirm`: really load what was scanned, and put what happened beside what was predicted."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

from analyzer.commands import CLEAN, FOUND, UsageError
from analyzer.confirm import WARNING, Confirmation, ConfirmError, Load, attach, confirm, loads_of, prepare
from analyzer.records import replace


class Confirming:
    """One confirmation: which interpreter loads, and the specification of its environment as a target (`target`)."""

    def __init__(self, options: argparse.Namespace) -> None:
        if options.confirm and options.python:
            raise UsageError("--confirm tensorflow==X.Y builds an environment, --python names one; give one of them")
        self._options = options
        self._spec: str = options.confirm
        self._python: str | None = options.python
        self.target: str = self._spec or f"python:{self._python or sys.executable}"

    def attach(self, document: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        """The document with confirmations, and 1 where a load failed that was not predicted to. Raises UsageError."""
        print(f"analyze: {WARNING}", file=sys.stderr)
        try:
            python = _prepared(self._spec) if self._spec else self._python
            tried = self._load(document, python)
        except ConfirmError as error:
            raise UsageError(str(error)) from None
        attached = attach(document, tried)
        said = [verdict["confirmation"] for report in attached["reports"] for verdict in report["verdicts"]]
        surprise = any(each["status"] == "contradicted" and not each["loads"] for each in said)
        return attached, FOUND if surprise else CLEAN

    def summary(self, attached: Mapping[str, Any]) -> str:
        """How many predictions were right, in one line."""
        said = [verdict["confirmation"]["status"] for report in attached["reports"] for verdict in report["verdicts"]]
        counts = [f"{said.count(word)} {word}" for word in ("confirmed", "contradicted", "undecided", "not tried")]
        under = attached["confirmed_under"]
        keras = f", Keras {under['keras']}" if under["keras"] else ""
        return f"loaded with TensorFlow {under['tensorflow']}{keras}, Python {under['python']}: " + ", ".join(
            each for each in counts if not each.startswith("0 ")
        )

    def _load(self, document: Mapping[str, Any], python: str | None) -> Confirmation:
        """Try every load that there is a verdict about."""
        given: dict[tuple[str, str], str] = {}
        loads = []
        for load in loads_of(document):
            if self._options.custom_objects and load.loader == "tf.keras.models.load_model":
                continue  # the objects have names here and nothing behind them
            path = _loaded_path(load.path)
            given[path, load.loader] = load.path
            loads.append(Load(path, load.loader, self._arguments(load.loader)))
        gpu = "GPU" in (self._options.devices or "").upper()
        tried = confirm(loads, python, gpu=gpu, legacy_keras="TF_USE_LEGACY_KERAS=1" in self._spec)
        outcomes = (replace(outcome, path=given[outcome.path, outcome.loader]) for outcome in tried.outcomes)
        return replace(tried, outcomes=tuple(outcomes))

    def _arguments(self, loader: str) -> dict[str, Any]:
        options = self._options
        if loader == "tf.keras.models.load_model":
            said = {"compile": False} if options.no_compile else {}
            return {**said, "safe_mode": False} if options.no_safe_mode else said
        if options.tags is not None and loader in ("tf.compat.v1.saved_model.load", "tensorflow_serving"):
            return {"tags": [tag.strip() for tag in options.tags.split(",") if tag.strip()]}
        return {}


def _loaded_path(path: str) -> str:
    """What a loader is given for a path that reports name: the folder of a SavedModel's file, a checkpoint's prefix."""
    from analyzer.stores.discovery import find

    candidate = next(iter(find(path)), None)
    if candidate is None:
        return path
    return os.path.join(candidate.folder, candidate.name) if candidate.name else candidate.folder


def _prepared(spec: str) -> str:
    """The interpreter of an environment as installing the specification resolves. Raises ConfirmError, TargetError."""
    from analyzer.tables.releases import release
    from analyzer.target import parse, version_tuple

    target = parse(spec)
    known = release(target.tensorflow)
    version = target.tensorflow if len(version_tuple(target.tensorflow)) > 2 else known.versions[-1]
    resolved = {name: number for name, number in known.installs.get(target.python, {}).items() if name != "keras"}
    wanted = {"tensorflow": version, "keras": target.keras, "tf-keras": target.tf_keras, **resolved, **target.libraries}
    return prepare([f"{name}=={number}" for name, number in wanted.items() if number], target.python)
