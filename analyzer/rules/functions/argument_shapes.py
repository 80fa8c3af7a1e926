"""Shapes recorded for a function's arguments that do not fit the arguments.

## Why it matters

`tf.saved_model.load` makes a placeholder of each argument and gives it the recorded shape: ValueError "Length of `input_shapes` must match
the number of `input_arg`s in `fdef`. Got 1 `input_shapes` and 2 `input_arg`s." where `_input_shapes` has another length, IndexError "list
index out of range" where an argument's `_output_shapes` is empty (python/framework/function_def_to_graph.py). Sessions do not look at the former; where they call a function, 'Invalid "_output_shapes"
attribute value for _Arg node' (core/ops/function_ops.cc).

## How to fix

Delete the attribute, or export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.parts.graph import Attr, Function
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

_RESOURCE = 20  # DT_RESOURCE
rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNC_GRAPH, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function's first fault."""
    for body, ((fault, error),) in bodies_with(artifact, lambda body: _faults(body, target)):
        yield rule.found(
            f"function {body.function!r}: {fault}",
            Location(body.file, body.area),
            tensorflow_error=error,
            remedy="delete the attribute, or export the model again",
            function=body.function,
        )
        function = body.graph.functions[body.function or ""]
        if target.at_least("2.2") and any(_is_empty(function, number) for number in function.arg_attrs):
            yield rule.found(
                f"function {body.function!r}: {fault}, which who calls it in a session minds",
                Location(body.file, body.area),
                check=Check.SHAPE,
                tensorflow_error='Invalid "_output_shapes" attribute value for _Arg node',
                remedy="delete the attribute, or export the model again",
                function=body.function,
            )


def _is_empty(function: Function, number: int) -> bool:
    """Whether the shape function of `_Arg` finds a list without a shape (core/ops/function_ops.cc); it takes handles another way."""
    shapes = function.arg_attrs[number].get("_output_shapes")
    known = number < len(function.inputs) and function.inputs[number].type != _RESOURCE
    return known and shapes is not None and shapes.kind == "list" and shapes.element != "shape"


def _faults(body: Body, target: Target) -> Iterator[tuple[str, str]]:
    """The first fault of a function, if any, and the error that it makes."""
    if body.function is not None:
        function = body.graph.functions[body.function]
        fault = _count(function, target) or _empty(function, target)
        if fault is not None:
            yield fault


def _count(function: Function, target: Target) -> tuple[str, str] | None:
    """Too many; since 2.9 those behind the last argument are left out, and too few are the matter of `argument-count`."""
    attr = function.attrs.get("_input_shapes")
    shapes, arguments = len(attr.value) if attr is not None and attr.element == "shape" else 0, len(function.inputs)
    if shapes <= arguments or target.at_least("2.9"):
        return None
    error = f"Length of `input_shapes` must match the number of `input_arg`s in `fdef`. Got {shapes} `input_shapes` and {arguments} `input_arg`s."
    return f"_input_shapes has {shapes} shapes for {arguments} arguments", error


def _empty(function: Function, target: Target) -> tuple[str, str] | None:
    """A list without shapes. A lone shape is taken since 2.8, and was passed over until 2.1; other kinds are passed over since 2.8."""
    wrong = [
        number
        for number, attrs in function.arg_attrs.items()
        if "_output_shapes" in attrs and number < len(function.inputs) and _has_none(attrs["_output_shapes"], target)
    ]
    if not wrong:
        return None
    name = function.inputs[min(wrong)].name
    return f"_output_shapes of its argument {name!r} has no shape", "IndexError: list index out of range"


def _has_none(shapes: Attr, target: Target) -> bool:
    if shapes.kind == "list":
        return shapes.element != "shape"
    if shapes.kind == "shape":
        return target.at_least("2.2") and not target.at_least("2.8")
    return not target.at_least("2.8")


_F = 'library {{ function {{ signature {{ name: "f" input_arg {{ name: "a" type: DT_FLOAT }} }} {} }} }}'
_INPUT = 'attr {{ key: "_input_shapes" value {{ list {{ {} }} }} }}'
_OUTPUT = 'arg_attr {{ key: 0 value {{ attr {{ key: "_output_shapes" value {{ {} }} }} }} }}'

rule.examples(
    ok(graph_def=_F.format(_INPUT.format("shape { }"))),
    ok(graph_def=_F.format(_INPUT.format(""))),
    ok(graph_def=_F.format(_INPUT.format("shape { } shape { }")), target="tensorflow==2.15.0"),
    ok(graph_def=_F.format(_OUTPUT.format("list { shape { } }"))),
    ok(graph_def=_F.format(_OUTPUT.format("shape { }")), target="tensorflow==2.1.0"),
    bad(
        "has 2 shapes for 1 arguments",
        graph_def=_F.format(_INPUT.format("shape { } shape { }")),
        target="tensorflow==2.4.0",
    ),
    ok(graph_def=_F.format(_OUTPUT.format('s: "a"')), target="tensorflow==2.8.0"),
    bad("argument 'a' has no shape", graph_def=_F.format(_OUTPUT.format('s: "a"')), target="tensorflow==2.6.0"),
    bad("argument 'a' has no shape", graph_def=_F.format(_OUTPUT.format("list { }"))),
)
