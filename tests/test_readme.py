"""The README's generated parts are up to date, and its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

from tools import readme

TEXT = readme.README.read_text(encoding="utf-8")
SAMPLE = Path(readme.ROOT) / "corpus/artifacts/tf/w2.15/v2_dense"


def test_generated_parts_are_up_to_date() -> None:
    assert readme.rewritten(TEXT) == TEXT


def test_python_examples_run() -> None:
    first, second = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(first.replace('"model/"', repr(str(SAMPLE))), names)
    graph = names["report"].artifact.graph
    exec(second, {**names, "graph": graph})
    assert [key for key in graph if key.startswith("sig:")]


def test_every_sample_it_names_exists() -> None:
    for path in re.findall(r"corpus/artifacts/[\w./+-]*\w", TEXT):
        assert (readme.ROOT / path).exists(), path
