"""The graph of layers: calls, inputs and outputs that do not fit, layers repeated, removed, added or in another order."""

from __future__ import annotations

import copy
from typing import Any

from config_objects import edit
from mutating import Config, NotApplicable, find, layer_list


@edit(breaks="K04")
def inbound_unknown_layer(tree: Config) -> None:
    replace_history(layer_list(tree)[1], "no_such_layer")


@edit(breaks="K04")
def inbound_itself(tree: Config) -> None:
    layer = layer_list(tree)[1]
    replace_history(layer, layer["config"]["name"])


@edit(breaks="K04", models="cnn dense")
def inbound_tensor_index(tree: Config) -> None:
    replace_history(layer_list(tree)[2], None, tensor=5)


@edit(breaks="K04", models="cnn dense")
def inbound_node_index(tree: Config) -> None:
    replace_history(layer_list(tree)[2], None, node=5)


@edit(breaks="K04")
def inbound_removed(tree: Config) -> None:
    layer_list(tree)[-1]["inbound_nodes"] = []


@edit(breaks="K04")
def inbound_missing(tree: Config) -> None:
    if "inbound_nodes" not in layer_list(tree)[-1]:
        raise NotApplicable("inbound_nodes")
    del layer_list(tree)[-1]["inbound_nodes"]


@edit(breaks="K04")
def inbound_word(tree: Config) -> None:
    layer_list(tree)[-1]["inbound_nodes"] = "dense"


@edit(breaks="K25", models="dense lstm")
def inbound_twice(tree: Config) -> None:
    """A second call of the last layer."""
    layer_list(tree)[-1]["inbound_nodes"] *= 2


def replace_history(layer: Config, name: str | None, node: int | None = None, tensor: int | None = None) -> None:
    """Change where a layer's first input comes from, in the list form and in Keras 3's `keras_history`."""

    def visit(item: Any) -> None:
        if isinstance(item, dict):
            if "keras_history" in item:
                change_history(item["keras_history"])
            else:
                for value in item.values():
                    visit(value)
        elif isinstance(item, list):
            if len(item) in (3, 4) and isinstance(item[0], str):
                change_history(item)
            else:
                for value in item:
                    visit(value)

    def change_history(history: list[Any]) -> None:
        for place, value in enumerate((name, node, tensor)):
            if value is not None:
                history[place] = value

    if not layer.get("inbound_nodes"):
        raise NotApplicable("inbound_nodes")
    visit(layer["inbound_nodes"])


@edit(breaks="K04")
def output_unknown_layer(tree: Config) -> None:
    first_end(tree, "output_layers")[0] = "no_such_layer"


@edit(breaks="K04")
def output_node_index(tree: Config) -> None:
    first_end(tree, "output_layers")[1] = 3


@edit(breaks="K04")
def output_tensor_index(tree: Config) -> None:
    first_end(tree, "output_layers")[2] = 3


@edit(breaks="K04")
def input_unknown_layer(tree: Config) -> None:
    first_end(tree, "input_layers")[0] = "no_such_layer"


@edit(breaks="K04")
def input_is_output(tree: Config) -> None:
    """The model's input is said to be its last layer, so that nothing connects them."""
    first_end(tree, "input_layers")[0] = layer_list(tree)[-1]["config"]["name"]


@edit(breaks="K04")
def outputs_empty(tree: Config) -> None:
    tree["config"]["output_layers"] = []


@edit(breaks="K18")
def output_is_middle(tree: Config) -> None:
    """The model ends one layer earlier; the last layer is no part of it."""
    first_end(tree, "output_layers")[0] = layer_list(tree)[-2]["config"]["name"]


def first_end(tree: Config, key: str) -> list[Any]:
    ends = tree["config"].get(key)
    if not isinstance(ends, list) or not ends:
        raise NotApplicable(key)
    return ends[0] if isinstance(ends[0], list) else ends


@edit(breaks="K04")
def layer_names_twice(tree: Config) -> None:
    """Two layers of one name."""
    layers = layer_list(tree)
    first, last = layers[1], layers[-1]
    last["config"]["name"] = first["config"]["name"]
    if "name" in last:
        last["name"] = first["name"]


@edit(breaks="K04", models="sequential_compiled")
def layer_names_twice_sequential(tree: Config) -> None:
    layers = layer_list(tree)
    layers[-1]["config"]["name"] = layers[-3]["config"]["name"]


@edit(breaks="K04")
def layer_name_of_config_only(tree: Config) -> None:
    """The layer's own name differs from the one that the graph uses."""
    layer_list(tree)[1]["config"]["name"] = "another_name"


@edit(breaks="K04")
def layers_reversed(tree: Config) -> None:
    """Layers before those they take input from: the graph is the same, yet Keras 3 does not find the call."""
    layer_list(tree).reverse()


@edit(breaks="K18", models="dense cnn")
def layer_removed_functional(tree: Config) -> None:
    layer_list(tree).pop(1)


@edit(breaks="K18", models="sequential_compiled")
def layer_removed_sequential(tree: Config) -> None:
    layer_list(tree).pop()


@edit(breaks=None, models="sequential_compiled")
def layer_without_weights_removed(tree: Config) -> None:
    layers = layer_list(tree)
    layers.remove(find(tree, "Dropout"))


@edit(breaks="K18", models="sequential_compiled")
def layer_added(tree: Config) -> None:
    extra = copy.deepcopy(layer_list(tree)[-1])
    extra["config"]["name"] = "one_more"
    extra.pop("build_config", None)
    layer_list(tree).append(extra)


@edit(breaks=None, models="sequential_compiled")
def layer_without_weights_added(tree: Config) -> None:
    extra = copy.deepcopy(find(tree, "Dropout"))
    extra["config"]["name"] = "one_more"
    extra.pop("build_config", None)
    layer_list(tree).append(extra)


@edit(breaks="K20", models="sequential_compiled")
def layers_swapped(tree: Config) -> None:
    layers = layer_list(tree)
    layers[-1], layers[-3] = layers[-3], layers[-1]


@edit(breaks="K04", models="sequential_compiled")
def layer_is_null(tree: Config) -> None:
    layer_list(tree).append(None)  # type: ignore[arg-type]


@edit(breaks="K04", models="sequential_compiled")
def layer_is_word(tree: Config) -> None:
    layer_list(tree).append("Dense")  # type: ignore[arg-type]


@edit(breaks="K22", models="sequential_compiled")
def sequential_as_list(tree: Config) -> None:
    """How Keras 1 and early 2 wrote a Sequential."""
    tree["config"] = layer_list(tree)


@edit(breaks=None, models="sequential_compiled")
def sequential_without_input_layer(tree: Config) -> None:
    """The form of Keras up to 2.2: the first layer has the shape."""
    layers = layer_list(tree)
    if layers[0]["class_name"] == "InputLayer":
        layers.pop(0)
