"""Other ways to load what Keras refuses. Remedies name each where the same rules predict that it loads the artifact.

What only training needs is left out with compile=False. Of Keras 3, a SavedModel folder goes through `tf.saved_model.load`, and what Keras 2 wrote through tf_keras, installed or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Finding, Verdict
from analyzer.records import replace
from analyzer.rescues import LEGACY_KERAS, LOAD_MODEL, NO_COMPILE, Predict
from analyzer.tables.releases import release
from analyzer.target import Target

_UNCOMPILED = f"load_model(..., {NO_COMPILE}), then compile the model again"
_AS_GRAPH = "tf.saved_model.load"
_OF_THE_LOADER = ("__saved_model_init_op", "__saved_model_train_op")  # signatures that are not loaded as functions


def advised(
    artifact: Artifact, target: Target, found: tuple[Finding, ...], verdicts: Sequence[Verdict], predict: Predict
) -> tuple[Finding, ...]:
    """The findings; what stops Keras with what loads the artifact as it stands."""
    failing = next((verdict for verdict in verdicts if verdict.loader == LOAD_MODEL and verdict.because), None)
    if failing is None:
        return found
    first = _UNCOMPILED if NO_COMPILE in failing.loads_with else ""
    ways = list(_beside_keras_3(artifact, target, failing, verdicts, predict)) if target.is_keras_3 else []
    return tuple(
        replace(finding, remedy=_joined(first, finding.remedy, ways))
        if finding.check is Check.KERAS and finding.rule in failing.because
        else finding
        for finding in found
    )


def _joined(first: str, remedy: str, ways: Sequence[str]) -> str:
    return ", or ".join(filter(None, (first if NO_COMPILE not in remedy else "", remedy, *ways)))


def _beside_keras_3(
    artifact: Artifact, target: Target, failing: Verdict, verdicts: Sequence[Verdict], predict: Predict
) -> Iterator[str]:
    if artifact.format is Format.SAVED_MODEL and failing.because == ("unsupported-file-format",):
        judged = (verdict for verdict in verdicts if verdict.loader == _AS_GRAPH)
        yield from _without_keras(artifact, next(judged, None) or predict(artifact, target, _AS_GRAPH)[1])
    yield from _with_tf_keras(artifact, target, failing, predict)


def _without_keras(artifact: Artifact, plain: Verdict) -> Iterator[str]:
    """`tf.saved_model.load`, and `TFSMLayer.__init__` (keras/src/export), which calls that and looks for a signature."""
    if plain.loads is False:
        yield f"mend first what stops tf.saved_model.load as well: {', '.join(plain.because)}"
    else:
        yield "tf.saved_model.load(path)"
        endpoint = _endpoint(artifact)
        if endpoint:
            yield f"keras.layers.TFSMLayer(path, call_endpoint={endpoint!r}) for inference"


def _endpoint(artifact: Artifact) -> str:
    """A signature that can be called, the one that serving takes by default if it is there."""
    graphs = artifact.saved_model.meta_graphs if artifact.saved_model is not None else ()
    names = sorted(name for graph in graphs[:1] for name in graph.signatures if name not in _OF_THE_LOADER)
    return "serving_default" if "serving_default" in names else next(iter(names), "")


def _with_tf_keras(artifact: Artifact, target: Target, failing: Verdict, predict: Predict) -> Iterator[str]:
    facts = release(target.tensorflow)
    if not facts.reads_legacy_flag:
        return
    if target.tf_keras is not None:
        if LEGACY_KERAS in failing.loads_with:
            yield f"set {LEGACY_KERAS}: tf_keras {target.tf_keras} loads it"
        return
    version = facts.default_tf_keras
    if (
        version is not None
        and predict(artifact, replace(target, tf_keras=version, legacy_keras=True), LOAD_MODEL)[1].loads
    ):
        yield f"pip install tf_keras=={version} and set {LEGACY_KERAS}"
