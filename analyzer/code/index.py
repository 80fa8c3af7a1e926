"""An index of classes and functions by name, from source files.

Files are searched for what follows `class` and `def`; only those that define a name somebody asks for are parsed.
"""

from __future__ import annotations

import ast
import os
import re
import stat
import warnings
from collections.abc import Iterable, Iterator

from analyzer.code.definitions import Definition, definitions, unparsed
from analyzer.records import dataclass, field

_SKIPPED = ("site-packages", "node_modules", "__pycache__", "venv", "build")
_LARGEST = 2 * 2**20  # bytes of one source file
_MOST = 20_000  # files
_DEFINES = re.compile(rb"^[ \t]*(?:async[ \t]+)?(class|def)[ \t]+([^\W\d]\w*)", re.MULTILINE)
_GLOBAL, _REGISTERS = b"get_custom_objects", b"register_keras_serializable"


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    module: str


@dataclass(slots=True)
class CodeIndex:
    """Definitions by plain name, and the files that could not be read or parsed."""

    unreadable: list[str] = field(default_factory=list)
    _by_name: dict[str, list[_File]] = field(default_factory=dict)
    _parsed: dict[str, tuple[Definition, ...]] = field(default_factory=dict)
    _global: list[_File] = field(default_factory=list)  # files that hand objects to Keras under names of their choice
    _registering: list[_File] = field(default_factory=list)

    def find(self, name: str, module: str = "") -> Definition | None:
        """What a configuration means by a class, function or registered name (`package>Name`).

        Several of one name: the one registered so, then the one in the configuration's module, then what is registered.
        """
        found = self.all(name)
        for fits in (
            lambda each: each.registered == name,
            lambda each: module != "" and _same_module(each.module, module),
            lambda each: each.registered is not None,
        ):
            chosen = next(filter(fits, found), None)
            if chosen is not None:
                return chosen
        return next(iter(found), None)

    def all(self, name: str) -> list[Definition]:
        """Every definition that the name may mean."""
        plain = name.rsplit(">", 1)[-1]
        found = self._within((*self._by_name.get(plain, ()), *self._global), name, plain)
        return found or (self._within(self._registering, name, plain) if plain != name else [])

    def _within(self, files: Iterable[_File], name: str, plain: str) -> list[Definition]:
        return [
            each
            for file in dict.fromkeys(files)
            for each in self._definitions(file)
            if each.registered in (name, plain) or each.name == plain
        ]

    def named(self, dotted: str) -> list[Definition]:
        """The classes that a dotted name in a source may lead to: those of its last part, of that module where one is."""
        home, _, plain = dotted.rpartition(".")
        found = [each for each in self.all(plain) if each.kind == "class"]
        exact = [each for each in found if home and _same_module(each.module, home)]
        return exact or found

    def add(self, path: str, module: str) -> None:
        """Take in what a file defines; never raises on what it holds."""
        file = _File(path, module)
        try:
            data = _read(path)
        except (OSError, ValueError) as error:
            self.unreadable.append(f"{path}: {error if isinstance(error, ValueError) else type(error).__name__}")
            return
        for name in {match[1] for match in _DEFINES.findall(data)}:
            self._by_name.setdefault(name.decode("utf-8", "replace"), []).append(file)
        if _GLOBAL in data:
            self._global.append(file)
        if _REGISTERS in data:
            self._registering.append(file)

    def _definitions(self, file: _File) -> tuple[Definition, ...]:
        if file.path not in self._parsed:
            self._parsed[file.path] = tuple(self._parse(file))
        return self._parsed[file.path]

    def _parse(self, file: _File) -> Iterator[Definition]:
        try:
            data = _read(file.path)
        except (OSError, ValueError):
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what is wrong with escapes in other people's strings
                found = list(definitions(ast.parse(data, file.path), file.path, file.module))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.unreadable.append(f"{file.path}: {type(error).__name__}")
            for match in _DEFINES.finditer(data):
                kind = "class" if match[1] == b"class" else "function"
                line = data.count(b"\n", 0, match.start(1)) + 1
                yield unparsed(match[2].decode("utf-8", "replace"), kind, file.path, line)
            return
        yield from found


def index(paths: Iterable[str]) -> CodeIndex:
    """Read Python files, and those below folders, in name order. Never raises on what they hold."""
    found = CodeIndex()
    for number, (path, root) in enumerate(_files(paths)):
        if number >= _MOST:
            found.unreadable.append(f"{path}: more than {_MOST} files")
            break
        found.add(path, _module(path, root))
    return found


def _files(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Python files, each with the folder that its imports start from as far as the caller knows."""
    for path in paths:
        if os.path.isfile(path):
            yield path, os.path.dirname(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(each for each in folders if each not in _SKIPPED and not each.startswith("."))
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.normpath(os.path.join(folder, name)), path


def _module(path: str, root: str) -> str:
    """A file's name in an import statement: from the outermost package, else from the folder that was given."""
    folder, name = os.path.split(os.path.abspath(path))
    parts = [name.removesuffix(".py")]
    top = os.path.abspath(root)
    while os.path.isfile(os.path.join(folder, "__init__.py")) or (folder != top and folder.startswith(top + os.sep)):
        folder, name = os.path.split(folder)
        if not name:
            break
        parts.insert(0, name)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    parts = parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _same_module(found: str, wanted: str) -> bool:
    """Whether two module names may mean one file, either of them seen from further out."""
    return found == wanted or found.endswith(f".{wanted}") or (found != "" and wanted.endswith(f".{found}"))


def _read(path: str) -> bytes:
    """A regular file's bytes. Raises OSError; ValueError says why it is not read."""
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode):
        raise ValueError("no regular file")
    if about.st_size > _LARGEST:
        raise ValueError("too large")
    with open(path, "rb") as stream:
        return stream.read(_LARGEST)
