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

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.wiring import wiring
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNCTION_DEF, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function with its first unresolved result."""
    for body in bodies(artifact):
        faults = list(_faults(body, target)) if body.function is not None else []
        if faults:
            yield rule.found(
                f"function {body.function!r}: {faults[0]}",
                Location(body.file, body.area),
                tensorflow_error=faults[0].partition(", ")[2] or faults[0],
                remedy="export the model again",
                function=body.function,
            )


def _faults(body: Body, target: Target) -> Iterator[str]:
    function = body.graph.functions[body.function or ""]
    wires = wiring(body, target)
    for output in function.outputs:
        tensor = function.ret.get(output.name)
        if tensor is None:
            yield f"nothing is returned for its output {output.name!r}, KeyError: {output.name!r}"
        elif wires.output(tensor) is None:
            yield f"its output {output.name!r} is {tensor!r}, KeyError: {tensor!r}"
    for name in function.control_outputs:
        node = function.control_ret.get(name, "")
        if node not in function.nodes.index:
            yield f"its control output {name!r} is {node!r}, which is no node of it"


_F = 'library {{ function {{ signature {{ name: "f" output_arg {{ name: "r" type: DT_FLOAT }} }} node_def {{ name: "n" op: "Placeholder" }} {} }} }}'

rule.examples(
    ok(graph_def=_F.format('ret { key: "r" value: "n:output:0" }')),
    ok(
        graph_def='library { function { signature { name: "f" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "r" type: DT_FLOAT } } ret { key: "r" value: "a" } } }'
    ),
    bad("its output 'r' is 'gone:output:0'", graph_def=_F.format('ret { key: "r" value: "gone:output:0" }')),
    bad("nothing is returned for its output 'r'", graph_def=_F.format("")),
)
