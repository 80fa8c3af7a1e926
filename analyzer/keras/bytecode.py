"""Marshalled code objects, read without running or building them: which Python wrote them, which globals they want.

After `Python/marshal.c` (r_object, TYPE_CODE) and `Lib/opcode.py` of each release. The fields before the bytecode are five
integers up to Python 3.7 (argcount, kwonlyargcount, nlocals, stacksize, flags), six from 3.8 to 3.10 (posonlyargcount added), and
five again from 3.11 on (nlocals dropped); from 3.11 on names of locals, a qualified name and an exception table follow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from analyzer.records import dataclass

_FLAG_REF = 0x80
_DEPTH = 100
_VARARGS, _VARKEYWORDS = 0x04, 0x08  # co_flags
_FREE = 0x80  # CO_FAST_FREE in co_localspluskinds
# Opcodes that each release defines.
_DEFINED = {
    (3, 6): "1-5 9-12 15-17 19-20 22-29 50-52 55-57 59-73 75-98 100-116 119-122 124-127 130-133 135-138 141-158",
    (
        3,
        7,
    ): "1-5 9-12 15-17 19-20 22-29 50-52 55-57 59-73 75-98 100-116 119-122 124-126 130-133 135-138 141-158 160-161",
    (3, 8): "1-6 9-12 15-17 19-20 22-29 50-57 59-73 75-79 81-98 100-116 122 124-126 130-133 135-138 141-158 160-163",
    (
        3,
        9,
    ): "1-6 9-12 15-17 19-20 22-29 48-52 54-57 59-79 82-87 89-98 100-118 121-122 124-126 130-133 135-138 141-148 154-157 160-165",
    (
        3,
        10,
    ): "1-6 9-12 15-17 19-20 22-34 49-52 54-57 59-79 82-87 89-119 121-122 124-126 129-133 135-138 141-148 152 154-157 160-165",
    (
        3,
        11,
    ): "0-2 9-12 15 25 30-33 35-37 49-54 60-61 68-71 74-75 82-112 114-120 122-126 128-140 142 144-149 151-152 155-157 160 162-166 171-176",
    (
        3,
        12,
    ): "0-5 9 11-12 15 17 25-27 30-33 35-37 49-55 60-61 68-69 71 74-75 83 85 87 89-110 114-147 149-152 155-157 162-165 171-176 237-254",
    (3, 13): "0-2 4-118 149 236-254",
}
_RESUME = {(3, 11): 151, (3, 12): 151, (3, 13): 149}
_LOAD_GLOBAL = {(3, 13): 91}  # 116 before
_EXTENDED_ARG = {(3, 13): 71}  # 144 before
_GLOBAL_CACHES = {(3, 11): 5, (3, 12): 4, (3, 13): 4}


@dataclass(frozen=True, slots=True)
class Code:
    """A code object: the layout of its fields (first release that wrote it so), bytecode, names, and code objects within."""

    layout: tuple[int, int]
    code: bytes
    names: tuple[str, ...]
    inner: tuple[Code, ...] = ()
    positional: tuple[str, ...] = ()  # parameters that a call may give by position
    keywords: tuple[str, ...] = ()  # parameters that it has to give by name
    any_positional: bool = False
    any_keyword: bool = False
    free: tuple[str, ...] = ()  # names of the closure's cells, in their order
    file: str = ""

    @property
    def written_by(self) -> str:
        """The releases that use the layout."""
        return {(3, 0): "Python 3.7 or older", (3, 8): "Python 3.8 to 3.10", (3, 11): "Python 3.11 or newer"}[
            self.layout
        ]


def parse(raw: bytes) -> Code | None:
    """The code object in marshalled bytes; None where they hold none."""
    if not raw or raw[0] & ~_FLAG_REF != ord("c"):
        return None
    for layout in ((3, 11), (3, 0), (3, 8)):
        try:
            found = _Reader(raw, layout).value(0)
        except (struct.error, IndexError, ValueError, RecursionError):
            continue
        if isinstance(found, Code):
            return found
    return None


class _Reader:
    """One pass over marshalled bytes, with code objects laid out in one way. Raises ValueError on what it cannot be."""

    def __init__(self, raw: bytes, layout: tuple[int, int]) -> None:
        self.raw = raw
        self.layout = layout
        self.at = 0
        self.refs: list[Any] = []

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.raw):
            raise ValueError("short")
        taken = self.raw[self.at : self.at + count]
        self.at += count
        return taken

    def _int(self) -> int:
        return int(struct.unpack("<i", self._take(4))[0])

    def value(self, depth: int) -> Any:
        """The next object; only strings, tuples and code objects are kept."""
        if depth > _DEPTH:
            raise ValueError("deep")
        first = self._take(1)[0]
        kind, slot = chr(first & ~_FLAG_REF), -1
        if first & _FLAG_REF:
            slot = len(self.refs)
            self.refs.append(None)
        found = self._object(kind, depth)
        if slot >= 0:
            self.refs[slot] = found
        return found

    def _object(self, kind: str, depth: int) -> Any:
        if kind in "NTFS.":
            return None
        if kind == "i":
            return self._int()
        if kind in "gy":
            return self._take(8 if kind == "g" else 16)
        if kind in "saAtu":
            return self._take(self._int())
        if kind in "zZ":
            return self._take(self._take(1)[0])
        if kind == "l":
            return self._take(2 * abs(self._int()))
        if kind in "fx":
            return [self._take(self._take(1)[0]) for _ in range(2 if kind == "x" else 1)]
        if kind == ")":
            return tuple(self.value(depth + 1) for _ in range(self._take(1)[0]))
        if kind in "([<>":
            return tuple(self.value(depth + 1) for _ in range(self._length()))
        if kind == "r":
            return self.refs[self._int()]
        if kind == "c":
            return self._code(depth)
        raise ValueError(kind)

    def _length(self) -> int:
        length = self._int()
        if not 0 <= length <= len(self.raw):
            raise ValueError("length")
        return length

    def _code(self, depth: int) -> Code:
        numbers = [self._int() for _ in range(6 if self.layout == (3, 8) else 5)]
        code, consts, names = (self.value(depth + 1) for _ in range(3))
        if self.layout == (3, 11):
            fields = [self.value(depth + 1) for _ in range(5)]  # localsplusnames, kinds, filename, name, qualname
            self._take(4)
            fields += [self.value(depth + 1), self.value(depth + 1)]  # linetable, exceptiontable
        else:
            fields = [self.value(depth + 1) for _ in range(5)]  # varnames, freevars, cellvars, filename, name
            self._take(4)
            fields.append(self.value(depth + 1))  # lnotab
        if not isinstance(code, bytes) or not isinstance(consts, tuple) or not isinstance(names, tuple):
            raise ValueError("no code object")
        inner = tuple(each for each in consts if isinstance(each, Code))
        count, keywords, flags = numbers[0], numbers[1 if self.layout == (3, 0) else 2], numbers[-1]
        held = _texts(fields[0])
        free = _texts(fields[1])
        if self.layout == (3, 11):
            kinds = fields[1] if isinstance(fields[1], bytes) else b""
            free = tuple(name for name, kind in zip(held, kinds, strict=False) if kind & _FREE)
        return Code(
            self.layout,
            code,
            _texts(names),
            inner,
            positional=held[:count],
            keywords=held[count : count + keywords],
            any_positional=bool(flags & _VARARGS),
            any_keyword=bool(flags & _VARKEYWORDS),
            free=free,
            file="".join(_texts((fields[2 if self.layout == (3, 11) else 3],))),
        )


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, tuple) else ()
    return tuple(each.decode("utf-8", "replace") for each in items if isinstance(each, bytes))


def layout_of(python: tuple[int, ...]) -> tuple[int, int]:
    """The layout that a release of Python reads."""
    return (3, 11) if python >= (3, 11) else (3, 8) if python >= (3, 8) else (3, 0)


def breaks(code: Code, python: tuple[int, ...]) -> str:
    """Why bytecode of the right layout cannot run under a release; empty where it can, as far as opcodes tell."""
    release = (python[0], python[1])
    defined = _DEFINED.get(release)
    if defined is None:
        return ""
    known = _ranges(defined)
    opcodes = list(_opcodes(code, release))
    if release in _RESUME:
        wanted = _RESUME[release]
        starts = [opcode for opcode, _ in opcodes[:4]]
        if wanted not in starts and any(opcode in starts for opcode in (149, 151)):
            return "opcodes of another release"
    for opcode, _ in opcodes:
        if opcode not in known:
            return f"opcode {opcode}"
        if opcode in _JUMPS and release < (3, 11):
            break  # what comes after may never run
    if release in _GLOBAL_CACHES and _caches(code, release) not in (None, _GLOBAL_CACHES[release]):
        return "inline caches of another release"
    return next((problem for each in code.inner if (problem := breaks(each, python))), "")


# FOR_ITER, jumps, SETUP_FINALLY and its kin, of Python 3.8 to 3.10.
_JUMPS = frozenset((93, *range(110, 116), 121, 122, 143, 154, 162))


def _ranges(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _opcodes(code: Code, release: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Opcodes with their arguments, EXTENDED_ARG folded in."""
    high = 0
    extended = _EXTENDED_ARG.get(release, 144)
    for at in range(0, len(code.code) - 1, 2):
        opcode, low = code.code[at], code.code[at + 1]
        argument = high << 8 | low
        high = argument if opcode == extended else 0
        yield opcode, argument


def _caches(code: Code, release: tuple[int, int]) -> int | None:
    """How many inline cache entries follow the first LOAD_GLOBAL."""
    load = _LOAD_GLOBAL.get(release, 116)
    data = code.code
    for at in range(0, len(data) - 1, 2):
        if data[at] == load:
            count = 0
            while at + 2 + 2 * count < len(data) and data[at + 2 + 2 * count] == 0:
                count += 1
            return count
    return None


def global_names(code: Code, python: tuple[int, ...]) -> set[str]:
    """Names that the code looks up among globals and builtins."""
    release = (python[0], python[1])
    load = _LOAD_GLOBAL.get(release, 116)
    shift = 1 if release >= (3, 11) else 0
    found = set()
    for opcode, argument in _opcodes(code, release):
        index = argument >> shift
        if opcode == load and index < len(code.names):
            found.add(code.names[index])
    for each in code.inner:
        found |= global_names(each, python)
    return found
