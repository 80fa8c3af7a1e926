"""A class or function of the user's own that the load has to be given.

## Why it matters

"Unknown layer: 'MyLayer'. Please ensure you are using a keras.utils.custom_object_scope", "Could not locate class
'MyLayer'. Make sure custom classes are decorated with @keras.saving.register_keras_serializable()": the file names
it, only the code that made the model has it.

## How to fix

Import the code that defines it and pass `custom_objects={"MyLayer": MyLayer}`; classes that are registered only need
the import.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.code import CodeIndex, Definition, Misfit, misfit
from analyzer.code.sources import opened
from analyzer.findings import Check, Finding, Phase
from analyzer.keras.era import era_of
from analyzer.records import replace
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Names that no Keras has."""
    code = opened(target.code)
    for finding in found(rule, artifact, target):
        yield finding if code is None else _with_code(finding, code, target)


def _with_code(finding: Finding, code: CodeIndex, target: Target) -> Finding:
    """The finding with what the sources say of the name: where it is, whether it is registered, whether it fits."""
    name, module = str(finding.facts.get("name", "")), str(finding.facts.get("module", ""))
    definition = code.find(name, module)
    if definition is None:
        return replace(finding, message=f"{finding.message}; the given sources do not define it")
    keys = finding.facts.get("keys", [])
    bad_fit = misfit(code, era_of(target).api, name, module, keys) if keys else None
    message, remedy = _unfitting(*bad_fit) if bad_fit is not None else _fitting(definition, name)
    facts = {**finding.facts, "defined": definition.place, "registered": definition.registered or ""}
    return replace(finding, message=f"{finding.message}; {message}", remedy=remedy, facts=facts)


def _unfitting(definition: Definition, why: Misfit) -> tuple[str, str]:
    said = [f"its constructor does not take {', '.join(why.refused)}"] if why.refused else []
    said += [f"the configuration has no {', '.join(why.lacking)}"] if why.lacking else []
    remedy = f"make {definition.name}.__init__ ({definition.place}) take what its get_config returns"
    if why.lacking:
        remedy = f"give {', '.join(why.lacking)} of {definition.name}.__init__ ({definition.place}) a default"
        remedy += f", and take {', '.join(why.refused)}" if why.refused else ""
    return (
        f"found at {definition.place}, but {' and '.join(said)}",
        f"{remedy}; then {_line(definition, definition.name)}",
    )


def _fitting(definition: Definition, name: str) -> tuple[str, str]:
    if not definition.registered:
        return f"found at {definition.place}, not registered", _line(definition, name)
    message = f"found at {definition.place}, registered as {definition.registered}"
    if definition.registered != name:
        return message, f"the file wants {name!r}: {_line(definition, name)}"
    if not definition.module:
        return message, f"run the code of {definition.place} before loading: it registers {name!r}"
    return message, f"import {definition.module} before loading: it registers {name!r}"


def _line(definition: Definition, name: str) -> str:
    """What to write so that the load is given the object."""
    given = f"load_model(..., custom_objects={{{name!r}: {definition.name}}})"
    return f"from {definition.module} import {definition.name}; {given}" if definition.module else f"pass {given}"


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.layer("MyLayer")), options={"custom_objects": frozenset({"MyLayer"})}),
    ok(
        archive=m.archive(m.serialized("MyLayer", None, name="my")),
        options={"custom_objects": frozenset({"MyLayer"})},
        target=m.KERAS_3,
    ),
    bad("'MyLayer'", h5=m.h5(m.layer("MyLayer"))),
    bad("'MyLayer'", archive=m.archive(m.serialized("MyLayer", None, name="my")), target=m.KERAS_3),
    bad("'my_act'", h5=m.h5(m.dense(activation="my_act"))),
)
