"""Prediction beside outcome: pure functions over the JSON document (schema 1) and a confirmation."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

from analyzer.confirm.parent import Confirmation, Environment, Load, Outcome

CONFIRMED, CONTRADICTED, NOT_TRIED, UNDECIDED = "confirmed", "contradicted", "not tried", "undecided"


def loads_of(document: Mapping[str, Any], environment: Environment | None = None) -> tuple[Load, ...]:
    """The loads that would test the document's verdicts, each once; only those for `environment` where it is given."""
    specs = _specs_for(document, environment) if environment is not None else None
    asked = dict.fromkeys(
        (report["path"], verdict["loader"])
        for report in document["reports"]
        for verdict in report["verdicts"]
        if specs is None or verdict["target"] in specs
    )
    return tuple(Load(path, loader) for path, loader in asked)


def attach(document: Mapping[str, Any], confirmation: Confirmation) -> dict[str, Any]:
    """A copy of the document in which every verdict has a `confirmation`.

    Its `status` is `confirmed` or `contradicted` where the verdict's load was tried in the environment that the verdict is
    for, `undecided` where it was tried and nothing had been predicted, else `not tried`. With an outcome come `loads`,
    `exception`, `message`, `seconds`, `rules` (that may stand for the error) and `cause_named`: whether one of them is
    among the verdict's reasons, None where that says nothing. The document gets `confirmed_under`.
    """
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    specs = _specs_for(document, confirmation.environment)
    outcomes = {(os.path.abspath(outcome.path), outcome.loader): outcome for outcome in confirmation.outcomes}
    for report in whole["reports"]:
        for verdict in report["verdicts"]:
            outcome = outcomes.get((os.path.abspath(report["path"]), verdict["loader"]))
            verdict["confirmation"] = _said(verdict, outcome if verdict["target"] in specs else None)
    under = confirmation.environment
    whole["confirmed_under"] = {
        "executable": under.executable,
        "tensorflow": under.tensorflow,
        "python": under.python,
        "keras": under.keras,
        "tf_keras": under.tf_keras,
    }
    return whole


def _said(verdict: Mapping[str, Any], outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return {"status": NOT_TRIED}
    predicted = verdict["loads"]
    status = UNDECIDED if predicted is None else CONFIRMED if predicted == outcome.loads else CONTRADICTED
    both_fail = predicted is False and not outcome.loads and bool(outcome.rules)
    return {
        "status": status,
        "loads": outcome.loads,
        "exception": outcome.exception,
        "message": outcome.message,
        "seconds": outcome.seconds,
        "rules": list(outcome.rules),
        "cause_named": not set(outcome.rules).isdisjoint(verdict["because"]) if both_fail else None,
    }


def _specs_for(document: Mapping[str, Any], environment: Environment) -> set[str]:
    """The targets of the document that the environment is one of: equal minor releases of all that is stated."""
    return {
        target["spec"]
        for target in document["targets"]
        if all(
            _minor(target.get(name)) in (None, _minor(getattr(environment, name)))
            for name in ("tensorflow", "keras", "python")
        )
    }


def _minor(version: str | None) -> tuple[str, ...] | None:
    return tuple(version.split(".")[:2]) if version else None
