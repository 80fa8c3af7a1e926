"""Keras files of rules' examples: `h5` and `archive` become `model.h5` and `model.keras`, `keras_metadata` a folder's file.

`h5` has `config`, `training_config`, `weights` ({layer: {weight: shape}}), `attributes`, `without` (parts left out);
`archive` has `config`, `weights` ({path: shape}), `members` (more of them), `without`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any


def write(given: Mapping[str, Any], files: dict[str, bytes]) -> None:
    """Put the file that an example describes among the files."""
    if "h5" in given:
        files[given.get("name", "model.h5")] = h5(given["h5"])
    if "archive" in given:
        files[given.get("name", "model.keras")] = archive(given["archive"])
    if "keras_metadata" in given:
        files["keras_metadata.pb"] = keras_metadata(given["keras_metadata"])


def h5(given: Mapping[str, Any]) -> bytes:
    """An HDF5 file as `save_model_to_hdf5` writes it."""
    import h5py
    import numpy

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        without = given.get("without", ())
        if "config" in given:
            config = given["config"]
            file.attrs["model_config"] = (config if isinstance(config, str) else json.dumps(config)).encode()
        if "training_config" in given:
            file.attrs["training_config"] = json.dumps(given["training_config"]).encode()
        for name, value in given.get("attributes", {}).items():
            file.attrs[name] = value
        group = file if "model_weights" in without else file.create_group("model_weights")
        weights = given.get("weights", {})
        group.attrs["layer_names"] = [name.encode() for name in weights]
        group.attrs["keras_version"] = given.get("keras_version", "2.15.0").encode()
        for layer, variables in weights.items():
            if layer in without:
                continue
            inner = group.create_group(layer)
            inner.attrs["weight_names"] = [name.encode() for name in variables]
            for name, shape in variables.items():
                if f"{layer}/{name}" not in without:
                    inner.create_dataset(name, data=numpy.zeros(shape, given.get("dtype", "float32")))
        for name, target in given.get("links", {}).items():
            group[name] = h5py.SoftLink(target)
    return stream.getvalue()


def archive(given: Mapping[str, Any]) -> bytes:
    """A zip archive as `saving_lib.save_model` writes it."""
    import h5py
    import numpy

    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file.create_group("vars")
        for path, shape in given.get("weights", {}).items():
            file.create_dataset(path, data=numpy.zeros(shape, "float32"))
        for path, target in given.get("links", {}).items():
            file[path] = h5py.SoftLink(target)
    config = given.get("config")
    members = {
        "metadata.json": json.dumps({"keras_version": given.get("keras_version", "3.6.0")}).encode(),
        "config.json": (config if isinstance(config, str) else json.dumps(config)).encode(),
        "model.weights.h5": weights.getvalue(),
        **given.get("members", {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in members.items():
            if name not in given.get("without", ()):
                file.writestr(name, content)
    return stream.getvalue()


def keras_metadata(given: list[Mapping[str, Any]]) -> bytes:
    """A keras_metadata.pb with nodes of `node`, `path`, `identifier` and `metadata`."""
    from analyzer.readers.protos import message

    metadata = message("third_party.py.tf_keras.protobuf.SavedMetadata")()
    for each in given:
        node = metadata.nodes.add()
        node.node_id = each.get("node", 0)
        node.node_path = each.get("path", "root")
        node.identifier = each["identifier"]
        node.metadata = json.dumps(each["metadata"])
    content: bytes = metadata.SerializeToString()
    return content
