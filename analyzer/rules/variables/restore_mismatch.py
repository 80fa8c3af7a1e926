"""A tensor of the checkpoint whose type or shape is not what the graph restores into.

## Why it matters

RestoreV2 refuses another type: "tensor_name = X; expected dtype double does not equal original dtype float", and a slice of another
full shape: "tensor_name = X; shape in shape_and_slice spec [..] does not match the shape stored in checkpoint: [..]"
(core/kernels/save_restore_tensor.cc). A reference variable refuses a tensor of another shape: "Assign requires shapes of both
tensors to match. lhs shape= [..] rhs shape= [..]" (core/kernels/assign_op.h). A resource variable takes any shape. A table takes as
many values as keys: "Expected shape [2] for value, got [3]".

## How to fix

Pair the graph with the checkpoint of the same save; or rebuild the model with the shapes and types that were saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.calls import node_of
from analyzer.graphs.restore_node import RestoreNode
from analyzer.graphs.restored import entries_named, restore_nodes
from analyzer.parts.checkpoint import Entry
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.RESTORE_NAMES, reads=frozenset({"checkpoint", "graph"}))

_IMPORTS = ("LookupTableImportV2", "LookupTableImport")
_VARIABLES = ("VariableV2", "Variable")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each tensor that does not fit, at the node that would notice."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    nodes = list(restore_nodes(artifact))
    have = entries_named(checkpoint, (name for node in nodes for name in node.names))
    for node in nodes:
        for number, name in enumerate(node.names):
            entry = have.get(name)
            if entry is None or entry.shape is None:
                continue
            if node.dtypes[number] != entry.dtype:
                yield _dtype(node, number, entry)
            full = _full_shape(node.slices[number])
            if full is not None and full != entry.shape:
                yield _slice(node, entry, full)
        yield from _assigned(node, have)
        yield from _imported(node, have)


def _dtype(node: RestoreNode, number: int, entry: Entry) -> Finding:
    wanted, stored = name_of(node.dtypes[number]), name_of(entry.dtype)
    return rule.found(
        f"the graph restores {entry.key} as {wanted}; the checkpoint has it as {stored}",
        node.where,
        tensorflow_error=f"tensor_name = {entry.key}; expected dtype {wanted} does not equal original dtype {stored}",
        remedy="pair the graph with the checkpoint of the same save",
        key=entry.key,
    )


def _slice(node: RestoreNode, entry: Entry, full: tuple[int, ...]) -> Finding:
    return rule.found(
        f"the graph restores a slice of {entry.key} with shape {list(full)}; the checkpoint has {list(entry.shape or ())}",
        node.where,
        tensorflow_error=f"tensor_name = {entry.key}; shape in shape_and_slice spec {_text(full)} does not match the shape stored in checkpoint: {_text(entry.shape)}",
        remedy="pair the graph with the checkpoint of the same save",
        key=entry.key,
    )


def _assigned(node: RestoreNode, have: Mapping[str, Entry]) -> Iterator[Finding]:
    """Reference variables that a tensor of another shape is assigned to."""
    nodes = node.body.nodes
    if nodes.kinds[node.position].op in _VARIABLES:  # of a saver that the import makes
        yield from _assignment(node, 0, node.position, node.position, have)
        return
    source = nodes.names[node.position]
    for position in nodes.by_op.get("Assign", ()) if node.body.function is None else ():
        inputs, validate = nodes.inputs[position], nodes.kinds[position].attrs.get("validate_shape")
        if len(inputs) < 2 or (validate is not None and validate.value is False):
            continue
        output = _output_of(node, source, inputs[1])
        variable = nodes.index.get(node_of(inputs[0]))
        if output is not None and output < len(node.names) and variable is not None:
            yield from _assignment(node, output, variable, position, have)


def _imported(node: RestoreNode, have: Mapping[str, Entry]) -> Iterator[Finding]:
    """Tables that get other numbers of keys and values (core/framework/lookup_interface.cc `CheckKeyAndValueTensorsForImport`)."""
    nodes = node.body.nodes
    source = nodes.names[node.position]
    for op in _IMPORTS:
        for position in nodes.by_op.get(op, ()):
            outputs = [_output_of(node, source, each) for each in nodes.inputs[position][1:3]]
            entries = [have.get(node.names[each]) for each in outputs if each is not None and each < len(node.names)]
            shapes = [each.shape for each in entries if each is not None and each.shape]
            if len(shapes) == 2 and shapes[0] and shapes[1] and shapes[0][0] != shapes[1][0]:
                yield rule.found(
                    f"table {nodes.names[position]} gets keys of shape {_text(shapes[0])} and values of shape {_text(shapes[1])}",
                    node.body.at([position])[0],
                    tensorflow_error=f"Expected shape [{shapes[0][0]}] for value, got {_text(shapes[1])}",
                    remedy="restore from a checkpoint that was not changed",
                )


def _assignment(
    node: RestoreNode, output: int, variable: int, position: int, have: Mapping[str, Entry]
) -> Iterator[Finding]:
    nodes = node.body.nodes
    kind, entry = nodes.kinds[variable], have.get(node.names[output])
    if kind.op not in _VARIABLES or "shape" not in kind.attrs or node.slices[output]:
        return
    wanted = kind.attrs["shape"].value if kind.attrs["shape"].kind == "shape" else None
    if entry is None or entry.shape is None or wanted is None or -1 in wanted or tuple(wanted) == entry.shape:
        return
    yield rule.found(
        f"variable {nodes.names[variable]} has shape {list(wanted)}; the checkpoint has {list(entry.shape)} for {entry.key}",
        node.body.at([position])[0],
        tensorflow_error=f"Assign requires shapes of both tensors to match. lhs shape= {_text(tuple(wanted))} rhs shape= {_text(entry.shape)}",
        remedy="pair the graph with the checkpoint of the same save",
        key=entry.key,
    )


def _output_of(node: RestoreNode, source: str, tensor: str) -> int | None:
    """Which output of the restore node a tensor is, looked at through identities."""
    nodes = node.body.nodes
    for _ in range(4):
        name, _, output = tensor.partition(":")
        if name == source:
            last = output.rpartition(":")[2]  # `tensors:1` within functions
            return int(last) if last.isdigit() else 0
        position = nodes.index.get(name)
        if position is None or nodes.kinds[position].op != "Identity" or not nodes.inputs[position]:
            return None
        tensor = nodes.inputs[position][0]
    return None


def _full_shape(spec: str) -> tuple[int, ...] | None:
    """The shape that a slice specification begins with: `4 2 0,2:-` (saved_tensor_slice_util.cc `ParseShapeAndSlice`)."""
    sizes = spec.split(" ")[:-1]
    return tuple(map(int, sizes)) if sizes and all(size.isdigit() for size in sizes) else None


def _text(shape: tuple[int, ...] | None) -> str:
    return "[" + ",".join(map(str, shape or ())) + "]"


_META = """
meta_info_def {{ tags: "x" }}
graph_def {{
  node {{ name: "save/Const" op: "Const" attr {{ key: "value" value {{ tensor {{ dtype: DT_STRING tensor_shape {{ }} string_val: "m" }} }} }} }}
  node {{ name: "save/names" op: "Const" attr {{ key: "value" value {{ tensor {{
    dtype: DT_STRING tensor_shape {{ dim {{ size: 1 }} }} string_val: "a" }} }} }} }}
  node {{ name: "save/slices" op: "Const" attr {{ key: "value" value {{ tensor {{
    dtype: DT_STRING tensor_shape {{ dim {{ size: 1 }} }} string_val: "{spec}" }} }} }} }}
  node {{ name: "save/RestoreV2" op: "RestoreV2" input: "save/Const" input: "save/names" input: "save/slices"
    attr {{ key: "dtypes" value {{ list {{ type: {dtype} }} }} }} }}
  node {{ name: "a" op: "{op}" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }}
    attr {{ key: "shape" value {{ shape {{ dim {{ size: 2 }} }} }} }} }}
  node {{ name: "save/Assign" op: "Assign" input: "a" input: "save/RestoreV2" attr {{ key: "T" value {{ type: DT_FLOAT }} }} }}
}}
saver_def {{ filename_tensor_name: "save/Const:0" restore_op_name: "save/Assign" version: V2 }}
"""
_FLOAT = _META.format(spec="", dtype="DT_FLOAT", op="VariableV2")
_SLICE = _META.format(spec="4 2 0,2:-", dtype="DT_FLOAT", op="Placeholder")
_IMPORT = _META.format(spec="", dtype="DT_INT64 type: DT_FLOAT", op="Placeholder").replace(
    'string_val: "a" }', 'string_val: "a" string_val: "b" }'
)
_IMPORT = _IMPORT.replace("dim { size: 1 } } string_val", "dim { size: 2 } } string_val").replace(
    'op: "Assign" input: "a" input: "save/RestoreV2"',
    'op: "LookupTableImportV2" input: "a" input: "save/RestoreV2" input: "save/RestoreV2:1"',
)

rule.examples(
    ok(meta=_IMPORT, checkpoint={"a": ("int64", (2,)), "b": ("float32", (2,))}),
    bad("gets keys of shape [2]", meta=_IMPORT, checkpoint={"a": ("int64", (2,)), "b": ("float32", (3,))}),
    ok(meta=_FLOAT, checkpoint={"a": ("float32", (2,))}),
    ok(meta=_META.format(spec="", dtype="DT_FLOAT", op="Placeholder"), checkpoint={"a": ("float32", (3,))}),
    ok(meta=_SLICE, checkpoint={"a": ("float32", (4, 2))}),
    bad("variable a has shape [2]; the checkpoint has [3] for a", meta=_FLOAT, checkpoint={"a": ("float32", (3,))}),
    bad("restores a as float; the checkpoint has it as double", meta=_FLOAT, checkpoint={"a": ("float64", (2,))}),
    ok(
        meta=_SLICE,
        checkpoint={"a": {"dtype": "float32", "shape": (4, 2), "slices": [((0, 0), (2, -1)), ((2, 0), (2, -1))]}},
    ),
    bad("a slice of a with shape [4, 2]", meta=_SLICE, checkpoint={"a": ("float32", (5, 2))}),
)
