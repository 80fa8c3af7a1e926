"""Imports run one way, and starting up loads nothing that is not used."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "analyzer"

# Each part with what it may import of the others; `findings`, `records` and the package itself are open to all.
ALLOWED = {
    "findings": set(),
    "records": set(),
    "parts": {"parts"},
    "artifact": {"parts", "graph_view"},
    "sources": {"artifact", "sources"},
    "readers": {"artifact", "parts", "sources", "readers"},
    "tables": {"tables"},
    "target": {"tables", "interpreter"},
    "interpreter": set(),
    "graphs": {"artifact", "parts", "tables", "target", "graphs"},
    "keras": {"artifact", "parts", "tables", "target", "graphs", "code", "keras"},
    "code": {"tables", "code"},
    "graph_view": {"artifact", "parts", "graphs"},
    "file_roles": {"artifact"},
    "rule": {"artifact", "target"},
    "rules": {"artifact", "parts", "tables", "target", "graphs", "keras", "code", "file_roles", "rule", "rules"},
    "loaders": {"artifact", "parts", "tables", "target", "graphs", "keras", "loaders"},
    "rescues": {"artifact", "tables", "target"},
    "advice": {"artifact", "rescues", "tables", "target"},
    "engine": {"advice", "artifact", "graph_view", "loaders", "rescues", "rules", "tables", "target"},
    "stores": {"artifact", "engine", "readers", "sources", "stores", "target"},
    "reports": {"reports"},
    "confirm": {"confirm"},
    "config": set(),
}
OUTERMOST = {"cli", "about", "commands", "checkpoint_views"}


def _is_for_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _modules() -> dict[str, Path]:
    names = {".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts): file for file in PACKAGE.rglob("*.py")}
    return {name.removesuffix(".__init__"): file for name, file in names.items()}


def imports() -> dict[str, set[str]]:
    """Each module with those it imports of the package, wherever in it, but for types alone."""
    modules = _modules()
    found: dict[str, set[str]] = {}
    for module, file in modules.items():
        tree = ast.parse(file.read_text())
        typing = {id(inner) for node in ast.walk(tree) if _is_for_typing(node) for inner in ast.walk(node)}
        names: set[str] = set()
        for node in ast.walk(tree):
            if id(node) in typing:
                continue
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= {name if name in modules else node.module for name in whole}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
        found[module] = names & set(modules)
    return found


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def test_imports_run_one_way() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in sorted(others)
        if _part(module) not in OUTERMOST | {"__init__"}
        and _part(other) not in ALLOWED.get(_part(module), set()) | {"findings", "records", "__init__", _part(module)}
    ]
    assert wrong == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    TopologicalSorter(imports()).prepare()


def test_every_part_has_its_place() -> None:
    parts = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__pycache__", "py.typed", "__init__"} <= set(ALLOWED) | OUTERMOST


HEAVY = (
    "networkx",
    "google.protobuf",
    "numpy",
    "h5py",
    "fsspec",
    "dask",
    "rich",
    "tensorflow",
    "packaging",
    "logging",
    "concurrent",
    "multiprocessing",
    "shutil",
)


@pytest.mark.parametrize("statement", ["import analyzer.cli", "import analyzer", "import analyzer.tables.ops"])
def test_import_loads_nothing_heavy(statement: str) -> None:
    code = f"{statement}; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert out.stdout.strip() == "[]"


CORPUS = PACKAGE.parent / "corpus" / "artifacts"
STANDARD = ("dataclasses", "inspect", "logging", "pathlib", "shutil", "zipfile", "concurrent", "multiprocessing")
UNUSED_FOR_KERAS = (
    *STANDARD,
    "h5py",
    "numpy",
    "google.protobuf",
    "networkx",
    "rich",
    "packaging",
    "analyzer.graphs",
    "analyzer.parts.graph",
    "analyzer.parts.saved_model",
    "analyzer.parts.checkpoint",
    "analyzer.rules.files",
    "analyzer.rules.graph",
    "analyzer.rules.keras",
    "analyzer.rules.custom",
    "analyzer.loaders.load_model",
)
UNUSED_FOR_OPS = (
    *STANDARD,
    "h5py",
    "numpy",
    "networkx",
    "rich",
    "zipfile",
    "analyzer.keras",
    "analyzer.readers.checkpoint",
)


@pytest.mark.parametrize(
    "arguments, unused",
    [
        (["--target", "tensorflow==2.15.0", "keras/w2.3/cnn.h5"], UNUSED_FOR_KERAS),
        (
            ["--target", "tensorflow==2.18.0,keras==3.6.0", "keras/w2.18/compiled_CosineDecayRestarts.keras"],
            UNUSED_FOR_KERAS,
        ),
        (["--target", "tensorflow==2.15.0", "--rules", "ops,devices", "tf/w2.15/v2_dense"], UNUSED_FOR_OPS),
    ],
    ids=["h5", "keras", "saved_model"],
)
def test_a_scan_loads_what_it_uses(arguments: list[str], unused: tuple[str, ...]) -> None:
    code = (
        "import sys; from analyzer.cli import main; main(sys.argv[1:]);"
        f"print([name for name in {unused!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, *arguments[:-1], str(CORPUS / arguments[-1])]
    out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=CORPUS)
    assert "loads" in out.stdout or "undecided" in out.stdout, out.stdout
    assert out.stdout.splitlines()[-1] == "[]"
