"""A function whose results name tensors that its body does not have.

## Why it matters

A function returns what `ret` maps its output arguments to: KeyError "'gone:output:0'" while `tf.saved_model.load` makes a graph of
it (python/framework/function_def_to_graph.py `function_def_to_graph`), "Return value 'r' not found" and the like when a session
instantiates it (core/framework/function.cc `FunctionInstantiationHelper`).

## How to fix

Export the model again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.op_defs import REF
from analyzer.graphs.wiring import UNKNOWN, Wiring, wiring
from analyzer.parts.graph import Function
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNCTION_DEF, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function with its first unresolved result, and with its first control result that is no node."""
    for body, faults in bodies_with(artifact, lambda body: _faults(body, target)):
        for noticed_by, message, error in faults:
            yield rule.found(
                f"function {body.function!r}: {message}",
                Location(body.file, body.area),
                check=noticed_by,
                tensorflow_error=error,
                remedy="export the model again",
                function=body.function,
            )


def _faults(body: Body, target: Target) -> Iterator[tuple[Check, str, str]]:
    if body.function is None:
        return
    function, wires = body.graph.functions[body.function], wiring(body, target)
    for noticed_by, faults in (
        (Check.FUNCTION_DEF, _results(function, wires)),
        (Check.RESULT_TYPES, _types(function, wires)),
        (Check.FUNC_GRAPH, chain(_in_short(function, wires), _controls(function, target))),
    ):
        for message, error in islice(faults, 1):
            yield noticed_by, message, error


def _results(function: Function, wires: Wiring) -> Iterator[tuple[str, str]]:
    for output in function.outputs:
        tensor = function.ret.get(output.name)
        if tensor is None:
            yield f"nothing is returned for its output {output.name!r}", "KeyError: ''"
        elif wires.output(tensor) is None and wires.in_short(tensor) == UNKNOWN:
            yield f"its output {output.name!r} is {tensor!r}, which it does not have", f"KeyError: {tensor!r}"


def _in_short(function: Function, wires: Wiring) -> Iterator[tuple[str, str]]:
    """Results without the index of the output, which Python's import does not know."""
    for output in function.outputs:
        tensor = function.ret.get(output.name)
        if tensor is not None and wires.output(tensor) is None and wires.in_short(tensor) != UNKNOWN:
            yield f"its output {output.name!r} is {tensor!r}, without the output's index", f"KeyError: {tensor!r}"


def _types(function: Function, wires: Wiring) -> Iterator[tuple[str, str]]:
    """Results of another type than declared: a session's instantiation minds, `tf.saved_model.load` takes what it gets."""
    for output in function.outputs:
        if not (output.type or output.type_attr or output.type_list_attr):
            yield f"its output {output.name!r} is of no type", f'No type fields in name: "{output.name}"'
        number = wires.output(function.ret.get(output.name, ""))
        had = wires.types[number] if number is not None else 0
        if had and output.type and not output.number_attr and had % REF != output.type:
            words = f"{name_of(output.type)} vs. {name_of(had)}"
            yield (
                f"its output {output.name!r} is {name_of(had)} where {name_of(output.type)} is declared",
                f"Invalid ret types {output.name} : {words}",
            )


def _controls(function: Function, target: Target) -> Iterator[tuple[str, str]]:
    for position, name in enumerate(function.control_outputs):
        if name in function.control_outputs[:position] and target.at_least("2.3"):
            yield f"its control output {name!r} comes twice", f"Repeated control output name: {name}"
        node = function.control_ret.get(name, "")
        if node not in function.nodes.index:
            yield f"its control output {name!r} is {node!r}, which is no node of it", f"KeyError: {node!r}"


_F = 'library {{ function {{ signature {{ name: "f" output_arg {{ name: "r" type: DT_FLOAT }} }} node_def {{ name: "n" op: "Placeholder" }} {} }} }}'

rule.examples(
    ok(graph_def=_F.format('ret { key: "r" value: "n:output:0" }')),
    ok(
        graph_def='library { function { signature { name: "f" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "r" type: DT_FLOAT } } ret { key: "r" value: "a" } } }'
    ),
    ok(
        graph_def='library { function { signature { name: "f" output_arg { name: "r" type_attr: "T" } } node_def { name: "n" op: "Placeholder" } ret { key: "r" value: "n:output:0" } } }'
    ),
    bad(
        "its output 'r' is of no type",
        graph_def=_F.format('ret { key: "r" value: "n:output:0" }').replace("type: DT_FLOAT", ""),
    ),
    bad("its output 'r' is 'gone:output:0', which", graph_def=_F.format('ret { key: "r" value: "gone:output:0" }')),
    ok(
        graph_def=_F.format('ret { key: "r" value: "n:output:0" }').replace(
            '"Placeholder"', '"Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }'
        )
    ),
    bad(
        "without the output's index",
        graph_def=_F.format('ret { key: "r" value: "n:output" }').replace(
            '"Placeholder"', '"Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }'
        ),
    ),
    bad("nothing is returned for its output 'r'", graph_def=_F.format("")),
    bad(
        "its output 'r' is int32 where float is declared",
        graph_def='library { function { signature { name: "f" input_arg { name: "a" type: DT_INT32 } output_arg { name: "r" type: DT_FLOAT } } ret { key: "r" value: "a" } } }',
    ),
    bad(
        "its control output 'c' is 'gone'",
        graph_def='library { function { signature { name: "f" control_output: "c" } control_ret { key: "c" value: "gone" } } }',
    ),
    ok(
        graph_def='library { function { signature { name: "f" control_output: "c" } node_def { name: "n" op: "NoOp" } control_ret { key: "c" value: "n" } } }'
    ),
    ok(graph_def='library { function { signature { name: "f" } control_ret { key: "c" value: "gone" } } }'),
)
