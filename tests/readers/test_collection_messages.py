"""Messages within collections, and the names that importing them looks up."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import text_format

from analyzer.readers.collection_messages import looked_up, parsed, type_of
from analyzer.readers.protos import message


def _message(name: str, text: str) -> Any:
    return text_format.Parse(text, message(f"tensorflow.{name}")())


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("CondContextDef", 'pred_name: "p:0" pivot_name: "q:0"', ["p:0", "q:0"]),
        ("CondContextDef", 'pred_name: "p:0"', ["p:0", ""]),
        (
            "WhileContextDef",
            'pivot_name: "c:0" pivot_for_pred_name: "a:0" pivot_for_body_name: "b:0" loop_exit_names: "x:0"',
            ["a:0", "b:0", "c:0", "x:0"],
        ),
        (
            "CondContextDef",
            """pred_name: "p" pivot_name: "q" values_def { values: "v:0" values: "v:1" values: "o:0"
            external_values { key: "o:0" value: "far:0" } }""",
            ["p", "q", "far:0", "v"],
        ),
        (
            "CondContextDef",
            'pred_name: "p" pivot_name: "q" nested_contexts { cond_ctxt { pred_name: "r" pivot_name: "s" } } nested_contexts { }',
            ["p", "q", "r", "s"],
        ),
        ("QueueRunnerDef", 'queue_name: "q" enqueue_op_name: "e"', ["q", "e", "", ""]),
        ("SaverDef", 'restore_op_name: "r"', []),
        ("VariableDef", 'variable_name: "v"', []),
    ],
)
def test_names_that_are_looked_up(name: str, text: str, names: list[str]) -> None:
    assert list(looked_up(_message(name, text))) == names


def test_bytes_that_are_no_message() -> None:
    assert type_of("train_op") is None
    assert type_of("while_context") == "WhileContextDef"
    assert parsed("WhileContextDef", b"\xff") is None
    assert parsed("WhileContextDef", b"").pivot_name == ""
