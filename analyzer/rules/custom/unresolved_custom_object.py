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
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.custom._sources import with_sources
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Names that no Keras has."""
    for finding in found(rule, artifact, target):
        yield with_sources(finding, target)


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.layer("MyLayer")), options={"custom_objects": frozenset({"MyLayer"})}),
    ok(
        archive=m.archive({**m.serialized("MyLayer", None, name="my"), "registered_name": "MyLayer"}),
        options={"custom_objects": frozenset({"MyLayer"})},
        target=m.KERAS_3,
    ),
    bad("'MyLayer'", h5=m.h5(m.layer("MyLayer"))),
    bad("'MyLayer'", archive=m.archive(m.serialized("MyLayer", None, name="my")), target=m.KERAS_3),
    bad("'my_act'", h5=m.h5(m.dense(activation="my_act"))),
)
