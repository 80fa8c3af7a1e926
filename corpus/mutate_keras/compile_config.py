"""What a model of an archive was compiled with: its `compile_config`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutating import ARCHIVE, Config, NotApplicable, config_of, mutation

TRAINED = "sequential_compiled"


def compiled(
    breaks: str | None, models: str = TRAINED, count: int = 1
) -> Callable[[Callable[[Config], None]], Callable[[Config], None]]:
    """Register a function that changes the tree of an archive that has a `compile_config`."""

    def register(function: Callable[[Config], None]) -> Callable[[Config], None]:
        @mutation(ARCHIVE, breaks=breaks, models=models, name=function.__name__, count=count)
        def apply(path: Path) -> None:
            with config_of(path) as tree:
                if "compile_config" not in tree:
                    raise NotApplicable("compile_config")
                function(tree)

        return function

    return register


def compile_key(name: str, key: str, value: Any, breaks: str | None, count: int = 1) -> None:
    def function(tree: Config) -> None:
        tree["compile_config"][key] = copy.deepcopy(value)

    function.__name__ = f"compile_{name}"
    compiled(breaks, count=count)(function)


def optimizer(
    class_name: str, module: str = "keras.optimizers", registered: str | None = None, **config: Any
) -> Config:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


compile_key("loss_unknown", "loss", "no_such_loss", "K17")
compile_key("loss_null", "loss", None, None)
compile_key("loss_object", "loss", optimizer("MeanSquaredError", "keras.losses", name="m", reduction="sum"), None)
compile_key(
    "loss_object_auto", "loss", optimizer("MeanSquaredError", "keras.losses", name="m", reduction="auto"), "M04", 2
)
compile_key("loss_object_unknown", "loss", optimizer("NoSuchLoss", "keras.losses", name="m"), "Z15")
compile_key(
    "loss_function",
    "loss",
    {"module": "builtins", "class_name": "function", "config": "my_loss", "registered_name": "function"},
    "Z15",
)
compile_key("loss_list_too_long", "loss", ["mse", "mae"], "K16")
compile_key("metric_unknown", "metrics", ["no_such_metric"], "K17")
compile_key("metric_object", "metrics", [optimizer("AUC", "keras.metrics", name="a", dtype="float32")], None)
compile_key("metric_object_unknown", "metrics", [optimizer("NoSuchMetric", "keras.metrics", name="a")], "Z15")
compile_key("metric_object_argument", "metrics", [optimizer("AUC", "keras.metrics", name="a", no_such=1)], "Z15")
compile_key("metrics_null", "metrics", None, None)
compile_key("metrics_word", "metrics", "mae", "K16")
compile_key("unknown_key", "no_such_key", 1, "K16")
compile_key("unknown_key_null", "no_such_key", None, "K16")
compile_key("auto_scale_loss", "auto_scale_loss", True, "K16")
compile_key("jit_compile", "jit_compile", True, None)
compile_key("steps_per_execution", "steps_per_execution", 4, None)
compile_key("loss_weights_dict", "loss_weights", {"no_such": 1.0}, "K16")
compile_key("optimizer_unknown_string", "optimizer", "no_such_optimizer", "M05")
compile_key("optimizer_null", "optimizer", None, "M05")
compile_key("optimizer_number", "optimizer", 5, "M05")
compile_key("optimizer_object", "optimizer", optimizer("SGD", learning_rate=0.1, momentum=0.9), None)
compile_key("optimizer_unknown", "optimizer", optimizer("NoSuchOptimizer", learning_rate=0.1), "Z15")
compile_key("optimizer_argument", "optimizer", optimizer("Adam", learning_rate=0.1, no_such=1), "M01")
compile_key("optimizer_decay", "optimizer", optimizer("Adam", learning_rate=0.1, decay=0.1), "M01")
compile_key("optimizer_legacy", "optimizer", optimizer("Adam", "keras.optimizers.legacy", learning_rate=0.1), "Z18")
compile_key("optimizer_private", "optimizer", optimizer("Adam", "keras.src.optimizers.adam", learning_rate=0.1), "Z15")
compile_key(
    "optimizer_registered",
    "optimizer",
    optimizer("AdamW", "acme.optimizers", "acme>AdamW", learning_rate=0.1),
    "Z15",
)
compile_key(
    "optimizer_schedule",
    "optimizer",
    optimizer(
        "SGD",
        learning_rate=optimizer("CosineDecay", "keras.optimizers.schedules", initial_learning_rate=0.1, decay_steps=10),
    ),
    None,
)
compile_key(
    "optimizer_schedule_unknown",
    "optimizer",
    optimizer("SGD", learning_rate=optimizer("NoSuch", "keras.optimizers.schedules", a=0.1)),
    "Z15",
)


@compiled(None)
def compile_config_missing(tree: Config) -> None:
    del tree["compile_config"]


@compiled(None)
def compile_config_null(tree: Config) -> None:
    tree["compile_config"] = None


@compiled("K16")
def compile_config_empty(tree: Config) -> None:
    tree["compile_config"] = {}


@compiled("K16")
def compile_config_word(tree: Config) -> None:
    tree["compile_config"] = "adam"


@compiled("K16")
def compile_optimizer_missing(tree: Config) -> None:
    del tree["compile_config"]["optimizer"]


@compiled("K16")
def compile_loss_missing(tree: Config) -> None:
    del tree["compile_config"]["loss"]


@mutation(ARCHIVE, breaks="K17", models="dense sequential_input_layer")
def compile_config_added(path: Path) -> None:
    with config_of(path) as tree:
        if tree.get("compile_config"):
            raise NotApplicable("compile_config")
        tree["compile_config"] = {
            "optimizer": "adam",
            "loss": "my_loss",
            "metrics": None,
            "loss_weights": None,
            "weighted_metrics": None,
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }
