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
from typing import TYPE_CHECKING

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.records import replace
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

if TYPE_CHECKING:
    from analyzer.code import CodeIndex

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Names that no Keras has."""
    code = getattr(target, "code", None)
    for finding in found(rule, artifact, target):
        yield finding if code is None else _with_code(finding, code)


def _with_code(finding: Finding, code: CodeIndex) -> Finding:
    """The finding with what the sources say of the name: where it is, whether it is registered, whether it fits."""
    name = str(finding.facts.get("name", ""))
    definition = code.find(name)
    if definition is None:
        return replace(finding, message=f"{finding.message}; the given sources do not define it")
    keys = finding.facts.get("keys", [])
    refused, lacking = definition.refuses(keys), definition.lacks(keys) if keys else ()
    plain = definition.name
    if refused or lacking:
        said = [f"its constructor does not take {', '.join(refused)}"] if refused else []
        said += [f"the configuration has no {', '.join(lacking)}"] if lacking else []
        message = f"found at {definition.place}, but {' and '.join(said)}"
        remedy = f"make {plain}.__init__ take what its get_config returns ({definition.place})"
    elif definition.registered:
        message = f"found at {definition.place}, registered as {definition.registered}"
        remedy = f"import {definition.file} before loading"
        if definition.registered != name and ">" in name:
            remedy = f"the file wants {name!r}: pass custom_objects={{{name!r}: {plain}}}"
    else:
        message = f"found at {definition.place}, not registered"
        remedy = f"pass custom_objects={{{name!r}: {plain}}}"
    facts = {**finding.facts, "defined": definition.place, "registered": definition.registered or ""}
    return replace(finding, message=f"{finding.message}; {message}", remedy=remedy, facts=facts)


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
