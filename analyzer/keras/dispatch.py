"""Which reader `load_model` picks for a path: by content, by suffix, or none at all.

- up to Keras 2.11: `h5py.is_hdf5` on the content, else a SavedModel folder (`saving/save.py` load_model);
- Keras 2.12 to 2.15 and tf_keras: a `.keras` suffix on a zip archive, else as before;
- Keras 3: `.keras` on a zip archive, a folder with config.json, `.h5` and `.hdf5` by suffix alone (`saving/saving_api.py`).
"""

from __future__ import annotations

from analyzer.artifact import Artifact, Format
from analyzer.findings import Phase
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.parts.keras import KerasFile

_H5_SUFFIXES = (".h5", ".hdf5")


def reader(artifact: Artifact, era: Era, out: Recorder) -> str:
    """`h5`, `archive`, `saved_model`, or empty when the load ends here; then `out` says why."""
    if artifact.format is Format.SAVED_MODEL:
        return _folder(artifact, era, out)
    name = artifact.name
    if artifact.format is Format.KERAS_ARCHIVE and artifact.is_folder:
        return _unpacked(name, era, out)
    is_zip = artifact.format is Format.KERAS_ARCHIVE and artifact.keras is not None
    if artifact.format is Format.KERAS_ARCHIVE and not is_zip:
        return "archive" if artifact.damage else ""
    if artifact.keras is not None and is_zip:
        return _archive(name, artifact.keras, era, out)
    if artifact.keras is not None and artifact.keras.container == "shards":
        return _index_of_weights(name, era, out)
    return _h5(name, era, out)


def _folder(artifact: Artifact, era: Era, out: Recorder) -> str:
    if not era.is_3:
        return "saved_model"
    if "config.json" in artifact.files and era.at_least(3, 4):
        return _unpacked(artifact.name, era, out)
    out.say(
        "unsupported-file-format",
        f"Keras {era.version} does not load SavedModel folders",
        "",
        f"File format not supported: filepath={artifact.name}. Keras 3 only supports V3 `.keras` files and legacy H5 format files",
        phase=Phase.OPEN,
        file="saved_model.pb",
    )
    return ""


def _unpacked(name: str, era: Era, out: Recorder) -> str:
    """A folder with what a `.keras` archive holds: read from Keras 3.4 on, if it is not itself named `.keras`."""
    if not era.is_3:
        error = f"SavedModel file does not exist at: {name}/{{saved_model.pbtxt|saved_model.pb}}"
    elif not era.at_least(3, 4):
        error = f"File format not supported: filepath={name}."
        if name.endswith(".keras"):
            error = f"File not found: filepath={name}. Please ensure the file is an accessible `.keras` zip file."
    elif name.endswith(".keras"):
        error = f"[Errno 21] Is a directory: '{name}'"
    else:
        return "archive"
    out.say(
        "unsupported-file-format",
        f"{name} is a folder with what a `.keras` archive holds, which {_keras(era)} does not load"
        + (" under this suffix" if era.at_least(3, 4) and era.is_3 else ""),
        "",
        error,
        remedy="pack its files into a zip archive with the suffix `.keras`, without the folder itself"
        if era.reads_archives
        else "load it with Keras 3.4 or newer",
        phase=Phase.OPEN,
    )
    return ""


def _archive(name: str, keras: KerasFile, era: Era, out: Recorder) -> str:
    if name.endswith(".keras"):
        if era.reads_archives:
            return "archive"
        out.say(
            "unsupported-file-format",
            f"{name} is a zip archive in the format of Keras 2.12 and later; {_keras(era)} does not know it",
            "",
            "Unable to open file (file signature not found)"
            if era.at_least(2, 7)
            else f"SavedModel file does not exist at: {name}/",
            remedy="load it with TensorFlow 2.13 or newer, or save it as .h5",
            phase=Phase.OPEN,
        )
        return ""
    if era.is_3 and name.endswith(_H5_SUFFIXES):
        error = "Unable to synchronously open file (file signature not found)"
    elif era.is_3:
        error = f"File format not supported: filepath={name}."
    else:
        error = "Unable to open file (file signature not found)"
    if keras.member("config.json") is None:
        what, remedy = "zip archive without config.json, no model of Keras", "unpack it and analyze what it holds"
    else:
        what = f"`.keras` zip archive under another suffix, by which {_keras(era)} goes"
        remedy = f"rename it to {name.rsplit('.', 1)[0]}.keras"
        if not era.reads_archives:
            remedy = "load it with TensorFlow 2.13 or newer"
    out.say("unsupported-file-format", f"{name} is a {what}", "", error, remedy=remedy, phase=Phase.OPEN)
    return ""


def _index_of_weights(name: str, era: Era, out: Recorder) -> str:
    """The index of weights in several files is no HDF5 and no model."""
    if era.is_3:
        error = f"File format not supported: filepath={name}."
    elif era.at_least(2, 7):
        error = "Unable to open file (file signature not found)"
    else:
        error = f"SavedModel file does not exist at: {name}/{{saved_model.pbtxt|saved_model.pb}}"
    out.say(
        "unsupported-file-format",
        f"{name} is an index of weights in several files, and no model",
        "",
        error,
        remedy="build the model in code and call model.load_weights on this file, with Keras 3.10 or newer",
        phase=Phase.OPEN,
    )
    return ""


def _h5(name: str, era: Era, out: Recorder) -> str:
    if not era.is_3 or name.endswith(_H5_SUFFIXES):
        return "h5"
    if name.endswith(".keras"):
        error = f"File not found: filepath={name}. Please ensure the file is an accessible `.keras` zip file."
    else:
        error = f"File format not supported: filepath={name}. Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5` extension)."
    out.say(
        "unsupported-file-format",
        f"{name} is an HDF5 file, which Keras {era.version} loads only under the suffix .h5 or .hdf5",
        "",
        error,
        remedy=f"rename it to {name.rsplit('.', 1)[0]}.h5",
        phase=Phase.OPEN,
    )
    return ""


def _keras(era: Era) -> str:
    return f"tf.keras {era.version}" if era.package == "tf.keras" else f"{era.package} {era.version}"
