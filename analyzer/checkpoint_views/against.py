"""Whether a checkpoint fits a model: `analyze CHECKPOINT --against MODEL`.

One answer for each way to restore: by the names of the model's restore operations (`Saver.restore`), by its objects
(`Checkpoint.restore(...).assert_consumed()`), by layers (`load_weights`). Sources: python/training/saver.py,
python/checkpoint/checkpoint.py, and for the names of layers python/keras engine/training.py (`layer_with_weights-N`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from analyzer.artifact import Artifact
from analyzer.checkpoint_views.objects import described
from analyzer.graphs.calls import ancestors
from analyzer.graphs.restore_node import RestoreNode
from analyzer.graphs.restored import bound_objects, reachable_by_name, restore_nodes
from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY, Checkpoint, Entry
from analyzer.parts.graph import Nodes
from analyzer.parts.keras import Dataset, Group, KerasFile
from analyzer.parts.saved_model import ObjectGraph
from analyzer.records import NamedTuple
from analyzer.tables.dtypes import DATA_TYPES, name_of

_LAYER = re.compile(r"(?:.*/)?layer_with_weights-(\d+)/(.+)/\.ATTRIBUTES/VARIABLE_VALUE")
_VARIABLES = ("VariableV2", "Variable", "VarHandleOp")
_NUMPY = {"float32": "float", "float64": "double", "float16": "half"}


class Wanted(NamedTuple):
    """A variable of the model: its name, type (0 where unknown) and shape (None where unknown)."""

    name: str
    dtype: int
    shape: tuple[int, ...] | None


class Fit(NamedTuple):
    """How a checkpoint fits by one way of restoring.

    `restored` are the variables that get their value; `missing` have none in the checkpoint; `other` pairs a variable with
    what the checkpoint has for it, of another type or shape; `unused` are keys that no variable asks for.
    """

    way: str
    succeeds: bool
    restored: tuple[str, ...]
    missing: tuple[str, ...]
    other: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]


def fits(checkpoint: Checkpoint, model: Artifact) -> Iterator[Fit]:
    """One fit for every way in which the model can restore."""
    entries = {entry.key: entry for entry in checkpoint.entries if entry.key != OBJECT_GRAPH_KEY}
    by_name = _names(model)
    if by_name:
        yield _fit("Saver.restore", by_name, entries, strict=False)
    objects = next((each.objects for each in model.meta_graphs if each.objects is not None), None)
    if objects is not None:
        yield _object_fit(objects, checkpoint, entries)
    if model.keras is not None:
        yield _layer_fit(model.keras, entries)


def render(fit: Fit) -> Iterator[str]:
    """A fit as text."""
    yield f"{fit.way}: {'succeeds' if fit.succeeds else 'fails'}; {len(fit.restored)} variables restored"
    for name in fit.missing:
        yield f"  missing  {name}"
    for name, text in fit.other:
        yield f"  other    {name}: {text}"
    for key in fit.unused:
        yield f"  unused   {key}"


def _names(model: Artifact) -> list[tuple[str, Wanted]]:
    """Key and variable for each name that the restore operations of the model's saver ask for."""
    shapes = {
        node.name: node.kind.attrs["shape"].value
        for _, _, graph in model.graphs()
        for op in _VARIABLES
        for node in map(graph.nodes.__getitem__, graph.nodes.by_op.get(op, ()))
        if "shape" in node.kind.attrs
    }
    run = [
        (each.graph.nodes, ancestors(each.graph.nodes, [each.saver.restore_op_name]))
        for each in model.meta_graphs
        if each.saver is not None and each.saver.restore_op_name in each.graph.nodes.index
    ]
    return [
        (name, Wanted(name, dtype, shapes.get(name)))
        for node in restore_nodes(model)
        if _is_restored(node, run)
        for name, dtype in zip(node.names, node.dtypes, strict=True)
        if name != OBJECT_GRAPH_KEY
    ]


def _is_restored(node: RestoreNode, run: Sequence[tuple[Nodes, Set[int]]]) -> bool:
    """Whether the saver runs a restore operation of the top level; a graph may hold those of savers that are gone."""
    of_graph = [positions for nodes, positions in run if nodes is node.body.nodes]
    return node.body.function is not None or not of_graph or any(node.position in each for each in of_graph)


def _fit(way: str, wanted: Iterable[tuple[str, Wanted]], entries: Mapping[str, Entry], *, strict: bool) -> Fit:
    """`strict`: whether entries that nothing asks for make it fail."""
    restored, missing, other = [], [], []
    used = set()
    for key, variable in wanted:
        entry = entries.get(key)
        used.add(key)
        if entry is None:
            missing.append(variable.name)
        elif _differs(variable, entry):
            has = (
                f"{name_of(variable.dtype)} {list(variable.shape)}"
                if variable.shape is not None
                else name_of(variable.dtype)
            )
            other.append((variable.name, f"the model has {has}, the checkpoint {described(entry)}"))
        else:
            restored.append(variable.name)
    unused = tuple(key for key in entries if key not in used)
    succeeds = not missing and not other and not (strict and unused)
    return Fit(
        way,
        succeeds,
        tuple(dict.fromkeys(restored)),
        tuple(dict.fromkeys(missing)),
        tuple(dict.fromkeys(other)),
        unused,
    )


def _differs(variable: Wanted, entry: Entry) -> bool:
    if variable.dtype and variable.dtype != entry.dtype:
        return True
    if variable.shape is None or entry.shape is None:
        return False
    if len(variable.shape) != len(entry.shape):
        return True
    return any(a not in (-1, b) for a, b in zip(variable.shape, entry.shape, strict=True))


def _object_fit(objects: ObjectGraph, checkpoint: Checkpoint, entries: Mapping[str, Entry]) -> Fit:
    way = "Checkpoint.restore(...).assert_consumed()"
    if checkpoint.objects is None:
        names = tuple(each.variable_name for each in objects.nodes if each.kind == "variable")
        return Fit(way, False, (), names, (), tuple(entries))
    bound = bound_objects(objects, checkpoint.objects)
    reachable = reachable_by_name(objects)
    wanted = []
    for number, saved in enumerate(objects.nodes):
        if saved.kind != "variable" or (number not in reachable and number not in bound):
            continue
        attributes = bound[number].trackable.attributes if number in bound else ()
        key = next((each.checkpoint_key for each in attributes if each.name == "VARIABLE_VALUE"), f"object/{number}")
        in_form = number in reachable  # a slot takes the form of its variable
        wanted.append(
            (key, Wanted(saved.variable_name or key, saved.dtype if in_form else 0, saved.shape if in_form else None))
        )
    return _fit(way, wanted, entries, strict=True)


def _layer_fit(keras: KerasFile, entries: Mapping[str, Entry]) -> Fit:
    """Layers with weights in their order, each layer's weights by name where the file has names, else by shape."""
    layers: dict[int, dict[str, str]] = {}
    for key in entries:
        match = _LAYER.fullmatch(key)
        if match and ".OPTIMIZER_SLOT" not in key:
            layers.setdefault(int(match.group(1)), {})[match.group(2)] = key
    wanted = []
    for number, (layer, weights) in enumerate(_layers(keras)):
        have = dict(layers.get(number, {}))
        for name, dataset in weights:
            short = name.rpartition("/")[2].partition(":")[0]
            variable = Wanted(
                f"{layer}/{short}", DATA_TYPES.get(_NUMPY.get(dataset.dtype, dataset.dtype), 0), dataset.shape
            )
            found = have.pop(short, None) or _by_shape(have, variable, entries)
            have = {path: each for path, each in have.items() if each != found}
            wanted.append((found or f"layer_with_weights-{number}/{short}", variable))
    weights_only = {
        key: entry for key, entry in entries.items() if _LAYER.fullmatch(key) and ".OPTIMIZER_SLOT" not in key
    }
    return _fit("load_weights", wanted, weights_only, strict=False)


def _by_shape(have: Mapping[str, str], variable: Wanted, entries: Mapping[str, Entry]) -> str | None:
    same = [key for key in have.values() if entries[key].shape == variable.shape]
    return same[0] if same else next(iter(have.values()), None)


def _layers(keras: KerasFile) -> Iterator[tuple[str, list[tuple[str, Dataset]]]]:
    """Layers that have weights, in the order in which the file lists them."""
    root = keras.weights
    if root is None:
        return
    inner = root.groups.get("layers", root)
    for name in _order(root, inner):
        group = inner.find(name)
        weights = list(group.walk()) if isinstance(group, Group) else []
        if weights:
            yield name, weights


def _order(root: Group, inner: Group) -> list[str]:
    listed = root.attributes.get("layer_names")
    if isinstance(listed, (list, tuple)):
        return [name.decode() if isinstance(name, bytes) else str(name) for name in listed]
    return list(inner.order or inner.groups)
