"""What one Python source defines: its classes and functions, by `ast` alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from analyzer.records import dataclass, replace

_REGISTERS = "register_keras_serializable"
_GLOBAL = "get_custom_objects"


@dataclass(frozen=True, slots=True)
class Constructor:
    """`__init__`: the names after self, those without a default, and what becomes of `**kwargs`.

    `rest` is `none` without `**kwargs`, `base` where they are only handed on to the base class's constructor, and `any`
    where something else is done with them: then nobody can say which keys are taken.
    """

    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    rest: str = "none"


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function: where it stands, the name it is registered under, how it is made from a configuration.

    `bases` are dotted names with imports resolved. A `closed` class does not let its source tell what its constructor takes:
    a decorator or metaclass may have replaced it. `own_from_config`: the class reads the configuration itself.
    """

    name: str
    kind: str  # `class` or `function`
    file: str
    line: int
    module: str = ""  # as an import statement names it; empty where it cannot be imported
    registered: str | None = None
    constructor: Constructor | None = None
    own_from_config: bool = False
    closed: bool = False
    bases: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def definitions(tree: ast.Module, file: str, module: str) -> Iterator[Definition]:
    """Every class and function of a source, methods aside. What stands within a function cannot be imported."""
    names = _names(tree, f"{module}.__init__" if file.endswith("__init__.py") else module)
    pending: list[tuple[ast.AST, str]] = [(tree, module)]
    while pending:
        node, home = pending.pop()
        within_class = isinstance(node, ast.ClassDef)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                yield _class(child, file, "" if within_class else home, names)
                pending.append((child, ""))
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not within_class:
                    yield Definition(child.name, "function", file, child.lineno, home, _registered(child, names))
                pending.append((child, ""))
            elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                pending.append((child, home))
    yield from _given_to_keras(tree, file)


def _class(node: ast.ClassDef, file: str, module: str, names: Mapping[str, str]) -> Definition:
    methods = {each.name: each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assigned = {
        target.id
        for each in node.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    init = methods.get("__init__")
    closed = (
        any(not _registers(each, names) for each in node.decorator_list)
        or bool(node.keywords)
        or "__new__" in methods
        or not {"__init__", "from_config"}.isdisjoint(assigned)
        or (init is not None and bool(init.decorator_list))
    )
    return Definition(
        name=node.name,
        kind="class",
        file=file,
        line=node.lineno,
        module=module,
        registered=_registered(node, names),
        constructor=_constructor(init) if isinstance(init, ast.FunctionDef) else None,
        own_from_config="from_config" in methods,
        closed=closed,
        bases=tuple(_dotted(each, names) for each in node.bases),
    )


def _constructor(init: ast.FunctionDef) -> Constructor:
    plain = [each.arg for each in (*init.args.posonlyargs, *init.args.args)][1:]
    optional = len(init.args.defaults)
    required = plain[: max(len(plain) - optional, 0)] if optional else plain
    keyword = [each.arg for each in init.args.kwonlyargs]
    pairs = zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)
    needed = [each.arg for each, default in pairs if default is None]
    rest = "none"
    if init.args.kwarg is not None:
        rest = "base" if _only_handed_on(init, init.args.kwarg.arg) else "any"
    return Constructor((*plain, *keyword), (*required, *needed), rest)


def _only_handed_on(init: ast.FunctionDef, kwargs: str) -> bool:
    """Whether `**kwargs` is used once, as `super().__init__(..., **kwargs)` or `Base.__init__(self, ..., **kwargs)`."""
    uses = sum(isinstance(node, ast.Name) and node.id == kwargs for node in ast.walk(init))
    handed = [
        keyword
        for node in ast.walk(init)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
        for keyword in node.keywords
        if keyword.arg is None
    ]
    return (
        uses == 1
        and len(handed) == 1
        and isinstance(handed[0].value, ast.Name)
        and handed[0].value.id == kwargs
        and not any(isinstance(node, ast.Name) and node.id in ("locals", "vars") for node in ast.walk(init))
    )


def _registers(decorator: ast.expr, names: Mapping[str, str]) -> bool:
    return _dotted(_called(decorator), names).rpartition(".")[2] == _REGISTERS


def _registered(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, names: Mapping[str, str]) -> str | None:
    """`package>Name` of `register_keras_serializable(package="Custom", name=None)`."""
    for decorator in node.decorator_list:
        if not _registers(decorator, names):
            continue
        package, name = "Custom", node.name
        call = decorator if isinstance(decorator, ast.Call) else None
        values = list(call.args) if call is not None else []
        given = {each.arg: each.value for each in call.keywords} if call is not None else {}
        for position, key in enumerate(("package", "name")):
            value = given.get(key, values[position] if position < len(values) else None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                package, name = (value.value, name) if key == "package" else (package, value.value)
        return f"{package}>{name}"
    return None


def _given_to_keras(tree: ast.Module, file: str) -> Iterator[Definition]:
    """`get_custom_objects()["name"] = ...` and `get_custom_objects().update({"name": ...})`, as old code does it."""
    for node in ast.walk(tree):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _is_global(node.value):
            keys = [node.slice]
        elif isinstance(node, ast.Call) and _is_update(node.func):
            keys = [key for each in node.args if isinstance(each, ast.Dict) for key in each.keys]
        for key in keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Definition(key.value, "function", file, key.lineno, registered=key.value)


def _is_update(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "update" and _is_global(node.value)


def _is_global(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) == _GLOBAL


def _names(tree: ast.Module, module: str) -> dict[str, str]:
    """What names of a source stand for: imports wherever they are, and `Layer = keras.layers.Layer`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            home = _home(node, module)
            found |= {alias.asname or alias.name: f"{home}.{alias.name}" for alias in node.names}
    for each in tree.body:
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            dotted = _dotted(each.value, found)
            if "." in dotted:
                found[each.targets[0].id] = dotted
    return found


def _home(node: ast.ImportFrom, module: str) -> str:
    """The module that an import is from, relative ones made absolute as far as the package is known."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")[: -node.level] if module else []
    return ".".join([*parts, *([node.module] if node.module else [])])


def _dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    """A dotted name with its first part looked up; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def unparsed(name: str, kind: str, file: str, line: int) -> Definition:
    """A definition in a source that this Python cannot parse: Python 2, for one."""
    return replace(Definition(name, kind, file, line), closed=True)
