"""A file of no bytes.

## Why it matters

An interrupted copy or a failed download leaves it. An empty `saved_model.pb` even parses, as a SavedModel without meta
graphs: "MetaGraphDef associated with tags 'serve' could not be found in SavedModel, with available tags '[]'"
(python/saved_model/loader_impl.py `get_meta_graph_def_from_tags`). An empty GraphDef or MetaGraphDef parses too and imports as a
graph without nodes, which no loader refuses; `import_meta_graph` then gives no Saver.

## How to fix

Copy or export the file again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Format
from analyzer.file_roles import role
from analyzer.findings import Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.rules.files._errors import error_of
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each empty file that a loader would read."""
    for damage in artifact.damage:
        if damage.kind == "empty":
            part = role(artifact, damage.file)
            harmless = _harmless(artifact, damage.file)
            yield rule.found(
                f"{damage.file} is empty (0 bytes){harmless}",
                Location(damage.file),
                phase=part.phase,
                check=part.check,
                severity=Severity.WARNING if harmless else part.severity,
                tensorflow_error="" if harmless else error_of(artifact, target, damage.file, empty=True),
                remedy="copy or export the file again",
            )


def _harmless(artifact: Artifact, file: str) -> str:
    """What an empty message stands for where no loader minds."""
    if artifact.format is Format.GRAPH_DEF or file.endswith(".meta"):
        return "; it imports as a graph without nodes"
    if file == "keras_metadata.pb":
        return "; Keras finds no objects of its own and returns what tf.saved_model.load returns"
    return ""


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    bad("saved_model.pb is empty", files={"saved_model.pb": b""}),
    bad("imports as a graph without nodes", files={"model.pb": b""}),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', files={"fingerprint.pb": b"x"}),
    bad("no objects of its own", saved_model="meta_graphs { meta_info_def { } }", files={"keras_metadata.pb": b""}),
)
