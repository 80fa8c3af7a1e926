"""One emulated `load_model`: dispatch, deserialization, building, weights, compilation. Every rule reads its events."""

from __future__ import annotations

from analyzer.artifact import KERAS_FORMATS, Artifact
from analyzer.findings import Phase
from analyzer.keras import dispatch
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import Era, era_of
from analyzer.keras.events import Event, Recorder
from analyzer.keras.model import Layer
from analyzer.parts.keras import KerasFile
from analyzer.records import replace
from analyzer.tables.releases import release
from analyzer.target import Target

_LOAD_WEIGHTS = "build the model in code and call model.load_weights on this file"
_last: tuple[Artifact, Target, Recorder] | None = None


def replaced(artifact: Artifact, target: Target) -> frozenset[str]:
    """Objects of a SavedModel in whose stead Keras puts others, and which the file describes otherwise than their values are."""
    return frozenset(_recorded(artifact, target).replaced)


def made(artifact: Artifact, target: Target) -> frozenset[str]:
    """Variables of a SavedModel that layers made from their configuration have."""
    return frozenset(_recorded(artifact, target).made)


def events(artifact: Artifact, target: Target) -> tuple[Event, ...]:
    """What would go wrong when `load_model` loads the artifact in the target; empty where nothing would, or no table covers it."""
    return tuple(_recorded(artifact, target).events)


def _recorded(artifact: Artifact, target: Target) -> Recorder:
    global _last
    last = _last
    if last is not None and last[0] is artifact and last[1] is target:
        return last[2]
    found = Recorder(file=artifact.name)
    if artifact.format in KERAS_FORMATS:
        _emulate(artifact, target, found)
    _last = (artifact, target, found)
    return found


def _emulate(artifact: Artifact, target: Target, out: Recorder) -> None:
    try:
        era = era_of(target)
    except ValueError:
        return
    if target.legacy_keras and target.tf_keras is None and release(target.tensorflow).reads_legacy_flag:
        _no_tf_keras(target, out)
        return
    reader = dispatch.reader(artifact, era, out)
    if reader == "saved_model":
        from analyzer.keras import saved_model

        saved_model.load(artifact, target, era, out)
    elif artifact.keras is not None and reader == "h5":
        _h5(artifact.keras, target, era, out)
    elif artifact.keras is not None and reader == "archive":
        _archive(artifact.keras, target, era, out)


def _no_tf_keras(target: Target, out: Recorder) -> None:
    """`KerasLazyLoader` (tensorflow/python/util/lazy_loader.py)."""
    out.say(
        "unsupported-file-format",
        "TF_USE_LEGACY_KERAS=1 makes tf.keras the package tf_keras, which is not there",
        "",
        "No module named 'tf_keras'",
        remedy=f"pip install tf_keras=={release(target.tensorflow).default_tf_keras or target.release}",
        phase=Phase.OPEN,
    )


def _h5(keras: KerasFile, target: Target, era: Era, out: Recorder) -> None:
    """`load_model_from_hdf5` (saving/legacy/hdf5_format.py, legacy/saving/legacy_h5_format.py)."""
    from analyzer.keras import h5_environment, h5_weights, training_config
    from analyzer.keras.h5_attributes import readable

    if not era.hands_on_to_h5:
        registered = frozenset(name for name in target.custom_objects if ">" in name)  # by the import that brings them
        target = replace(target, custom_objects=registered, compile=True)
    out.phase = Phase.PARSE
    if keras.root is None or not readable(keras.root, "", ("model_config",), era, out):
        return
    if keras.config_text is None:
        _no_config(keras, era, out)
        return
    h5_environment.check(keras, target, era, out)
    if keras.config is None:
        out.say(
            "malformed-config",
            "model_config is not JSON",
            "/config",
            "json.decoder.JSONDecodeError",
        )
        return
    out.phase = Phase.DESERIALIZE
    deserializer = Deserializer(era, target, out, legacy=True)
    model = deserializer.root(keras.config, "/config")
    out.phase = Phase.RESTORE
    h5_weights.load(keras, model, era, out)
    out.phase = Phase.DESERIALIZE
    if target.compile and readable(keras.root, "", ("training_config",), era, out):
        training_config.from_file(keras, deserializer, model)


def _no_config(keras: KerasFile, era: Era, out: Recorder) -> None:
    old = not era.at_least(2, 6)
    what, remedy = "holds weights, but no model: it was written by save_weights", _LOAD_WEIGHTS
    if not keras.layout:
        what, remedy = "holds neither a model nor weights as Keras lays them out", "read it with h5py if it holds data"
    out.say(
        "weights-without-model",
        f"the file {what}",
        "",
        "No model found in config file." if old else f"No model config found in the file at {keras.file}.",
        remedy=remedy,
        layout=keras.layout,
    )


def _archive(keras: KerasFile, target: Target, era: Era, out: Recorder) -> None:
    """`saving_lib.load_model`: config.json, then the weights."""
    from analyzer.keras import archive, store

    out.phase = Phase.PARSE
    if not archive.config(keras, out):
        return
    out.phase = Phase.DESERIALIZE
    deserializer = Deserializer(era, target, out, legacy=False)
    model: Layer | None = deserializer.root(keras.config, "/config")
    if target.compile and isinstance(keras.config, dict) and keras.config.get("compile_config"):
        from analyzer.keras import compile_config

        compile_config.check(keras.config["compile_config"], deserializer, model)
    out.phase = Phase.RESTORE
    if archive.weights(keras, era, out):
        store.load(keras, model, era, out, compiled=target.compile)
