"""What every mutation shares: the list of mutations, copies of base artifacts, and edits of the protos that they hold.

A mutation is a function of a `Mutant` that changes the copied files. Its name, and the catalogue row that it stands for (None
where it must not matter), come with the registration; the bases are ids of artifacts that the writers made.
"""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from analyzer.readers.protos import message

SAVED_MODEL, META_GRAPH, GRAPH = "tensorflow.SavedModel", "tensorflow.MetaGraphDef", "tensorflow.GraphDef"


@dataclass
class Mutant:
    """A copy of a base artifact: `folder` holds it, `entry` is what a loader is given, below the folder ("" for itself)."""

    folder: Path
    entry: str
    form: str

    @property
    def path(self) -> Path:
        return self.folder / self.entry

    @property
    def proto(self) -> tuple[Path, str]:
        """The file with the graph, and its message: of a SavedModel, a frozen graph or a .meta."""
        if self.form == "saved_model":
            return self.folder / "saved_model.pb", SAVED_MODEL
        if self.form == "graph_def":
            return self.path, GRAPH
        return self.path.with_name(self.path.name + ".meta"), META_GRAPH

    @property
    def variables(self) -> Path:
        """The prefix of the checkpoint."""
        return self.folder / "variables/variables" if self.form == "saved_model" else self.path

    def read(self) -> Any:
        file, name = self.proto
        return message(name).FromString(file.read_bytes())

    def write(self, proto: Any) -> None:
        self.proto[0].write_bytes(proto.SerializeToString(deterministic=True))


@dataclass
class Mutation:
    name: str
    breaks: str | None
    bases: tuple[str, ...]
    apply: Callable[[Mutant], str | None]


MUTATIONS: list[Mutation] = []


def mutation(
    name: str, breaks: str | None, *bases: str
) -> Callable[[Callable[[Mutant], str | None]], Callable[[Mutant], str | None]]:
    """Register a change of the files of each base. What it returns, if not None, is the new entry to hand to a loader."""

    def register(apply: Callable[[Mutant], str | None]) -> Callable[[Mutant], str | None]:
        MUTATIONS.append(Mutation(name, breaks, bases, apply))
        return apply

    return register


def proto_edit(name: str, breaks: str | None, *bases: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register a change of the parsed proto of each base (SavedModel, GraphDef or MetaGraphDef)."""

    def register(edit: Callable[[Any], None]) -> Callable[[Any], None]:
        def apply(mutant: Mutant) -> None:
            proto = mutant.read()
            edit(proto)
            mutant.write(proto)

        mutation(name, breaks, *bases)(apply)
        return edit

    return register


def graph_edit(name: str, breaks: str | None, *bases: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register a change of the GraphDef of each base, wherever its format keeps it."""

    def register(edit: Callable[[Any], None]) -> Callable[[Any], None]:
        proto_edit(name, breaks, *bases)(lambda proto: edit(graph_of(proto)))
        return edit

    return register


def graph_of(proto: Any) -> Any:
    """The GraphDef in a SavedModel's first meta graph, in a MetaGraphDef, or the message itself."""
    if hasattr(proto, "meta_graphs"):
        return proto.meta_graphs[0].graph_def
    return proto.graph_def if hasattr(proto, "graph_def") else proto


def first(nodes: Iterable[Any], op: str) -> Any:
    """The first node of that op; LookupError where there is none, so that a mutation that does not fit its base says so."""
    for node in nodes:
        if node.op == op:
            return node
    raise LookupError(f"no {op} in the base")


def drop(repeated: Any, unwanted: Callable[[Any], bool]) -> None:
    """Remove the elements of a repeated field for which `unwanted` holds; LookupError where none does."""
    keep = [item for item in repeated if not unwanted(item)]
    if len(keep) == len(repeated):
        raise LookupError("nothing to remove")
    copies = [type(item).FromString(item.SerializeToString()) for item in keep]
    del repeated[:]
    repeated.extend(copies)


def add_node(nodes: Any, name: str, op: str, inputs: Iterable[str] = (), device: str = "", **attrs: Any) -> Any:
    """Append a NodeDef. An attribute is a (field of AttrValue, value) pair."""
    node = nodes.add(name=name, op=op, input=list(inputs), device=device)
    for key, (field, value) in attrs.items():
        if field == "shape":
            node.attr[key].shape.dim.extend(type(node.attr[key].shape.dim.add())(size=size) for size in value)
            del node.attr[key].shape.dim[0]
        elif field == "func":
            node.attr[key].func.name = value
        elif field == "list(type)":
            node.attr[key].list.type.extend(value)
        else:
            setattr(node.attr[key], field, value)
    return node


def constant(nodes: Any, name: str, values: Iterable[int], dtype: int = 3) -> Any:
    """Append an int32 (dtype 3) vector Const."""
    held = list(values)
    node = add_node(nodes, name, "Const", dtype=("type", dtype))
    tensor = node.attr["value"].tensor
    tensor.dtype = dtype
    tensor.tensor_shape.dim.add(size=len(held))
    tensor.int_val.extend(held)
    return node


def scalar(nodes: Any, name: str, value: float = 1.0) -> Any:
    """A float Const."""
    node = add_node(nodes, name, "Const", dtype=("type", 1))
    node.attr["value"].tensor.dtype = 1
    node.attr["value"].tensor.tensor_shape.SetInParent()
    node.attr["value"].tensor.float_val.append(value)
    return node


def make_all(root: Path, wanted: set[str] | None = None) -> int:
    """Write every mutant of the artifacts in ROOT/manifest-tf.jsonl and add its line; return how many could not be made."""
    manifest = root / "manifest-tf.jsonl"
    lines = [json.loads(text) for text in manifest.read_text().splitlines()]
    bases = {line["id"]: line for line in lines if not line["mutation"]}
    kept = [line for line in lines if not line["mutation"] or (wanted and line["mutation"] not in wanted)]
    failed = 0
    for item in MUTATIONS:
        for turn, base in enumerate(item.bases):
            if wanted and item.name not in wanted:
                continue
            try:
                kept.append({**make(root, item, bases[base]), "tier": min(turn + 1, 2)})
            except Exception:
                failed += 1
                print(f"{base}+{item.name}: {traceback.format_exc(limit=-2)[-500:]}", file=sys.stderr)
    manifest.write_text("".join(json.dumps(line) + "\n" for line in kept))
    return failed


def make(root: Path, item: Mutation, base: dict[str, Any]) -> dict[str, Any]:
    """Copy the base, apply the mutation, and return the manifest line. A mutant that is there already and equal is left alone."""
    half, release, name, *rest = Path(base["path"]).parts
    folder = root / half / release / f"{name}+{item.name}"
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(root / half / release / name, fresh)
    entry = item.apply(Mutant(fresh, "/".join(rest), base["format"]))
    if contents(fresh) == contents(folder):
        shutil.rmtree(fresh)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    path = Path(half, release, folder.name, "/".join(rest) if entry is None else entry)
    identity = {"id": f"{base['id']}+{item.name}", "path": str(path)}
    return {**base, **identity, "base": base["id"], "mutation": item.name, "breaks": item.breaks}


def contents(folder: Path) -> dict[str, bytes | None]:
    """The bytes of every file below the folder, by relative path; None for a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
