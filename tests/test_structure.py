"""Imports run one way, and starting up loads nothing that is not used."""

from __future__ import annotations

import ast
import subprocess
import sys
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


def imports() -> list[tuple[str, str, str]]:
    """Part, file and imported part, for every import of the package by itself."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        part = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        tree = ast.parse(file.read_text())
        typing = {id(inner) for node in ast.walk(tree) if _is_for_typing(node) for inner in ast.walk(node)}
        for node in ast.walk(tree):
            names: list[str] = []
            if id(node) in typing:
                continue
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("analyzer."):
                names = [node.module]
            elif isinstance(node, ast.ImportFrom) and node.module == "analyzer":
                names = [f"analyzer.{alias.name}" for alias in node.names if (PACKAGE / alias.name).exists()]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names if alias.name.startswith("analyzer.")]
            found += [(part, file.relative_to(PACKAGE).as_posix(), name.split(".")[1]) for name in names]
    return found


def test_imports_run_one_way() -> None:
    wrong = [
        f"{file} imports {other}"
        for part, file, other in imports()
        if part not in OUTERMOST
        and part != "__init__"
        and other not in ALLOWED.get(part, set()) | {"findings", "records", part}
    ]
    assert wrong == []


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
