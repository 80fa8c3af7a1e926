"""Which loaders a cause stops, where that is not all of those that visit the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from analyzer import analyze
from analyzer.readers.protos import message

SLOTS = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def {
  nodes { slot_variables { slot_name: "m" original_variable_node_id: 1 slot_variable_node_id: 2 } user_object { identifier: "optimizer" } }
  nodes { variable { dtype: DT_FLOAT shape { } } } nodes { variable { dtype: DT_FLOAT shape { } } } } }"""


@pytest.mark.parametrize(
    ("target", "stopped"),
    [
        ("tensorflow==2.6.0", {"tf.saved_model.load"}),  # load_model has imported keras, which registers its optimizers
        ("tensorflow==2.15.0", set()),
        ("tensorflow==2.18.0,tf-keras==2.18.0", set()),
        ("tensorflow==2.18.0", {"tf.saved_model.load"}),  # Keras 3 turns the folder away before
    ],
)
def test_optimizer_slots(target: str, stopped: set[str], tmp_path: Path) -> None:
    saved_model = text_format.Parse(SLOTS, message("tensorflow.SavedModel")())
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    report = analyze(str(tmp_path), target=target)
    assert {verdict.loader for verdict in report.verdicts if "optimizer-slots" in verdict.because} == stopped
