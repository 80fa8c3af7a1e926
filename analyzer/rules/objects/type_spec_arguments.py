"""A type in a function signature with more arguments than the target's class takes.

## Why it matters

`tf.saved_model.load` makes every type of a signature by calling its class with the values that the file holds, whatever their number
(python/framework/type_spec.py `TypeSpec._deserialize`): "TypeError: VariableSpec.__init__() takes from 2 to 4 positional
arguments but 5 were given". VariableSpec was given `alias_id` in 2.11, and Keras models whose optimizer compiles its steps
(`jit_compile`) hold it in `_update_step_xla`; RaggedTensorSpec was given `flat_values_spec` in 2.4.

## How to fix

Load with a newer release, or save again with `include_optimizer=False`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.objects._structures import holders
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_TAKEN = {
    1: ("SparseTensorSpec", (("1.15", 2),)),
    2: ("IndexedSlicesSpec", (("1.15", 5),)),
    3: ("RaggedTensorSpec", (("1.15", 4), ("2.4", 5))),
    4: ("TensorArraySpec", (("1.15", 4),)),
    9: ("VariableSpec", (("2.1", 3), ("2.5", 4), ("2.9", 3), ("2.11", 4))),
}
"""By TypeSpecProto.TypeSpecClass: the class, and how many arguments it takes from which release on."""


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each type once, at every function or object that has it."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        places: dict[tuple[int, int], list[Location]] = {}
        for symbol, each in holders(meta_graph.objects, target) if meta_graph.objects is not None else ():
            for spec in each.built_in_specs:
                if spec[1] > _most(spec[0], target):
                    places.setdefault(spec, []).append(Location(artifact.saved_model.file, symbol))
        for (number, count), where in sorted(places.items()):
            name, most = _TAKEN[number][0], _most(number, target)
            yield rule.found(
                f"{len(where)} signature(s) hold a {name} of {count} values, and that of the target takes {most}",
                where,
                tensorflow_error=f"{name}.__init__() takes from {1 + (number == 9)} to {1 + most} positional arguments but {1 + count} were given",
                remedy=_remedy(number, count),
                kind=name,
            )


def _most(number: int, target: Target) -> int:
    """How many arguments a class takes at most; any number where that is not known, or the class is not."""
    taken = [most for since, most in _TAKEN.get(number, ("", ()))[1] if target.at_least(since)]
    return taken[-1] if taken else 1 << 30


def _remedy(number: int, count: int) -> str:
    since, most = _TAKEN[number][1][-1]
    return f"load with TensorFlow {since} or newer" if count <= most else "export the model again"


def _function(spec: str, values: int) -> str:
    state = "tuple_value {" + "values { none_value { } }" * values + "}"
    return f"""meta_graphs {{ object_graph_def {{ concrete_functions {{ key: "f" value {{
        canonicalized_input_signature {{ type_spec_value {{ type_spec_class: {spec} type_state {{ {state} }} }} }} }} }} }} }}"""


_VARIABLE, _RAGGED = _function("VARIABLE_SPEC", 4), _function("RAGGED_TENSOR_SPEC", 5)

rule.examples(
    ok(saved_model=_VARIABLE, target="tensorflow==2.11.0"),
    ok(saved_model=_VARIABLE, target="tensorflow==2.5.0"),
    ok(saved_model=_VARIABLE, target="tensorflow==2.8.0"),
    ok(saved_model=_function("VARIABLE_SPEC", 3), target="tensorflow==2.10.0"),
    ok(saved_model=_function("PER_REPLICA_SPEC", 9), target="tensorflow==2.10.0"),
    ok(saved_model=_RAGGED, target="tensorflow==2.4.0"),
    bad("VariableSpec of 4 values, and that of the target takes 3", saved_model=_VARIABLE, target="tensorflow==2.10.0"),
    bad("VariableSpec of 4 values", saved_model=_VARIABLE, target="tensorflow==2.4.0"),
    bad("RaggedTensorSpec of 5 values", saved_model=_RAGGED, target="tensorflow==2.3.0"),
)
