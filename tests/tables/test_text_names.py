"""Names in text protos: which release knows them."""

from __future__ import annotations

import pytest

from analyzer.tables.text_names import is_known, releases_knowing
from tools.tables.build_text_names import COVERED, rows


@pytest.mark.parametrize(
    "name, release, known",
    [
        ("tensorflow.NodeDef.device", "1.15.0", True),
        ("tensorflow.NodeDef.experimental_type", "2.6.5", False),
        ("tensorflow.NodeDef.experimental_type", "2.7.0", True),
        ("tensorflow.TensorInfo.composite_tensor", "1.15.5", True),
        ("tensorflow.TensorInfo.composite_tensor", "2.0.0", False),
        ("tensorflow.TensorInfo.composite_tensor", "2.1.0", True),
        ("tensorflow.TensorInfo.composite_tensor", "1.12.0", True),
        ("tensorflow.FunctionSpec.experimental_compile", "2.5.0", False),
        ("tensorflow.DataType.DT_INT2", "2.21.0", True),
    ],
)
def test_releases_of_a_name(name: str, release: str, known: bool) -> None:
    assert is_known(name, release) is known
    assert (".".join(release.split(".")[:2]) in releases_knowing(name)) is (known and not release.startswith("1.12"))


def test_names_of_all_releases_have_no_row() -> None:
    dumps = {release: {"tensorflow.M": ["old"]} for release in COVERED}
    dumps["2.21"] = {"tensorflow.M": ["new", "old"]}
    assert rows(dumps) == [{"name": "tensorflow.M.new", "since": "2.21"}]
