"""What Keras 3 adapts in the configurations of H5 files before it deserializes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Config, Deserializer

_LAYER_FUNCTIONS = ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract")
_LAMBDA_DEPRECATED = ("module", "function_type", "output_shape_type", "output_shape_module")


def adapted(d: Deserializer, class_name: str, inner: Config, where: str) -> dict[str, Any]:
    """What Keras 3 adapts in the configuration of an H5 file (`legacy/saving/saving_utils.py`, model_from_config)."""
    config = dict(inner)
    shape = config.pop("batch_input_shape", None)
    if shape is not None:
        config["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
    axis = config.pop("axis", None)
    if isinstance(axis, list) and len(axis) == 1:
        try:
            config["axis"] = int(axis[0])
        except (TypeError, ValueError) as error:
            d.out.say(
                "invalid-argument",
                f"{where}: Keras {d.era.version} makes an integer of axis={axis!r}",
                f"{where}/axis",
                str(error),
                argument="axis",
                class_name=class_name,
            )
    elif isinstance(axis, (int, float)) and _keeps_axis(d):
        config["axis"] = int(axis)
    if class_name == "Lambda":
        for key in _LAMBDA_DEPRECATED:
            config.pop(key, None)
        function = config.get("function")
        if isinstance(function, list) and len(function) > 2:
            inner_function = dict(zip(("code", "defaults", "closure"), function, strict=False))
            config["function"] = {"class_name": "__lambda__", "config": inner_function}
    if d.era.at_least(3, 14):
        _words_made_functions(d, class_name, config, where)
    return config


def _words_made_functions(d: Deserializer, class_name: str, config: Config, where: str) -> None:
    """Words that name a function of `keras.layers` become that function, from 3.14 on.

    `class_and_config_for_serialized_keras_object` (legacy/saving/serialization.py) looks them up in `module_objects` too, so
    that `score_mode="dot"` of Attention is no word any more.
    """
    word = config.get("score_mode")
    if isinstance(word, str) and word in _LAYER_FUNCTIONS and class_name == "Attention":
        d.out.say(
            "invalid-argument",
            f"{where}: Keras {d.era.version} takes score_mode={word!r} in an H5 file for the function keras.layers.{word}",
            f"{where}/score_mode",
            f"Invalid value for argument score_mode. Expected one of {{'dot', 'concat'}}. Received: score_mode=<function {word}>",
            remedy="drop score_mode from the configuration, 'dot' being the default, or load it with Keras 3.13 or older",
            argument="score_mode",
            class_name=class_name,
        )


def _keeps_axis(d: Deserializer) -> bool:
    """Keras 3 up to 3.6 drops an axis that is a number (`model_from_config` pops it)."""
    return d.era.at_least(3, 7)
