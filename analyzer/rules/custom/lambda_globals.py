"""A lambda that uses names which are not there where Keras runs it.

## Why it matters

A lambda brings its bytecode, not its globals. Keras runs it with the globals of one of its own modules, the module it
was written in where that is loaded, and custom objects: "name 'K' is not defined". Keras 3 says "We could not
automatically infer the shape of the Lambda's output".

## How to fix

Pass the names: `custom_objects={"K": K}`. Better, replace the lambda by a function or layer of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.DESERIALIZE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Names that the bytecode looks up among globals."""
    yield from found(rule, artifact, target)


_FUNCTION = {"class_name": "__lambda__", "config": {"code": m.LAMBDA_TF, "defaults": None, "closure": None}}
_ARCHIVE = m.archive(m.serialized("Lambda", name="l", function=_FUNCTION), weights={})
_ARCHIVE["config"]["config"]["build_input_shape"] = [None, 4]  # for which it is built again, if it could not be built
rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(m.layer("Lambda", function=[m.LAMBDA_TF, None, None], function_type="lambda", module="made_up"))),
    ok(
        h5=m.h5(m.layer("Lambda", function=[m.LAMBDA_TF, None, None], function_type="lambda", module="__main__")),
        target="tensorflow==2.12.0,python==3.11",
    ),
    ok(archive=_ARCHIVE, options={"safe_mode": False}, target="tensorflow==2.19.0,keras==3.9.0,python==3.11"),
    bad(
        "uses tf",
        archive=_ARCHIVE,
        options={"safe_mode": False},
        target="tensorflow==2.16.1,keras==3.1.1,python==3.11",
    ),
)
