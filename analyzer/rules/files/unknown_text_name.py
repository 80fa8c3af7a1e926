"""A text proto with names that the release's protos do not have.

## Why it matters

Where bytes are parsed, a field of a newer release is passed over; the parser of text stops at its name: 'Message type
"tensorflow.NodeDef" has no field named "experimental_type"' (google/protobuf/text_format.py `_Parser`, text_format.cc in
TensorFlow Serving). So a graph or SavedModel that is written as text loads from the release on that knows every name in it.

## How to fix

Load with a release that knows the names, or have such a release write the model again in binary form.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Damage
from analyzer.file_roles import role
from analyzer.findings import Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.tables.text_names import is_known, releases_knowing
from analyzer.target import Target

rule = Rule(__name__, Phase.PARSE)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a file, with all names that are not known."""
    for damage in artifact.damage:
        if damage.kind == "text-names":
            unknown = sorted(name for name in damage.facts["names"] if not is_known(name, target.tensorflow))
            if unknown:
                yield _finding(artifact, damage, unknown, target)


def _finding(artifact: Artifact, damage: Damage, unknown: list[str], target: Target) -> Finding:
    part = role(artifact, damage.file)
    owner, _, name = unknown[0].rpartition(".")
    releases = releases_knowing(unknown[0])
    error = f'Message type "{owner}" has no field named "{name}"'
    if name.isupper():
        error = f'Enum type "{owner}" has no value named {name}'
    return rule.found(
        f"{damage.file} is text and names {unknown[0]}, which TensorFlow {target.tensorflow} does not know"
        + (f", and {len(unknown) - 1} more such names" if len(unknown) > 1 else ""),
        Location(damage.file),
        phase=part.phase,
        check=part.check,
        severity=part.severity,
        tensorflow_error=error,
        remedy=f"load with TensorFlow {releases[0]} to {releases[-1]}, or write the model in binary form with one of these",
        names=unknown,
    )


_TYPED = b'node { name: "x" op: "NoOp" experimental_type { type_id: TFT_TENSOR } }'
_TINY = b'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_INT4 } } }'

rule.examples(
    ok(files={"model.pbtxt": _TYPED}, target="tensorflow==2.8.0"),
    ok(graph_def=_TYPED.decode(), target="tensorflow==2.6.0"),
    ok(files={"saved_model.pbtxt": b"saved_model_schema_version: 1"}, target="tensorflow==1.15.0"),
    bad(
        "names tensorflow.FullTypeDef.type_id, which TensorFlow 1.15.0 does not know, and 2 more",
        files={"model.pbtxt": _TYPED},
        target="tensorflow==1.15.0",
    ),
    bad("names tensorflow.DataType.DT_INT4", files={"model.pbtxt": _TINY}, target="tensorflow==2.14.0"),
)
