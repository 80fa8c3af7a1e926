"""Errors as TensorFlow and Keras word them, and the rules that may stand for them."""

from __future__ import annotations

import pytest

from analyzer.confirm.messages import GENERAL, SPECIFIC, rules_for

QUOTES = [
    ("RuntimeError", "Op type not registered 'CaseFoldUTF8' in binary running on host. Make sure the Op", "unknown-op"),
    ("RuntimeError", "code 5: Op type not registered 'X' in binary running on host.", "unknown-op"),
    (
        "NotFoundError",
        "Converting GraphDef to Graph has failed with an error: 'Op type not registered 'DisableCopyOnRead' in binary'",
        "unknown-op",
    ),
    ("InvalidArgumentError", "NodeDef mentions attr 'Truncate' not in Op<name=Cast; ...", "unknown-attribute"),
    (
        "InvalidArgumentError",
        "Restoring from checkpoint failed. [...] Original error: Cannot assign a device for operation a: {{node a}} was",
        "device-pin",
    ),
    ("OpError", "not an sstable (bad magic number)", "corrupt-index"),
    ("OpError", "<path>.data-00000-of-00001; No such file or directory", "missing-shard"),
    (
        "DataLossError",
        "TensorBundle at X shard 0 (28 bytes): Checksum does not match: stored 1 vs. 2",
        "checksum-mismatch",
    ),
    ("ValueError", "The passed save_path is not a valid checkpoint: <path>/variables/variables", "missing-variables"),
    ("OSError", "SavedModel file does not exist at: <path>/{saved_model.pbtxt|saved_model.pb}", "missing-saved-model"),
    (
        "ValueError",
        "File format not supported: filepath=x. Keras 3 only supports V3 `.keras` files",
        "unsupported-file-format",
    ),
    ("ValueError", "No model config found in the file at <path>.", "weights-without-model"),
    (
        "ValueError",
        "Input tensors to a QNetwork must come from `tf.keras.Input`. Received: None (missing previous layer metadata).",
        "keras-metadata",
    ),
    (
        "FailedPreconditionError",
        "Error while reading resource variable dense/kernel_2316 from Container: localhost. This could mean that the variable",
        "missing-shard",
    ),
    (
        "ValueError",
        "Unable to create a Keras model from this SavedModel. This SavedModel was created with `tf.saved_model.save`",
        "keras-metadata",
    ),
    (
        "ValueError",
        "Unknown layer: 'Special'. Please ensure you are using a `keras.utils.custom_object_scope`",
        "unresolved-custom-object",
    ),
    (
        "TypeError",
        "Could not locate class 'Special'. Make sure custom classes are decorated with",
        "unresolved-custom-object",
    ),
    ("ValueError", "Unrecognized keyword arguments passed to LSTM: {'time_major': False}", "unknown-argument"),
    ("ValueError", "bad marshal data (unknown type code)", "lambda-bytecode"),
    ("KeyError", "\"There is no item named 'config.json' in the archive\"", "archive-member"),
    ("AttributeError", "'_UserObject' object has no attribute 'add_slot'", "optimizer-slots"),
    ("IndexError", "list index out of range", "missing-object"),
    ("FileNotFoundError", "somewhere/file; No such file or directory", "missing-file"),
]


@pytest.mark.parametrize(("exception", "message", "rule"), QUOTES)
def test_a_quote_is_explained(exception: str, message: str, rule: str) -> None:
    assert rule in rules_for(exception, message)


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        (None, None),
        ("ValueError", ""),
        ("ValueError", "something nobody has seen"),
        ("Timeout", ""),
    ],
)
def test_what_no_pattern_knows_is_explained_by_nothing(exception: str | None, message: str | None) -> None:
    assert rules_for(exception, message) == ()


def test_a_pinned_device_is_not_an_unknown_op() -> None:
    assert "unknown-op" not in rules_for("RuntimeError", "code 3: Cannot assign a device for operation a")


def test_a_quoted_configuration_is_no_cause() -> None:
    quoted = "Error when deserializing class 'Dot' using config={'inbound_nodes': []}.\n\nException encountered: "
    assert "invalid-argument" in rules_for(
        "TypeError", quoted + "Invalid format for argument `axes`: it should contain two elements."
    )
    assert rules_for("TypeError", quoted + "could not find layer a") == rules_for("TypeError", "could not find layer a")
    assert "invalid-argument" in rules_for("TypeError", quoted + "Something of which no pattern knows.")


def test_general_patterns_only_speak_when_no_specific_one_does() -> None:
    assert "missing-file" not in rules_for("OpError", "x.data-00000-of-00001; No such file or directory")


def test_every_entry_names_rules_as_files_are_named() -> None:
    for names, *patterns in (*SPECIFIC, *GENERAL):
        assert patterns
        for name in names.split():
            assert name == name.lower().strip("-") and "_" not in name
