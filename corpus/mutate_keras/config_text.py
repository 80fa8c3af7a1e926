"""The JSON text of a config: damaged, of another kind, or written differently but equal."""

from __future__ import annotations

import json
from pathlib import Path

from mutating import ARCHIVE, H5, mutation, read_config, write_config

BOTH = (H5, ARCHIVE)


def text(name: str, content: str | bytes, breaks: str = "K04") -> None:
    """Register a mutation that replaces the whole text."""

    @mutation(*BOTH, breaks=breaks, models="dense sequential_compiled", name=name)
    def apply(path: Path) -> None:
        write_config(path, content)


text("json_empty", "")
text("json_garbage", "{not json")
text("json_null", "null")
text("json_list", "[]")
text("json_word", '"Sequential"')
text("json_empty_object", "{}")
text("json_not_utf8", b'{"class_name": "S\xff\xfe"}')


@mutation(*BOTH, breaks="K04")
def json_truncated(path: Path) -> None:
    content = read_config(path)
    write_config(path, content[: len(content) // 2])


@mutation(*BOTH, breaks="K04")
def json_single_quotes(path: Path) -> None:
    write_config(path, repr(json.loads(read_config(path))))


@mutation(*BOTH, breaks="K04")
def json_trailing_comma(path: Path) -> None:
    write_config(path, read_config(path)[:-1] + ",}")


@mutation(*BOTH, breaks="K04")
def json_byte_order_mark(path: Path) -> None:
    write_config(path, b"\xef\xbb\xbf" + read_config(path).encode())


@mutation(*BOTH, models="dense cnn")
def json_pretty(path: Path) -> None:
    write_config(path, json.dumps(json.loads(read_config(path)), indent=4))


@mutation(*BOTH, models="dense lstm")
def json_sorted(path: Path) -> None:
    write_config(path, json.dumps(json.loads(read_config(path)), sort_keys=True))


@mutation(*BOTH, models="cnn dense")
def json_whitespace_around(path: Path) -> None:
    write_config(path, "\n  " + read_config(path) + "\r\n")


@mutation(*BOTH, models="sequential_compiled dense")
def json_key_twice(path: Path) -> None:
    """The last of two equal keys counts."""
    content = read_config(path)
    write_config(path, '{"class_name": "Nope", ' + content.lstrip()[1:])


@mutation(*BOTH, models="sequential_compiled dense")
def json_escaped(path: Path) -> None:
    """A letter written as an escape sequence."""
    write_config(path, read_config(path).replace('"Dense"', '"\\u0044ense"'))


@mutation(*BOTH, models="dense sequential_compiled", breaks="K04")
def json_nan(path: Path) -> None:
    """NaN where a number of units should be: JSON of Python's kind."""
    tree = json.loads(read_config(path))
    tree["config"]["layers"][-1]["config"]["units"] = float("nan")
    write_config(path, json.dumps(tree))


@mutation(*BOTH, models="dense sequential_compiled")
def json_infinity_unused(path: Path) -> None:
    tree = json.loads(read_config(path))
    tree["comment"] = float("inf")
    write_config(path, json.dumps(tree))
