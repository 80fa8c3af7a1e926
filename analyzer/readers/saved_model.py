"""The proto files of a SavedModel folder: saved_model.pb or .pbtxt, keras_metadata.pb, debug information.

Which file is read follows python/saved_model/loader_impl.py `parse_saved_model`: saved_model.pb, else saved_model.pbtxt;
a chunked saved_model.cpb alone is not read by the released loaders.
"""

from __future__ import annotations

from typing import Any

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.saved_model import KerasNode, SavedModel
from analyzer.readers import proto_file
from analyzer.readers.graph_def import GraphReader
from analyzer.readers.limits import Limits
from analyzer.readers.meta_graph import meta_graph
from analyzer.sources import Source

BINARY, TEXT, CHUNKED = "saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"
KERAS_METADATA = "keras_metadata.pb"
DEBUG_INFO = "debug/saved_model_debug_info.pb"
FINGERPRINT = "fingerprint.pb"
_KERAS_MESSAGE = "third_party.py.tf_keras.protobuf.SavedMetadata"


def read_saved_model(source: Source, limits: Limits) -> tuple[SavedModel | None, list[Damage], list[Problem]]:
    """The SavedModel in a folder, None where its main file is missing or unreadable."""
    damage: list[Damage] = []
    problems: list[Problem] = []
    files = source.list()
    keras_metadata = None
    if KERAS_METADATA in files:
        keras_metadata = proto_file.read(source, _KERAS_MESSAGE, KERAS_METADATA, limits, damage, problems, _keras_nodes)
        if files[KERAS_METADATA].size == 0:
            keras_metadata = ()  # a message without nodes: Keras then loads as tf.saved_model.load does
    for extra, name in ((DEBUG_INFO, "tensorflow.GraphDebugInfo"), (FINGERPRINT, "tensorflow.FingerprintDef")):
        if extra in files and files[extra].size:
            proto_file.read(source, name, extra, limits, damage, problems, bool)
    file = BINARY if BINARY in files else TEXT if TEXT in files else None
    if file is None:
        damage.append(_missing(files))
        return None, damage, problems
    model = proto_file.read(
        source,
        "tensorflow.SavedModel",
        file,
        limits,
        damage,
        problems,
        lambda raw: from_message(raw, file, keras_metadata),
        text=file == TEXT,
    )
    return model, damage, problems


def from_message(raw: Any, file: str, keras_metadata: tuple[KerasNode, ...] | None = None) -> SavedModel:
    """A SavedModel from a message whose nodes are serialized."""
    reader = GraphReader()
    return SavedModel(
        file=file,
        schema_version=raw.saved_model_schema_version,
        meta_graphs=tuple(meta_graph(each, reader) for each in raw.meta_graphs),
        keras_metadata=keras_metadata,
    )


def _keras_nodes(raw: Any) -> tuple[KerasNode, ...]:
    return tuple(
        KerasNode(node.node_id, node.node_path, node.identifier, node.metadata, node.version.min_consumer)
        for node in raw.nodes
    )


def _missing(files: Any) -> Damage:
    if CHUNKED in files:
        return Damage(BINARY, "chunked", f"only {CHUNKED} is there, which the released loaders do not read", None, {})
    return Damage(BINARY, "missing", f"there is neither {BINARY} nor {TEXT} in the folder", None, {})
