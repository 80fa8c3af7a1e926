"""Options of the whole test run."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden outputs with what is printed now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the golden file of that name; with --accept it writes the file."""
    accept = request.config.getoption("--accept")
    if accept and os.environ.get("CI"):
        pytest.fail("--accept is for people who read the difference, not for CI")

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if accept:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            return
        expected = file.read_text(encoding="utf-8") if file.exists() else ""
        if text != expected:
            lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), name, "printed now", lineterm="")
            pytest.fail("\n".join(lines) + "\n\npytest --accept takes what is printed now", pytrace=False)

    return compare
