"""Edits of the functions in the object graph of SavedModels (catalogue rows E02, E03, E06, E08)."""

from __future__ import annotations

from typing import Any

from bases import NESTED, RAGGED, V2, V2_NEW
from objects import kind, objects_edit


def concrete(graph: Any) -> list[Any]:
    """The saved concrete functions, in the order of their names: a map has none that lasts."""
    return [graph.concrete_functions[name] for name in sorted(graph.concrete_functions)]


@objects_edit("o_function_missing_concrete", "E02", V2, V2_NEW)
def o_function_missing_concrete(graph: Any) -> None:
    """A function lists a concrete function that is in no table."""
    kind(graph, "function").function.concrete_functions[:] = ["__inference_gone_1"]


@objects_edit("f_missing_concrete_in_og", "E03", V2, NESTED, V2_NEW)
def f_missing_concrete_in_og(graph: Any) -> None:
    name = kind(graph, "bare_concrete_function").bare_concrete_function.concrete_function_name
    del graph.concrete_functions[name]


@objects_edit("f_og_names_missing_fn", "E02", V2)
def f_og_names_missing_fn(graph: Any) -> None:
    made = graph.concrete_functions["__inference_gone_1"]
    made.canonicalized_input_signature.tuple_value.SetInParent()
    kind(graph, "bare_concrete_function").bare_concrete_function.concrete_function_name = "__inference_gone_1"


@objects_edit("o_concrete_unused_missing", "E02", V2)
def o_concrete_unused(graph: Any) -> None:
    """The table has an entry for a function that the library lacks; no object names it."""
    graph.concrete_functions["__inference_gone_1"].canonicalized_input_signature.tuple_value.SetInParent()


@objects_edit("o_concrete_cleared", "E03", V2)
def o_concrete_cleared(graph: Any) -> None:
    graph.concrete_functions.clear()


@objects_edit("o_bound_input_bad", "H03", V2, V2_NEW)
def o_bound_input_bad(graph: Any) -> None:
    next(item for item in concrete(graph) if item.bound_inputs).bound_inputs[0] = 9999


@objects_edit("o_bound_inputs_fewer", "E08", V2, V2_NEW)
def o_bound_inputs_fewer(graph: Any) -> None:
    """Fewer captured values than the function takes."""
    del next(item for item in concrete(graph) if item.bound_inputs).bound_inputs[-1:]


@objects_edit("o_bound_inputs_more", "E08", V2)
def o_bound_inputs_more(graph: Any) -> None:
    bound = next(item for item in concrete(graph) if item.bound_inputs).bound_inputs
    bound.append(bound[0])


@objects_edit("o_bound_input_is_object", "E08", V2)
def o_bound_input_is_object(graph: Any) -> None:
    """A captured value that is a module."""
    next(item for item in concrete(graph) if item.bound_inputs).bound_inputs[0] = 1


@objects_edit("o_bound_input_is_function", "E08", NESTED)
def o_bound_input_is_function(graph: Any) -> None:
    at = next(index for index, node in enumerate(graph.nodes) if node.WhichOneof("kind") == "function")
    next(item for item in concrete(graph) if item.bound_inputs).bound_inputs[0] = at


@objects_edit("o_no_input_signature", None, V2, V2_NEW)
def o_no_input_signature(graph: Any) -> None:
    for item in concrete(graph):
        item.ClearField("canonicalized_input_signature")


@objects_edit("o_no_output_signature", None, V2)
def o_no_output_signature(graph: Any) -> None:
    for item in concrete(graph):
        item.ClearField("output_signature")


@objects_edit("o_no_function_spec", None, V2, V2_NEW)
def o_no_function_spec(graph: Any) -> None:
    for node in graph.nodes:
        if node.WhichOneof("kind") == "function":
            node.function.ClearField("function_spec")


@objects_edit("o_empty_structure", "E06", V2)
def o_empty_structure(graph: Any) -> None:
    """A structured value of no kind."""
    for item in concrete(graph):
        item.output_signature.Clear()
        item.output_signature.SetInParent()


@objects_edit("o_type_spec_registered", "E06", RAGGED)
def o_type_spec_registered(graph: Any) -> None:
    """A type that a package would have to register."""
    for item in concrete(graph):
        for value in item.canonicalized_input_signature.tuple_value.values[0].tuple_value.values:
            if value.WhichOneof("kind") == "type_spec_value":
                value.type_spec_value.type_spec_class = 14
                value.type_spec_value.type_spec_class_name = "acme.GraphTensorSpec"


@objects_edit("o_type_spec_unknown_class", "E06", RAGGED)
def o_type_spec_unknown_class(graph: Any) -> None:
    for item in concrete(graph):
        for value in item.canonicalized_input_signature.tuple_value.values[0].tuple_value.values:
            if value.WhichOneof("kind") == "type_spec_value":
                value.type_spec_value.type_spec_class = 88


@objects_edit("o_bare_argument_count", None, V2)
def o_bare_argument_count(graph: Any) -> None:
    kind(graph, "bare_concrete_function").bare_concrete_function.allowed_positional_arguments = 7


@objects_edit("o_bare_no_keywords", None, V2)
def o_bare_no_keywords(graph: Any) -> None:
    del kind(graph, "bare_concrete_function").bare_concrete_function.argument_keywords[:]
