"""Device specifications as the runtime parses them, and as Python does."""

from __future__ import annotations

import pytest

from analyzer.graphs.device_names import as_python_writes, parse, python_fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/cpu:0",
        "/GPU:1",
        "/device:GPU:0",
        "/device:GPU:*",
        "/job:worker/replica:0/task:1/device:CPU:0",
        "/job:ps",
        "CPU:0",
    ],
)
def test_python_takes(text: str) -> None:
    assert python_fault(text) == ""


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("the second gpu", "Unknown attribute 'the second gpu'"),
        ("/device:GPU", "Unknown attribute 'device'"),
        ("/cpu:0/gpu:0", "Multiple device types"),
        ("/device:GPU:x", "invalid literal"),
        ("/task:one", "invalid literal"),
    ],
)
def test_python_refuses(text: str, error: str) -> None:
    assert python_fault(text).startswith(error)


def test_the_runtime_takes_what_python_does_not() -> None:
    assert parse("/device:GPU") is not None
    assert parse("CPU:0") is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("CPU", "/device:CPU:*"),
        ("cpu:0", "/device:CPU:0"),
        ("/device:cpu:0", "/device:CPU:0"),
        ("/job:ps/task:1/gpu:2", "/job:ps/task:1/device:GPU:2"),
        ("/device:TPU_SYSTEM:0", "/device:TPU_SYSTEM:0"),
    ],
)
def test_what_python_hands_on(text: str, written: str) -> None:
    assert as_python_writes(text) == written
