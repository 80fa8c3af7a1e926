"""Device specifications, parsed as TensorFlow does (core/util/device_name_utils.cc `ParseFullName`)."""

from __future__ import annotations

import re
from functools import lru_cache

from analyzer.parts.graph import NodeKind
from analyzer.records import NamedTuple

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_JOB = re.compile(r"[a-zA-Z][_a-zA-Z0-9]*")


class DeviceName(NamedTuple):
    """The parts of a specification, None where it leaves them open."""

    job: str | None = None
    replica: int | None = None
    task: int | None = None
    type: str | None = None
    id: int | None = None


@lru_cache(maxsize=4096)
def parse(text: str) -> DeviceName | None:
    """The parts of `/job:worker/replica:0/task:1/device:GPU:0`, `/gpu:0`, `/cpu:*` and so on; None for what is malformed."""
    if text == "/":
        return DeviceName()
    parts: dict[str, str | int | None] = {}
    rest = text
    while rest:
        taken = _take(rest, parts)
        if taken is None:
            return None
        rest = rest[taken:]
    return DeviceName(**parts)  # type: ignore[arg-type]


def _take(rest: str, parts: dict[str, str | int | None]) -> int | None:
    """Read one `/key:value` into `parts`; how many characters it took, None when there is none."""
    for key, pattern in (("job", _JOB), ("replica", None), ("task", None)):
        prefix = f"/{key}:"
        if rest.startswith(prefix):
            return _value(rest, len(prefix), key, pattern, parts)
    if rest.startswith("/device:"):
        return _device(rest, len("/device:"), parts)
    for kind in ("cpu", "gpu"):
        for spelled in (kind, kind.upper()):
            if rest.startswith(f"/{spelled}:"):
                parts["type"] = kind.upper()
                return _value(rest, len(f"/{spelled}:"), "id", None, parts)
    return None


def _value(
    rest: str, start: int, key: str, pattern: re.Pattern[str] | None, parts: dict[str, str | int | None]
) -> int | None:
    if rest.startswith("*", start):
        return start + 1
    match = (pattern or re.compile(r"\d+")).match(rest, start)
    if match is None:
        return None
    parts[key] = match.group() if pattern is not None else int(match.group())
    return match.end()


def _device(rest: str, start: int, parts: dict[str, str | int | None]) -> int | None:
    if rest.startswith("*", start):
        end = start + 1
    else:
        match = _NAME.match(rest, start)
        if match is None:
            return None
        parts["type"] = match.group()
        end = match.end()
    if rest.startswith(":", end):
        return _value(rest, end + 1, "id", None, parts)
    return end


_TYPES = ("CPU", "GPU", "TPU", "CUSTOM", "EPU")


def python_fault(text: str) -> str:
    """What Python says of a specification; empty where it takes it (python/framework/device_spec.py `_string_to_components`)."""
    found = False
    for part in text.split("/"):
        fields = part.split(":")
        kind, count = fields[0], len(fields)
        if count == 2 and kind in ("job", "replica", "task"):
            number = fields[1] if kind != "job" else "0"
        elif count <= 2 and kind.upper() in _TYPES:
            number, found = _index(fields[1:], found)
        elif count == 3 and kind == "device":
            number, found = _index(fields[2:], found)
        elif kind:
            return f"Unknown attribute '{kind}' is encountered while parsing the device spec: '{text}'."
        else:
            continue
        if number == _TWICE:
            return f"Multiple device types are not allowed while parsing the device spec: {text}."
        if re.fullmatch(r"\s*[+-]?[0-9_]+\s*", number) is None:
            return f"invalid literal for int() with base 10: {number!r}"
    return ""


def as_python_writes(text: str) -> str:
    """A specification that Python takes, as it hands it on (python/framework/device_spec.py `to_string`): `CPU:0` becomes
    `/device:CPU:0`, as does `/device:cpu:0`, and `CPU` leaves the number open.
    """
    found = []
    for part in filter(None, text.split("/")):
        kind, _, number = part.partition(":")
        if kind == "device":
            kind, _, number = number.partition(":")
            part = f"device:{kind.upper() if kind in ('cpu', 'gpu') else kind}:{number}"
        elif kind.upper() in _TYPES:
            part = f"device:{kind.upper()}:{number or '*'}"
        found.append(f"/{part}")
    return "".join(found)


def as_imported(text: str) -> DeviceName | None:
    """What a node's specification becomes in Python's import (python/framework/importer.py `_ProcessNewOps`); None where that fails."""
    return None if python_fault(text) else parse(as_python_writes(text))


_TWICE = "twice"


def _index(fields: list[str], found: bool) -> tuple[str, bool]:
    """The device number to be read as an integer, 0 where any will do."""
    return (_TWICE, True) if found else ("0" if not fields or fields[0] == "*" else fields[0], True)


def is_colocated(kind: NodeKind, name: str) -> bool:
    """Whether a node is to stand beside another. Python's import drops the device of such a node (python/framework/importer.py
    `_ProcessNewOps`); it gets that of the other.
    """
    group = kind.attrs.get("_class")
    if group is None or group.element != "s":
        return False
    names = [value.decode("utf-8", "replace") for value in group.value]
    return any(each.startswith("loc:@") and each[5:] != name for each in names)


def available(name: DeviceName, devices: tuple[str, ...], also: tuple[str, ...] = ()) -> bool:
    """Whether a device of a process of its own (`/job:localhost/replica:0/task:0`) matches the specification."""
    if name.job not in (None, "localhost") or name.replica not in (None, 0) or name.task not in (None, 0):
        return False
    for device in (*devices, *also):
        kind, _, number = device.partition(":")
        if name.type in (None, kind) and name.id in (None, int(number or 0)):
            return True
    return False
