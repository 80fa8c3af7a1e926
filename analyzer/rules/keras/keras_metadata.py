"""Metadata of a Keras SavedModel that is missing, damaged or of another age.

## Why it matters

load_model revives Keras objects from JSON beside them: in the object graph up to TensorFlow 2.4, in keras_metadata.pb
from 2.5 on. Without it: "Unable to create a Keras model from SavedModel at ... lacks the Keras metadata file",
"JSONDecodeError: Expecting value: line 1 column 1", for TensorFlow 1 SavedModels "list index (0) out of range"
(saving/saved_model/load.py `load`).

## How to fix

Use tf.saved_model.load(path) for inference; to go on training, save the model again with model.save.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.PARSE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Objects of Keras against their metadata."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(saved_model=m.KERAS_SAVED_MODEL, keras_metadata=[m.METADATA]),
    ok(saved_model=m.PLAIN_SAVED_MODEL),
    bad("no keras_metadata.pb", saved_model=m.KERAS_SAVED_MODEL),
    bad("of TensorFlow 1", saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
)
