"""A SavedModel with no or several meta graphs, loaded without tags.

## Why it matters

`tf.saved_model.load(path)` takes the only meta graph: "Importing a SavedModel with `tf.saved_model.load` requires a `tags=`
argument if there is more than one MetaGraph. Got `tags=None`, but there are 2 MetaGraphs in the SavedModel with tag sets:
[['train'], ['serve']]" (python/saved_model/load_v1_in_v2.py `get_meta_graph_def_from_tags`).

## How to fix

Pass the tags of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.TAGS_DEFAULT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where the number of meta graphs is not one."""
    model = artifact.saved_model
    assert model is not None
    count = len(model.meta_graphs)
    if count == 1:
        return
    there = [sorted(meta_graph.tags) for meta_graph in model.meta_graphs]
    yield rule.found(
        f"{model.file} holds {count or 'no'} meta graphs"
        + (f", {there}; a load without tags needs exactly one" if count else ""),
        Location(model.file),
        tensorflow_error="Importing a SavedModel with `tf.saved_model.load` requires a `tags=` argument if there is more "
        f"than one MetaGraph. Got `tags=None`, but there are {count} MetaGraphs",
        remedy=f"pass tags={there[0]}" if there else "export the model again",
        available=there,
    )


rule.examples(
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(saved_model="meta_graphs { meta_info_def { } }"),
    bad(
        "holds 2 meta graphs",
        saved_model='meta_graphs { meta_info_def { tags: "train" } } meta_graphs { meta_info_def { tags: "serve" } }',
    ),
    bad("holds no meta graphs", saved_model="saved_model_schema_version: 1"),
)
