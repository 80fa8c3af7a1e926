"""What describes an object of a config replaced: its class, module, registered name and build config."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutating import ARCHIVE, H5, Config, config_of, find, layer_list, mutation, walk

BOTH = (H5, ARCHIVE)
GONE = object()


def edit(
    *formats: str, breaks: str | None, models: str = "dense", count: int = 1, eras: str = ""
) -> Callable[[Callable[[Config], None]], Callable[[Config], None]]:
    """Register a function that changes the tree of the model's config."""

    def register(function: Callable[[Config], None]) -> Callable[[Config], None]:
        @mutation(*(formats or BOTH), breaks=breaks, models=models, name=function.__name__, count=count, eras=eras)
        def apply(path: Path) -> None:
            with config_of(path) as tree:
                function(tree)

        return function

    return register


def described(
    name: str,
    class_name: str,
    changes: dict[str, Any],
    breaks: str | None,
    models: str,
    which: int = 0,
    formats: tuple[str, ...] = BOTH,
    count: int = 1,
) -> None:
    """Register a mutation of what describes an object (its class, module, names), beside its config."""

    @mutation(*formats, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        with config_of(path) as tree:
            item = find(tree, class_name, which)
            for key, value in changes.items():
                if value is GONE:
                    item.pop(key, None)
                else:
                    item[key] = copy.deepcopy(value)


ZIP = (ARCHIVE,)

# Classes.
described("class_unknown", "Dense", {"class_name": "NoSuchLayer"}, "L01", "dense")
described("class_unknown_last", "Dense", {"class_name": "NoSuchLayer"}, "L01", "cnn", which=-1)
described("class_unknown_input", "InputLayer", {"class_name": "NoSuchInput"}, "L01", "dense")
described("class_unknown_wrapped", "LSTM", {"class_name": "NoSuchRecurrent"}, "L01", "lstm")
described("class_unknown_model", "Functional", {"class_name": "NoSuchModel"}, "L01", "dense")
described("class_unknown_sequential", "Sequential", {"class_name": "NoSuchModel"}, "L01", "sequential_compiled")
described("class_unknown_nested", "Dense", {"class_name": "NoSuchLayer"}, "L01", "nested nested_twice", which=1)
described("class_lower_case", "Dense", {"class_name": "dense"}, "L01", "dense")
described("class_with_package", "Dense", {"class_name": "acme>Dense"}, "L01", "dense")
described("class_custom_package", "Dense", {"class_name": "Custom>Dense"}, "L01", "dense")
described("class_with_module", "Dense", {"class_name": "keras.layers.Dense"}, "L01", "dense")
described("class_of_addons", "Activation", {"class_name": "Addons>GELU"}, "L07", "cnn")
described("class_cudnn", "GRU", {"class_name": "CuDNNGRU"}, "K28", "lstm")
described("class_convolution_alias", "Conv2D", {"class_name": "Convolution2D"}, "K28", "cnn")
described("class_batch_normalization_v1", "BatchNormalization", {"class_name": "BatchNormalizationV1"}, "K28", "cnn")
described("class_batch_normalization_v2", "BatchNormalization", {"class_name": "BatchNormalizationV2"}, "K28", "cnn")
described("class_lstm_v1", "LSTM", {"class_name": "LSTMV1"}, "K28", "lstm")
described("class_pooling_alias", "MaxPooling2D", {"class_name": "MaxPool2D"}, "K28", "cnn")
described("class_depthwise_without_v", "DepthwiseConv2D", {"class_name": "DepthwiseConvolution2D"}, "K28", "cnn")
described("class_model_old", "Functional", {"class_name": "Model"}, None, "dense")
described("class_functional_new", "Model", {"class_name": "Functional"}, "K05", "dense", formats=(H5,))
described("class_null", "Dense", {"class_name": None}, "K04", "dense")
described("class_missing", "Dense", {"class_name": GONE}, "K04", "dense")
described("class_number", "Dense", {"class_name": 5}, "K04", "dense")
described("class_function_name", "Dense", {"class_name": "relu"}, "L01", "dense")
described("class_initializer", "Dense", {"class_name": "GlorotUniform"}, "L01", "dense")
described("class_abstract", "Activation", {"class_name": "Layer"}, "L01", "cnn")
described("class_other", "Activation", {"class_name": "ReLU"}, "K08", "cnn")
described("config_missing", "Dense", {"config": GONE}, "K04", "dense")
described("config_null", "Dense", {"config": None}, "K04", "dense")
described("config_list", "Dense", {"config": []}, "K04", "dense")
described("config_empty", "Dense", {"config": {}}, "K08", "dense")
described("config_empty_activation", "Activation", {"config": {}}, "K08", "cnn")
described("model_config_null", "Functional", {"config": None}, "K04", "dense")

# Modules and registered names: what the archive adds.
described("module_unknown", "Dense", {"module": "no.such.module"}, "Z15", "dense sequential_compiled", formats=ZIP)
described(
    "module_unknown_registered",
    "Dense",
    {"module": "no.such.module", "registered_name": "Dense"},
    "Z15",
    "dense",
    formats=ZIP,
)
described("module_null", "Dense", {"module": None}, "Z15", "dense sequential_compiled", formats=ZIP)
described("module_missing", "Dense", {"module": GONE}, "K13", "dense sequential_compiled", formats=ZIP)
described(
    "module_private",
    "Dense",
    {"module": "keras.src.layers.core.dense"},
    "Z07",
    "dense sequential_compiled",
    formats=ZIP,
)
described(
    "module_private_old", "Dense", {"module": "keras.layers.core.dense"}, "Z07", "sequential_compiled", formats=ZIP
)
described("module_keras", "Dense", {"module": "keras"}, "Z15", "sequential_compiled", formats=ZIP)
described("module_tf_keras", "Dense", {"module": "tf_keras.layers"}, "Z15", "sequential_compiled", formats=ZIP)
described(
    "module_tensorflow",
    "Dense",
    {"module": "tensorflow.keras.layers"},
    "Z15",
    "sequential_compiled",
    formats=ZIP,
)
described("module_builtins", "Dense", {"module": "builtins"}, "Z15", "sequential_compiled", formats=ZIP)
described(
    "module_of_package",
    "Dense",
    {"module": "acme.layers", "class_name": "Gate", "registered_name": "acme>Gate"},
    "Z16",
    "sequential_compiled",
    formats=ZIP,
)
described("module_wrong", "Dense", {"module": "keras.optimizers"}, "Z17", "sequential_compiled", formats=ZIP)
described("module_os", "Dense", {"module": "os", "class_name": "getcwd"}, "X02", "sequential_compiled", formats=ZIP)
described(
    "module_numpy", "Dense", {"module": "numpy", "class_name": "array"}, "X02", "sequential_compiled", formats=ZIP
)
described("module_functional_public", "Functional", {"module": "keras"}, "Z07", "dense", formats=ZIP)
described("module_functional_models", "Functional", {"module": "keras.models"}, "Z07", "dense", formats=ZIP)
described(
    "module_functional_private",
    "Functional",
    {"module": "keras.src.models.functional"},
    "Z08",
    "dense",
    formats=ZIP,
)
described(
    "module_functional_engine",
    "Functional",
    {"module": "keras.src.engine.functional"},
    "Z07",
    "dense",
    formats=ZIP,
)
described(
    "module_functional_as_model",
    "Functional",
    {"module": "keras", "class_name": "Model", "registered_name": None},
    None,
    "dense",
    formats=ZIP,
)
described(
    "registered_unknown",
    "Dense",
    {"registered_name": "acme>Dense"},
    "Z15",
    "sequential_compiled dense",
    formats=ZIP,
)
described("registered_plain", "Dense", {"registered_name": "Dense"}, None, "sequential_compiled dense", formats=ZIP)
described("registered_missing", "Dense", {"registered_name": GONE}, None, "sequential_compiled dense", formats=ZIP)
described(
    "registered_rescues_nothing",
    "Dense",
    {"class_name": "Nope", "registered_name": "Dense"},
    "Z15",
    "sequential_compiled",
    formats=ZIP,
)
described("registered_missing_model", "Functional", {"registered_name": GONE}, None, "dense", formats=ZIP)
described(
    "module_initializer_unknown",
    "GlorotUniform",
    {"module": "no.such.module"},
    "Z15",
    "sequential_compiled",
    formats=BOTH,
)
described(
    "module_initializer_missing",
    "GlorotUniform",
    {"module": GONE, "registered_name": GONE},
    "K13",
    "sequential_compiled",
    formats=BOTH,
)
described("build_config_missing", "Dense", {"build_config": GONE}, None, "dense sequential_compiled", formats=ZIP)
described("build_config_null", "Dense", {"build_config": None}, None, "sequential_compiled", formats=ZIP)
described(
    "build_config_other_shape",
    "Dense",
    {"build_config": {"input_shape": [None, 7]}},
    "Z13",
    "dense sequential_compiled",
    formats=ZIP,
)
described("build_config_unknown_key", "Dense", {"build_config": {"no_such": [None, 4]}}, "Z12", "dense", formats=ZIP)
described(
    "build_config_rank", "Dense", {"build_config": {"input_shape": [4]}}, "Z13", "sequential_compiled", formats=ZIP
)
described(
    "build_config_missing_model",
    "Sequential",
    {"build_config": GONE},
    "Z12",
    "sequential_compiled",
    formats=ZIP,
)
described("build_config_word", "Dense", {"build_config": "none"}, "Z12", "sequential_compiled", formats=ZIP)
described("surplus_key_beside_config", "Dense", {"comment": "left by a tool"}, None, "dense")
described("shared_object_id", "Dense", {"shared_object_id": 4}, None, "dense sequential_compiled")


# Everything at once, and nothing that matters.


@edit(breaks=None)
def surplus_top_key(tree: Config) -> None:
    tree["written_with"] = "some tool"


@edit(breaks=None, models="cnn dense")
def keys_in_other_order(tree: Config) -> None:
    for item in walk(tree):
        if isinstance(item.get("config"), dict):
            item["config"] = dict(reversed(list(item["config"].items())))


@edit(breaks=None, models="sequential_compiled")
def model_renamed(tree: Config) -> None:
    tree["config"]["name"] = "another_model"


@edit(breaks=None, models="sequential_compiled")
def layers_renamed(tree: Config) -> None:
    for number, layer in enumerate(layer_list(tree)):
        layer["config"]["name"] = f"layer_number_{number}"


@edit(breaks="K08", models="cnn lstm")
def unknown_argument_everywhere(tree: Config) -> None:
    for layer in layer_list(tree):
        layer["config"]["no_such_argument"] = 0
