"""Prediction beside outcome."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.confirm import Confirmation, Environment, Load, Outcome, attach, loads_of

HERE = Environment("python", "2.15.0", "3.11.7", "2.15.0", None)
SPEC = "tensorflow==2.15.0"


def document(loads: bool | None, because: list[str] | None = None, **target: str) -> dict[str, Any]:
    verdict = {
        "target": SPEC,
        "loader": "tf.saved_model.load",
        "loads": loads,
        "because": because or [],
        "loads_with": [],
    }
    described = {"spec": SPEC, "tensorflow": "2.15.0", "keras": "2.15.0", "python": "3.11", **target}
    return {"schema": 1, "targets": [described], "reports": [{"path": "a/model", "verdicts": [verdict]}]}


def outcome(loads: bool, *rules: str, path: str = "a/model") -> Outcome:
    error = (None, None) if loads else ("RuntimeError", "Op type not registered 'X'")
    return Outcome(path, "tf.saved_model.load", loads, *error, rules, (), None, None, 0.5)


def status(whole: dict[str, Any], *outcomes: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = attach(whole, Confirmation(HERE, outcomes))["reports"][0]["verdicts"][0]["confirmation"]
    return said


@pytest.mark.parametrize(
    ("predicted", "happened", "expected"),
    [
        (True, True, "confirmed"),
        (False, False, "confirmed"),
        (True, False, "contradicted"),
        (False, True, "contradicted"),
        (None, True, "undecided"),
        (None, False, "undecided"),
    ],
)
def test_status(predicted: bool | None, happened: bool, expected: str) -> None:
    said = status(document(predicted), outcome(happened))
    assert (said["status"], said["loads"]) == (expected, happened)


def test_the_cause_is_compared() -> None:
    assert status(document(False, ["unknown-op"]), outcome(False, "unknown-op"))["cause_named"] is True
    assert status(document(False, ["missing-shard"]), outcome(False, "unknown-op"))["cause_named"] is False


def test_the_cause_is_open_where_nothing_says_it() -> None:
    assert status(document(False, ["unknown-op"]), outcome(False))["cause_named"] is None
    assert status(document(True), outcome(True))["cause_named"] is None


@pytest.mark.parametrize("other", [{"tensorflow": "2.16.1"}, {"keras": "2.14.0"}, {"python": "3.10"}])
def test_a_verdict_for_another_environment_was_not_tried(other: dict[str, str]) -> None:
    whole = document(True, **other)
    assert status(whole, outcome(True)) == {"status": "not tried"}
    assert loads_of(whole, HERE) == ()


def test_patch_releases_and_open_ends_are_the_same_environment() -> None:
    whole = document(True, tensorflow="2.15.1", python="3.11")
    del whole["targets"][0]["keras"]
    assert status(whole, outcome(True))["status"] == "confirmed"


def test_a_load_without_outcome_was_not_tried() -> None:
    assert status(document(True)) == {"status": "not tried"}
    assert status(document(True), outcome(True, path="b")) == {"status": "not tried"}


def test_the_document_given_stays_as_it_was() -> None:
    whole = document(True)
    attach(whole, Confirmation(HERE, (outcome(True),)))
    assert whole == document(True)


def test_loads_of_asks_each_load_once() -> None:
    whole = document(True)
    whole["reports"][0]["verdicts"] *= 2
    assert loads_of(whole) == (Load("a/model", "tf.saved_model.load"),)
    assert loads_of(whole, HERE) == (Load("a/model", "tf.saved_model.load"),)
