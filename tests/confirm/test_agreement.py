"""How loads are counted, and when a number is worse."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import agreement, agreement_tables

ARTIFACT = agreement.Artifact("a", "a", "saved_model", "C01", ())
ROW = {
    "id": "a",
    "loader": "tf.saved_model.load",
    "tensorflow": "2.15.0",
    "python": "3.11.7",
    "keras": "2.15.0",
    "loads": True,
}
UNKNOWN_OP = ROW | {"loads": False, "exception": "RuntimeError", "message": "Op type not registered 'X'"}


@pytest.mark.parametrize(
    ("row", "said", "because", "outcome", "right"),
    [
        (ROW, True, (), "agreed", None),
        (ROW, False, ("unknown-op",), "false alarm", None),
        (ROW, None, (), "undecided", None),
        (UNKNOWN_OP, True, (), "miss", None),
        (UNKNOWN_OP, None, ("unknown-op",), "undecided", None),
        (UNKNOWN_OP, False, ("device-pin", "unknown-op"), "agreed", True),
        (UNKNOWN_OP, False, ("device-pin",), "agreed", False),
        (UNKNOWN_OP | {"message": "never seen"}, False, ("device-pin",), "agreed", None),
    ],
)
def test_a_load_is_counted(
    row: dict[str, Any], said: bool | None, because: tuple[str, ...], outcome: str, right: bool | None
) -> None:
    judged = agreement.compare(ARTIFACT, row, said, because)
    assert (judged.outcome, judged.right_cause) == (outcome, right)


@pytest.mark.parametrize(
    ("row", "target"),
    [
        ({"tensorflow": "1.15.5", "keras": None, "python": "3.7.16"}, "tensorflow==1.15.5,python==3.7"),
        (
            {"tensorflow": "2.15.0", "keras": "2.15.0", "python": "3.11.7"},
            "tensorflow==2.15.0,keras==2.15.0,python==3.11",
        ),
        (
            {"tensorflow": "2.18.0", "keras": "3.6.0", "python": "3.12.1"},
            "tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0,python==3.12",
        ),
        (
            {"tensorflow": "2.18.0", "keras": "3.6.0", "python": "3.12.1", "legacy_keras": True},
            "tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0,python==3.12,TF_USE_LEGACY_KERAS=1",
        ),
    ],
)
def test_the_target_is_the_environment_of_the_row(row: dict[str, Any], target: str) -> None:
    assert agreement.target_of(row) == target


def test_numbers_by_release_are_in_the_order_of_releases() -> None:
    judged = [
        agreement.compare(ARTIFACT, ROW | {"tensorflow": f"{name}.0"}, True, ()) for name in ("2.10", "2.4", "1.15")
    ]
    assert list(agreement_tables.grouped(judged, "release")) == ["1.15", "2.4", "2.10"]


def test_the_same_disagreement_in_several_releases_is_one_entry() -> None:
    judged = [
        agreement.compare(ARTIFACT, UNKNOWN_OP | {"tensorflow": f"{name}.0"}, True, ()) for name in ("2.10", "2.4")
    ]
    lines = agreement_tables.disagreements(judged, 0)
    assert lines[0] == "miss: a  [tf.saved_model.load]  2.4 2.10"
    assert len(lines) == 3


def test_agreement_is_not_listed() -> None:
    judged = [
        agreement.compare(ARTIFACT, ROW, True, ()),
        agreement.compare(ARTIFACT, UNKNOWN_OP, False, ("unknown-op",)),
    ]
    assert agreement_tables.disagreements(judged, 0) == []


def numbers(**given: int) -> dict[str, dict[str, int]]:
    return {
        "all": dict.fromkeys(agreement_tables.NUMBERS, 0) | {name.replace("_", " "): n for name, n in given.items()}
    }


@pytest.mark.parametrize("name", ["false_alarm", "miss", "undecided", "wrong_cause"])
def test_more_of_what_is_bad_is_worse(name: str) -> None:
    assert agreement_tables.worse_than(numbers(), numbers(**{name: 1}))
    assert not agreement_tables.worse_than(numbers(**{name: 1}), numbers(**{name: 1}))
    assert not agreement_tables.worse_than(numbers(**{name: 1}), numbers())


@pytest.mark.parametrize("name", ["agreed", "right_cause", "no_pattern"])
def test_more_of_the_rest_is_not(name: str) -> None:
    assert not agreement_tables.worse_than(numbers(), numbers(**{name: 1}))
    assert not agreement_tables.worse_than(numbers(**{name: 1}), numbers())
