"""A variable of a SavedModel's object graph for which the checkpoint has no value, or one that does not fit.

## Why it matters

`tf.saved_model.load` makes the variables that the object graph describes, binds them by name to the objects that the checkpoint
describes, and insists that each is bound: "Found 1 Python objects that were not bound to checkpointed values"
(python/checkpoint/checkpoint.py `assert_existing_objects_matched`; up to 2.0 that counts objects without values too, but for
empty lists and the like). From Keras 2.11 on an optimizer that is made again keeps
its `iterations` in its list `_variables` too (keras/src/optimizers/optimizer.py `_create_iteration_variable`); what
`optimizers.experimental` of Keras 2.8 and 2.9 saved has no such list to put in its place. A value of another type or shape is refused: "expected dtype
double does not equal original dtype float", "Received incompatible tensor with shape (4, 3)". The session loaders do not look at
either graph of objects.

## How to fix

Copy `saved_model.pb` and `variables/` from one export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.restored import Bound, bound_again, bound_objects, entries_named, reachable_by_name, value_key
from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY, Checkpoint, Entry
from analyzer.parts.saved_model import ObjectGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._bound_objects import lost_children, saved_by_functions, uncallable
from analyzer.tables.dtypes import name_of
from analyzer.target import Target, version_tuple

rule = Rule(
    __name__, Phase.RESTORE, noticed_by=Check.RESTORE_OBJECTS, reads=frozenset({"saved_model", "checkpoint", "objects"})
)

_OPTIMIZER, _OPTIMIZER_VERSION = "experimentalOptimizer", 2


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The checkpoint's own object graph first, then each variable."""
    checkpoint, objects = artifact.checkpoint, artifact.meta_graphs[0].objects
    assert checkpoint is not None
    assert artifact.saved_model is not None
    if objects is None:
        return
    file = artifact.saved_model.file
    if checkpoint.objects is None:
        if target.at_least("2.5") and not _restores(objects):
            return  # by names, and nothing has one; older releases also miss the root
        yield from _no_object_graph(artifact, checkpoint)
        return
    if not checkpoint.objects:
        yield _no_root(checkpoint)
        return
    bound = bound_objects(objects, checkpoint.objects)
    again = list(bound_again(bound, objects, checkpoint.objects)) if target.at_least("2.0") else []
    keys = _keys(checkpoint, bound.values(), target)
    if again:
        keys = {**keys, **_keys(checkpoint, again, target)}
    for each in again:
        if each.saved.kind == "variable":
            yield from _finding(each.saved, each.saved, each, keys, Location(file, f"object/{each.node}"), target)
    yield from _variables(objects, bound, keys, file, target)
    if target.at_least("2.0"):
        for each in bound.values():
            yield from _objects(checkpoint, objects, each, file, target)
    reachable = reachable_by_name(objects)
    if not target.at_least("2.1"):
        for number in sorted(reachable.difference(bound)):
            if _is_counted(objects.nodes[number]):
                yield _unbound_object(file, number)
    if _lists_iterations(target):
        for number in sorted(reachable):
            if _without_list(objects.nodes[number], bound.get(number)):
                yield _unbound_iterations(file, number, target)


def _keys(checkpoint: Checkpoint, bound: Iterable[Bound], target: Target) -> Mapping[str, Entry]:
    """The entries by the keys that objects are restored from."""
    return entries_named(checkpoint, (key for each in bound if (key := value_key(each.trackable, target))))


def _variables(
    objects: ObjectGraph, bound: Mapping[int, Bound], keys: Mapping[str, Entry], file: str, target: Target
) -> Iterator[Finding]:
    """Each variable that something restores."""
    reachable = reachable_by_name(objects)
    counted = Counter(value_key(each.trackable, target) for each in bound.values())
    shared = {key for key, count in counted.items() if count > 1}  # of two objects with one key one is restored
    originals = {slot.node: slot.original for each in bound.values() for slot in each.saved.slots}
    for number, saved in enumerate(objects.nodes):
        if saved.kind != "variable" or not (number in reachable or number in bound or number in originals):
            continue
        wanted = saved
        if number not in reachable and 0 <= originals.get(number, -1) < len(objects.nodes):
            wanted = objects.nodes[originals[number]]  # an optimizer makes a slot in the form of its variable
        if not target.at_least("2.0") and number in bound and number not in originals:
            continue  # in graph mode values are read when a session runs, those of slots at once
        key = value_key(bound[number].trackable, target) if number in bound else ""
        if not (key in keys and key in shared):
            yield from _finding(saved, wanted, bound.get(number), keys, Location(file, f"object/{number}"), target)


def _objects(
    checkpoint: Checkpoint, objects: ObjectGraph, bound: Bound, file: str, target: Target
) -> Iterator[Finding]:
    """What else is wrong with an object that is bound."""
    index = Location(checkpoint.index_file, f"entry/{OBJECT_GRAPH_KEY}")
    faults = [(index, fault) for fault in lost_children(checkpoint.objects or (), bound, target)]
    if target.at_least("2.3"):  # `_create_saveable_object_factories` came
        where = Location(file, f"object/{bound.node}")
        faults += [(where, fault) for fault in saved_by_functions(checkpoint, bound)]
        faults += [(where, fault) for fault in uncallable(objects, bound)]
    for place, fault in faults:
        keys: dict[str, Any] = {"key": fault.key} if fault.key else {}
        yield rule.found(fault.text, place, tensorflow_error=fault.error, remedy=fault.remedy, **keys)


def _is_counted(saved: SavedObject) -> bool:
    """Whether an object without a value of its own has to be bound up to TensorFlow 2.0."""
    return saved.kind == "user_object" and bool(saved.children or not saved.identifier.startswith("trackable_"))


def _unbound_object(file: str, number: int) -> Finding:
    return rule.found(
        f"object {number} is not among the objects of the checkpoint",
        Location(file, f"object/{number}"),
        tensorflow_error="Some Python objects were not bound to checkpointed values, likely due to changes in the Python program",
        remedy="copy saved_model.pb and variables/ from one export",
    )


def _lists_iterations(target: Target) -> bool:
    """Whether this Keras makes optimizers with a list of variables that holds `iterations`."""
    return not target.is_keras_3 and version_tuple(target.keras_api[1])[:2] >= (2, 11)


def _without_list(saved: SavedObject, bound: Bound | None) -> bool:
    """Whether an optimizer is made again whose list of variables neither the model nor the checkpoint replaces."""
    if saved.kind != "user_object" or saved.identifier != _OPTIMIZER or saved.version.min_consumer > _OPTIMIZER_VERSION:
        return False
    children = (*saved.children, *(bound.trackable.children if bound is not None else ()))
    return not any(name == "_variables" for name, _ in children)


def _unbound_iterations(file: str, number: int, target: Target) -> Finding:
    """`tf.saved_model.load` imports no Keras for it where TensorFlow does not do so by itself."""
    return rule.found(
        "the optimizer was saved without a list of its variables, in which Keras from 2.11 on looks for the number of iterations",
        Location(file, f"object/{number}"),
        check=Check.KERAS if target.at_least("2.16") else None,
        tensorflow_error="Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program.",
        remedy="save again with include_optimizer=False, or load with TensorFlow 2.10 or older",
    )


def _no_root(checkpoint: Checkpoint) -> Finding:
    return rule.found(
        "the checkpoint's object graph is empty, without the root that the model is restored from",
        Location(checkpoint.index_file, f"entry/{OBJECT_GRAPH_KEY}"),
        tensorflow_error="IndexError: list index out of range",
        remedy="copy saved_model.pb and variables/ from one export",
    )


def _restores(objects: ObjectGraph) -> bool:
    """Whether anything that the root reaches has a value."""
    return any(
        objects.nodes[number].kind == "variable" or objects.nodes[number].saveables
        for number in reachable_by_name(objects)
    )


def _finding(
    saved: SavedObject,
    form: SavedObject,
    bound: Bound | None,
    entries: Mapping[str, Entry],
    where: Location,
    target: Target,
) -> Iterator[Finding]:
    """What is wrong with a variable's value, of which the first thing counts."""
    name = saved.variable_name or where.symbol
    remedy = "copy saved_model.pb and variables/ from one export"
    if bound is None:
        text = f"variable {name} is not among the objects of the checkpoint"
        error = "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in the Python program."
        yield rule.found(text, where, tensorflow_error=error, remedy=remedy, variable=name)
        return
    key = value_key(bound.trackable, target)
    if not key and any(
        each.name == "VARIABLE_VALUE" and not each.checkpoint_key for each in bound.trackable.attributes
    ):
        text = f"the key of variable {name} is empty"
        yield rule.found(text, where, tensorflow_error="Invalid size in bundle entry: key ", remedy=remedy, key=key)
        return
    if not key:
        return
    entry = entries.get(key)
    if target.at_least("2.12") and ".ATTRIBUTES/" not in key:
        text = f"the key of variable {name}, {key}, is none that TensorFlow takes apart"
        yield rule.found(text, where, tensorflow_error="ValueError: substring not found", remedy=remedy, key=key)
        return
    if entry is None:
        text = f"the value of variable {name}, {key}, is not in the checkpoint"
        yield rule.found(text, where, tensorflow_error=f"Key {key} not found in checkpoint", remedy=remedy, key=key)
        return
    if entry.dtype != form.dtype and form.dtype:
        wanted, stored = name_of(form.dtype), name_of(entry.dtype)
        error = f"tensor_name = {key}; expected dtype {wanted} does not equal original dtype {stored}"
        text = f"variable {name} has type {wanted}; the checkpoint has {stored}"
        yield rule.found(text, where, tensorflow_error=error, remedy=remedy, key=key)
        return
    if not _compatible(form.shape, entry.shape):
        error = f"Received incompatible tensor with shape {entry.shape} when attempting to restore variable with shape {form.shape} and name {name}."
        text = f"variable {name} has shape {list(form.shape or ())}; the checkpoint has {list(entry.shape or ())}"
        yield rule.found(text, where, tensorflow_error=error, remedy=remedy, key=key)
        return


def _compatible(wanted: tuple[int, ...] | None, stored: tuple[int, ...] | None) -> bool:
    if wanted is None or stored is None:
        return True
    return len(wanted) == len(stored) and all(a in (-1, b) for a, b in zip(wanted, stored, strict=True))


def _no_object_graph(artifact: Artifact, checkpoint: Checkpoint) -> Iterator[Finding]:
    if any(fault.key == OBJECT_GRAPH_KEY for fault in checkpoint.faults) or artifact.problems:
        return
    damage = next((each for each in artifact.damage if each.kind == "object-graph"), None)
    yield rule.found(
        damage.message
        if damage
        else f"{checkpoint.index_file} has no {OBJECT_GRAPH_KEY}: it is not an object-based checkpoint",
        Location(checkpoint.index_file, f"entry/{OBJECT_GRAPH_KEY}"),
        tensorflow_error="Error parsing message"
        if damage
        else "Restoring a name-based checkpoint. No load status is available.",
        remedy="copy saved_model.pb and variables/ from one export",
    )


_MODEL = """
meta_graphs {{ object_graph_def {{
  nodes {{ children {{ node_id: 1 local_name: "w" }} user_object {{ identifier: "_generic_user_object" version {{ producer: 1 }} }} }}
  nodes {{ variable {{ dtype: {dtype} shape {{ dim {{ size: 2 }} }} name: "w" }} }}
}} }}
"""
_OBJECTS = """
nodes {{ children {{ node_id: 1 local_name: "{name}" }} }}
nodes {{ attributes {{ name: "VARIABLE_VALUE" full_name: "w" checkpoint_key: "w/.ATTRIBUTES/VARIABLE_VALUE" }} }}
"""
_FLOAT = _MODEL.format(dtype="DT_FLOAT")
_LIST = """meta_graphs {{ object_graph_def {{
  nodes {{ children {{ node_id: 1 local_name: "{name}" }} user_object {{ identifier: "trackable_list_wrapper" version {{ producer: 1 }} }} }}
  nodes {{ variable {{ dtype: DT_FLOAT shape {{ dim {{ size: 2 }} }} name: "w" }} }} }} }}"""
_PLAIN = """meta_graphs {{ object_graph_def {{
  nodes {{ children {{ node_id: 1 local_name: "w" }} children {{ node_id: 2 local_name: "more" }}
           user_object {{ identifier: "_generic_user_object" version {{ producer: 1 }} }} }}
  nodes {{ variable {{ dtype: DT_FLOAT shape {{ dim {{ size: 2 }} }} name: "w" }} }}
  nodes {{ user_object {{ identifier: "{kind}" version {{ producer: 1 }} }} }} }} }}"""
_W = {"w/.ATTRIBUTES/VARIABLE_VALUE": ("float32", (2,))}

_TABLE = """meta_graphs { object_graph_def {
  nodes { children { node_id: 1 local_name: "t" } user_object { identifier: "_generic_user_object" version { producer: 1 } } }
  nodes { resource { } saveable_objects { key: "table" value { save_function: 2 restore_function: 3 } } } } }"""
_TABLES = """nodes { children { node_id: 1 local_name: "t" } }
nodes { attributes { name: "table" checkpoint_key: "t/table" } }"""
_TWO = """meta_graphs { object_graph_def {
  nodes { children { node_id: 1 local_name: "v" } children { node_id: 2 local_name: "w" } user_object { identifier: "_generic_user_object" } }
  nodes { variable { dtype: DT_FLOAT shape { dim { size: 3 } } name: "v" } } nodes { variable { dtype: DT_FLOAT shape { dim { size: 2 } } name: "w" } } } }"""
_SHARED = """nodes { children { node_id: 1 local_name: "v" } children { node_id: 2 local_name: "w" } }
nodes { attributes { name: "VARIABLE_VALUE" checkpoint_key: "w/.ATTRIBUTES/VARIABLE_VALUE" } }
nodes { attributes { name: "VARIABLE_VALUE" checkpoint_key: "w/.ATTRIBUTES/VARIABLE_VALUE" } }"""
_KEYS = {"t/table-keys": ("int64", (2,))}
_ITERATIONS = """meta_graphs {{ object_graph_def {{
  nodes {{ children {{ node_id: 1 local_name: "optimizer" }} user_object {{ identifier: "_generic_user_object" }} }}
  nodes {{ children {{ node_id: 2 local_name: "_iterations" }} {more} user_object {{ identifier: "{kind}" version {{ producer: 2 }} }} }}
  nodes {{ variable {{ dtype: DT_INT64 shape {{ }} name: "iteration" }} }}
  nodes {{ user_object {{ identifier: "trackable_list_wrapper" }} }} }} }}"""
_STEPS = {
    "checkpoint": {"i/.ATTRIBUTES/VARIABLE_VALUE": ("int64", ())},
    "objects": """
nodes { children { node_id: 1 local_name: "optimizer" } } nodes { children { node_id: 2 local_name: "_iterations" } }
nodes { attributes { name: "VARIABLE_VALUE" checkpoint_key: "i/.ATTRIBUTES/VARIABLE_VALUE" } }""",
}
_LISTED = 'children { node_id: 3 local_name: "_variables" }'
_NEW = "experimentalOptimizer"

rule.examples(
    ok(saved_model=_ITERATIONS.format(kind=_NEW, more=_LISTED), target="tensorflow==2.15.0", **_STEPS),
    ok(saved_model=_ITERATIONS.format(kind=_NEW, more=""), target="tensorflow==2.10.0", **_STEPS),
    ok(saved_model=_ITERATIONS.format(kind=_NEW, more=""), target="tensorflow==2.18.0", **_STEPS),
    ok(saved_model=_ITERATIONS.format(kind="optimizer", more=""), target="tensorflow==2.15.0", **_STEPS),
    bad("without a list", saved_model=_ITERATIONS.format(kind=_NEW, more=""), target="tensorflow==2.11.0", **_STEPS),
    ok(saved_model=_FLOAT, checkpoint=_W, objects=_OBJECTS.format(name="w")),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', checkpoint=_W),
    ok(saved_model=_FLOAT, checkpoint={**_W, "more": ("int64", ())}, objects=_OBJECTS.format(name="w")),
    bad("variable w is not among the objects", saved_model=_FLOAT, checkpoint=_W, objects=_OBJECTS.format(name="v")),
    ok(saved_model=_FLOAT, checkpoint={**_W, "x": ("int64", ())}, objects=_OBJECTS.format(name="w")),
    ok(saved_model=_PLAIN.format(kind="_generic_user_object"), checkpoint=_W, objects=_OBJECTS.format(name="w")),
    bad(
        "object 2 is not among",
        saved_model=_PLAIN.format(kind="_generic_user_object"),
        checkpoint=_W,
        objects=_OBJECTS.format(name="w"),
        target="tensorflow==2.0.0",
    ),
    ok(
        saved_model=_PLAIN.format(kind="trackable_list_wrapper"),
        checkpoint=_W,
        objects=_OBJECTS.format(name="w"),
        target="tensorflow==2.0.0",
    ),
    ok(saved_model=_LIST.format(name=" 0"), checkpoint=_W, objects=_OBJECTS.format(name="0")),
    ok(
        saved_model=_LIST.replace("list_w", "tuple_w").format(name="first"),
        checkpoint=_W,
        objects=_OBJECTS.format(name="0"),
    ),
    bad(
        "variable w is not among the objects",
        saved_model=_LIST.format(name="1"),
        checkpoint=_W,
        objects=_OBJECTS.format(name="0"),
    ),
    bad(
        "object graph is empty", saved_model="meta_graphs { object_graph_def { nodes { } } }", checkpoint=_W, objects=""
    ),
    ok(saved_model=_FLOAT, checkpoint=_W, objects=_OBJECTS.format(name="w").replace('E" }', 'E_1" }')),
    bad(
        "VALUE_1, is not in the checkpoint",
        saved_model=_FLOAT,
        checkpoint=_W,
        objects=_OBJECTS.format(name="w").replace('E" }', 'E_1" }'),
        target="tensorflow==2.11.0",
    ),
    bad(
        "is none that TensorFlow takes apart",
        saved_model=_FLOAT,
        checkpoint=_W,
        objects=_OBJECTS.format(name="w").replace(".ATT", "att"),
    ),
    ok(
        saved_model=_FLOAT,
        checkpoint={"w": ("float32", (2,))},
        objects=_OBJECTS.format(name="w").replace("w/.ATTRIBUTES/VARIABLE_VALUE", "w"),
        target="tensorflow==2.11.0",
    ),
    bad(
        "the key of variable w is empty",
        saved_model=_FLOAT,
        checkpoint=_W,
        objects=_OBJECTS.format(name="w").replace("w/.ATTRIBUTES/VARIABLE_VALUE", ""),
        target="tensorflow==2.10.0",
    ),
    ok(saved_model=_TWO, checkpoint=_W, objects=_SHARED),
    bad(
        "variable v has shape [3]",
        saved_model=_TWO,
        checkpoint={**_W, "v/.ATTRIBUTES/VARIABLE_VALUE": ("float32", (2,))},
        objects=_SHARED.replace("w/.ATT", "v/.ATT", 1),
    ),
    bad("names object 1 as 'w'", saved_model=_FLOAT, checkpoint=_W, objects=_OBJECTS.format(name="w").split("\n")[1]),
    ok(saved_model=_TABLE, checkpoint={**_KEYS, "t/table-values": ("int64", (2,))}, objects=_TABLES),
    bad("t/table-values, which is not in the", saved_model=_TABLE, checkpoint=_KEYS, objects=_TABLES),
    ok(saved_model=_TABLE, checkpoint={}, objects=_TABLES, target="tensorflow==2.1.0"),
    ok(saved_model=_TABLE, checkpoint={**_KEYS, "t/table-values": ("int64", (2, 3))}, objects=_TABLES),
    bad("2 keys and 3", saved_model=_TABLE, checkpoint={**_KEYS, "t/table-values": ("int64", (3,))}, objects=_TABLES),
    bad(
        "which is no function",
        saved_model=_TABLE.replace("save_function: 2", "save_function: 0"),
        checkpoint=_KEYS,
        objects=_TABLES,
    ),
    ok(
        saved_model=_TABLE.replace("save_function: 2", "save_function: 0"),
        checkpoint=_KEYS,
        objects=_TABLES.replace('name: "table"', 'name: "other"'),
    ),
    bad("with which no name", saved_model=_TABLE, checkpoint={"T/table-keys": ("int64", (2,))}, objects=_TABLES),
    bad("is not in the checkpoint", saved_model=_FLOAT, checkpoint={}, objects=_OBJECTS.format(name="w")),
    bad(
        "the checkpoint has double",
        saved_model=_FLOAT,
        checkpoint={"w/.ATTRIBUTES/VARIABLE_VALUE": ("float64", (2,))},
        objects=_OBJECTS.format(name="w"),
    ),
)
