"""A concrete function whose arguments are not those of the Python function that it belongs to.

## Why it matters

Since TensorFlow 2.14 `tf.saved_model.load` binds the arguments that each function was traced with to the parameters of its specification, as
a call in Python does: "TypeError: missing a required argument: 'x'", "too many positional arguments", "got an unexpected keyword
argument 'y'" (python/saved_model/function_deserialization.py `set_preinitialized_function_spec`,
core/function/polymorphism/function_type.py `canonicalize_to_monomorphic`). The arguments are positional ones and others: "not enough values to
unpack (expected 2, got 1)" (`from_structured_signature`). That the names of the others can be names of parameters is asked since 2.13: ValueError
"'class' is not a valid parameter name".

## How to fix

Load with an older release, or export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.parameter_names import naming_error, sanitized
from analyzer.parts.saved_model import Given, ObjectGraph, Parameters, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function object with the first of its concrete functions that does not fit."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs if target.at_least("2.13") else ():
        if meta_graph.objects is None:
            continue
        binds = target.at_least("2.14")
        for name, concrete in meta_graph.objects.concrete_functions.items():
            error = concrete.unpacking_error if binds else ""
            error = error or naming_error(concrete.given.keywords if concrete.given is not None else ())
            if error and name in meta_graph.graph.functions:
                yield rule.found(
                    f"the arguments of function {name!r} are not positional ones and others with names of parameters: {error}",
                    Location(artifact.saved_model.file, f"concrete_function/{name}"),
                    tensorflow_error=error,
                    remedy="load with TensorFlow 2.12 or older, or export the model again with other names of inputs",
                    function=name,
                )
        for number, each in enumerate(meta_graph.objects.nodes if binds else ()):
            name, error = _unbound(each, meta_graph.objects)
            if error:
                yield rule.found(
                    f"function {name!r} does not fit its specification: {error}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=f"TypeError: {error}",
                    remedy="load with TensorFlow 2.13 or older, or export the model again",
                    function=name,
                )


def _unbound(each: SavedObject, objects: ObjectGraph) -> tuple[str, str]:
    for name in each.concrete_functions if each.parameters is not None else ():
        concrete = objects.concrete_functions.get(name)
        if concrete is not None and concrete.given is not None and each.parameters is not None:
            error = _error(each.parameters, concrete.given)
            if error:
                return name, error
    return "", ""


def _error(parameters: Parameters, given: Given) -> str:
    """What `inspect.Signature.bind` says."""
    args, only = list(map(sanitized, parameters.args)), list(map(sanitized, parameters.keyword_only))
    optional = {*map(sanitized, parameters.optional)}
    names = [each for each in (*args, parameters.rest, *only, parameters.keywords) if each]
    twice = next((name for position, name in enumerate(names) if name in names[:position]), "")
    if twice:
        return f"duplicate parameter name: {twice!r}"
    error = _unconstrained(args, only, optional, parameters) if parameters.constraints else ""
    if error:
        return error
    keywords = [*map(sanitized, given.keywords)]
    if given.positional > len(args) and not parameters.rest:
        return "too many positional arguments"
    again = next((name for name in args[: given.positional] if name in keywords), "")
    if again:
        return f"multiple values for argument {again!r}"
    wanted = [*args[given.positional :], *only]
    missing = next((name for name in wanted if name not in keywords and name not in optional), "")
    if missing:
        return f"missing a required argument: {missing!r}"
    surplus = next((name for name in keywords if name not in wanted), "")
    return f"got an unexpected keyword argument {surplus!r}" if surplus and not parameters.keywords else ""


def _unconstrained(args: list[str], only: list[str], optional: set[str], parameters: Parameters) -> str:
    """What is said where an input signature has too many or too few types (`add_type_constraints`)."""
    left = parameters.constraints - len(args)
    missing = next((name for name in args[parameters.constraints :] if name not in optional), "")
    if missing:
        return f"input_signature missing type constraint for {missing}"
    if left > len(only) and not parameters.rest:
        return f"input_signature contains {left - len(only)} extra type constraints."
    return ""


_SPEC = """meta_graphs {{ object_graph_def {{ nodes {{ function {{ concrete_functions: "f" function_spec {{ fullargspec {{ named_tuple_value {{
  name: "FullArgSpec"
  values {{ key: "args" value {{ list_value {{ values {{ string_value: "self" }} values {{ string_value: "x" }} values {{ string_value: "n-1" }} }} }} }}
  values {{ key: "varargs" value {{ none_value {{ }} }} }} values {{ key: "varkw" value {{ none_value {{ }} }} }}
  values {{ key: "defaults" value {{ tuple_value {{ values {{ int64_value: 1 }} }} }} }}
  values {{ key: "kwonlyargs" value {{ list_value {{ }} }} }} values {{ key: "kwonlydefaults" value {{ none_value {{ }} }} }}
  values {{ key: "annotations" value {{ dict_value {{ }} }} }} }} }} input_signature {{ none_value {{ }} }} }} }} }}
  concrete_functions {{ key: "f" value {{ output_signature {{ none_value {{ }} }} canonicalized_input_signature {{ tuple_value {{
    values {{ tuple_value {{ {} }} }} values {{ dict_value {{ {} }} }} }} }} }} }} }} }}"""
_BARE = """meta_graphs {{ graph_def {{ library {{ function {{ signature {{ name: "f" }} }} }} }} object_graph_def {{
  concrete_functions {{ key: "f" value {{ output_signature {{ none_value {{ }} }} canonicalized_input_signature {{ {} }} }} }} }} }}"""
_KEYWORD = """tuple_value {{ values {{ tuple_value {{ }} }}
  values {{ dict_value {{ fields {{ key: "{}" value {{ none_value {{ }} }} }} }} }} }}"""
_UNSIGNED = "input_signature { none_value { } }"
_SIGNED = "input_signature {{ tuple_value {{ {} }} }}"
_ONE = "values { none_value { } }"
_N = 'fields { key: "n_1" value { none_value { } } }'

rule.examples(
    ok(saved_model=_SPEC.format(_ONE, "")),
    ok(saved_model=_SPEC.format(_ONE * 2, "")),
    ok(saved_model=_SPEC.format(_ONE, _N)),
    ok(saved_model=_SPEC.format("", ""), target="tensorflow==2.13.0"),
    ok(saved_model=_BARE.format("none_value { }")),
    ok(saved_model=_BARE.format("tuple_value { values { tuple_value { } } }"), target="tensorflow==2.13.0"),
    bad("expected 2, got 1", saved_model=_BARE.format("tuple_value { values { tuple_value { } } }")),
    ok(saved_model=_BARE.format(_KEYWORD.format("input-1"))),
    ok(saved_model=_BARE.format(_KEYWORD.format("class")), target="tensorflow==2.12.0"),
    bad(
        "'class' is not a valid parameter name",
        saved_model=_BARE.format(_KEYWORD.format("class")),
        target="tensorflow==2.13.0",
    ),
    ok(saved_model=_SPEC.format(_ONE, "").replace(_UNSIGNED, _SIGNED.format("values { none_value { } }" * 2))),
    ok(saved_model=_SPEC.format(_ONE, "").replace(_UNSIGNED, _SIGNED.format("values { none_value { } }"))),
    bad(
        "contains 1 extra type constraints",
        saved_model=_SPEC.format(_ONE, "").replace(_UNSIGNED, _SIGNED.format("values { none_value { } }" * 3)),
    ),
    bad("missing a required argument: 'x'", saved_model=_SPEC.format("", "")),
    bad("too many positional arguments", saved_model=_SPEC.format(_ONE * 3, "")),
    bad("multiple values for argument 'n_1'", saved_model=_SPEC.format(_ONE * 2, _N)),
    bad("unexpected keyword argument 'm'", saved_model=_SPEC.format(_ONE, _N.replace("n_1", "m"))),
)
