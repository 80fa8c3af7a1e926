"""What parameters a FunctionSpec has, and what arguments a concrete function was traced with; None where they are not told.

saved_object_graph.proto, struct.proto; python/saved_model/function_deserialization.py `_deserialize_function_spec_as_nonmethod`.
"""

from __future__ import annotations

from typing import Any

from analyzer.parts.saved_model import Given, Parameters

_TOO_MANY = "too many values to unpack (expected 2)"
_PYTHON = {
    "none_value": "NoneType",
    "tuple_value": "tuple",
    "list_value": "ListWrapper",
    "tensor_spec_value": "TensorSpec",
}


def parameters(spec: Any) -> Parameters | None:
    """The parameters of a FunctionSpec message, without the object that a method is called on."""
    fields = {pair.key: pair.value for pair in spec.fullargspec.named_tuple_value.values}
    args, only = _names(fields.get("args")), _names(fields.get("kwonlyargs"))
    rest, keywords = _name(fields.get("varargs")), _name(fields.get("varkw"))
    defaults, named = _values(fields.get("defaults")), _keys(fields.get("kwonlydefaults"))
    if args is None or only is None or rest is None or keywords is None or defaults is None or named is None:
        return None
    given = len(defaults)
    optional = frozenset(args[-given:] if given else ()) | named
    unbound = args[1:] if args and (spec.is_method or args[0] == "self") else args
    constraints = len(_values(spec.input_signature) or ())
    return Parameters(unbound, rest, only, keywords, optional, constraints)


def given(signature: Any) -> Given | None:
    """The arguments in a canonical input signature: a tuple of positional ones, a dictionary of others."""
    parts = signature.tuple_value.values
    if len(parts) != 2 or [part.WhichOneof("kind") for part in parts] != ["tuple_value", "dict_value"]:
        return None
    return Given(len(parts[0].tuple_value.values), tuple(parts[1].dict_value.fields))


def unpacking_error(signature: Any) -> str:
    """What Python says as it takes a signature apart into positional arguments and others; nothing of None."""
    kind = signature.WhichOneof("kind")
    if kind not in ("tuple_value", "list_value"):
        return ""
    parts = getattr(signature, kind).values
    if len(parts) != 2:
        return f"not enough values to unpack (expected 2, got {len(parts)})" if len(parts) < 2 else _TOO_MANY
    others = _PYTHON.get(parts[1].WhichOneof("kind"), "")
    return f"'{others}' object has no attribute 'items'" if others else ""


def _values(value: Any) -> tuple[Any, ...] | None:
    """The elements of a list or tuple; none of what is None."""
    kind = value.WhichOneof("kind") if value is not None else None
    if kind == "none_value":
        return ()
    return tuple(getattr(value, kind).values) if kind in ("list_value", "tuple_value") else None


def _names(value: Any) -> tuple[str, ...] | None:
    values = _values(value) if value is not None and value.WhichOneof("kind") != "none_value" else None
    if values is None or any(each.WhichOneof("kind") != "string_value" or not each.string_value for each in values):
        return None
    return tuple(each.string_value for each in values)


def _name(value: Any) -> str | None:
    """A name, empty for None."""
    kind = value.WhichOneof("kind") if value is not None else None
    if kind == "none_value":
        return ""
    return value.string_value if kind == "string_value" else None


def _keys(value: Any) -> frozenset[str] | None:
    kind = value.WhichOneof("kind") if value is not None else None
    if kind == "none_value":
        return frozenset()
    return frozenset(value.dict_value.fields) if kind == "dict_value" else None
