"""Attribute values against their definitions, with TensorFlow's own words for what is wrong.

core/framework/attr_value_util.cc `AttrValueHasType`, core/framework/op_def_util.cc `ValidateAttrValue`.
"""

from __future__ import annotations

from analyzer.parts.graph import Attr
from analyzer.tables.dtypes import name_of
from analyzer.tables.ops import AttrDef

_KINDS = {
    "string": "s",
    "int": "i",
    "float": "f",
    "bool": "b",
    "type": "type",
    "shape": "shape",
    "tensor": "tensor",
    "func": "func",
}
_WORDS = {kind: word for word, kind in _KINDS.items()}


def wrong_kind(attr: Attr, wanted: AttrDef, known_types: frozenset[int]) -> str:
    """Why a value is not of the attribute's type; empty when it is.

    A list without elements passes for any list, and so does a value that is not set; an attribute of type `func` may hold no name; DataType numbers must be
    members of the enum, and not references, except DT_INVALID.
    """
    if attr.kind == "placeholder":
        return ""
    if wanted.type.startswith("list("):
        inner = wanted.type[5:-1]
        if not attr.kind:
            return ""
        if attr.kind != "list":
            return _had(attr, wanted)
        if attr.element and attr.element != _KINDS[inner]:
            return f"AttrValue had value with type 'list({_WORDS.get(attr.element, attr.element)})' when '{wanted.type}' expected"
        return _wrong_types(attr.value, known_types) if inner == "type" else ""
    if not attr.kind:
        return f"AttrValue missing value with expected type '{wanted.type}'"
    if attr.kind != _KINDS[wanted.type]:
        return _had(attr, wanted)
    return _wrong_types((attr.value,), known_types) if wanted.type == "type" else ""


def _had(attr: Attr, wanted: AttrDef) -> str:
    had = f"list({_WORDS.get(attr.element, attr.element)})" if attr.kind == "list" else _WORDS.get(attr.kind, attr.kind)
    return f"AttrValue had value with type '{had}' when '{wanted.type}' expected"


def _wrong_types(values: tuple[int, ...], known_types: frozenset[int]) -> str:
    for value in values:
        if value > 100:
            return f"AttrValue must not have reference type value of {name_of(value)}"
        if value not in known_types:
            return f"AttrValue has invalid DataType enum: {value}"
        if value == 0:
            return "AttrValue has invalid DataType"
    return ""


def not_allowed(attr: Attr, wanted: AttrDef) -> str:
    """Why a value of the right kind is refused: a minimum, a shortest length, the allowed values; empty when it is not."""
    if attr.kind == "placeholder":
        return ""
    if attr.kind == "list" or not attr.kind:
        values = attr.value or ()
        if wanted.minimum is not None and len(values) < wanted.minimum:
            return f"Length for attr '{wanted.name}' of {len(values)} must be at least minimum {wanted.minimum}"
    else:
        if wanted.minimum is not None and attr.kind == "i" and attr.value < wanted.minimum:
            return f"Value for attr '{wanted.name}' of {attr.value} must be at least minimum {wanted.minimum}"
        values = (attr.value,)
    if wanted.allowed is None:
        return ""
    for value in values:
        plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if plain not in wanted.allowed:
            listed = ", ".join(name_of(each) if isinstance(each, int) else f'"{each}"' for each in wanted.allowed)
            shown = name_of(plain) if isinstance(plain, int) else f'"{plain}"'
            return f"Value for attr '{wanted.name}' of {shown} is not in the list of allowed values: {listed}"
    return ""
