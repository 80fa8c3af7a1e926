"""A file or folder that the target's load_model does not take.

## Why it matters

Keras 3 goes by the suffix and has no SavedModel loading: "File format not supported: filepath=...", "File not found:
filepath=... Please ensure the file is an accessible `.keras` zip file" (keras/src/saving/saving_api.py `load_model`).
Archives are unknown up to Keras 2.11: "Unable to open file (file signature not found)", "SavedModel file does not
exist at".

## How to fix

Rename the file to the suffix of its format, or load it with a release that knows the format. A SavedModel goes
through tf.saved_model.load, keras.layers.TFSMLayer, or tf_keras with TF_USE_LEGACY_KERAS=1.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.records import replace
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """What the dispatch turns away; of a folder `analyzer.advice` says what loads it."""
    for finding in found(rule, artifact, target):
        yield replace(finding, remedy="") if finding.remedy == rule.advice else finding


rule.examples(
    ok(h5=m.h5()),
    ok(h5=m.h5(), name="model.bin"),
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(h5=m.h5(), target="tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0,TF_USE_LEGACY_KERAS=1"),
    bad("tf_keras, which is not there", h5=m.h5(), target="tensorflow==2.18.0,keras==3.6.0,TF_USE_LEGACY_KERAS=1"),
    bad("only under the suffix", h5=m.h5(), name="model.bin", target=m.KERAS_3),
    bad("does not know it", archive=m.archive(), target="tensorflow==2.10.0"),
    bad("does not load SavedModel", saved_model='meta_graphs { meta_info_def { tags: "serve" } }', target=m.KERAS_3),
)
