"""SavedObjectGraph messages to objects and concrete functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from analyzer.parts.saved_model import ConcreteFunction, Edge, ObjectGraph, SaveableFunctions, SavedObject, Slot
from analyzer.readers.argument_specs import given, parameters, unpacking_error
from analyzer.readers.attrs import shape
from analyzer.readers.graph_def import versions
from analyzer.readers.protos import message

_REGISTERED = (12,)  # TypeSpecProto.REGISTERED_TYPE_SPEC; extension types are made anew where they are not known
_ALIKE = 4096  # a model has many objects and functions, and few kinds of them and of arguments


def object_graph(raw: Any) -> ObjectGraph:
    """The objects of a SavedObjectGraph."""
    functions = raw.concrete_functions
    return ObjectGraph(
        lambda: tuple(map(_saved_object, raw.nodes)),
        lambda: {name: _concrete_function(functions[name]) for name in sorted(functions)},
    )


def _saved_object(raw: Any) -> SavedObject:
    fields: dict[str, Any] = {"kind": ""}
    for field, value in raw.ListFields():  # of which most objects have two
        name = field.name
        if name in _KINDS:
            fields["kind"] = name
            fields.update(_KINDS[name](value))
        elif name in _FIELDS:
            key, read = _FIELDS[name]
            fields[key] = read(value)
    return SavedObject(**fields)


def _edges(raw: Any) -> tuple[Edge, ...]:
    return tuple([Edge(child.local_name, child.node_id) for child in raw])


_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "children": ("children", _edges),
    "dependencies": ("dependencies", _edges),
    "slot_variables": (
        "slots",
        lambda raw: tuple(
            Slot(slot.original_variable_node_id, slot.slot_name, slot.slot_variable_node_id) for slot in raw
        ),
    ),
    "saveable_objects": (
        "saveables",
        lambda raw: {name: SaveableFunctions(raw[name].save_function, raw[name].restore_function) for name in raw},
    ),
    "registered_name": ("registered_name", str),
    "registered_saver": ("registered_saver", str),
}


def _variable(raw: Any) -> dict[str, Any]:
    return {
        "dtype": raw.dtype,
        "shape": shape(raw.shape),
        "variable_name": raw.name,
        "trainable": raw.trainable,
        "synchronization": raw.synchronization,
        "aggregation": raw.aggregation,
        "device": raw.device,
        "distributed": tuple(part.dtype for part in raw.experimental_distributed_variable_components),
    }


@lru_cache(maxsize=_ALIKE)
def _user_object(serialized: bytes) -> Mapping[str, Any]:
    raw = message("tensorflow.SavedUserObject").FromString(serialized)
    return {"identifier": raw.identifier, "version": versions(raw.version), "metadata": raw.metadata}


_NO_SPEC = {"value_kinds": frozenset({""})}  # what a load decodes when there is none
_KINDS: dict[str, Any] = {
    "user_object": lambda raw: _user_object(raw.SerializeToString()),
    "asset": lambda raw: {"asset": raw.asset_file_def_index},
    "function": lambda raw: {"concrete_functions": tuple(raw.concrete_functions), **_spec_of(raw, _NO_SPEC)},
    "variable": _variable,
    "bare_concrete_function": lambda raw: {"concrete_functions": (raw.concrete_function_name,), **_spec_of(raw, {})},
    "constant": lambda raw: {"operation": raw.operation},
    "resource": lambda raw: {"device": raw.device},
    "captured_tensor": lambda raw: {"operation": raw.name, "captured_in": raw.concrete_function},
}


def _concrete_function(raw: Any) -> ConcreteFunction:
    return ConcreteFunction(
        bound_inputs=tuple(raw.bound_inputs),
        is_unsigned=raw.canonicalized_input_signature.WhichOneof("kind") == "none_value",
        given=given(raw.canonicalized_input_signature),
        unpacking_error=unpacking_error(raw.canonicalized_input_signature),
        **_structure(raw.canonicalized_input_signature.SerializeToString(), raw.output_signature.SerializeToString()),
    )


def _spec_of(raw: Any, without: Mapping[str, Any]) -> Mapping[str, Any]:
    return _spec(raw.function_spec.SerializeToString()) if raw.HasField("function_spec") else without


@lru_cache(maxsize=_ALIKE)
def _spec(serialized: bytes) -> Mapping[str, Any]:
    """What a FunctionSpec is made of; parts that are not set are decoded all the same."""
    spec = message("tensorflow.FunctionSpec").FromString(serialized)
    fields = tuple(pair.key for pair in spec.fullargspec.named_tuple_value.values)
    signed = (spec.input_signature.WhichOneof("kind") or "none_value") != "none_value"
    return {
        "argument_spec": fields,
        "parameters": parameters(spec),
        "input_signature": signed,
        **_structure(spec.fullargspec.SerializeToString(), spec.input_signature.SerializeToString()),
    }


@lru_cache(maxsize=_ALIKE)
def _structure(*serialized: bytes) -> Mapping[str, Any]:
    """The kinds of every StructuredValue within, and its TypeSpecs."""
    kinds: set[str] = set()
    dtypes: set[int] = set()
    specs: list[Any] = []
    tuples: set[tuple[str, ...]] = set()
    pending = [*map(message("tensorflow.StructuredValue").FromString, serialized)]
    while pending:
        value = pending.pop()
        kind = value.WhichOneof("kind") or ""
        kinds.add(kind)
        if kind == "tensor_dtype_value":
            dtypes.add(value.tensor_dtype_value)
        elif kind in ("tensor_spec_value", "bounded_tensor_spec_value"):
            dtypes.add(getattr(value, kind).dtype)
        elif kind == "type_spec_value":
            specs.append(value.type_spec_value)
            pending.append(value.type_spec_value.type_state)
        elif kind in ("list_value", "tuple_value"):
            pending.extend(getattr(value, kind).values)
        elif kind == "dict_value":
            pending.extend(value.dict_value.fields[key] for key in value.dict_value.fields)
        elif kind == "named_tuple_value":
            tuples.add((value.named_tuple_value.name, *(pair.key for pair in value.named_tuple_value.values)))
            pending.extend(pair.value for pair in value.named_tuple_value.values)
    return {
        "value_kinds": frozenset(kinds),
        "value_dtypes": frozenset(dtypes),
        "type_specs": tuple(
            dict.fromkeys(each.type_spec_class_name for each in specs if each.type_spec_class in _REGISTERED)
        ),
        "named_tuples": frozenset(tuples),
        "built_in_specs": tuple(
            dict.fromkeys((each.type_spec_class, len(each.type_state.tuple_value.values)) for each in specs)
        ),
    }
