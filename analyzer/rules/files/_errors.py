"""What TensorFlow says of a file that is empty, or a pointer, where its content should be; as real loads were seen to say it."""

from __future__ import annotations

from analyzer.artifact import Artifact, Format
from analyzer.target import Target

_OF_FORMAT = {
    Format.KERAS_H5: "Unable to open file (file signature not found)",
    Format.WEIGHTS_H5: "Unable to open file (file signature not found)",
    Format.GRAPH_DEF: "Error parsing message",
}


def error_of(artifact: Artifact, target: Target, file: str, *, empty: bool) -> str:
    """The error, empty where none is known to be the same for all loaders."""
    if file.endswith(".index"):
        return "file is too short to be an sstable" if empty else "not an sstable (bad magic number)"
    if ".data-" in file.rsplit("/", 1)[-1]:
        return "Read less bytes than requested"
    if file == "keras_metadata.pb":
        return "" if empty else f"Cannot parse keras metadata at path {file}: Received error: Error parsing message"
    if file in ("saved_model.pb", "debug/saved_model_debug_info.pb"):
        return "there are 0 MetaGraphs" if empty else f"Cannot parse file {file}: Error parsing message."
    if artifact.format is Format.KERAS_ARCHIVE:
        if target.is_keras_3:
            return f"File not found: filepath={file}. Please ensure the file is an accessible `.keras` zip file."
        return "Unable to open file (file signature not found)"
    return "" if empty and artifact.format is Format.GRAPH_DEF else _OF_FORMAT.get(artifact.format, "")
