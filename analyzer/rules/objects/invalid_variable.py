"""A variable whose type or whose way of being distributed TensorFlow does not know.

## Why it matters

"Cannot convert the argument `type_value`: 99 to a TensorFlow DType.", "Invalid variable aggregation mode: 9 for variable: w",
"Invalid variable synchronization mode: 9 for variable: w" (python/saved_model/load.py `_recreate_variable`, python/framework/dtypes.py
`as_dtype`, python/ops/variables.py `validate_synchronization_aggregation_trainable`).

## How to fix

Load with the release that wrote the model, or export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_REFERENCE = 100  # core/framework/types.h `kDataTypeRefOffset`
_MODES = 4  # VariableSynchronization and VariableAggregation each have four values


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each variable with what is wrong with it; slot variables are made by their optimizer."""
    assert artifact.saved_model is not None
    types = release(target.tensorflow).data_types
    for meta_graph in artifact.meta_graphs:
        nodes = meta_graph.objects.nodes if meta_graph.objects is not None else ()
        slots = {slot.node for each in nodes for slot in each.slots}
        for number, each in enumerate(nodes):
            error = _fault(each, types, target) if each.kind == "variable" and number not in slots else ""
            if error:
                yield rule.found(
                    f"variable {each.variable_name!r} (object {number}): {error.rstrip('.')}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="load with the release that wrote the model, or export again",
                    variable=each.variable_name,
                )


def _fault(each: SavedObject, types: frozenset[int], target: Target) -> str:
    name = each.variable_name or "<variable loaded from saved model>"
    if not 0 <= each.synchronization < _MODES:
        return f"Invalid variable synchronization mode: {each.synchronization} for variable: {name}"
    if not 0 <= each.aggregation < _MODES:
        return f"Invalid variable aggregation mode: {each.aggregation} for variable: {name}"
    if each.dtype % _REFERENCE not in types or each.dtype > 2 * _REFERENCE:
        return f"Cannot convert the argument `type_value`: {each.dtype} to a TensorFlow DType."
    if each.dtype > _REFERENCE and target.at_least("2.0"):  # in graph mode the handle's type is the one behind it
        return f"AttrValue must not have reference type value of {name_of(each.dtype)} for attr 'dtype'"
    return ""


_GRAPH = 'meta_graphs {{ object_graph_def {{ nodes {{ variable {{ name: "w" shape {{ }} {} }} }} }} }}'

rule.examples(
    ok(saved_model=_GRAPH.format("dtype: DT_FLOAT")),
    ok(saved_model=_GRAPH.format("dtype: DT_FLOAT aggregation: VARIABLE_AGGREGATION_MEAN")),
    ok(saved_model="meta_graphs { }"),
    bad("`type_value`: 0 to a TensorFlow DType", saved_model=_GRAPH.format("")),
    ok(saved_model=_GRAPH.format("dtype: DT_FLOAT_REF"), target="tensorflow==1.15.0"),
    bad("must not have reference type", saved_model=_GRAPH.format("dtype: DT_FLOAT_REF")),
    bad("Invalid variable aggregation mode: 9", saved_model=_GRAPH.format("dtype: DT_FLOAT aggregation: 9")),
    bad("Invalid variable synchronization mode: 9", saved_model=_GRAPH.format("dtype: DT_FLOAT synchronization: 9")),
)
