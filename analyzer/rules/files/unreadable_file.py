"""A file whose bytes are not what its place calls for.

## Why it matters

Truncated downloads, archives that were not unpacked, a text proto named `.pb`, a web page saved instead of a model: the
loader's parser stops with "Cannot parse file b'...': Error parsing message" (python/saved_model/loader_impl.py
`parse_saved_model`), "Can't parse ... as binary proto" (cc/saved_model/reader.cc), or a DecodeError.

## How to fix

The message says what the file is. Fetch it again, unpack it, or give it the name that its format has.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Damage, Format
from analyzer.file_roles import role
from analyzer.findings import Check, Confidence, Finding, Location, Phase, Severity
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.PARSE)

_KINDS = ("truncated", "garbage", "wrong-format", "html", "text-syntax", "not-a-file")
_PROTOS = (Format.SAVED_MODEL, Format.GRAPH_DEF)
_MESSAGES = {
    "SavedModel": "put it as saved_model.pb into a folder, its variables/ beside it, and load the folder with tf.saved_model.load",
    "MetaGraphDef": "name it like the checkpoint, with .meta behind, and restore that with tf.compat.v1.train.import_meta_graph",
    "GraphDef": "load it with tf.import_graph_def",
}


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each file that does not parse."""
    for damage in artifact.damage:
        if damage.kind in _KINDS and (artifact.format in _PROTOS or damage.file.endswith(".meta")):
            if damage.file.startswith(("variables/", "assets/")):
                continue
            part = role(artifact, damage.file)
            # Of a frozen graph the C++ that Python hands it to refuses what Python may take.
            in_python = artifact.format is not Format.GRAPH_DEF and bool(damage.facts.get("map_string"))
            open_ = in_python and target.at_least("2.12") and not target.at_least("2.16")
            yield _finding(damage, part.phase, part.check, part.severity, Confidence.LOW if open_ else Confidence.HIGH)
            if open_ and artifact.format is Format.SAVED_MODEL:
                yield _finding(damage, part.phase, Check.READ_PROTO, part.severity, Confidence.HIGH)


def _finding(damage: Damage, phase: Phase, check: Check, severity: Severity, confidence: Confidence) -> Finding:
    """Of low confidence where the installed protobuf, and what Python looks at, decide (4.22 to 4.24 take any map's key)."""
    return rule.found(
        f"{damage.file} cannot be parsed: {damage.message}",
        Location(damage.file, byte=damage.byte),
        phase=phase,
        check=check,
        severity=severity,
        confidence=confidence,
        tensorflow_error=f"Cannot parse file {damage.file}: Error parsing message.",
        remedy=_remedy(damage),
        kind=damage.kind,
        **damage.facts,
    )


def _remedy(damage: Damage) -> str:
    if damage.kind == "truncated":
        return "copy or download the file again, whole"
    if damage.kind == "html":
        return "download the raw file; what was saved is a web page"
    what = damage.facts.get("is")
    if what == "text" and damage.file.endswith(".pb"):
        return f"if it is a text proto, name it {damage.file}txt"
    if what in ("zip", "gzip", "tar"):
        return "unpack the archive first"
    if what in _MESSAGES:
        return _MESSAGES[what]
    return "export or download the file again"


_KEY = b"\x12\x09\x2a\x07\x0a\x03a\xdab\x12\x00"  # a signature whose key is not UTF-8
_META_GRAPH = b"\x12\x08\x0a\x06\x12\x04NoOp"  # graph_def { node { op: "NoOp" } }
_SAVED_MODEL = (
    b"\x08\x01\x12\x10\x12\x0e\x0a\x0c\x2a\x0a\x0a\x01x\x12\x05\x25\x00\x00\x80\x3f"  # a node with attr x { f: 1 }
)

rule.examples(
    ok(saved_model='meta_graphs { signature_def { key: "\u00e9" value { } } }'),
    bad("a name in it is not UTF-8", files={"saved_model.pb": _KEY}),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(files={"saved_model.pb": _SAVED_MODEL}),
    ok(files={"model.pb": b"\x0a\x06\x12\x04NoOp"}),
    ok(files={"model.pbtxt": b'node { name: "x" op: "NoOp" }'}),
    bad("ends early", files={"saved_model.pb": b"\x12\x80\x01\x00"}),
    bad(
        "saved_model.pb cannot be parsed: the file is plain text",
        files={"saved_model.pb": b"saved_model_schema_version: 1\n"},
    ),
    bad("the file is a MetaGraphDef, not a SavedModel", files={"saved_model.pb": _META_GRAPH}),
    bad("the file is a SavedModel, not a GraphDef", files={"model.pb": _SAVED_MODEL}),
    bad("the file is a zip archive", files={"saved_model.pb": b"PK\x03\x04" + b"\xff" * 60}),
)
