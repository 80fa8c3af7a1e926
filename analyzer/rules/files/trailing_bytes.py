"""Bytes behind the end of a proto that only newer parsers refuse.

## Why it matters

The protobuf releases inside TensorFlow up to 2.11 take a zero tag or an end-group tag for the end of the message and
report success; those from 2.12 on fail with "Cannot parse file ...: Error parsing message". Files padded with zeros, and
web pages saved under a model's name, so fail in different ways by release: a web page parses as an empty SavedModel. The C++
loader of TensorFlow Serving wants the whole file to be the message in every release (core/platform/env.cc `ReadBinaryProto`).

## How to fix

Cut the file off at the byte given, or fetch it again.
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
    """Each file that strict parsers refuse and lenient ones cut short."""
    for damage in artifact.damage:
        if damage.kind == "trailing":
            part = role(artifact, damage.file)
            strict = target.at_least("2.12")
            yield _finding(damage, part.phase, part.check, part.severity if strict else Severity.WARNING)
            if not strict and artifact.format is Format.SAVED_MODEL and part.severity is Severity.ERROR:
                yield _finding(damage, part.phase, Check.READ_PROTO, part.severity)


def _finding(damage: Damage, phase: Phase, check: Check, severity: Severity) -> Finding:
    error = f"Cannot parse file {damage.file}: Error parsing message."
    if check is Check.READ_PROTO:
        error = f"Can't parse {damage.file} as binary proto"
    return rule.found(
        f"{damage.file}: {damage.message}",
        Location(damage.file, byte=damage.byte),
        phase=phase,
        check=check,
        severity=severity,
        tensorflow_error=error if severity is Severity.ERROR else "",
        remedy=f"cut the file off at byte {damage.byte}, or fetch it again" if damage.byte else "fetch the file again",
    )


rule.examples(
    ok(files={"model.pb": b"\n\x06\n\x01x\x12\x01y"}),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad(
        "that are no message from byte 13 on",
        files={"model.pb": b"\n\x0b\n\x01x\x12\x06NoOpXY\x00\x00\x00"},
        target="tensorflow==2.15.0",
    ),
)
