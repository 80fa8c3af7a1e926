"""Instances of Keras's classes, made with as few arguments as they take."""

import importlib
import inspect

ARGUMENTS = {
    "units": 2,
    "filters": 2,
    "kernel_size": 2,
    "pool_size": 2,
    "input_dim": 3,
    "output_dim": 2,
    "output_size": 2,
    "rate": 0.5,
    "stddev": 0.5,
    "n": 2,
    "target_shape": [2, 2],
    "dims": [2, 1],
    "theta": 1.0,
    "num_heads": 2,
    "key_dim": 2,
    "value_dim": 2,
    "head_dim": 2,
    "num_query_heads": 2,
    "num_key_value_heads": 2,
    "rank": 1,
    "height": 4,
    "width": 4,
    "factor": 0.2,
    "num_bins": 3,
    "bin_boundaries": [0.0, 1.0],
    "num_tokens": 4,
    "max_tokens": 4,
    "equation": "ab,bc->ac",
    "output_shape": [2],
    "axes": 1,
    "mask_value": 0.0,
    "num_classes": 2,
    "num_thresholds": 3,
    "thresholds": [0.5],
    "target_class_ids": [0],
    "sensitivity": 0.5,
    "specificity": 0.5,
    "precision": 0.5,
    "recall": 0.5,
    "initial_learning_rate": 0.1,
    "decay_steps": 10,
    "decay_rate": 0.9,
    "boundaries": [1],
    "values": [0.1, 0.01],
    "first_decay_steps": 10,
    "learning_rate": 0.1,
    "lr": 0.1,
    "max_value": 1.0,
    "shape": [2],
    "input_shape": [4, 3],
    "batch_size": 2,
    "name": "sample",
    "mode": "fan_in",
    "scale": 1.0,
    "distribution": "normal",
    "upper": 1.0,
    "lower": -1.0,
    "fft_length": 8,
    "frame_length": 8,
    "frame_step": 4,
    "sequence_length": 8,
    "sequence_stride": 4,
    "num_mel_bins": 4,
    "value_range": [0, 255],
    "alpha": 0.5,
    "size": 2,
    "padding": "valid",
    "hop_length": 4,
    "source": "xyxy",
    "target": "xywh",
    "bounding_box_format": "xyxy",
    "quantization_mode": "int8",
    "mode_": "int8",
    "dtype": "float32",
    "initial_value": 1.0,
    "x": 2,
    "gamma": 2.0,
    "dim": 1,
    "crop": 1,
    "data_format": "channels_last",
    "max_length": 4,
    "vocabulary_size": 4,
    "node_def": None,
    "num_groups": 1,
    "groups": 1,
    "init_values": 0.1,
    "drop_path_rate": 0.1,
    "unconditional": True,
    "activation": "relu",
    "height_factor": 0.1,
    "width_factor": 0.1,
    "strides": 1,
    "depth_multiplier": 1,
    "num_oov_indices": 1,
    "num_units": 2,
    "device": "/cpu:0",
    "reduction": "sum",
    "feature_names": ["a", "b"],
    "crossing_dim": 4,
    "axis": -1,
    "order": 1,
    "spatial_dims": [0, 1],
    "k": 1,
    "block_size": 2,
    "max_val": 1.0,
    "threshold": 0.5,
    "kth": 1,
    "indices_or_sections": 2,
    "sections": 2,
    "x_min": 0.0,
    "x_max": 1.0,
    "a_min": 0.0,
    "a_max": 1.0,
    "subscripts": "ab,bc->ac",
    "beta": 0.5,
    "source_": 0,
    "destination": 1,
    "pad_width": 1,
    "repeats": 2,
    "newshape": [2, 2],
    "shift": 1,
    "axis1": 0,
    "axis2": 1,
    "stage": "preprocessing",
    "loss_scale": 2.0,
    "normalizer": [1.0, 2.0],
    "linear_model": None,
    "offset": 0,
    "num_samples": 2,
    "start": 0,
    "lower_bound": 0,
    "upper_bound": 2,
    "trainable": True,
    "bins": [0.0, 1.0],
    "attr_name": "flat_values",
    "method_name": "from_row_splits",
    "x_factor": 0.1,
    "y_factor": 0.1,
}
CLASS_ARGUMENTS = {
    "InputLayer": {"batch_input_shape": [None, 3]},
    "ZeroPadding1D": {"padding": 1},
    "ZeroPadding2D": {"padding": 1},
    "ZeroPadding3D": {"padding": 1},
    "MaxNumBoundingBoxes": {"max_number": 2},
    "Permute": {"dims": [2, 1]},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 2},
    "UpSampling1D": {"size": 2},
    "Reshape": {"target_shape": [3]},
    "Discretization": {"bin_boundaries": [0.0, 1.0]},
    "HashedCrossing": {"num_bins": 3},
    "CategoryEncoding": {"num_tokens": 4},
    "IntegerLookup": {"vocabulary": [1, 2]},
    "StringLookup": {"vocabulary": ["a", "b"]},
    "OrthogonalRegularizer": {},
    "IoU": {"num_classes": 2, "target_class_ids": [0]},
    "LayerNormalization": {},
    "Policy": {"name": "float32"},
    "PolicyV1": {"name": "float32"},
    "DTypePolicy": {"name": "mixed_bfloat16"},
    "FloatDTypePolicy": {"name": "mixed_bfloat16"},
    "QuantizedDTypePolicy": {"mode": "int8", "source_name": "float32"},
    "QuantizedFloat8DTypePolicy": {"mode": "float8", "source_name": "float32"},
    "GPTQDTypePolicy": {"mode": "gptq/4/-1", "source_name": "float32"},
    "AWQDTypePolicy": {"mode": "awq/4/-1", "source_name": "float32"},
    "RandomColorJitter": {},
    "Softmax": {},
    "RandomPosterization": {"factor": 4},
    "Resize": {"size": [2, 2]},
    "Moveaxis": {"source": 0, "destination": 1},
    "MultiHot": {"num_classes": 2},
    "OneHot": {"num_classes": 2},
    "Int4DTypePolicy": {"mode": "int4/128", "source_name": "float32"},
    "Concatenate": {"axis": -1},
    "Pipeline": {"layers": []},
    "DTypePolicyMap": {},
    "BinaryIoU": {},
    "StackedRNNCells": {},
    "SyncBatchNormalization": {},
    "RandomCrop": {"height": 2, "width": 2},
    "ConvRNN2D": {},
}


def layers_of(era):
    """The public `layers` module of the Keras in question."""
    if era.public:
        return importlib.import_module(era.public + ".layers")
    return importlib.import_module("tensorflow").keras.layers


def nested(era, name, parameter):
    """A value for an argument that wants a layer, a cell, a function or an optimizer."""
    layers = layers_of(era)
    keras = era.keras if era.public else importlib.import_module("tensorflow").keras
    if parameter == "layer" and name == "Bidirectional":
        return layers.LSTM(2)
    if parameter == "layer":
        return layers.Dense(2)
    if parameter == "cell" and name == "ConvRNN2D":
        return era.module("layers.convolutional_recurrent").ConvLSTM2DCell(2, 2)
    if parameter == "cell":
        return layers.GRUCell(2) if name == "DropoutWrapper" else layers.LSTMCell(2)
    if parameter == "cells":
        return [layers.LSTMCell(2), layers.LSTMCell(2)]
    if parameter == "inner_optimizer" and name == "LossScaleOptimizer" and era.major == 2:
        return getattr(keras.optimizers, "legacy", keras.optimizers).SGD(0.1)
    if parameter in ("inner_optimizer", "optimizer", "opt"):
        return keras.optimizers.SGD(0.1)
    if parameter == "function" and name in ("TFOpLambda", "ClassMethod", "InstanceMethod"):
        import tensorflow

        return tensorflow.math.add
    if parameter == "cls_ref":
        return importlib.import_module("tensorflow").RaggedTensor
    if parameter in ("function", "fn"):
        if parameter == "fn" and "Loss" in name:
            return keras.losses.mean_squared_error
        if parameter == "fn" and "Metric" in name:
            return keras.metrics.mean_squared_error
        return keras.activations.relu
    raise KeyError(parameter)


def models_of(era):
    """Ready instances of the model classes, a functional and a sequential one with one Dense layer."""
    keras = era.keras if era.public else importlib.import_module("tensorflow").keras
    inputs = keras.layers.Input((3,))
    functional = keras.models.Model(inputs, keras.layers.Dense(2)(inputs))
    sequential = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    return {"Functional": functional, "Model": functional, "Network": functional, "Sequential": sequential}


def arguments_of(value):
    """Constructor or function arguments as [name, kind, required, default]; None where Python cannot tell."""
    target = value.__init__ if inspect.isclass(value) else value
    if target is object.__init__:
        return []
    try:
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return None
    rows = []
    for position, parameter in enumerate(parameters):
        if position == 0 and inspect.isclass(value):
            continue
        kind = {0: "positional", 1: "", 2: "*", 3: "keyword", 4: "**"}[int(parameter.kind)]
        required = parameter.default is inspect.Parameter.empty and kind not in ("*", "**")
        rows.append([parameter.name, kind, required, None if required else plain(parameter.default)])
    return rows


def plain(value):
    """A default as a plain JSON value; anything else as the text `<repr>`, addresses removed."""
    if value is inspect.Parameter.empty:
        return None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else f"<{value!r}>"
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    name = getattr(value, "__name__", None) or type(value).__name__
    return "<" + name + ">"


def sample(era, cls, models):
    """An instance of a class made with as few arguments as it takes. Raises what the class raises."""
    name = cls.__name__
    if name in models:
        return models[name]
    given = dict(CLASS_ARGUMENTS.get(name, {}))
    names = [row[0] for row in arguments_of(cls) or []]
    if name == "InputLayer" and "batch_shape" in names:
        given = {"batch_shape": [None, 3]}
    if name == "StackedRNNCells":
        given = {"cells": nested(era, name, "cells")}
    given = {key: item for key, item in given.items() if key in names or name == "InputLayer"}
    if name in ("DeviceWrapper", "DropoutWrapper", "ResidualWrapper") and names[:1] == ["args"]:
        given = {"cell": layers_of(era).GRUCell(2)}
        if name == "DeviceWrapper":
            given["device"] = "/cpu:0"
    for parameter, _, required, _ in arguments_of(cls) or []:
        if required and parameter not in given:
            given[parameter] = ARGUMENTS[parameter] if parameter in ARGUMENTS else nested(era, name, parameter)
    return cls(**given)
