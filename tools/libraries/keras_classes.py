"""analyzer/tables/libraries_keras.jsonl from the sources of well-known packages, read as syntax and never run.

    python -m tools.libraries.keras_classes SOURCES [--out FILE]

SOURCES is a folder for what is fetched: one wheel or one git commit of each package below. A class counts if its bases
lead, within the package, to a Keras class; a function, if it is registered. Needs pip, packaging and git.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.version import Version

from tools.libraries.wheels import download, wheels_of

Row = dict[str, Any]
TABLE = Path(__file__).parents[2] / "analyzer/tables/libraries_keras.jsonl"


@dataclass(frozen=True, slots=True)
class Source:
    """One package to read: a version on PyPI, or a commit of `repository` where that is where its users get it."""

    distribution: str
    version: str
    package: str
    repository: str | None = None
    files: str = "*.py"


SOURCES = (
    Source("tensorflow-addons", "0.23.0", "tensorflow_addons"),
    Source("tensorflow-addons", "0.10.0", "tensorflow_addons"),
    Source("keras-hub", "0.25.1", "keras_hub"),
    Source("keras-nlp", "0.14.4", "keras_nlp"),
    Source("keras-cv", "0.9.0", "keras_cv"),
    Source("tensorflow-model-optimization", "0.8.1", "tensorflow_model_optimization"),
    Source("tensorflow-hub", "0.16.1", "tensorflow_hub"),
    Source("tf-models-official", "2.20.0", "official"),
    Source("transformers", "4.48.3", "transformers", files="*_tf*.py"),
    Source("tensorflow-decision-forests", "1.12.0", "tensorflow_decision_forests"),
    Source("tensorflow-text", "2.15.0", "tensorflow_text"),
    Source("tensorflow-probability", "0.25.0", "tensorflow_probability"),
    Source("tensorflow-recommenders", "0.7.7", "tensorflow_recommenders"),
    Source("tensorflow-compression", "2.14.1", "tensorflow_compression"),
    Source("keras-contrib", "3fc5ef7", "keras_contrib", "keras-team/keras-contrib"),
    Source("keras-self-attention", "f3bf21d", "keras_self_attention", "CyberZHG/keras-self-attention"),
    Source("keras-bert", "2d3590d", "keras_bert", "CyberZHG/keras-bert"),
    Source("keras-tcn", "7576256", "tcn", "philipperemy/keras-tcn"),
    Source("efficientnet", "f7f3e73", "efficientnet", "qubvel/efficientnet"),
    Source("segmentation-models", "5d24bbf", "segmentation_models", "qubvel/segmentation_models"),
    Source("qkeras", "78ea90f", "qkeras", "google/qkeras"),
    Source("larq", "fe3ce52", "larq", "larq/larq"),
    Source("spektral", "a5fa5e3", "spektral", "danielegrattarola/spektral"),
    Source("tensorflow-lattice", "f522583", "tensorflow_lattice", "tensorflow/lattice"),
    Source("tensorflow-similarity", "dc506d6", "tensorflow_similarity", "tensorflow/similarity"),
)

EXPORTS = {
    "keras_hub_export": ("keras_hub", "keras_nlp"),
    "keras_nlp_export": ("keras_nlp",),
    "keras_cv_export": ("keras_cv",),
    "keras_serializable": ("Custom",),
}
"""Decorators of these packages that register, and under which names (their `api_export.py`, `modeling_tf_utils.py`)."""

KINDS = {
    "layers": "layer", "optimizers": "optimizer", "losses": "loss", "metrics": "metric", "initializers": "initializer",
    "regularizers": "regularizer", "constraints": "constraint", "schedules": "schedule",
}  # fmt: skip
ROOTS = {
    "Layer": "layer", "Wrapper": "layer", "AbstractRNNCell": "layer", "RNN": "layer", "Model": "model", "Sequential": "model",
    "Functional": "model", "Optimizer": "optimizer", "OptimizerV2": "optimizer", "Loss": "loss",
    "LossFunctionWrapper": "loss", "Metric": "metric", "MeanMetricWrapper": "metric", "Mean": "metric",
    "Initializer": "initializer", "Regularizer": "regularizer", "Constraint": "constraint",
    "LearningRateSchedule": "schedule",
}  # fmt: skip


@dataclass(slots=True)
class Definition:
    """A class or function as the source states it."""

    name: str
    module: str
    bases: list[str]
    packages: tuple[str, ...] = ()
    aliases: list[str] = field(default_factory=list)
    is_class: bool = True


def obtain(source: Source, folder: Path) -> Path:
    """The folder that holds the package's sources; fetched once."""
    target = folder / f"{source.distribution}-{source.version}"
    if not target.exists():
        if source.repository is None:
            version = Version(source.version)
            return download(source.distribution, version, wheels_of(source.distribution)[version][-1], target)
        url = f"https://github.com/{source.repository}"
        subprocess.run(["git", "clone", "-q", "--filter=blob:none", url, str(target)], check=True)
        subprocess.run(["git", "-C", str(target), "checkout", "-q", source.version], check=True)
    return target / "unpacked" if (target / "unpacked").exists() else target


def dotted(node: ast.expr) -> str:
    """`a.b.C` of a base or decorator; empty for what is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else node.attr
    return dotted(node.value) if isinstance(node, ast.Subscript) else ""


def registration(decorators: list[ast.expr], constants: dict[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """The package names that the decorators register under, and further class names."""
    packages: tuple[str, ...] = ()
    aliases: list[str] = []
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted(call.func if call else decorator).rpartition(".")[2]
        given = {word.arg: word.value for word in call.keywords} if call else {}
        if name == "register_keras_serializable":
            value = given.get("package", call.args[0] if call and call.args else None)
            packages = (text(value, constants) or "Custom",)
            aliases += filter(None, [text(given.get("name"), constants)])
        elif name in EXPORTS:
            packages = EXPORTS[name]
            own = text(given.get("package"), constants)
            packages = (own,) if own else packages
            if call and call.args and isinstance(call.args[0], (ast.List, ast.Tuple)):
                aliases += [
                    str(item.value).rpartition(".")[2] for item in call.args[0].elts if isinstance(item, ast.Constant)
                ]
    return packages, aliases


def text(node: ast.expr | None, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def definitions(root: Path, source: Source) -> Iterator[Definition]:
    """Every class and every registered function of the package, tests and examples left out."""
    for path in sorted((root / source.package).rglob(source.files)):
        relative = path.relative_to(root)
        if re.search(r"(^|/)(tests?|testing|examples?|benchmarks?)/|(^|/)test_|_test\.py$|conftest", str(relative)):
            continue
        try:
            tree = ast.parse(path.read_text(errors="replace"))
        except SyntaxError:
            continue
        module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }  # fmt: skip
        imported = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                packages, aliases = registration(node.decorator_list, constants)
                is_class = isinstance(node, ast.ClassDef)
                if is_class or packages:
                    bases = [dotted(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
                    bases = [imported.get(base, base) for base in bases]
                    yield Definition(node.name, module, bases, packages, aliases, is_class)


def kind(name: str, own: str, by_name: dict[str, list[Definition]], seen: frozenset[str] = frozenset()) -> str | None:
    """What a dotted base is in Keras's terms, following bases within the package `own`; None if nothing of Keras."""
    *path, last = name.split(".")
    if path and path[0] != own and (any("keras" in part for part in path) or path[0] == "tf" or path[-1] == "layers"):
        found = next((KINDS[part] for part in reversed(path) if part in KINDS), ROOTS.get(last))
        if found:
            return found
    if last in by_name and last not in seen:
        for definition in by_name[last]:
            for base in definition.bases:
                found = kind(base, own, by_name, seen | {last})
                if found:
                    return found
    return ROOTS.get(last)


def rows_of(source: Source, root: Path) -> list[Row]:
    """The rows of one package, the registered or first definition where a name is defined twice."""
    by_name: dict[str, list[Definition]] = {}
    for definition in definitions(root, source):
        by_name.setdefault(definition.name, []).append(definition)
    rows: dict[str, Row] = {}
    for name, found in by_name.items():
        for definition in sorted(found, key=lambda one: not one.packages):
            if definition.is_class:
                kinds = (kind(base, source.package, by_name, frozenset({name})) for base in definition.bases)
                what = next(filter(None, kinds), None) or ("object" if definition.packages else None)
            else:
                what = "function"
            if what is None or (name.startswith("_") and not definition.packages):
                continue
            for key in [name, *definition.aliases]:
                row = {"class": key, "library": source.distribution, "module": definition.module}
                if definition.packages:
                    row["packages"] = list(definition.packages)
                rows.setdefault(key, row | {"kind": what, "seen": source.version})
            break
    return list(rows.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    options.sources.mkdir(parents=True, exist_ok=True)
    rows: dict[tuple[str, str], Row] = {}
    for source in SOURCES:
        found = rows_of(source, obtain(source, options.sources))
        print(source.distribution, source.version, len(found), file=sys.stderr)
        for row in found:
            rows.setdefault((row["class"], row["library"]), row)
    ordered = [row for _, row in sorted(rows.items(), key=lambda item: (item[0][0].encode(), item[0][1]))]
    options.out.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in ordered))


if __name__ == "__main__":
    main()
