"""A fake TensorFlow in front of the path, so that loading costs milliseconds."""

from __future__ import annotations

from pathlib import Path

import pytest

FAKE = Path(__file__).parent / "fake"


@pytest.fixture
def fake_tensorflow(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(FAKE))
    return FAKE
