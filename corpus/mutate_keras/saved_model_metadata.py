"""The Keras metadata of a SavedModel (a file of its own from 2.5, inside the object graph before)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutating import SAVED_MODEL, Config, NotApplicable, mutation, walk
from wire import rewrite

METADATA = "keras_metadata.pb"
# Fields of SavedMetadata.nodes and of its SavedObject, and the way to a SavedUserObject's metadata in a SavedModel.
NODES, IDENTIFIER, TEXT = 1, 4, 5
IN_GRAPH = (2, 7, 1, 4)
IN_GRAPH_TEXT = 3
NEW = "w2.6 w2.9 w2.12 w2.15"


def texts(path: Path, edit: Callable[[int, str], str]) -> None:
    """Apply `edit` (of the node's number, of its JSON text) to the metadata of every Keras object."""
    number = -1

    def one(data: bytes) -> bytes:
        nonlocal number
        number += 1
        return edit(number, data.decode()).encode()

    file = path / METADATA
    if file.exists():
        file.write_bytes(rewrite(file.read_bytes(), (NODES, TEXT), one))
    else:
        file = path / "saved_model.pb"
        file.write_bytes(rewrite(file.read_bytes(), (*IN_GRAPH, IN_GRAPH_TEXT), one))


def objects(
    breaks: str | None, models: str = "dense", count: int = 1, eras: str = ""
) -> Callable[[Callable[[Config], None]], object]:
    """Register a function that changes the parsed metadata of every Keras object it is given."""

    def register(function: Callable[[Config], None]) -> object:
        @mutation(SAVED_MODEL, breaks=breaks, models=models, name=f"keras_{function.__name__}", count=count, eras=eras)
        def apply(path: Path) -> None:
            before: list[str] = []
            after: list[str] = []

            def edit(number: int, text: str) -> str:
                if not text.strip().startswith("{"):
                    return text
                tree = json.loads(text)
                function(tree)
                before.append(json.dumps(json.loads(text)))
                after.append(json.dumps(tree))
                return after[-1]

            texts(path, edit)
            if before == after:
                raise NotApplicable(function.__name__)

        return function

    return register


def dense_first(tree: Config) -> Config:
    """The metadata of the first Dense layer by name; NotApplicable never, `{}` where this is another object."""
    return tree if tree.get("class_name") == "Dense" and not str(tree.get("name", "")).endswith("_1") else {}


# The file itself.


def metadata_file(name: str, data: bytes | None, breaks: str | None, count: int = 1) -> None:
    @mutation(SAVED_MODEL, breaks=breaks, models="dense", name=name, count=count, eras=NEW)
    def apply(path: Path) -> None:
        if data is None:
            (path / METADATA).unlink()
        else:
            (path / METADATA).write_bytes(data)


metadata_file("no_keras_metadata", None, "S02", 3)
metadata_file("keras_metadata_empty", b"", "S02", 2)
metadata_file("keras_metadata_garbage", b"\xff\xff\xffnot a message", "S03", 2)
metadata_file(
    "keras_metadata_lfs_pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 48\n", "T01"
)


@mutation(SAVED_MODEL, breaks="S03", count=2, eras=NEW)
def keras_metadata_truncated(path: Path) -> None:
    data = (path / METADATA).read_bytes()
    (path / METADATA).write_bytes(data[: len(data) // 2])


@mutation(SAVED_MODEL, breaks="S06", eras="w2.4 w2.2", count=2)
def keras_metadata_empty_added(path: Path) -> None:
    """An empty metadata file beside an object graph that holds the metadata."""
    (path / METADATA).write_bytes(b"")


def nodes_kept(path: Path, keep: Callable[[int], bool]) -> None:
    number = -1

    def one(data: bytes) -> bytes | None:
        nonlocal number
        number += 1
        return data if keep(number) else None

    (path / METADATA).write_bytes(rewrite((path / METADATA).read_bytes(), (NODES,), one))


@mutation(SAVED_MODEL, breaks="S10", eras=NEW, count=2)
def keras_root_node_removed(path: Path) -> None:
    nodes_kept(path, lambda number: number != 0)


@mutation(SAVED_MODEL, breaks="S10", eras=NEW, count=2)
def keras_layer_node_removed(path: Path) -> None:
    nodes_kept(path, lambda number: number != 2)


@mutation(SAVED_MODEL, breaks="S10", eras=NEW)
def keras_last_node_removed(path: Path) -> None:
    total = 0

    def count(data: bytes) -> bytes:
        nonlocal total
        total += 1
        return data

    rewrite((path / METADATA).read_bytes(), (NODES,), count)
    nodes_kept(path, lambda number: number != total - 1)


@mutation(SAVED_MODEL, breaks="S07", eras=NEW, count=2)
def keras_identifier_unknown(path: Path) -> None:
    """The second object is of a kind that Keras does not have."""
    seen = 0

    def one(data: bytes) -> bytes:
        nonlocal seen
        seen += 1
        return b"_tf_keras_nothing" if seen == 3 else data

    (path / METADATA).write_bytes(rewrite((path / METADATA).read_bytes(), (NODES, IDENTIFIER), one))


@mutation(SAVED_MODEL, breaks="K04", count=2)
def keras_root_not_json(path: Path) -> None:
    texts(path, lambda number, text: "{not json" if number == 0 else text)


@mutation(SAVED_MODEL, breaks="K04", count=2)
def keras_layer_not_json(path: Path) -> None:
    texts(path, lambda number, text: "" if number == 2 else text)


@mutation(SAVED_MODEL, models="cnn_sequential dense", count=2)
def keras_metadata_spaced(path: Path) -> None:
    """The same JSON, spaced and in another order."""
    texts(
        path, lambda _, text: json.dumps(json.loads(text), indent=2, sort_keys=True) if text.startswith("{") else text
    )


# What the metadata says.


@objects("L01", count=3)
def layer_class_unknown(tree: Config) -> None:
    """A layer class that is not known is revived from the functions of the graph."""
    if dense_first(tree):
        tree["class_name"] = "NoSuchLayer"


@objects("L01", count=2)
def layer_class_unknown_everywhere(tree: Config) -> None:
    for item in walk(tree):
        if item["class_name"] == "Dense":
            item["class_name"] = "NoSuchLayer"


@objects("L01", count=2)
def model_class_unknown(tree: Config) -> None:
    if tree.get("class_name") in ("Functional", "Model", "Sequential"):
        tree["class_name"] = "NoSuchModel"


@objects("K08", count=2)
def layer_unknown_argument(tree: Config) -> None:
    if dense_first(tree):
        tree["config"]["no_such_argument"] = 1


@objects("K08", count=2)
def layer_missing_argument(tree: Config) -> None:
    if dense_first(tree):
        del tree["config"]["units"]


@objects("K20", count=3)
def layer_units_other(tree: Config) -> None:
    if dense_first(tree):
        tree["config"]["units"] = 17


@objects("L02", count=2)
def layer_activation_unknown(tree: Config) -> None:
    if dense_first(tree):
        tree["config"]["activation"] = "no_such_activation"


@objects("L02")
def layer_initializer_unknown(tree: Config) -> None:
    if dense_first(tree):
        tree["config"]["kernel_initializer"] = {"class_name": "NoSuchInitializer", "config": {}}


@objects("K04")
def layer_config_missing(tree: Config) -> None:
    if dense_first(tree):
        tree.pop("config")


@objects("K04", count=2)
def model_config_missing(tree: Config) -> None:
    if "layers" in tree.get("config", {}):
        tree.pop("config")


@objects("L01", count=2)
def model_config_layer_unknown(tree: Config) -> None:
    """The model's config names a class that the layer's own metadata does not."""
    for item in tree.get("config", {}).get("layers", []):
        if item["class_name"] == "Dense":
            item["class_name"] = "NoSuchLayer"


@objects("K04", count=2)
def model_config_inbound_unknown(tree: Config) -> None:
    for item in tree.get("config", {}).get("layers", [])[1:2]:
        item["config"]["name"] = "no_such_layer"


@objects("S10", count=2)
def layer_renamed(tree: Config) -> None:
    if dense_first(tree):
        tree["name"] = "another_name"
        tree["config"]["name"] = "another_name"


@objects(None)
def trainable_changed(tree: Config) -> None:
    if dense_first(tree):
        tree["trainable"] = False


@objects(None, count=2)
def surplus_key(tree: Config) -> None:
    tree["comment"] = "made for a test"


@objects("S10")
def batch_input_shape_other(tree: Config) -> None:
    if "batch_input_shape" in tree:
        tree["batch_input_shape"] = [None, 99]


@objects("S08")
def input_spec_other(tree: Config) -> None:
    if dense_first(tree) and tree.get("input_spec"):
        tree["input_spec"]["config"]["axes"] = {"-1": 99}


@objects("S07")
def must_restore_from_config(tree: Config) -> None:
    """The first Dense, of a class that is not known, is said to need its config."""
    if dense_first(tree):
        tree["class_name"] = "NoSuchLayer"
        tree["must_restore_from_config"] = True


def compiled(name: str, changes: dict[str, Any], breaks: str | None, count: int = 1) -> None:
    """Register a mutation of the training config that the model's metadata holds."""

    def function(tree: Config) -> None:
        if tree.get("training_config"):
            for key, value in changes.items():
                tree["training_config"][key] = value

    function.__name__ = name
    objects(breaks, "cnn_sequential sequential_flatten lstm_plain embedding", count)(function)


compiled("training_loss_unknown", {"loss": "no_such_loss"}, "K17", 2)
compiled("training_metric_unknown", {"metrics": ["no_such_metric"]}, "K17", 2)
compiled("training_optimizer_unknown", {"optimizer_config": {"class_name": "NoSuchOptimizer", "config": {}}}, "M05", 2)
compiled(
    "training_optimizer_custom",
    {"optimizer_config": {"class_name": "Custom>Adam", "config": {"learning_rate": 0.1}}},
    "M02",
)
compiled("training_metrics_null", {"metrics": None}, None)


@objects(None, "cnn_sequential sequential_flatten lstm_plain embedding", 2)
def training_config_removed(tree: Config) -> None:
    tree.pop("training_config", None)


@objects("S07", "cnn_sequential sequential_flatten lstm_plain", 2)
def metric_class_unknown(tree: Config) -> None:
    if tree.get("class_name") in ("MeanMetricWrapper", "Mean", "CategoricalAccuracy"):
        tree["class_name"] = "NoSuchMetric"
