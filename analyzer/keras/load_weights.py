"""One emulated `model.load_weights(FILE)`, of a model that `load_model` made of another file.

By the suffix of the weights' file, as `load_weights` of saving/saving_api.py goes: `.weights.h5` and `.keras` are read by
`saving_lib.load_weights_only`, and so is the index `.weights.json` of weights in several files from Keras 3.10 on; other H5
files by `load_weights_from_hdf5_group`. Keras 2.11 and older know the latter alone.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Phase
from analyzer.keras import dispatch, h5_weights, links, store
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.era import Era
from analyzer.keras.events import Event, Recorder
from analyzer.keras.model import Layer
from analyzer.parts.keras import Group, KerasFile, Member
from analyzer.target import Target


def made(model: Artifact, target: Target, era: Era) -> tuple[Layer | None, tuple[Event, ...]]:
    """The model of a file's configuration, and what Keras says while it makes it."""
    out = Recorder(file=model.name)
    kind = dispatch.reader(model, era, out)
    if model.keras is None or model.keras.config is None or kind not in ("h5", "archive"):
        return None, tuple(out.events)
    return Deserializer(era, target, out, legacy=kind == "h5").root(model.keras.config, "/config"), tuple(out.events)


def load(weights: Artifact, model: Layer, config: object, era: Era) -> tuple[Event, ...]:
    """What goes wrong when the model loads the weights. `config`: that of the model, by which it is compiled."""
    out = Recorder(file=weights.name, phase=Phase.RESTORE)
    keras = weights.keras
    if keras is None:
        out.say(
            "unreadable-keras-file", "there is nothing that HDF5 could open", "", "Unable to synchronously open file"
        )
        return tuple(out.events)
    way = _way(weights.name, keras, era)
    if way == "saving_lib":
        _saving_lib(keras, model, config, era, out)
    elif way == "h5":
        _group(keras, model, era, out)
    else:
        _unknown(weights.name, era, out)
    return tuple(out.events)


def _way(name: str, keras: KerasFile, era: Era) -> str:
    """`saving_lib` or `h5`; empty where Keras takes the file for neither."""
    archive = keras.container == "archive"
    if keras.container == "shards":
        return "saving_lib" if era.is_3 and era.at_least(3, 10) and name.endswith(".weights.json") else ""
    if era.at_least(2, 12) and (name.endswith(".weights.h5") or (name.endswith(".keras") and (archive or era.is_3))):
        return "saving_lib"
    legacy = (".h5", ".hdf5") if era.is_3 else (".h5", ".hdf5", ".keras")
    return "h5" if name.endswith(legacy) and not archive else ""


def _saving_lib(keras: KerasFile, model: Layer, config: object, era: Era, out: Recorder) -> None:
    """`load_weights_only`; from 3.7 on it wants a model that is built."""
    if era.is_3 and era.at_least(3, 7) and model.symbol is not None and model.known and not model.any_built():
        out.say(
            "missing-weights",
            "the model is not built, so it has no weights to load into",
            "",
            "You are loading weights into a model that has not yet been built.",
            remedy="call the model on some data first",
        )
        return
    for member in keras.members if keras.container == "shards" else ():
        if member.fault:
            _broken(member, out)
            return
    root = keras.weights if keras.container == "archive" else keras.root
    if root is not None:
        store.restore(root, config, model, era, out)


def _broken(member: Member, out: Recorder) -> None:
    """`ShardedH5IOStore` and a file of its weights, or its index."""
    out.say(
        "missing-weights" if member.size < 0 else "unreadable-keras-file",
        f"{member.name}: {member.fault}",
        "",
        member.fault,
        remedy="copy the index together with all files that it names, under the names they were saved with",
        file=member.name,
    )


def _group(keras: KerasFile, model: Layer, era: Era, out: Recorder) -> None:
    """`load_weights` of H5: the file's root, or its group of weights where a whole model was saved."""
    root = keras.root
    if root is None:
        return
    at, group = "", root
    if "layer_names" not in root.attributes and root.find("model_weights") is not None:
        found = links.look(root, "model_weights", "the file has a model", era, out)
        if not isinstance(found, Group):
            return
        at, group = "model_weights", found
    if model.symbol is not None:
        h5_weights.assign(root, group, at, model, era, out)


def _unknown(name: str, era: Era, out: Recorder) -> None:
    error = (
        f"File format not supported: filepath={name}."
        if era.is_3
        else "the file is taken for a checkpoint of TensorFlow"
    )
    out.say(
        "unsupported-file-format",
        f"load_weights of Keras {era.version} goes by the name, and takes {name} for no file of weights",
        "",
        error,
        remedy="give it the suffix .weights.h5 or, where an older Keras wrote it, .h5",
    )
