"""What Keras 3 adapts in the configurations of H5 files before it deserializes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Config, Deserializer

_LAMBDA_DEPRECATED = ("module", "function_type", "output_shape_type", "output_shape_module")


def adapted(d: Deserializer, class_name: str, inner: Config, where: str) -> dict[str, Any]:
    """What Keras 3 adapts in the configuration of an H5 file (`legacy/saving/saving_utils.py`, model_from_config)."""
    config = dict(inner)
    shape = config.pop("batch_input_shape", None)
    if shape is not None:
        config["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
    axis = config.pop("axis", None)
    if isinstance(axis, list) and len(axis) == 1 and isinstance(axis[0], (int, float)):
        config["axis"] = int(axis[0])
    elif isinstance(axis, (int, float)) and _keeps_axis(d):
        config["axis"] = int(axis)
    if class_name == "Lambda":
        for key in _LAMBDA_DEPRECATED:
            config.pop(key, None)
        function = config.get("function")
        if isinstance(function, list) and len(function) > 2:
            inner_function = dict(zip(("code", "defaults", "closure"), function, strict=False))
            config["function"] = {"class_name": "__lambda__", "config": inner_function}
    return config


def _keeps_axis(d: Deserializer) -> bool:
    """Keras 3 up to 3.6 drops an axis that is a number (`model_from_config` pops it)."""
    return d.era.at_least(3, 7)
