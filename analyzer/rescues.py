"""What alone would rescue a load: the same prediction once more, with one argument or setting changed.

`loads_with` is measured by the same rules as the verdict it stands beside. A word is named only where the changed load
is predicted to go through, so two faults with different rescues leave it empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from analyzer.artifact import Artifact, Format
from analyzer.findings import Finding, Verdict
from analyzer.records import replace
from analyzer.tables.releases import release
from analyzer.target import Target, version_tuple

NO_COMPILE, NO_SAFE_MODE, CUSTOM_OBJECTS = "compile=False", "safe_mode=False", "custom_objects"
LEGACY_KERAS = "TF_USE_LEGACY_KERAS=1"
LOAD_MODEL = "tf.keras.models.load_model"
_BY_TAGS = ("tf.compat.v1.saved_model.load", "tensorflow_serving")
_ROUNDS = 4  # custom objects within custom objects: what is behind one comes to light once that is supplied

Predict = Callable[[Artifact, Target, str], tuple[Sequence[Finding], Verdict]]


def rescued(
    artifact: Artifact, target: Target, verdict: Verdict, findings: Sequence[Finding], predict: Predict
) -> tuple[str, ...]:
    """The arguments and settings each of which alone makes a failing or undecided load go through.

    `predict` runs the rules for an artifact and a changed target and judges one loader by them.
    """
    if verdict.loader == LOAD_MODEL:
        words = [
            word
            for word, changed in _settings(artifact, target, verdict)
            if predict(artifact, changed, verdict.loader)[1].loads
        ]
        if _custom_objects(artifact, target, verdict.loader, findings, predict):
            words.append(CUSTOM_OBJECTS)
        return tuple(sorted(words))
    words = [
        word
        for word, changed, other in _tagged(artifact, target, verdict.loader)
        if predict(changed, other, verdict.loader)[1].loads
    ]
    return tuple(dict.fromkeys(words))


def _settings(artifact: Artifact, target: Target, verdict: Verdict) -> Iterator[tuple[str, Target]]:
    """What `load_model` can be told or Keras be set to, as far as the target has it and it could help."""
    if target.compile:
        yield NO_COMPILE, replace(target, compile=False)
    if target.safe_mode and "unsafe-lambda" in verdict.because and version_tuple(target.keras_api[1]) >= (2, 12):
        yield NO_SAFE_MODE, replace(target, safe_mode=False)
    if target.is_keras_3 and target.tf_keras is not None and release(target.tensorflow).reads_legacy_flag:
        yield LEGACY_KERAS, replace(target, legacy_keras=True)


def _custom_objects(
    artifact: Artifact, target: Target, loader: str, findings: Iterable[Finding], predict: Predict
) -> bool:
    """Whether the load goes through once it is given all that is the user's own."""
    names = target.custom_objects
    for _ in range(_ROUNDS):
        wanted = {name for finding in findings for name in _own_names(finding)}
        if wanted <= names:
            return False
        names |= wanted
        findings, verdict = predict(artifact, replace(target, custom_objects=names), loader)
        if verdict.loads:
            return True
    return False


def _own_names(finding: Finding) -> list[str]:
    """What `custom_objects` would have to hold; nothing where no Keras in sight lets the user supply it."""
    if not finding.facts.get("custom"):
        return []
    return [finding.facts["name"]] if "name" in finding.facts else list(finding.facts["names"])


def _tagged(artifact: Artifact, target: Target, loader: str) -> Iterator[tuple[str, Artifact, Target]]:
    """The tag sets that a SavedModel has, and the load of each."""
    model = artifact.saved_model
    if model is None or artifact.format is not Format.SAVED_MODEL:
        return
    for meta_graph in model.meta_graphs:
        word = f"tags={sorted(meta_graph.tags)}"
        if loader in _BY_TAGS and set(meta_graph.tags) != set(target.tags):
            yield word, artifact, replace(target, tags=tuple(meta_graph.tags))
        elif loader == "tf.saved_model.load" and len(model.meta_graphs) > 1:
            # load_v1_in_v2.py `load` takes the one meta graph for a version 1 model, objects or not
            alone = replace(meta_graph, objects=None)
            yield word, replace(artifact, saved_model=replace(model, meta_graphs=(alone,))), target
