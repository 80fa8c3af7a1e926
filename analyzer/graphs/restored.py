"""What a load asks of a checkpoint: names that restore operations read, and keys that objects are bound to.

Sources: core/kernels/save_restore_v2_ops.cc and save_restore_tensor.cc (`RestoreV2`, `Restore`, `RestoreSlice`),
python/checkpoint/restore.py (`CheckpointPosition.bind_object`, by name from the root on), python/saved_model/load.py
`_restore_checkpoint`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.artifact import Artifact
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.calls import ancestors, node_of
from analyzer.graphs.made_saver import made_saver, makes_saver
from analyzer.graphs.restore_node import RestoreNode
from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY, Checkpoint, Entry, TrackableObject
from analyzer.parts.graph import Function, TensorValue
from analyzer.parts.saved_model import ObjectGraph, SavedObject
from analyzer.records import NamedTuple
from analyzer.target import Target

_OPS = ("RestoreV2", "Restore", "RestoreSlice")
_VALUE, _ATTRIBUTES = "VARIABLE_VALUE", ".ATTRIBUTES/"
_SEQUENCES = ("trackable_list_wrapper", "trackable_tuple_wrapper")
_FEW = 20  # a look-up costs as much as reading so many entries


def restore_nodes(artifact: Artifact) -> Iterator[RestoreNode]:
    """Every restore operation whose names are constants and whose file is what a saver or a caller gives it.

    One that reads a file of its own, as `tf.train.init_from_checkpoint` leaves behind, says nothing of this checkpoint.
    Beside a checkpoint nothing runs those of a meta graph without a saver, whose import makes a saver of its own.
    """
    given = {node_of(each.saver.filename_tensor_name) for each in artifact.meta_graphs if each.saver is not None}
    for body in bodies(artifact):
        if artifact.meta_graph is not None and body.function is None and artifact.meta_graph.saver is None:
            yield from made_saver(artifact.meta_graph, body) if makes_saver(artifact.meta_graph) else ()
            continue
        for op in _OPS:
            for position in body.nodes.by_op.get(op, ()):
                if _own_file(body, position, given) or _leads_nowhere(body, position):
                    continue
                found = _restore_node(body, position, op)
                if found is not None:
                    yield found


def _leads_nowhere(body: Body, position: int) -> bool:
    """Whether what a function restores is neither returned nor must be run: it is pruned, as in a model without variables."""
    return body.function is not None and position not in _needed(body.graph.functions[body.function])


def _own_file(body: Body, position: int, given: set[str]) -> bool:
    """Whether a restore operation's file name is a constant that no saver feeds."""
    inputs = body.nodes.inputs[position]
    for _ in range(8):
        source = body.nodes.index.get(node_of(inputs[0])) if inputs else None
        if source is None or body.nodes.names[source] in given:
            return False
        if body.nodes.kinds[source].op == "Const":
            return True
        inputs = body.nodes.inputs[source]
    return False


def _restore_node(body: Body, position: int, op: str) -> RestoreNode | None:
    inputs = [name for name in body.nodes.inputs[position] if not name.startswith("^")]
    attrs = body.nodes.kinds[position].attrs
    names = _strings(body, inputs[1]) if len(inputs) > 1 else None
    if names is None:
        return None
    slices = _strings(body, inputs[2]) if op != "Restore" and len(inputs) > 2 else ("",) * len(names)
    wanted = attrs.get("dtypes" if op == "RestoreV2" else "dt")
    dtypes = (
        () if wanted is None or not wanted.kind else tuple(wanted.value) if wanted.kind == "list" else (wanted.value,)
    )
    if slices is None or len(slices) != len(names) or len(dtypes) != len(names):
        return None
    return RestoreNode(body, position, names, slices, dtypes)


def _strings(body: Body, tensor: str) -> tuple[str, ...] | None:
    """The strings of a constant, followed through identities; None where they are not known."""
    for _ in range(8):
        position = body.nodes.index.get(node_of(tensor))
        if position is None:
            return None
        kind = body.nodes.kinds[position]
        if kind.op in ("Identity", "StopGradient") and body.nodes.inputs[position]:
            tensor = body.nodes.inputs[position][0]
            continue
        value = kind.attrs.get("value") if kind.op == "Const" else None
        if value is None or not isinstance(value.value, TensorValue) or value.value.small is None:
            return None
        if not all(isinstance(each, bytes) for each in value.value.small):
            return None
        return tuple(each.decode("utf-8", "backslashreplace") for each in value.value.small)
    return None


def entries_named(checkpoint: Checkpoint, wanted: Iterable[str]) -> Mapping[str, Entry]:
    """The entries of some names; of many, they are all read, which costs less than looking each up."""
    names = frozenset(wanted)
    if len(names) * _FEW < checkpoint.count:
        return checkpoint.entries.find(names) if names else {}
    entries = checkpoint.entries.by_key
    return {name: entries[name] for name in names if name in entries}


class Bound(NamedTuple):
    """An object of the model bound to one of the checkpoint, with the numbers that they have in their graphs."""

    node: int
    saved: SavedObject
    number: int
    trackable: TrackableObject


def bound_objects(objects: ObjectGraph, trackables: tuple[TrackableObject, ...]) -> Mapping[int, Bound]:
    """Objects of the model by node number, each with the checkpoint's object that the same names lead to.

    An object of the checkpoint is bound once, to the first that comes by in the order of the checkpoint's names
    (`_queue_children_for_restoration`); a slot variable through its optimizer.
    """
    nodes = objects.nodes
    if not nodes or not trackables:
        return {}
    found: dict[int, Bound] = {}
    taken: set[int] = set()
    pending = [(0, 0)]
    for node, proto in pending:
        if node in found or proto in taken or node >= len(nodes) or proto >= len(trackables):
            continue
        taken.add(proto)
        saved, trackable = nodes[node], trackables[proto]
        found[node] = Bound(node, saved, proto, trackable)
        named = _named(saved)
        pending.extend((named[name], number) for name, number in trackable.children if name in named)
    for bound in list(found.values()):
        slots = {(original, name): slot for original, name, slot in bound.trackable.slots}
        for slot in bound.saved.slots:
            original = found.get(slot.original)
            number = slots.get((original.number, slot.name)) if original is not None else None
            if number is not None and 0 <= number < len(trackables) and 0 <= slot.node < len(nodes):
                found.setdefault(slot.node, Bound(slot.node, nodes[slot.node], number, trackables[number]))
    return found


def bound_again(
    found: Mapping[int, Bound], objects: ObjectGraph, trackables: tuple[TrackableObject, ...]
) -> Iterator[Bound]:
    """Objects that a second name leads to another object of the checkpoint, which is restored into them too.

    python/checkpoint/restore.py `CheckpointPosition.bind_object`.
    """
    taken = {bound.number for bound in found.values()}
    for bound in found.values():
        if bound.saved.identifier == "optimizer":
            continue  # which takes its hyperparameters its own way
        names = dict(bound.trackable.children)
        for name, child in _named(bound.saved).items():
            number = names.get(name)
            if child in found and number is not None and number not in taken and 0 <= number < len(trackables):
                taken.add(number)
                yield Bound(child, objects.nodes[child], number, trackables[number])


def _named(saved: SavedObject) -> dict[str, int]:
    """The children by name; each is set as an attribute or item, so the later of two stays."""
    if saved.identifier in _SEQUENCES:
        return {place: node for name, node in saved.children if (place := _place(name))}
    return dict(saved.children)


def _place(name: str) -> str:
    """The number that a sequence takes a name for (python/trackable/data_structures.py `set_list_item`); empty for what is none."""
    try:
        return str(int(name))
    except ValueError:
        return ""


def reachable_by_name(objects: ObjectGraph) -> set[int]:
    """The objects that names lead to from the root; others are not asked for by the restore."""
    found: set[int] = set()
    pending = [0] if objects.nodes else []
    while pending:
        node = pending.pop()
        if node not in found and 0 <= node < len(objects.nodes):
            found.add(node)
            pending.extend(_named(objects.nodes[node]).values())
    return found


def value_key(trackable: TrackableObject, target: Target) -> str:
    """The key that a variable is restored from, empty where the checkpoint has no value for it.

    From 2.12 on, where variables have `_serialize_to_tensors` (python/ops/resource_variable_ops.py), that is the beginning of
    the first attribute's key, up to `.ATTRIBUTES/`, and VARIABLE_VALUE (python/checkpoint/restore.py `_extract_saveable_name`).
    """
    keys = [each.checkpoint_key for each in trackable.attributes if each.name == _VALUE or target.at_least("2.12")]
    if not keys or not target.at_least("2.12"):
        return keys[0] if keys else ""
    above, attributes, _ = keys[0].partition(_ATTRIBUTES)
    return above + attributes + _VALUE if attributes else keys[0]


def object_keys(artifact: Artifact, target: Target) -> frozenset[str] | None:
    """The keys that restoring the objects of a SavedModel reads; None where they are not known."""
    checkpoint, metas = artifact.checkpoint, artifact.meta_graphs
    if checkpoint is None or checkpoint.objects is None or not metas or metas[0].objects is None:
        return None
    keys = {OBJECT_GRAPH_KEY}
    for bound in bound_objects(metas[0].objects, checkpoint.objects).values():
        own = [attribute.checkpoint_key for attribute in bound.trackable.attributes]
        if bound.saved.kind == "variable":
            own = [value_key(bound.trackable, target)]
        elif own and bound.saved.saveables:  # whose functions append the names of their parts
            own = [key for key in checkpoint.entries.by_key if key.startswith(tuple(own))]
        keys.update(own)
    return frozenset(keys)


def node_keys(
    artifact: Artifact, nodes: frozenset[str], functions: frozenset[str], owner: str
) -> frozenset[str] | None:
    """The names that restore operations among some top-level nodes and functions read; None where one's are not known.

    A session inlines functions that it calls (core/common_runtime/lower_function_call_op.cc), and what does not lead to a result is pruned
    then: so the restore of a model without variables reads nothing.
    """
    keys: set[str] = set()
    for body in bodies(artifact):
        if body.function is None and body.area != f"graph/{owner}":
            continue
        if body.function is not None and body.function not in functions:
            continue
        needed = _needed(body.graph.functions[body.function]) if body.function is not None else None
        for op in _OPS:
            for position in body.nodes.by_op.get(op, ()):
                if position not in needed if needed is not None else body.nodes.names[position] not in nodes:
                    continue
                found = _restore_node(body, position, op)
                if found is None:
                    return None
                keys.update(found.names)
    return frozenset(keys)


def _needed(function: Function) -> set[int]:
    """The nodes that lead to what a function returns, or that it must run."""
    return ancestors(function.nodes, (*function.ret.values(), *function.control_ret.values()))
