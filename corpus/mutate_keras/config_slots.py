"""What a layer holds replaced: activation, initializers, regularizers, constraints and the dtype policy."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from mutating import ARCHIVE, H5, Config, config_of, find, mutation

BOTH = (H5, ARCHIVE)


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
