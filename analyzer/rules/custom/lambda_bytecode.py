"""A lambda whose bytecode was written by another Python.

## Why it matters

Lambda layers hold marshalled code, whose layout and opcodes belong to one Python release: "bad marshal data (unknown
type code)", "EOF read where object expected", "unknown opcode", or a crash.

## How to fix

Load the file with the Python that wrote it, or rebuild the layer with a function of its own and load the weights.
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
    """The layout of marshalled code objects against the target's Python."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(
        h5=m.h5(
            m.layer(
                "Lambda",
                function=[m.LAMBDA_310, None, None],
                function_type="lambda",
            )
        ),
        target="tensorflow==2.10.0,python==3.10",
    ),
    bad(
        "Python 3.8 to 3.10",
        h5=m.h5(
            m.layer(
                "Lambda",
                function=[m.LAMBDA_310, None, None],
                function_type="lambda",
            )
        ),
    ),
)
