"""Marshalled code objects, told apart without running them."""

from __future__ import annotations

import base64
import marshal
import sys

import pytest

from analyzer.keras import bytecode
from analyzer.rules.keras import _models as m

OLD = base64.b64decode(m.LAMBDA_310)
NEW = base64.b64decode(m.LAMBDA["config"]["code"])
GLOBAL = base64.b64decode(m.LAMBDA_TF)


def test_layouts() -> None:
    assert bytecode.parse(OLD).layout == (3, 8)
    assert bytecode.parse(NEW).layout == (3, 11)


def test_the_running_python_writes_what_it_reads() -> None:
    code = bytecode.parse(marshal.dumps((lambda x, y=1: max(x, list(range(3)))).__code__))
    assert code is not None
    assert code.layout == bytecode.layout_of(sys.version_info[:2])
    assert bytecode.breaks(code, sys.version_info[:2]) == ""
    assert {"max", "range"} <= bytecode.global_names(code, sys.version_info[:2])


@pytest.mark.parametrize("raw", [b"", b"c", b"x" * 100, OLD[:20], marshal.dumps([1, 2]), b"c" + b"\xff" * 60])
def test_no_code(raw: bytes) -> None:
    assert bytecode.parse(raw) is None


def test_globals() -> None:
    assert bytecode.global_names(bytecode.parse(GLOBAL), (3, 11)) == {"tf"}
    assert bytecode.global_names(bytecode.parse(NEW), (3, 11)) == set()


def test_opcodes_of_another_release() -> None:
    assert bytecode.breaks(bytecode.parse(NEW), (3, 11)) == ""
    assert bytecode.breaks(bytecode.parse(NEW), (3, 12)) == ""
    assert bytecode.breaks(bytecode.parse(NEW), (3, 13)) != ""
    assert bytecode.breaks(bytecode.parse(GLOBAL), (3, 12)) != ""
    assert bytecode.breaks(bytecode.parse(OLD), (3, 9)) == ""
