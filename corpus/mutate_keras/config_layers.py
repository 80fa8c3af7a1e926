"""Layers that need something which is not in the file: operations, hub modules, code, vocabularies, served models."""

from __future__ import annotations

from typing import Any

from config_objects import edit
from mutating import ARCHIVE, H5, Config, find, layer_list


@edit(breaks="K06", models="sequential_compiled cnn")
def op_lambda_layer(tree: Config) -> None:
    layer = layer_list(tree)[-1]
    layer["class_name"] = "TFOpLambda"
    layer["config"] = {
        "name": layer["config"]["name"],
        "trainable": True,
        "dtype": "float32",
        "function": "math.multiply",
    }


@edit(breaks="S09", models="sequential_compiled")
def hub_layer(tree: Config) -> None:
    layer = layer_list(tree)[-1]
    layer["class_name"] = "KerasLayer"
    layer["config"] = {
        "name": "keras_layer",
        "trainable": False,
        "dtype": "float32",
        "handle": "https://tfhub.dev/google/x/1",
    }


@edit(breaks="L06", models="sequential_compiled")
def pruned_layer(tree: Config) -> None:
    layers = layer_list(tree)
    layers[-1] = {
        "class_name": "PruneLowMagnitude",
        "config": {"name": "prune_low_magnitude_dense", "trainable": True, "dtype": "float32", "layer": layers[-1]},
    }


def lambda_layer(function: Any, **more: Any) -> Config:
    return {
        "class_name": "Lambda",
        "config": {"name": "made_lambda", "trainable": True, "dtype": "float32", "function": function, **more},
    }


def legacy_lambda(kind: str, function: Any) -> Config:
    return lambda_layer(
        function,
        function_type=kind,
        module="__main__",
        output_shape=None,
        output_shape_type="raw",
        arguments={},
    )


@edit(H5, breaks="L05", models="sequential_compiled")
def lambda_unknown_function(tree: Config) -> None:
    layer_list(tree).append(legacy_lambda("function", "no_such_function"))


@edit(H5, breaks="L03", models="sequential_compiled")
def lambda_damaged_code(tree: Config) -> None:
    layer_list(tree).append(legacy_lambda("lambda", ["4wEAAABnYXJiYWdl\n", None, None]))


@edit(H5, breaks="L03", models="sequential_compiled")
def lambda_code_not_base64(tree: Config) -> None:
    layer_list(tree).append(legacy_lambda("lambda", ["!!", None, None]))


@edit(ARCHIVE, breaks="Z14", models="sequential_compiled")
def lambda_code_in_archive(tree: Config) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAABnYXJiYWdl", "defaults": None, "closure": None}}
    layer_list(tree).append({"module": "keras.layers", "registered_name": None, **lambda_layer(code)})


@edit(ARCHIVE, breaks="X02", models="sequential_compiled")
def lambda_function_of_os(tree: Config) -> None:
    function = {"module": "os", "class_name": "function", "config": "getcwd", "registered_name": "function"}
    layer_list(tree).append({"module": "keras.layers", "registered_name": None, **lambda_layer(function)})


@edit(ARCHIVE, breaks="X02", models="sequential_compiled")
def lambda_function_of_keras(tree: Config) -> None:
    function = {"module": "keras.activations", "class_name": "function", "config": "relu", "registered_name": "relu"}
    layer_list(tree).append({"module": "keras.layers", "registered_name": None, **lambda_layer(function)})


@edit(breaks="X05", models="sequential_compiled")
def tfsm_layer(tree: Config) -> None:
    config = {
        "name": "served",
        "trainable": True,
        "dtype": "float32",
        "filepath": "no/such/model",
        "call_endpoint": "serve",
        "call_training_endpoint": None,
    }
    layer_list(tree).append(
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": config, "registered_name": None}
    )


@edit(breaks="X04", models="string_lookup string_lookup_inverted")
def vocabulary_is_path(tree: Config) -> None:
    config = find(tree, "StringLookup")["config"]
    config["vocabulary"] = "no/such/vocabulary.txt"


@edit(breaks=None, models="string_lookup string_lookup_inverted")
def vocabulary_longer(tree: Config) -> None:
    find(tree, "StringLookup")["config"]["vocabulary"] = ["a", "b", "c", "d"]


@edit(breaks="K08", models="string_lookup string_lookup_inverted")
def vocabulary_repeats(tree: Config) -> None:
    find(tree, "StringLookup")["config"]["vocabulary"] = ["a", "b", "a"]


@edit(breaks=None, models="normalization_adapted")
def normalization_axis_list(tree: Config) -> None:
    find(tree, "Normalization")["config"]["axis"] = [-1]


@edit(breaks="K20", models="normalization_adapted")
def normalization_axis_none(tree: Config) -> None:
    find(tree, "Normalization")["config"]["axis"] = None
