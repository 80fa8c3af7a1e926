"""Objects of a config replaced: classes, modules, registered names, functions, dtype policies, layers added or taken away."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutating import ARCHIVE, H5, Config, NotApplicable, config_of, find, layer_list, mutation, walk

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

# Functions and objects within a layer.
SLOTS = {
    "activation": "relu",
    "initializer": "kernel_initializer",
    "regularizer": "kernel_regularizer",
    "constraint": "bias_constraint",
}


def within(
    name: str, key: str, value: Any, breaks: str | None, models: str = "dense sequential_compiled", count: int = 1
) -> None:
    """Register a mutation that gives a Dense layer's `key` another value."""

    @mutation(*BOTH, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        with config_of(path) as tree:
            find(tree, "Dense")["config"][key] = copy.deepcopy(value)


def plain(class_name: str, **config: Any) -> Config:
    return {"class_name": class_name, "config": config}


def full(module: str, class_name: str, registered: str | None = None, **config: Any) -> Config:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


within("activation_unknown", "activation", "no_such_activation", "L02")
within("activation_swish", "activation", "swish", "L02")
within("activation_gelu", "activation", "gelu", "L02")
within("activation_silu", "activation", "silu", "L02")
within("activation_mish", "activation", "mish", "L02")
within("activation_relu6", "activation", "relu6", "L02")
within("activation_leaky", "activation", "leaky_relu", "L02")
within("activation_hard_sigmoid", "activation", "hard_sigmoid", None)
within("activation_softmax_v2", "activation", "softmax_v2", "L02")
within("activation_class_name", "activation", "LeakyReLU", "L02")
within("activation_object", "activation", plain("ReLU", name="r", max_value=6.0), "L02")
within("activation_object_full", "activation", full("keras.layers", "ReLU", name="r", max_value=6.0), "L02")
within(
    "activation_function_full",
    "activation",
    {"module": "builtins", "class_name": "function", "config": "my_act", "registered_name": "function"},
    "L02",
)
within(
    "activation_function_known",
    "activation",
    {"module": "keras.activations", "class_name": "function", "config": "relu", "registered_name": "relu"},
    "L09",
)
within("activation_registered", "activation", "acme>my_act", "L02")
within("initializer_unknown", "kernel_initializer", "no_such_initializer", "L02")
within("initializer_unknown_class", "kernel_initializer", plain("NoSuchInitializer"), "L02")
within(
    "initializer_unknown_class_full",
    "kernel_initializer",
    full("keras.initializers", "NoSuchInitializer"),
    "L02",
)
within("initializer_string", "kernel_initializer", "glorot_uniform", None)
within("initializer_string_class", "kernel_initializer", "GlorotUniform", None)
within("initializer_alias", "kernel_initializer", "uniform", None)
within("initializer_null", "kernel_initializer", None, None)
within("initializer_number", "kernel_initializer", 0.5, "L02")
within("initializer_v2", "kernel_initializer", plain("GlorotUniformV2", seed=None), "L02")
within("initializer_lower_case", "kernel_initializer", plain("glorot_uniform", seed=None), None)
within(
    "initializer_bad_mode",
    "kernel_initializer",
    plain("VarianceScaling", scale=1.0, mode="fan_all", distribution="normal", seed=None),
    "L02",
)
within(
    "initializer_variance_normal",
    "kernel_initializer",
    plain("VarianceScaling", scale=1.0, mode="fan_in", distribution="normal", seed=None),
    None,
)
within("initializer_identity_on_matrix", "kernel_initializer", plain("Identity", gain=1.0), None)
within("initializer_constant", "bias_initializer", plain("Constant", value=0.5), None)
within("regularizer_unknown", "kernel_regularizer", "no_such_regularizer", "L02")
within("regularizer_unknown_class", "kernel_regularizer", plain("NoSuchRegularizer", l2=0.1), "L02")
within("regularizer_string", "kernel_regularizer", "l2", None)
within("regularizer_l2", "kernel_regularizer", plain("L2", l2=0.01), "K11")
within("regularizer_l1l2", "kernel_regularizer", plain("L1L2", l1=0.0, l2=0.01), None)
within("regularizer_l1l2_wrong", "kernel_regularizer", plain("L1L2", l1=0.0, l3=0.01), "K10")
within("regularizer_orthogonal", "kernel_regularizer", plain("OrthogonalRegularizer", factor=0.01, mode="rows"), "K11")
within("regularizer_full", "kernel_regularizer", full("keras.regularizers", "L2", l2=0.01), "K11")
within("constraint_unknown", "bias_constraint", "no_such_constraint", "L02")
within("constraint_unknown_class", "kernel_constraint", plain("NoSuchConstraint"), "L02")
within("constraint_string", "bias_constraint", "non_neg", None)
within("constraint_max_norm", "kernel_constraint", plain("MaxNorm", max_value=2, axis=0), None)
within("constraint_wrong_argument", "kernel_constraint", plain("MaxNorm", maximum=2), "K10")
within("activity_regularizer_l2", "activity_regularizer", plain("L2", l2=0.01), "K11")

# Dtype policies.
within("policy_old", "dtype", plain("Policy", name="mixed_float16"), "K12")
within("policy_old_float32", "dtype", plain("Policy", name="float32"), "K12")
within("policy_v1", "dtype", plain("PolicyV1", name="float32", loss_scale=None), "K12")
within("policy_infer", "dtype", "_infer", "K12")
within("policy_full", "dtype", full("keras", "DTypePolicy", name="float32"), "K11")
within("policy_full_mixed", "dtype", full("keras", "DTypePolicy", name="mixed_bfloat16"), "K11")
within("policy_module_old", "dtype", full("keras.mixed_precision", "Policy", name="float32"), "K12")
within("policy_unknown_class", "dtype", full("keras", "NoSuchPolicy", name="float32"), "K12")
within("policy_unknown_name", "dtype", full("keras", "DTypePolicy", name="float33"), "K12")
within(
    "policy_float8",
    "dtype",
    full("keras.dtype_policies", "QuantizedFloat8DTypePolicy", mode="float8", source_name="float32"),
    "K11",
)


# The graph of layers.


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


@edit(H5, breaks="L05", models="sequential_compiled")
def lambda_unknown_function(tree: Config) -> None:
    more = {
        "function_type": "function",
        "module": "__main__",
        "output_shape": None,
        "output_shape_type": "raw",
        "arguments": {},
    }
    layer_list(tree).append(lambda_layer("no_such_function", **more))


@edit(H5, breaks="L03", models="sequential_compiled")
def lambda_damaged_code(tree: Config) -> None:
    more = {
        "function_type": "lambda",
        "module": "__main__",
        "output_shape": None,
        "output_shape_type": "raw",
        "arguments": {},
    }
    layer_list(tree).append(lambda_layer(["4wEAAABnYXJiYWdl\n", None, None], **more))


@edit(H5, breaks="L03", models="sequential_compiled")
def lambda_code_not_base64(tree: Config) -> None:
    more = {
        "function_type": "lambda",
        "module": "__main__",
        "output_shape": None,
        "output_shape_type": "raw",
        "arguments": {},
    }
    layer_list(tree).append(lambda_layer(["!!", None, None], **more))


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
