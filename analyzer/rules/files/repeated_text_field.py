"""A text proto that gives a field several values where one can be.

## Why it matters

'Message type "tensorflow.NodeDef" should not have multiple "op" fields' (google/protobuf/text_format.py `Parse`, text_format.cc in TensorFlow
Serving): what was joined or edited by hand. `Merge` takes the last value, and the loaders from Python read saved_model.pbtxt with it before 2.14
(python/saved_model/loader_impl.py `parse_saved_model`) and text in place of PREFIX.meta in every release (python/framework/meta_graph.py
`read_meta_graph_file`).

## How to fix

Remove all values but the last, or write the model again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Damage, Format
from analyzer.file_roles import role
from analyzer.findings import Check, Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.PARSE)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each text that only `Merge` reads."""
    for damage in artifact.damage:
        if damage.kind == "text-repeated":
            part = role(artifact, damage.file)
            strict = artifact.format is Format.GRAPH_DEF
            if artifact.format is Format.SAVED_MODEL:
                strict = target.at_least("2.14")
            yield _finding(damage, part.phase, part.check, part.severity if strict else Severity.WARNING)
            if artifact.format is Format.SAVED_MODEL and not strict:
                yield _finding(damage, part.phase, Check.READ_PROTO, part.severity)


def _finding(damage: Damage, phase: Phase, check: Check, severity: Severity) -> Finding:
    return rule.found(
        f"{damage.file}: {damage.message}",
        Location(damage.file),
        phase=phase,
        check=check,
        severity=severity,
        tensorflow_error=damage.message if severity is Severity.ERROR else "",
        remedy="remove all values of the field but the last, or write the model again",
    )


_TWICE = b'node { name: "x" op: "NoOp" op: "NoOp" }'

rule.examples(
    ok(files={"model.pbtxt": b'node { name: "x" op: "NoOp" } node { name: "y" op: "NoOp" }'}),
    ok(files={"saved_model.pbtxt": b"saved_model_schema_version: 1"}),
    bad("should not have multiple", files={"model.pbtxt": _TWICE}),
    bad("should not have multiple", files={"saved_model.pbtxt": b"meta_graphs { graph_def { " + _TWICE + b" } }"}),
)
