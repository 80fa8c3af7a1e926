"""An object of a kind that the target does not know.

## Why it matters

"Unknown SavedObject type: None. Expected one of ['user_object', 'asset', 'function', ...]" (python/saved_model/load.py
`_recreate_default`): an older release reads a newer kind as none at all. Captured tensors came with TensorFlow 2.6
(core/protobuf/saved_object_graph.proto).

## How to fix

Load with the release that wrote the model or a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_SINCE = {"captured_tensor": "2.6"}


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each unknown kind once, at every object of it."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        places: dict[str, list[Location]] = {}
        for number, each in enumerate(meta_graph.objects.nodes if meta_graph.objects is not None else ()):
            if _is_unknown(each, target):
                places.setdefault(each.kind, []).append(Location(artifact.saved_model.file, f"object/{number}"))
        for kind, where in places.items():
            yield rule.found(
                f"{len(where)} object(s) are of kind {kind!r}, which TensorFlow {target.tensorflow} does not know"
                if kind
                else f"{len(where)} object(s) are of no kind that is known",
                where,
                tensorflow_error="Unknown SavedObject type: None. Expected one of [...]",
                remedy=f"load with TensorFlow {_SINCE[kind]} or newer"
                if kind
                else "load with a newer TensorFlow, or export again",
                kind=kind,
            )


def _is_unknown(each: SavedObject, target: Target) -> bool:
    if each.registered_name and target.at_least("2.7"):
        return False
    return not each.kind or not target.at_least(_SINCE.get(each.kind, "1.15"))


_GRAPH = "meta_graphs {{ object_graph_def {{ nodes {{ {} }} }} }}"

rule.examples(
    ok(saved_model=_GRAPH.format("user_object { }")),
    ok(saved_model=_GRAPH.format('captured_tensor { name: "x" }')),
    ok(saved_model=_GRAPH.format('registered_name: "tf.X"')),
    bad("1 object(s) are of no kind that is known", saved_model=_GRAPH.format("")),
    bad(
        "of kind 'captured_tensor'",
        saved_model=_GRAPH.format('captured_tensor { name: "x" }'),
        target="tensorflow==2.5.0",
    ),
)
