"""An object that was saved by a checkpoint saver of somebody's own.

## Why it matters

`tf.saved_model.experimental`'s `register_checkpoint_saver` gives objects savers by name, and the checkpoint names them. TensorFlow 2.8 to 2.15 look
the name up where nobody has registered it: "The checkpoint saver registry does not have name 'Custom.somebody' registered.", in 2.8 and 2.9
"This object was saved using a registered saver" (python/saved_model/registration/registration.py). Others pass over it.

## How to fix

Import the code that registers the saver before loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.restored import bound_objects
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.RESTORE_OBJECTS, reads=frozenset({"saved_model", "checkpoint"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each saver once, at every object that it saved."""
    assert artifact.saved_model is not None
    assert artifact.checkpoint is not None
    trackables = artifact.checkpoint.objects or ()
    if not target.at_least("2.8") or target.at_least("2.16") or not any(each.registered_saver for each in trackables):
        return
    places: dict[str, list[Location]] = {}
    for meta_graph in artifact.meta_graphs[:1]:
        for bound in bound_objects(meta_graph.objects, trackables).values() if meta_graph.objects is not None else ():
            if bound.trackable.registered_saver:
                place = Location(artifact.saved_model.file, f"object/{bound.node}")
                places.setdefault(bound.trackable.registered_saver, []).append(place)
    for name, where in places.items():
        yield rule.found(
            f"{len(where)} object(s) were saved by the registered saver {name!r}",
            where,
            tensorflow_error=f"The checkpoint saver registry does not have name '{name}' registered."
            if target.at_least("2.10")
            else f"This object was saved using a registered saver named '{name}'",
            remedy=f"import the code that registers {name!r} before loading, or load with TensorFlow 2.16 or newer",
            saver=name,
        )


_MODEL = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def { nodes { children { node_id: 1 local_name: "a" } user_object { } }
  nodes { user_object { } } } }"""
_OBJECTS = 'nodes { children { node_id: 1 local_name: "%s" } } nodes { %s }'
_SAVER = 'registered_saver { name: "Custom.s" object_name: "o" }'
_KEPT = {"w": ("float32", (2,))}

rule.examples(
    ok(saved_model=_MODEL, checkpoint=_KEPT, objects=_OBJECTS % ("a", "")),
    ok(saved_model=_MODEL, checkpoint=_KEPT, objects=_OBJECTS % ("b", _SAVER)),
    ok(saved_model=_MODEL, checkpoint=_KEPT, objects=_OBJECTS % ("a", _SAVER), target="tensorflow==2.16.1"),
    ok(saved_model=_MODEL, checkpoint=_KEPT, objects=_OBJECTS % ("a", _SAVER), target="tensorflow==2.7.0"),
    bad(
        "saved by the registered saver 'Custom.s'",
        saved_model=_MODEL,
        checkpoint=_KEPT,
        objects=_OBJECTS % ("a", _SAVER),
    ),
)
