"""Which Keras packages TensorFlow gets on with, and how runs of versions are folded."""

from __future__ import annotations

import pytest

from analyzer.tables.keras_pairs import refusal
from tools.tables.pair_keras import VERSIONS, Fact, rows


@pytest.mark.parametrize(
    ("tensorflow", "package", "version"),
    [
        ("2.6", "keras", (2, 6, 0)),
        ("2.8", "keras", (2, 6, 0)),
        ("2.10", "keras", (2, 9, 0)),
        ("2.15", "keras", (2, 12, 0)),
        ("2.15", "keras", (2, 14, 0)),
        ("2.16", "keras", (3, 0, 5)),
        ("2.16", "tf-keras", (2, 18, 0)),
        ("2.15", "keras", (3, 6, 0)),
        ("2.9", "keras", (2, 6, 0)),
        ("2.5", "keras", (3, 6, 0)),  # which it does not look for
    ],
)
def test_pairs_that_work(tensorflow: str, package: str, version: tuple[int, ...]) -> None:
    assert refusal(tensorflow, package, version, (3, 11)) is None


@pytest.mark.parametrize(
    ("tensorflow", "package", "version", "step"),
    [
        ("2.6", "keras", (2, 8, 0), "keras"),
        ("2.8", "keras", (2, 9, 0), "keras"),
        ("2.10", "keras", (2, 15, 0), "import"),
        ("2.12", "keras", (2, 13, 1), "load"),
        ("2.14", "keras", (3, 6, 0), "keras"),
        ("2.14", "keras", (3, 3, 1), "keras"),
        ("2.14", "keras", (3, 12, 1), "keras"),
        ("2.16", "keras", (2, 15, 0), "keras"),
        ("2.16", "tf-keras", (2, 15, 1), "keras"),
    ],
)
def test_pairs_that_fail(tensorflow: str, package: str, version: tuple[int, ...], step: str) -> None:
    said = refusal(tensorflow, package, version, (3, 11))
    assert said is not None
    assert said.step == step


def _fact(version: str, step: str = "", error: str = "", python: str = "3.11") -> Fact:
    return {
        "tensorflow": "2.12",
        "python": python,
        "package": "keras",
        "version": version,
        "step": step,
        "error": error,
    }


def test_versions_that_fail_alike_are_one_row() -> None:
    facts = [_fact(version, "keras", "E") for version in VERSIONS["keras"][:3]] + [_fact(VERSIONS["keras"][3])]
    assert rows(facts) == [
        {"tensorflow": "2.12", "from": "2.6", "to": "2.8", "package": "keras", "step": "keras", "error": "E"}
    ]


def test_the_newest_version_stands_for_later_ones() -> None:
    assert "to" not in rows([_fact(VERSIONS["keras"][-1], "keras", "E")])[0]


def test_what_an_older_python_gets_on_with_says_since_when_not() -> None:
    facts = [_fact("2.10.0", "import", "E"), _fact("2.10.0", python="3.10")]
    assert rows(facts)[0]["python"] == "3.11"


def test_what_hangs_on_protobuf_is_no_reason() -> None:
    facts = [_fact("2.10.0", "import", "E"), _fact("2.10.0", "import", "TypeError: Descriptors cannot", "3.10")]
    assert rows(facts)[0]["python"] == "3.11"
    assert refusal("2.12", "keras", (2, 10, 0), (3, 10)) is None


def test_what_works_has_no_row() -> None:
    assert rows([_fact("2.12.0"), _fact("2.12.0", python="3.10")]) == []
