"""The metrics and losses of layers that a Keras SavedModel keeps under `keras_api`: a dictionary, and a list.

After `_restore_layer_metrics` and `_restore_layer_unconditional_losses` (saving/saved_model/load.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.keras.saved_objects import INPUT, METRIC, child, place
from analyzer.parts.saved_model import SavedObject

if TYPE_CHECKING:
    from analyzer.keras.revival import Revival

_DICTIONARIES = ("trackable_dict_wrapper", "signature_map")
_ITERABLES = (*_DICTIONARIES, "trackable_list_wrapper", "trackable_tuple_wrapper")


def check(revival: Revival) -> None:
    """Say where one of them is made again as something else."""
    for node in revival.nodes:
        if node.identifier in (METRIC, INPUT) or node.number not in revival.objects:
            continue
        layer = revival.objects[node.number]
        metrics = child(revival.graph, node.number, "keras_api", "layer_metrics")
        losses = child(revival.graph, node.number, "keras_api", "layer_regularization_losses")
        if metrics is not None and _is_plain(revival.graph.nodes[metrics], _DICTIONARIES):
            error = "'_UserObject' object has no attribute 'items'"
        elif losses is None or (layer.symbol is not None and node.number not in revival.networks):
            continue  # losses of layers that come from their configuration are those of the class
        elif _is_plain(revival.graph.nodes[losses], _ITERABLES):
            error = "'_UserObject' object is not iterable"
        else:
            continue
        revival.out.say(
            "keras-metadata",
            f"what {node.path} keeps of its metrics and losses is no dictionary and list",
            place(node),
            error,
            remedy="save the model again",
        )
        return


def _is_plain(saved: SavedObject, kinds: tuple[str, ...]) -> bool:
    """Whether TensorFlow makes an object of no kind of it."""
    return saved.kind == "user_object" and not (saved.identifier in kinds and saved.is_revived)
