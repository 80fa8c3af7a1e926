"""What a model of an H5 file was compiled with: its `training_config`."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
from mutating import H5, Config, NotApplicable, mutation

TRAINED = "sequential_compiled"


def training(
    breaks: str | None, models: str = TRAINED, count: int = 1
) -> Callable[[Callable[[Config], None]], Callable[[Config], None]]:
    """Register a function that changes an H5 file's `training_config`."""

    def register(function: Callable[[Config], None]) -> Callable[[Config], None]:
        @mutation(H5, breaks=breaks, models=models, name=function.__name__, count=count)
        def apply(path: Path) -> None:
            with h5py.File(path, "r+") as file:
                if "training_config" not in file.attrs:
                    raise NotApplicable("training_config")
                tree = json.loads(file.attrs["training_config"])
                function(tree)
                file.attrs["training_config"] = json.dumps(tree).encode()

        return function

    return register


def training_key(name: str, key: str, value: Any, breaks: str | None, count: int = 1) -> None:
    def function(tree: Config) -> None:
        tree[key] = copy.deepcopy(value)

    function.__name__ = name
    training(breaks, count=count)(function)


def optimizer_config(name: str, changes: dict[str, Any], breaks: str | None, count: int = 1) -> None:
    def function(tree: Config) -> None:
        tree["optimizer_config"]["config"] |= copy.deepcopy(changes)

    function.__name__ = name
    training(breaks, count=count)(function)


def optimizer_class(
    name: str, class_name: Any, breaks: str | None, config: Config | None = None, count: int = 1
) -> None:
    def function(tree: Config) -> None:
        tree["optimizer_config"]["class_name"] = class_name
        if config is not None:
            tree["optimizer_config"]["config"] = copy.deepcopy(config)

    function.__name__ = name
    training(breaks, count=count)(function)


training_key("loss_unknown", "loss", "no_such_loss", "K17")
training_key("loss_null", "loss", None, "K17")
training_key("loss_empty", "loss", "", "K17")
training_key("loss_number", "loss", 5, "K16")
training_key("loss_long_name", "loss", "mean_squared_error", None)
training_key("loss_class_name", "loss", "MeanSquaredError", None)
training_key("loss_list", "loss", ["mse"], "K16")
training_key("loss_list_too_long", "loss", ["mse", "mae"], "K16")
training_key("loss_dict_unknown_output", "loss", {"no_such_output": "mse"}, "K16")
training_key(
    "loss_object", "loss", {"class_name": "MeanSquaredError", "config": {"reduction": "sum", "name": "mse"}}, "K16", 2
)
training_key(
    "loss_object_auto",
    "loss",
    {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mse"}},
    "M04",
)
training_key("loss_object_unknown", "loss", {"class_name": "NoSuchLoss", "config": {"name": "x"}}, "K17")
training_key("loss_object_unknown_argument", "loss", {"class_name": "Huber", "config": {"no_such": 1}}, "K17")
training_key("loss_registered", "loss", "acme>loss", "K17")
training_key("metric_unknown", "metrics", ["no_such_metric"], "K17")
training_key("metric_unknown_nested", "metrics", [["no_such_metric"]], "K17")
training_key("metric_string", "metrics", ["mae"], "K15")
training_key("metric_string_upper_case", "metrics", ["MAE"], "K15")
training_key("metric_accuracy", "metrics", ["accuracy"], None)
training_key("metric_short_accuracy", "metrics", ["acc"], "K15")
training_key("metric_long", "metrics", ["mean_absolute_error"], "K15")
training_key(
    "metric_object",
    "metrics",
    [[{"class_name": "MeanAbsoluteError", "config": {"name": "m", "dtype": "float32"}}]],
    "K16",
)
training_key("metric_object_unknown", "metrics", [[{"class_name": "NoSuchMetric", "config": {"name": "m"}}]], "K17")
training_key("metric_object_unknown_argument", "metrics", [[{"class_name": "AUC", "config": {"no_such": 1}}]], "K17")
training_key("metrics_null", "metrics", None, None)
training_key("metrics_empty", "metrics", [], None)
training_key("metrics_dict", "metrics", {"no_such_output": "mae"}, "K16")
training_key("metrics_too_many_lists", "metrics", [["mae"], ["mae"]], "K16")
training_key("weighted_metrics_unknown", "weighted_metrics", ["no_such_metric"], "K17")
training_key("weighted_metrics_known", "weighted_metrics", ["mae"], "K15")
training_key("loss_weights_list", "loss_weights", [2.0], None)
training_key("loss_weights_too_long", "loss_weights", [2.0, 1.0], "K16")
training_key("loss_weights_dict", "loss_weights", {"no_such_output": 1.0}, "K16")
training_key("sample_weight_mode_temporal", "sample_weight_mode", "temporal", None)
training_key("training_unknown_key", "no_such_key", 1, "K16")
training_key("run_eagerly", "run_eagerly", True, None)
training_key("optimizer_config_null", "optimizer_config", None, "M05")
training_key("optimizer_config_string", "optimizer_config", "adam", "M05")
optimizer_config("optimizer_unknown_argument", {"no_such_argument": 1}, "M01")
optimizer_config("optimizer_lr", {"lr": 0.1}, "M01")
optimizer_config("optimizer_decay", {"decay": 0.01}, "M01")
optimizer_config("optimizer_decay_zero", {"decay": 0.0}, "M01")
optimizer_config("optimizer_clipnorm", {"clipnorm": 1.0}, None)
optimizer_config("optimizer_clipnorm_negative", {"clipnorm": -1.0}, "M01")
optimizer_config("optimizer_weight_decay", {"weight_decay": None}, "M01")
optimizer_config("optimizer_jit_compile", {"jit_compile": False}, "M01")
optimizer_config("optimizer_legacy_flag", {"is_legacy_optimizer": True}, "M01")
optimizer_config("optimizer_loss_scale_factor", {"loss_scale_factor": None}, "M01")
optimizer_config("optimizer_learning_rate_word", {"learning_rate": "fast"}, "M01")
optimizer_config("optimizer_learning_rate_null", {"learning_rate": None}, "M01")
SCHEDULE = {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9, "staircase": False, "name": None}
optimizer_config("optimizer_schedule", {"learning_rate": {"class_name": "ExponentialDecay", "config": SCHEDULE}}, "M05")
optimizer_config(
    "optimizer_schedule_unknown", {"learning_rate": {"class_name": "NoSuchSchedule", "config": SCHEDULE}}, "M05", 2
)
optimizer_config(
    "optimizer_schedule_argument",
    {"learning_rate": {"class_name": "ExponentialDecay", "config": SCHEDULE | {"x": 1}}},
    "M05",
)
optimizer_class("optimizer_unknown", "NoSuchOptimizer", "M05")
optimizer_class("optimizer_lower_case", "adam", None)
optimizer_class("optimizer_upper_case", "ADAM", None)
optimizer_class("optimizer_custom_adam", "Custom>Adam", "M02")
optimizer_class("optimizer_custom_unknown", "Custom>NoSuch", "M05")
optimizer_class("optimizer_addons", "Addons>AdamW", "M05")
optimizer_class("optimizer_adamw", "AdamW", "M05", {"name": "AdamW", "learning_rate": 0.1, "weight_decay": 0.004})
optimizer_class("optimizer_lion", "Lion", "M05", {"name": "lion", "learning_rate": 0.1})
optimizer_class("optimizer_tf_optimizer", "TFOptimizer", "M05", {})
optimizer_class(
    "optimizer_loss_scale",
    "LossScaleOptimizer",
    "M05",
    {
        "inner_optimizer": {"class_name": "Adam", "config": {}},
        "dynamic": True,
        "initial_scale": 2.0,
        "dynamic_growth_steps": 2,
    },
)
optimizer_class("optimizer_null", None, "M05")
optimizer_class("optimizer_sgd_of_old", "SGD", "M01", {"lr": 0.01, "momentum": 0.9, "decay": 0.0, "nesterov": False})


@training("M05")
def optimizer_config_missing(tree: Config) -> None:
    del tree["optimizer_config"]


@training("K16")
def loss_missing(tree: Config) -> None:
    del tree["loss"]


@training(None)
def metrics_missing(tree: Config) -> None:
    del tree["metrics"]


@training(None)
def sample_weight_mode_missing(tree: Config) -> None:
    tree.pop("sample_weight_mode", None)


@training("M05")
def optimizer_class_missing(tree: Config) -> None:
    del tree["optimizer_config"]["class_name"]


@training(None)
def optimizer_config_empty(tree: Config) -> None:
    tree["optimizer_config"]["config"] = {}


def training_text(name: str, text: bytes | str, breaks: str | None) -> None:
    @mutation(H5, breaks=breaks, models=TRAINED, name=name)
    def apply(path: Path) -> None:
        with h5py.File(path, "r+") as file:
            file.attrs["training_config"] = text


training_text("training_config_empty", b"", "K04")
training_text("training_config_garbage", b"{no json", "K04")
training_text("training_config_null", b"null", "K16")
training_text("training_config_empty_object", b"{}", "K16")
training_text(
    "training_config_text_type",
    json.dumps(
        {"loss": "mse", "metrics": [], "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 0.1}}}
    ),
    "K03",
)


@mutation(H5, breaks="K17", models="dense")
def training_config_added(path: Path) -> None:
    """Compiling with a custom loss, added to a model that was not compiled."""
    with h5py.File(path, "r+") as file:
        state = {
            "loss": "my_loss",
            "metrics": [],
            "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 0.1}},
        }
        file.attrs["training_config"] = json.dumps(state).encode()
