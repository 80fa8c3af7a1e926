"""A function with an argument whose type is not set, or is none.

## Why it matters

Python's import makes an object of every function of the library, with the types of its arguments: "TypeError: Cannot convert the argument
`type_value`: 0 to a TensorFlow DType." (python/framework/function.py `_from_definition`, which `tf.import_graph_def` calls after the graph is
imported). An argument whose type is left to an attribute has none either. `tf.saved_model.load` makes placeholders of arguments: "AttrValue
has invalid DataType for attr 'dtype'" (function_def_to_graph.py); a function that a session calls has "No type fields in name: "x"".

## How to fix

Write the argument's type, or export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.graph import Function
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import NAMES, REF_OFFSET
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.GRADIENTS, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding for a library, at its graph, which names the functions."""
    for file, owner, graph in artifact.graphs():
        wrong = {name: number for name in graph.functions if (number := _untyped(graph.functions[name])) is not None}
        if wrong:
            name, number = next(iter(wrong.items()))
            more = f" and {len(wrong) - 1} more functions" if len(wrong) > 1 else ""
            yield rule.found(
                f"an argument of function {name!r}{more} has "
                + (f"type {number}, which there is not" if number else "no type"),
                Location(file, f"graph/{owner}"),
                tensorflow_error=f"Cannot convert the argument `type_value`: {number} to a TensorFlow DType.",
                remedy="write the argument's type, or export again",
                functions=tuple(wrong),
            )
        references = [
            name for name in graph.functions if any(each.type > REF_OFFSET for each in graph.functions[name].inputs)
        ]
        if references:
            yield rule.found(
                f"an argument of function {references[0]!r} is a reference, which a placeholder cannot be",
                [Location(file, f"function/{name}") for name in references],
                check=Check.FUNC_GRAPH,
                tensorflow_error="AttrValue must not have reference type value of float_ref for attr 'dtype'",
                remedy="export again with resource variables",
            )
        untyped = [name for name in wrong if _says_nothing(graph.functions[name])]
        if untyped:
            yield rule.found(
                f"an argument of function {untyped[0]!r} has no type",
                [Location(file, f"function/{name}") for name in untyped],
                check=Check.FUNCTION_DEF,
                tensorflow_error="AttrValue has invalid DataType for attr 'dtype'",
                remedy="write the argument's type, or export again",
            )


def _untyped(function: Function) -> int | None:
    """The number that stands for the type of an argument and is none's; None where all have one."""
    return next(
        (each.type for each in function.inputs if each.type not in NAMES and each.type - REF_OFFSET not in NAMES), None
    )


def _says_nothing(function: Function) -> bool:
    """Whether there is an argument whose type no attribute gives either."""
    return any(not (each.type or each.type_attr or each.type_list_attr) for each in function.inputs)


_F = 'library {{ function {{ signature {{ name: "f" input_arg {{ name: "x" {} }} {} }} }} }}'

rule.examples(
    ok(graph_def=_F.format("type: DT_FLOAT", "")),
    ok(graph_def=_F.format("type: DT_FLOAT is_ref: true", "")),
    bad("is a reference, which a placeholder cannot be", graph_def=_F.format("type: DT_FLOAT_REF", "")),
    ok(graph_def=_F.format("type: DT_VARIANT", 'output_arg { name: "y" }')),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad("argument of function 'f' has no type", graph_def=_F.format("", "")),
    bad("has no type", graph_def=_F.format('type_attr: "T"', 'attr { name: "T" type: "type" }')),
)
