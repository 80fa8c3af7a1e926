"""An index of classes and functions by name, from source files."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping

from analyzer.records import dataclass, field

_SKIPPED = ("site-packages", "node_modules", "__pycache__", ".git", ".venv", "venv", ".tox", "build")
_LARGEST = 2 * 2**20  # bytes of one source file
_MOST = 20_000  # files
# What `Layer.__init__(**kwargs)` of any Keras takes.
_BASE_KEYS = frozenset(
    (
        "name",
        "trainable",
        "dtype",
        "dynamic",
        "input_shape",
        "batch_input_shape",
        "batch_size",
        "input_dim",
        "weights",
        "activity_regularizer",
        "autocast",
        "implementation",
    )
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function: where it stands, the name it is registered under, and what its constructor takes.

    `parameters` are the names after self; None where the constructor is a base class's that is not in the index.
    `deserializes_itself`: it has a `from_config` of its own, so its constructor need not take the configuration's keys.
    """

    name: str
    kind: str  # `class` or `function`
    file: str
    line: int
    registered: str | None = None
    parameters: tuple[str, ...] | None = None
    required: tuple[str, ...] = ()
    takes_any: bool = False
    deserializes_itself: bool = False
    has_config: bool = False
    bases: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    def refuses(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Keys of a configuration that the constructor does not take, as far as its signature tells."""
        if self.kind != "class" or self.parameters is None or self.deserializes_itself:
            return ()
        taken = set(self.parameters) | (_BASE_KEYS if self.takes_any else set())
        return tuple(key for key in keys if key not in taken)

    def lacks(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Required parameters that the configuration does not have."""
        if self.kind != "class" or self.deserializes_itself:
            return ()
        return tuple(name for name in self.required if name not in set(keys))


@dataclass(frozen=True, slots=True)
class CodeIndex:
    """Definitions by plain name, and the files that could not be read or parsed."""

    definitions: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    def find(self, name: str) -> Definition | None:
        """What a configuration means by a class, function or registered name (`package>Name`); registered ones first."""
        plain = name.rsplit(">", 1)[-1]
        found = self.definitions.get(plain, ())
        exact = [each for each in found if each.registered == name]
        registered = [each for each in found if each.registered]
        return next(iter(exact or registered or list(found)), None)


def index(paths: Iterable[str]) -> CodeIndex:
    """Read Python files, and those below folders, in name order. Never raises on what they hold."""
    found: dict[str, list[Definition]] = {}
    unreadable: list[str] = []
    for number, (path, shown) in enumerate(_files(paths)):
        if number >= _MOST:
            unreadable.append(f"{shown}: more than {_MOST} files")
            break
        try:
            if os.path.getsize(path) > _LARGEST:
                continue
            with open(path, "rb") as stream:
                tree = ast.parse(stream.read(), shown)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            unreadable.append(f"{shown}: {type(error).__name__}")
            continue
        for definition in _definitions(tree, shown):
            found.setdefault(definition.name, []).append(definition)
    return CodeIndex({name: tuple(each) for name, each in _inherited(found).items()}, tuple(unreadable))


def _files(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Python files with the names they are shown under."""
    for path in paths:
        if os.path.isfile(path):
            yield path, path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(each for each in folders if each not in _SKIPPED and not each.startswith("."))
            for name in sorted(names):
                if name.endswith(".py"):
                    full = os.path.join(folder, name)
                    yield full, os.path.relpath(full, path)


def _definitions(tree: ast.Module, file: str) -> Iterator[Definition]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield _class(node, file)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Definition(node.name, "function", file, node.lineno, registered=_registered(node))


def _class(node: ast.ClassDef, file: str) -> Definition:
    methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
    init = methods.get("__init__")
    parameters, required, takes_any = (None, (), False) if init is None else _signature(init)
    return Definition(
        name=node.name,
        kind="class",
        file=file,
        line=node.lineno,
        registered=_registered(node),
        parameters=parameters,
        required=required,
        takes_any=takes_any,
        deserializes_itself="from_config" in methods,
        has_config="get_config" in methods,
        bases=tuple(name for each in node.bases if (name := _last_name(each))),
    )


def _signature(init: ast.FunctionDef) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Parameter names after self, required ones, and whether there are `**kwargs`."""
    plain = [each.arg for each in (*init.args.posonlyargs, *init.args.args)][1:]
    optional = len(init.args.defaults)
    required = plain[: len(plain) - optional] if optional else plain
    keyword = [each.arg for each in init.args.kwonlyargs]
    needed = [
        each.arg for each, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True) if default is None
    ]
    return (*plain, *keyword), (*required, *needed), init.args.kwarg is not None


def _registered(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """`package>Name` of `register_keras_serializable(package="Custom", name=None)`."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if _last_name(call.func if call is not None else decorator) != "register_keras_serializable":
            continue
        package, name = "Custom", node.name
        values = list(call.args) if call is not None else []
        given = {each.arg: each.value for each in call.keywords} if call is not None else {}
        for position, key in enumerate(("package", "name")):
            value = given.get(key, values[position] if position < len(values) else None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                package, name = (value.value, name) if key == "package" else (package, value.value)
        return f"{package}>{name}"
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _inherited(found: dict[str, list[Definition]]) -> dict[str, list[Definition]]:
    """Constructors of base classes that are in the index themselves."""
    from analyzer.records import replace

    def resolve(definition: Definition, depth: int) -> Definition:
        if definition.kind != "class" or definition.parameters is not None or depth > 8:
            return definition
        for base in definition.bases:
            for candidate in found.get(base, ()):
                if candidate.kind == "class" and candidate is not definition:
                    known = resolve(candidate, depth + 1)
                    if known.parameters is not None:
                        return replace(
                            definition,
                            parameters=known.parameters,
                            required=known.required,
                            takes_any=known.takes_any,
                            deserializes_itself=definition.deserializes_itself or known.deserializes_itself,
                        )
        return definition

    return {name: [resolve(each, 0) for each in definitions] for name, definitions in found.items()}
