"""Random edits of one value: the same for the same seed, each another file than its base."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "corpus" / "artifacts" / "keras"
BASES = [ARTIFACTS / "w2.15" / "activations_newer.keras", ARTIFACTS / "w1.15-keras2.3.1" / "compiled_strings_2.h5"]


def made(out: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    arguments = ["edit_values.py", str(out), *map(str, BASES), "--count", "12", "--seed", str(seed)]
    monkeypatch.setattr(sys, "argv", arguments)
    monkeypatch.setattr(sys, "path", list(sys.path))
    runpy.run_path(str(ROOT / "corpus" / "edit_values.py"), run_name="__main__")
    return [json.loads(line) for line in (out / "manifest-edits.jsonl").read_text().splitlines()]


def test_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, other = (made(tmp_path / name, seed, monkeypatch) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert len(first) == 12
    assert first == again
    assert first != other
    assert {row["format"] for row in first} == {"keras_archive", "keras_h5"}
    bases = {base.name: base.read_bytes() for base in BASES}
    assert all((tmp_path / "a" / row["path"]).read_bytes() != bases[row["base"]] for row in first)
