"""Links in weights that newer Keras refuses to follow.

## Why it matters

A soft or external link, an external or virtual dataset lets weights read other files of the machine. Keras 3.12.2,
3.14.1 and later say "Not allowed: H5 file with ExternalLink" (saving/saving_lib.py `safe_get_h5_group`,
`safe_get_h5_dataset`); older ones follow it.

## How to fix

Do not load the file unless you know who made it; save the model again from a trusted copy.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Links on the way to the weights."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(
        archive=m.archive(
            weights={"layers/dense/vars/0": (4, 8), "other": (8,)}, links={"layers/dense/vars/1": "/other"}
        ),
        target=m.KERAS_3,
    ),
    bad(
        "is a soft link",
        archive=m.archive(
            weights={"layers/dense/vars/0": (4, 8), "other": (8,)}, links={"layers/dense/vars/1": "/other"}
        ),
        target="tensorflow==2.21.0,keras==3.14.1,python==3.13",
    ),
)
