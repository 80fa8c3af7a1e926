"""Keras SavedModels through Keras 2: which objects revive from their metadata, and where that ends the load.

After `keras/saving/saved_model/load.py` (`load`, `KerasObjectLoader`): up to 2.1 every layer is revived from its functions; from
2.2 on from its configuration where that works, else from its functions; metadata stands in the object graph up to 2.4 and in
keras_metadata.pb later. What TensorFlow itself makes of the folder is none of this module's business.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Phase
from analyzer.keras import kept_lists, restored, training_config, unbound
from analyzer.keras.deserialize import Deserializer
from analyzer.keras.encoded import plain
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.old_revival import OldRevival
from analyzer.keras.reconstruction import Reconstruction
from analyzer.keras.revival import Revival
from analyzer.keras.saved_objects import METRIC, MODELS, Node, child, children
from analyzer.parts.saved_model import ObjectGraph, SavedModel
from analyzer.target import Target

KERAS_METADATA = "keras_metadata.pb"
_IDENTIFIERS = (*MODELS, "_tf_keras_layer", "_tf_keras_input_layer", "_tf_keras_rnn_layer", METRIC)
_IDENTIFIERS_OF_2_1 = (*MODELS, "_tf_keras_layer", "_tf_keras_input_layer")
_OLD_IDENTIFIERS = (*MODELS, "_tf_keras_layer")  # TensorFlow 1.15 and 2.0


def load(artifact: Artifact, target: Target, era: Era, out: Recorder) -> None:
    """Say what `load_model` would refuse in the folder's Keras metadata."""
    model = artifact.saved_model
    if model is None or not model.meta_graphs:
        return
    graph = model.meta_graphs[0].objects
    separate = era.at_least(2, 5) and KERAS_METADATA in artifact.files
    if separate and model.keras_metadata is None:
        return  # unreadable: the readers' damage says so
    out.file = KERAS_METADATA if separate else model.file
    if graph is None or not graph.nodes:
        if era.at_least(2, 4) and not (separate and model.keras_metadata):
            _no_objects(era, out)
        return
    nodes = list(_separate(model) if separate else _within(graph, era))
    if not nodes:
        return
    if not separate and era.at_least(2, 6) and any(not node.text for node in nodes):
        _no_metadata(nodes, era, out)
        return
    metadata = _decoded(nodes, era, out)
    if metadata is None:
        return
    if era.at_least(2, 2):
        revival = Revival(nodes, metadata, graph, target, era, out, artifact.checkpoint)
        revival.layers()
        revival.metrics()
        if not out.failed:
            _unreachable(revival)
            restored.check(revival)
            unbound.check(revival)
            unbound.unfinished(revival)
            unbound.built_for_a_tuple(revival)
            kept_lists.check(revival)
            out.replaced |= {f"object/{number}" for number in _passed_over(graph)}
            Reconstruction(revival).run()
    else:
        OldRevival(nodes, metadata, graph, Deserializer(era, target, out, legacy=True)).run()
    _compile(nodes, metadata, target, era, out)


def _separate(model: SavedModel) -> Iterator[Node]:
    for node in model.keras_metadata or ():
        yield Node(node.node, node.path, node.identifier, node.metadata)


def _within(graph: ObjectGraph, era: Era) -> Iterator[Node]:
    """Metadata in the object graph (`_read_legacy_metadata`), with paths as `_generate_object_paths` makes them."""
    wanted = _IDENTIFIERS if era.at_least(2, 2) else _IDENTIFIERS_OF_2_1 if era.at_least(2, 1) else _OLD_IDENTIFIERS
    paths = {0: "root"}
    pending = [0]
    while pending:
        number = pending.pop()
        for edge in graph.nodes[number].children:
            if edge.node not in paths and 0 <= edge.node < len(graph.nodes):
                paths[edge.node] = f"{paths[number]}.{edge.name}"
                pending.append(edge.node)
    for number, node in enumerate(graph.nodes):
        if node.kind == "user_object" and node.identifier in wanted:
            yield Node(number, paths.get(number, ""), node.identifier, node.metadata)


def _no_objects(era: Era, out: Recorder) -> None:
    out.say(
        "keras-metadata",
        "a SavedModel of TensorFlow 1, without objects for load_model to revive",
        "",
        "IndexError: list index (0) out of range",
        remedy="tf.saved_model.load(path) or tf.compat.v1.saved_model.load",
        phase=Phase.PARSE,
    )


def _no_metadata(nodes: list[Node], era: Era, out: Recorder) -> None:
    first = next(node for node in nodes if not node.text)
    out.say(
        "keras-metadata",
        f"there is no {KERAS_METADATA}, and the objects of Keras bring no metadata of their own",
        f"object/{first.number}",
        "Unable to create a Keras model from SavedModel at ... This SavedModel was exported with `tf.saved_model.save`, and lacks "
        "the Keras metadata file.",
        remedy="tf.saved_model.load(path) for inference, or save the model again with model.save",
        phase=Phase.PARSE,
    )


def _unreachable(revival: Revival) -> None:
    """`Loader._convert_node_paths_to_ints` (python/saved_model/load.py): objects of the metadata are found by their paths.

    So are the variables of a metric, whose paths begin with that of the metric (`_add_children_recreated_from_config`).
    """
    graph = revival.graph
    for node in revival.nodes:
        if node.number not in revival.objects and node.identifier != METRIC:
            continue
        names = node.path.split(".")[1:]
        kept = [name for name, number in children(graph, node.number) if graph.nodes[number].kind == "variable"]
        lost = [node.path] if child(graph, 0, *names) is None else []
        if node.identifier == METRIC and not lost:
            lost = [f"{node.path}.{name}" for name in kept if child(graph, 0, *names, name) is None]
        if lost:
            revival.out.say(
                "keras-metadata",
                f"the graph of objects has nothing at {lost[0]}, where {KERAS_METADATA} has an object",
                f"object/{node.number}",
                f"Unable to find node {lost[0]}.",
                remedy="save the model again",
            )
            return


def _passed_over(graph: ObjectGraph) -> set[int]:
    """Objects below two children of one name: `_retrieve_all_filtered_nodes` knows one object by a path, and which is left open."""
    found: set[int] = set()
    for number, node in enumerate(graph.nodes):
        names = Counter(edge.name for edge in node.children)
        found.update(below for name, below in children(graph, number) if names[name] > 1)
    pending = list(found)
    for number in pending:
        fresh = {below for _, below in children(graph, number)} - found
        found |= fresh
        pending += fresh
    return found


def _decoded(nodes: list[Node], era: Era, out: Recorder) -> dict[int, Mapping[str, Any]] | None:
    """Each node's metadata; None where one does not parse, which ends the load."""
    found: dict[int, Mapping[str, Any]] = {}
    for node in nodes:
        try:
            value = json.loads(node.text, object_hook=plain if era.at_least(2, 2) else None)
        except KeyError:
            out.say(
                "keras-metadata",
                f"the metadata of {node.path} holds a tuple or shape without its items",
                f"object/{node.number}",
                "KeyError: 'items'",
                phase=Phase.PARSE,
            )
            return None
        except TypeError as error:
            message = f"the metadata of {node.path} holds a shape or tuple that is none"
            out.say("keras-metadata", message, f"object/{node.number}", str(error), phase=Phase.PARSE)
            return None
        except (ValueError, RecursionError):
            later = not node.text
            out.say(
                "keras-metadata",
                f"the metadata of {node.path or node.number} is {'empty: TensorFlow 2.5 and later keep it in ' + KERAS_METADATA if later else 'not JSON'}",
                f"object/{node.number}",
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
                remedy="load it with TensorFlow 2.5 to 2.15, or tf.saved_model.load(path)"
                if later
                else "save the model again",
                phase=Phase.PARSE,
            )
            return None
        if not isinstance(value, dict):
            out.say(
                "keras-metadata",
                f"the metadata of {node.path} is no object",
                f"object/{node.number}",
                phase=Phase.PARSE,
            )
            return None
        found[node.number] = value
    return found


def _compile(
    nodes: list[Node], metadata: dict[int, Mapping[str, Any]], target: Target, era: Era, out: Recorder
) -> None:
    """The root model's training configuration."""
    if not target.compile:
        return
    root = next((node for node in nodes if node.path == "root" or node.number == 0), None)
    if root is None or root.identifier not in MODELS:
        return
    if not era.at_least(2, 2) and root.identifier == "_tf_keras_network":
        return
    config = metadata[root.number].get("training_config")
    if config is None:
        return
    out.phase = Phase.DESERIALIZE
    training_config.check(config, Deserializer(era, target, out, legacy=True), f"object/{root.number}/training_config")
