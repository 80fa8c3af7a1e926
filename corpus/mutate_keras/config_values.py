"""One key of one object's config changed: an argument unknown, missing, renamed, of a wrong type or value, or another shape."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from mutating import ARCHIVE, H5, config_of, find, mutation

GONE = object()
BOTH = (H5, ARCHIVE)


def change(
    name: str,
    class_name: str,
    changes: dict[str, Any],
    breaks: str | None,
    models: str,
    which: int = 0,
    count: int = 1,
    formats: tuple[str, ...] = BOTH,
) -> None:
    """Register a mutation that sets (or, for `GONE`, removes) keys in the config of the `which`-th object of that class."""

    @mutation(*formats, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        with config_of(path) as tree:
            config = find(tree, class_name, which)["config"]
            for key, value in changes.items():
                if value is GONE:
                    config.pop(key, None)
                else:
                    config[key] = copy.deepcopy(value)


# An argument that no release knows, in every kind of object.
change("unknown_argument", "Dense", {"no_such_argument": 1}, "K08", "dense")
change("unknown_argument_none", "Dense", {"no_such_argument": None}, "K08", "dense sequential_compiled")
change("unknown_argument_last_layer", "Dense", {"no_such_argument": 1}, "K08", "cnn dense", which=-1)
change("unknown_argument_conv", "Conv2D", {"no_such_argument": True}, "K08", "cnn")
change("unknown_argument_pooling", "MaxPooling2D", {"no_such_argument": True}, "K08", "cnn")
change("unknown_argument_activation", "Activation", {"no_such_argument": True}, "K08", "cnn")
change(
    "unknown_argument_batch_normalization",
    "BatchNormalization",
    {"no_such_argument": True},
    "K08",
    "cnn batch_normalization",
)
change("unknown_argument_input", "InputLayer", {"no_such_argument": True}, "K11", "dense")
change("unknown_argument_wrapper", "Bidirectional", {"no_such_argument": True}, "K08", "lstm")
change("unknown_argument_wrapped", "LSTM", {"no_such_argument": True}, "K08", "lstm")
change("unknown_argument_recurrent", "GRU", {"no_such_argument": True}, "K08", "lstm")
change("unknown_argument_initializer", "GlorotUniform", {"no_such_argument": 1.0}, "K10", "dense")
change("unknown_argument_zeros", "Zeros", {"dtype": "float32"}, "K10", "dense")
change("unknown_argument_dtype_initializer", "GlorotUniform", {"dtype": "float32"}, "K10", "dense")
change("unknown_argument_regularizer", "L2", {"no_such_argument": 1.0}, "K10", "dense_options embedding_masked")
change("unknown_argument_model", "Functional", {"no_such_argument": 1}, "K08", "dense")
change("unknown_argument_sequential", "Sequential", {"no_such_argument": 1}, "K08", "sequential_compiled")
change("unknown_argument_nested", "Dense", {"no_such_argument": 1}, "K08", "nested nested_twice siamese")
change("unknown_argument_dropout", "Dropout", {"no_such_argument": 1}, "K08", "sequential_compiled")

# Arguments that were added, removed or renamed between releases.
change("argument_time_major", "GRU", {"time_major": False}, "K08", "lstm")
change("argument_time_major_true", "GRU", {"time_major": True}, "K08", "lstm")
change("argument_implementation", "GRU", {"implementation": 1}, "K08", "lstm")
change("argument_zero_output_for_mask", "GRU", {"zero_output_for_mask": False}, "K08", "lstm")
change("argument_use_cudnn", "GRU", {"use_cudnn": "auto"}, "K11", "lstm")
change("argument_groups_depthwise", "DepthwiseConv2D", {"groups": 1}, "K09", "cnn")
change("argument_groups_conv", "Conv2D", {"groups": 1}, "K11", "cnn")
change("argument_groups_two", "Conv2D", {"groups": 2}, "K20", "cnn")
change("argument_quantization_config", "Dense", {"quantization_config": None}, "K11", "dense")
change("argument_lora_rank", "Dense", {"lora_rank": None}, "K11", "dense")
change("argument_activity_regularizer", "Dense", {"activity_regularizer": None}, None, "dense")
change("argument_batch_input_shape", "Dense", {"batch_input_shape": [None, 4]}, "K11", "dense sequential_compiled")
change("argument_input_shape", "Dense", {"input_shape": [4]}, "K11", "dense")
change("argument_input_dim", "Dense", {"input_dim": 4}, "K11", "sequential_compiled")
change("argument_weights", "Dense", {"weights": None}, "K08", "dense")
change("argument_autocast", "Dense", {"autocast": True}, "K08", "dense")
change("argument_dynamic", "Dense", {"dynamic": False}, "K08", "dense")
change("argument_keepdims", "GlobalAveragePooling2D", {"keepdims": False}, "K11", "cnn")
change("argument_renorm", "BatchNormalization", {"renorm": False}, "K11", "cnn")
change("argument_renorm_on", "BatchNormalization", {"renorm": True}, "K11", "cnn")
change("argument_synchronized", "BatchNormalization", {"synchronized": False}, "K11", "cnn")
change("argument_virtual_batch_size", "BatchNormalization", {"virtual_batch_size": None}, "K11", "cnn")
change("argument_optional", "InputLayer", {"optional": False}, "K11", "dense")
change("argument_ragged", "InputLayer", {"ragged": False}, "K11", "dense")
change("argument_ragged_true", "InputLayer", {"ragged": True}, "K11", "dense")
change("argument_type_spec", "InputLayer", {"type_spec": None}, "K11", "dense")
change("argument_input_tensor", "InputLayer", {"input_tensor": None}, "K11", "dense")
change("argument_input_length", "Embedding", {"input_length": 6}, "K10", "embedding embedding_masked")
change("argument_sparse_embedding", "Embedding", {"sparse": False}, "K11", "embedding embedding_masked")
change(
    "argument_query_shape",
    "MultiHeadAttention",
    {"query_shape": [None, 4, 6]},
    "K10",
    "multi_head_attention transformer",
)
change("argument_key_dim_gone", "MultiHeadAttention", {"key_dim": GONE}, "K14", "multi_head_attention transformer")
change(
    "argument_use_causal_mask",
    "MultiHeadAttention",
    {"use_causal_mask": True},
    "K10",
    "multi_head_attention transformer",
)
change("argument_seed_dropout", "Dropout", {"seed": 7}, None, "sequential_compiled")

# Missing arguments: required ones, then ones with a default.
change("missing_units", "Dense", {"units": GONE}, "K08", "dense")
change("missing_filters", "Conv2D", {"filters": GONE}, "K08", "cnn")
change("missing_kernel_size", "Conv2D", {"kernel_size": GONE}, "K08", "cnn")
change("missing_units_gru", "GRU", {"units": GONE}, "K08", "lstm")
change("missing_units_wrapped", "LSTM", {"units": GONE}, "K08", "lstm")
change("missing_wrapped_layer", "Bidirectional", {"layer": GONE}, "K13", "lstm")
change("missing_rate", "Dropout", {"rate": GONE}, "K08", "sequential_compiled")
change("missing_activation_argument", "Activation", {"activation": GONE}, "K08", "cnn")
change("missing_input_shape", "InputLayer", {"batch_shape": GONE, "batch_input_shape": GONE}, "K11", "dense")
change("missing_input_dim", "Embedding", {"input_dim": GONE}, "K08", "embedding embedding_masked")
change("missing_target_shape", "Reshape", {"target_shape": GONE}, "K08", "reshapes dropouts")
change("missing_use_bias", "Dense", {"use_bias": GONE}, None, "dense")
change("missing_activation", "Dense", {"activation": GONE}, None, "dense")
change("missing_initializers", "Dense", {"kernel_initializer": GONE, "bias_initializer": GONE}, None, "dense")
change("missing_regularizers", "Dense", {"kernel_regularizer": GONE, "bias_constraint": GONE}, None, "dense")
change("missing_dtype", "Dense", {"dtype": GONE}, None, "dense")
change("missing_trainable", "Dense", {"trainable": GONE}, None, "dense")
change("missing_config_name", "Dense", {"name": GONE}, "K04", "dense")
change("missing_config_name_sequential", "Dense", {"name": GONE}, None, "sequential_compiled")
change("missing_model_name", "Functional", {"name": GONE}, "K04", "dense")
change("missing_layers", "Functional", {"layers": GONE}, "K04", "dense")
change("missing_layers_sequential", "Sequential", {"layers": GONE}, "K04", "sequential_compiled")
change("missing_input_layers", "Functional", {"input_layers": GONE}, "K04", "dense")
change("missing_output_layers", "Functional", {"output_layers": GONE}, "K04", "dense")

# Wrong types and values.
change("units_word", "Dense", {"units": "eight"}, "K08", "dense")
change("units_digits", "Dense", {"units": "8"}, "K08", "dense")
change("units_negative", "Dense", {"units": -8}, "K08", "dense")
change("units_zero", "Dense", {"units": 0}, "K08", "dense")
change("units_float", "Dense", {"units": 8.0}, "K08", "dense")
change("units_fraction", "Dense", {"units": 8.5}, "K08", "dense")
change("units_null", "Dense", {"units": None}, "K08", "dense")
change("units_list", "Dense", {"units": [8]}, "K08", "dense")
change("use_bias_word", "Dense", {"use_bias": "yes"}, None, "dense")
change("trainable_word", "Dense", {"trainable": "no"}, "K08", "dense")
change("activation_number", "Dense", {"activation": 3}, "L02", "dense")
change("activation_null", "Dense", {"activation": None}, None, "dense")
change("activation_upper_case", "Dense", {"activation": "ReLU"}, "L02", "dense")
change("activation_module", "Dense", {"activation": "keras.activations.relu"}, "L02", "dense")
change("dtype_unknown", "Dense", {"dtype": "float33"}, "K12", "dense")
change("dtype_null", "Dense", {"dtype": None}, None, "dense")
change("dtype_integer", "Dense", {"dtype": "int32"}, "K12", "dense")
change("dtype_float64", "Dense", {"dtype": "float64"}, None, "dense")
change("dtype_float16", "Dense", {"dtype": "float16"}, None, "dense")
change("dtype_mixed", "Dense", {"dtype": "mixed_float16"}, "K12", "dense")
change("dtype_list", "Dense", {"dtype": ["float32"]}, "K12", "dense")
change("name_number", "Dense", {"name": 7}, "K04", "dense")
change("name_null", "Dense", {"name": None}, "K04", "dense")
change("name_empty", "Dense", {"name": ""}, "K04", "dense")
change("name_with_slash", "Dense", {"name": "a/b"}, "K04", "sequential_compiled")
change("name_with_space", "Dense", {"name": "my dense layer"}, "K04", "sequential_compiled")
change("rate_too_large", "Dropout", {"rate": 1.5}, "K08", "sequential_compiled")
change("rate_one", "Dropout", {"rate": 1.0}, None, "sequential_compiled")
change("rate_word", "Dropout", {"rate": "half"}, "K08", "sequential_compiled")
change("rate_null", "Dropout", {"rate": None}, "K08", "sequential_compiled")
change("strides_zero", "Conv2D", {"strides": [0, 0]}, "K08", "cnn")
change("strides_number", "Conv2D", {"strides": 1}, None, "cnn")
change("strides_with_dilation", "Conv2D", {"strides": [2, 2], "dilation_rate": [2, 2]}, "K08", "cnn")
change("padding_unknown", "Conv2D", {"padding": "full"}, "K08", "cnn")
change("padding_upper_case", "Conv2D", {"padding": "SAME"}, None, "cnn")
change("padding_causal", "Conv2D", {"padding": "causal"}, "K08", "cnn")
change("kernel_size_short", "Conv2D", {"kernel_size": [3]}, "K08", "cnn")
change("kernel_size_long", "Conv2D", {"kernel_size": [3, 3, 3]}, "K08", "cnn")
change("kernel_size_number", "Conv2D", {"kernel_size": 3}, None, "cnn")
change("kernel_size_floats", "Conv2D", {"kernel_size": [3.0, 3.0]}, "K08", "cnn")
change("data_format_unknown", "Conv2D", {"data_format": "channels_middle"}, "K08", "cnn")
change("data_format_null", "Conv2D", {"data_format": None}, None, "cnn")
change("data_format_first", "Conv2D", {"data_format": "channels_first"}, "K20", "cnn")
change("filters_zero", "Conv2D", {"filters": 0}, "K08", "cnn")
change("axis_out_of_range", "BatchNormalization", {"axis": 9}, "Z09", "cnn")
change("axis_list", "BatchNormalization", {"axis": [3]}, "Z09", "cnn")
change("axis_number", "BatchNormalization", {"axis": 3}, None, "cnn")
change("axis_other", "BatchNormalization", {"axis": 1}, "K20", "cnn")
change("momentum_word", "BatchNormalization", {"momentum": "x"}, "K08", "cnn")
change("epsilon_null", "BatchNormalization", {"epsilon": None}, "K08", "cnn")
change("merge_mode_unknown", "Bidirectional", {"merge_mode": "join"}, "K08", "lstm")
change("recurrent_activation_unknown", "GRU", {"recurrent_activation": "nope"}, "L02", "lstm")
change("pool_size_word", "MaxPooling2D", {"pool_size": "two"}, "K08", "cnn")
change("pool_size_too_large", "MaxPooling2D", {"pool_size": [50, 50]}, "K08", "cnn")
change("input_dtype_unknown", "InputLayer", {"dtype": "float33"}, "K11", "dense")
change("input_dtype_integer", "InputLayer", {"dtype": "int32"}, None, "dense")
change("input_dtype_string", "InputLayer", {"dtype": "string"}, "K11", "dense")
change("input_sparse_word", "InputLayer", {"sparse": "no"}, "K11", "dense")
change("layers_null", "Functional", {"layers": None}, "K04", "dense")
change("layers_empty", "Functional", {"layers": []}, "K04", "dense")
change("layers_empty_sequential", "Sequential", {"layers": []}, "K18", "sequential_compiled")

# Shapes that disagree with the weights, and some that do not.
change("units_more", "Dense", {"units": 9}, "K20", "dense")
change("units_less", "Dense", {"units": 1}, "K20", "sequential_compiled")
change("units_last_layer", "Dense", {"units": 11}, "K20", "dense", which=-1)
change("units_wrapped", "LSTM", {"units": 5}, "K20", "lstm")
change("units_gru", "GRU", {"units": 4}, "K20", "lstm")
change("filters_more", "Conv2D", {"filters": 6}, "K20", "cnn")
change("kernel_size_other", "Conv2D", {"kernel_size": [5, 5]}, "K20", "cnn")
change("depth_multiplier_other", "DepthwiseConv2D", {"depth_multiplier": 2}, "K20", "cnn")
change("no_bias", "Dense", {"use_bias": False}, "K19", "dense")
change("no_bias_conv", "Conv2D", {"use_bias": False}, "K19", "cnn")
change("no_scale", "BatchNormalization", {"scale": False}, "K19", "cnn")
change("no_center", "BatchNormalization", {"center": False}, "K19", "cnn")
change("no_sequences", "LSTM", {"return_sequences": False}, "K20", "lstm")
change("sequences_last", "GRU", {"return_sequences": True}, None, "lstm")
change("reset_after_other", "GRU", {"reset_after": False}, "K20", "lstm")
change("merge_mode_sum", "Bidirectional", {"merge_mode": "sum"}, "K20", "lstm")
change("padding_other", "Conv2D", {"padding": "valid"}, None, "cnn")
change("strides_other", "Conv2D", {"strides": [2, 2]}, "K20", "cnn")
change("dilation_other", "DepthwiseConv2D", {"dilation_rate": [2, 2]}, "K20", "cnn")
change("output_dim_other", "Embedding", {"output_dim": 5}, "K20", "embedding embedding_masked")
change("input_dim_other", "Embedding", {"input_dim": 30}, "K20", "embedding embedding_masked")
change("heads_other", "MultiHeadAttention", {"num_heads": 3}, "K20", "multi_head_attention transformer")
change("initializer_other", "Dense", {"kernel_initializer": "zeros"}, None, "dense")
change("activation_other", "Dense", {"activation": "tanh"}, None, "dense")
change("not_trainable", "Dense", {"trainable": False}, None, "dense")
change("not_trainable_trained", "Dense", {"trainable": False}, None, "sequential_compiled")
change("stateful_without_batch", "GRU", {"stateful": True}, "K08", "lstm")
change("unroll", "GRU", {"unroll": True}, None, "lstm")
change("rate_other", "Dropout", {"rate": 0.9}, None, "sequential_compiled")


def input_shape(name: str, shape: list[int | None] | None, breaks: str | None, models: str, count: int = 1) -> None:
    """Change the input's shape, under whichever key this era has it."""

    @mutation(*BOTH, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        with config_of(path) as tree:
            config = find(tree, "InputLayer")["config"]
            key = "batch_shape" if "batch_shape" in config else "batch_input_shape"
            config[key] = shape


input_shape("input_features_other", [None, 6], "K20", "dense")
input_shape("input_features_open", [None, None], "K20", "dense")
input_shape("input_batch_fixed", [2, 4], None, "dense")
input_shape("input_rank_three", [None, 7, 4], None, "dense")
input_shape("input_rank_one", [None], "K20", "dense")
input_shape("input_shape_null", None, "K11", "dense")
input_shape("input_shape_negative", [None, -4], "K11", "dense")
input_shape("input_image_larger", [None, 12, 12, 3], None, "cnn")
input_shape("input_image_too_small", [None, 2, 2, 3], "K20", "cnn")
input_shape("input_image_open", [None, None, None, 3], None, "cnn")
input_shape("input_channels_other", [None, 8, 8, 1], "K20", "cnn")
input_shape("input_steps_other", [None, 9, 3], None, "lstm")
input_shape("input_rank_two", [None, 3], "K20", "lstm")


def renamed_key(
    name: str, class_name: str, old: str, new: str, breaks: str | None, models: str, count: int = 1
) -> None:
    """Register a mutation that renames a key of a config."""

    @mutation(*BOTH, breaks=breaks, models=models, name=name, count=count)
    def apply(path: Path) -> None:
        with config_of(path) as tree:
            config = find(tree, class_name)["config"]
            if old in config:
                config[new] = config.pop(old)


renamed_key("units_called_output_dim", "Dense", "units", "output_dim", "K22", "dense")
renamed_key("initializer_called_init", "Dense", "kernel_initializer", "init", "K22", "dense")
renamed_key(
    "input_called_batch_shape", "InputLayer", "batch_input_shape", "batch_shape", "K11", "dense sequential_compiled", 2
)
renamed_key(
    "input_called_batch_input_shape",
    "InputLayer",
    "batch_shape",
    "batch_input_shape",
    "K11",
    "dense sequential_compiled",
)
renamed_key("rate_called_p", "Dropout", "rate", "p", "K22", "sequential_compiled")
renamed_key("filters_called_nb_filter", "Conv2D", "filters", "nb_filter", "K22", "cnn")
renamed_key("layers_called_nodes", "Functional", "layers", "nodes", "K04", "dense")
