"""A table's save function that names no input signature.

## Why it matters

TensorFlow 2.11 and 2.12 call the save function of each object that has one with an empty string for its key, and Python's string
becomes a tensor only where the function says so: TypeError "save_fn(checkpoint_key) expected a Tensor in checkpoint_key, but
got str value" (python/training/saving/saveable_object_util.py `recreate_saveable_objects`). TensorFlow 2.14 and later write
no input signature for tables that can change: those of adapted StringLookup, IntegerLookup and TextVectorization layers,
MutableHashTable, DenseHashTable. What 2.13 wrote loads. TensorFlow 2.3 and older write no specification at all, which stops 2.13 too: "save_fn(checkpoint_key):
expected argument #0(zero-based) to be a Tensor; got str ()" (eager/function.py `_call_with_flat_signature`). From 2.11 on the function is called while the model is loaded, so one of
more arguments, or of none, stops the load: "missing a required argument: 'restored_tensors_1'".

## How to fix

Load it with TensorFlow 2.14 or newer, or with 2.10, or give the layer its vocabulary (`vocabulary=layer.get_vocabulary()`) and
save again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import ObjectGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_TO_TENSORS = ".TENSORS"  # `SERIALIZE_TO_TENSORS_NAME`: the one function of objects that are saved another way


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each object whose save function cannot be called."""
    assert artifact.saved_model is not None
    if target.at_least("2.11"):
        yield from _of_other_arguments(artifact, artifact.saved_model.file)
    if not target.at_least("2.11") or target.at_least("2.14"):
        return
    specified = not target.at_least("2.13")  # whether a specification does not help
    for meta_graph in artifact.meta_graphs:
        for number, function in _savers(meta_graph.objects, specified) if meta_graph.objects is not None else ():
            yield rule.found(
                f"object {number}: its save function {function} says nothing of the tensor that it takes, and TensorFlow "
                f"{target.tensorflow} calls it with a string",
                Location(artifact.saved_model.file, f"object/{number}"),
                tensorflow_error="save_fn(checkpoint_key) expected a Tensor in checkpoint_key, but got str value",
                remedy="load it with TensorFlow 2.14 or newer, or with 2.10",
                function=function,
            )


def _of_other_arguments(artifact: Artifact, file: str) -> Iterator[Finding]:
    """Save functions of more arguments than the key (`recreate_saveable_objects` calls them with one)."""
    for meta_graph in artifact.meta_graphs:
        objects = meta_graph.objects
        for number, each in enumerate(objects.nodes) if objects is not None else ():
            assert objects is not None
            for name, functions in each.saveables.items():
                if set(each.saveables) == {_TO_TENSORS} or not 0 <= functions.save < len(objects.nodes):
                    continue
                saver = objects.nodes[functions.save]
                function = saver.concrete_functions[0] if saver.kind == "bare_concrete_function" else ""
                known, body = objects.concrete_functions.get(function), meta_graph.graph.functions.get(function)
                if known is None or body is None or len(body.inputs) == len(known.bound_inputs) + 1:
                    continue
                yield rule.found(
                    f"object {number}: its function {function}, which saves {name}, takes {len(body.inputs) - len(known.bound_inputs)} "
                    "arguments, and is called with one",
                    Location(file, f"object/{number}"),
                    tensorflow_error="TypeError: Binding inputs to tf.function failed",
                    remedy="save again",
                    function=function,
                )


def _savers(objects: ObjectGraph, specified: bool) -> Iterator[tuple[int, str]]:
    """Objects, with their first save function that names no input signature, in a specification or for want of one."""
    for number, each in enumerate(objects.nodes):
        if set(each.saveables) == {_TO_TENSORS}:
            continue
        for functions in each.saveables.values():
            if not 0 <= functions.save < len(objects.nodes):
                continue
            saver = objects.nodes[functions.save]
            bare = saver.kind == "bare_concrete_function" and (specified or saver.argument_spec is None)
            if bare and saver.concrete_functions and not saver.input_signature:
                yield number, saver.concrete_functions[0]
                break


_TENSOR = "tuple_value { values { tensor_spec_value { dtype: DT_STRING } } }"


def _table(signature: str, name: str = "table", spec: bool = True) -> str:
    """A table with a save function of this input signature."""
    fields = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")
    values = " ".join(f'values {{ key: "{field}" value {{ none_value {{ }} }} }}' for field in fields)
    given = f'fullargspec {{ named_tuple_value {{ name: "FullArgSpec" {values} }} }} input_signature {{ {signature} }}'
    specified = f"function_spec {{ {given} }}" if spec else ""
    saver = f'bare_concrete_function {{ concrete_function_name: "save" {specified} }}'
    functions = f'saveable_objects {{ key: "{name}" value {{ save_function: 1 restore_function: 1 }} }}'
    return f"meta_graphs {{ object_graph_def {{ nodes {{ {functions} resource {{ }} }} nodes {{ {saver} }} }} }}"


_BODY = """graph_def { library { function { signature { name: "save" input_arg { name: "key" type: DT_STRING } } } } }
  object_graph_def { concrete_functions { key: "save" value { } } """
_KNOWN = _table(_TENSOR).replace("object_graph_def {", _BODY)
_OLD, _NEW = "tensorflow==2.12.0,keras==2.12.0", "tensorflow==2.13.0,keras==2.13.1"

rule.examples(
    ok(saved_model=_table(_TENSOR), target=_OLD),
    ok(saved_model=_table("none_value { }"), target=_NEW),
    ok(saved_model=_table("none_value { }"), target="tensorflow==2.10.0,keras==2.10.0"),
    ok(saved_model=_table("none_value { }", _TO_TENSORS), target=_OLD),
    ok(saved_model=_table("", spec=False), target="tensorflow==2.14.0,keras==2.14.0"),
    ok(saved_model=_table("", spec=False), target="tensorflow==2.10.0,keras==2.10.0"),
    ok(saved_model=_KNOWN),
    ok(
        saved_model=_KNOWN.replace('input_arg { name: "key" type: DT_STRING }', ""),
        target="tensorflow==2.10.0,keras==2.10.0",
    ),
    bad("takes 0 arguments", saved_model=_KNOWN.replace('input_arg { name: "key" type: DT_STRING }', "")),
    bad("object 0", saved_model=_table("", spec=False), target=_NEW),
    bad("object 0", saved_model=_table("", spec=False), target=_OLD),
    ok(saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { } } } }", target=_OLD),
    bad("says nothing of the tensor", saved_model=_table("none_value { }"), target=_OLD),
    bad("object 0", saved_model=_table("none_value { }"), target="tensorflow==2.11.0,keras==2.11.0"),
)
