"""No meta graph has exactly the tags that a loader asks for.

## Why it matters

The v1 loader and TensorFlow Serving match the whole set: `{serve}` is not `{serve, gpu}`. "MetaGraphDef associated with
tags 'serve' could not be found in SavedModel, with available tags '[{'train'}]'" (python/saved_model/loader_impl.py
`get_meta_graph_def_from_tags`), "Could not find meta graph def matching supplied tags: { serve }" (cc/saved_model/reader.cc
`FindMetaGraphDef`). A frozen GraphDef under the name saved_model.pb parses as a SavedModel without any meta graph.

## How to fix

Pass one of the tag sets that are there, or export with the tag `serve`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.TAGS, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where the tag set is missing."""
    model = artifact.saved_model
    assert model is not None
    if any(set(meta_graph.tags) == set(target.tags) for meta_graph in model.meta_graphs):
        return
    there = [sorted(meta_graph.tags) for meta_graph in model.meta_graphs]
    wanted = ",".join(target.tags)
    listed = " and ".join("{" + ", ".join(tags) + "}" for tags in there)
    message = f"no meta graph has the tags {{{wanted}}}; there is {listed}"
    if not there:
        message = f"{model.file} holds no meta graph at all; a GraphDef under that name, or an empty or foreign file, reads so"
    yield rule.found(
        message,
        Location(model.file),
        tensorflow_error=f"MetaGraphDef associated with tags {wanted!r} could not be found in SavedModel",
        remedy=f"pass tags={there[0]}" if there else "if it is a frozen graph, load it with tf.import_graph_def",
        available=there,
    )


rule.examples(
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" tags: "gpu" } }', options={"tags": ("gpu", "serve")}),
    bad("there is {gpu, serve}", saved_model='meta_graphs { meta_info_def { tags: "serve" tags: "gpu" } }'),
    bad("holds no meta graph at all", saved_model="saved_model_schema_version: 1"),
)
