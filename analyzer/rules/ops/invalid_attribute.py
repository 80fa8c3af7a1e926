"""An attribute whose value the target's op definition does not allow.

## Why it matters

"AttrValue had value with type 'int' when 'type' expected", "AttrValue has invalid DataType enum: 77", "Input 0 of node y was passed float
from p:0 incompatible with expected INVALID" where a placeholder stands that no function binds, "Value for attr 'T' of
string is not in the list of allowed values: ...", "Length for attr 'N' of 0 must be at least minimum 1": an import checks each
attribute's kind, its allowed values and its minimum (core/framework/node_def_util.cc `ValidateNodeDef`, op_def_util.cc
`ValidateAttrValue`). Newer releases allow more types and values, so a model of theirs can ask for what the target refuses.

## How to fix

Load with a release whose op definition allows the value, or export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.attr_check import not_allowed, wrong_kind
from analyzer.graphs.bodies import Body, Judge, nodes_with
from analyzer.graphs.op_defs import of_registered
from analyzer.parts.graph import Attr, Graph, NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.tables.ops import AttrDef, OpDef
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.VALIDATE_NODE, reads=frozenset({"graph"}))

_Complaint = tuple[str, str, Check]
"""Attribute, complaint, and who makes it."""


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each distinct complaint once, at every node that draws it."""
    places: dict[tuple[str, str, str, Check], list[Location]] = {}
    types = release(target.tensorflow).data_types
    complaints_of = of_registered(target, lambda kind, op: _complaints(kind, op, types))

    def judge_of(graph: Graph) -> Judge[_Complaint]:
        complaints = complaints_of(graph)
        return lambda kind: (*_unset(kind), *_no_groups(kind), *complaints(kind))

    said = nodes_with(artifact, judge_of)
    for body, kind, positions, (name, complaint, noticed_by) in said:
        if not _is_bound(body, kind.attrs[name]) and (
            body.function is not None or noticed_by is not Check.RESULT_TYPES
        ):
            places.setdefault((kind.op, name, complaint, noticed_by), []).extend(body.at(positions))
    for (op_name, name, complaint, noticed_by), where in places.items():
        yield rule.found(
            f"op {op_name}, attribute {name!r}: {complaint}",
            where,
            check=noticed_by,
            tensorflow_error=complaint,
            remedy="load with a release that allows the value, or export again",
            op=op_name,
            attribute=name,
        )


def _is_bound(body: Body, attr: Attr) -> bool:
    """Whether the value is left to the caller of a function that has such an attribute."""
    if attr.kind != "placeholder" or body.function is None:
        return False
    return any(spec.name == attr.value for spec in body.graph.functions[body.function].attr_specs)


def _unset(kind: NodeKind) -> Iterator[_Complaint]:
    """Attributes without a value: sessions cannot instantiate a function (core/framework/function.cc `InstantiateNode`)."""
    for name, attr in kind.attrs.items():
        if not attr.kind or attr.kind == "placeholder":
            shown = f"${attr.value}" if attr.kind else "<Unknown AttrValue type>"
            yield name, f"Failed to bind all placeholders in {shown}", Check.RESULT_TYPES


def _no_groups(kind: NodeKind) -> Iterator[_Complaint]:
    """Colocation groups that are no list of strings, which Python's import goes through (importer.py `_GetColocationNames`)."""
    attr = kind.attrs.get("_class")
    if attr is None or not attr.kind or (attr.kind in ("list", "s") and not attr.value):
        return
    if attr.kind == "placeholder":
        yield "_class", "Unsupported field type in placeholder", Check.DEVICE_SPEC
    elif attr.kind not in ("list", "s"):
        yield "_class", "object is not iterable", Check.DEVICE_SPEC
    elif attr.kind == "s" or attr.element not in ("s", "mixed"):
        yield "_class", "Expected binary or unicode string", Check.DEVICE_SPEC


def _complaints(kind: NodeKind, op: OpDef, types: frozenset[int]) -> Iterator[_Complaint]:
    """Python's import fills in what is not set; who needs the types misses them."""
    for name, attr in kind.attrs.items():
        wanted = op.attrs.get(name)
        if wanted is None or name.startswith("_"):
            continue
        if attr.kind == "placeholder" and _is_missed(op, wanted):
            yield name, _NO_VALUE, Check.IN_OUT_TYPES
        elif attr.kind == "placeholder" and name in _SHAPED_BY.get(kind.op, ()):
            yield name, _NO_VALUE, Check.SHAPE
        wrong = wrong_kind(attr, wanted, types)
        if not attr.kind and wanted.has_default:
            if wrong or (wrong := not_allowed(attr, wanted)):
                yield name, wrong, Check.EMPTY_ATTRIBUTE
        elif wrong and attr.kind != _KIND_OF_TYPES.get(wanted.type, attr.kind) and _decides_types(op, name):
            yield name, wrong, Check.IN_OUT_TYPES
        elif wrong or (wrong := not_allowed(attr, wanted)):
            yield name, wrong, Check.VALIDATE_NODE


_NO_VALUE = "AttrValue had value with unexpected type 'placeholder'"
_SHAPED_BY = {"Const": ("value",), "Placeholder": ("shape",), "MatMul": ("transpose_a", "transpose_b")}
"""Attributes that shape functions read, of the commonest ops."""

_KIND_OF_TYPES = {"type": "type", "int": "i", "list(type)": "list"}


def _decides_types(op: OpDef, name: str) -> bool:
    return any(name in (arg.type_attr, arg.number_attr, arg.type_list_attr) for arg in (*op.inputs, *op.outputs))


def _is_missed(op: OpDef, wanted: AttrDef) -> bool:
    """Whether a type, a number or a list of the types of inputs is taken from the attribute; a list that a placeholder stands for is empty."""
    args = (*op.inputs, *op.outputs)
    if any(wanted.name in (arg.type_attr, arg.number_attr) for arg in args):
        return True
    return bool(wanted.minimum) and any(wanted.name == arg.type_list_attr for arg in op.inputs)


_F = 'library {{ function {{ signature {{ name: "f" }} node_def {{ name: "n" op: "NoOp" attr {{ key: "_a" value {{ {} }} }} }} }} }}'

_GENERIC = """library { function { signature { name: "f" attr { name: "T" type: "type" } }
  node_def { name: "n" op: "Identity" attr { key: "T" value { placeholder: "T" } } } } }"""

rule.examples(
    ok(graph_def=_F.format("list { }")),
    ok(graph_def='node { name: "n" op: "NoOp" attr { key: "_a" value { } } }'),
    bad("Failed to bind all placeholders", graph_def=_F.format("")),
    ok(graph_def=_F.replace("_a", "_class").format('list { s: "loc:@n" }')),
    ok(graph_def=_F.replace("_a", "_class").format("list { }")),
    bad("object is not iterable", graph_def=_F.replace("_a", "_class").format("i: 3")),
    bad("Expected binary or unicode string", graph_def=_F.replace("_a", "_class").format("list { i: 3 }")),
    ok(graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }'),
    ok(graph_def='node { name: "x" op: "NoOp" attr { key: "T" value { i: 3 } } }'),
    ok(graph_def='node { name: "x" op: "Squeeze" attr { key: "squeeze_dims" value { } } }'),
    bad(
        "Length for attr 'dtypes' of 0 must be at least minimum 1",
        graph_def='node { name: "x" op: "RestoreV2" attr { key: "dtypes" value { } } }',
    ),
    ok(graph_def=_GENERIC),
    ok(graph_def='node { name: "x" op: "PartitionedCall" attr { key: "Tin" value { placeholder: "T" } } }'),
    bad("Failed to bind all placeholders in $T", graph_def=_GENERIC.replace('attr { name: "T" type: "type" }', "")),
    ok(graph_def='node { name: "x" op: "Squeeze" attr { key: "squeeze_dims" value { placeholder: "T" } } }'),
    bad(
        "unexpected type 'placeholder'",
        graph_def='node { name: "c" op: "Const" attr { key: "value" value { placeholder: "T" } } }',
    ),
    bad(
        "unexpected type 'placeholder'",
        graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { placeholder: "T" } } }',
    ),
    bad(
        "had value with type 'int' when 'type' expected",
        graph_def='node { name: "x" op: "Placeholder" attr { key: "dtype" value { i: 1 } } }',
    ),
    bad(
        "is not in the list of allowed values",
        graph_def='node { name: "x" op: "MatMul" attr { key: "T" value { type: DT_STRING } } }',
    ),
    bad("must be at least minimum 1", graph_def='node { name: "x" op: "AddN" attr { key: "N" value { i: 0 } } }'),
)
