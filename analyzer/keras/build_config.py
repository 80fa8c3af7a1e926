"""Building a layer from the shapes that an archive has for it (`Layer.build_from_config` of Keras 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import initial_values
from analyzer.keras.calls import Call, Function
from analyzer.keras.model import BuildError, Layer, Tensor, UnimplementedError

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_MERGING = (
    "Add",
    "Subtract",
    "Multiply",
    "Average",
    "Maximum",
    "Minimum",
    "Concatenate",
)  # whose `build` compares shapes


def build(d: Deserializer, layer: Layer, function: Function, config: Mapping[str, Any]) -> None:
    """Keras 3 archives: `build_from_config` comes before any call."""
    shape = config.get("input_shape")
    several = config.get("shapes_dict")  # of layers that `build` is told more than one shape
    if isinstance(several, Mapping) and "input_shape" not in config and layer.kind in ("LSTM", "GRU", "SimpleRNN"):
        shape = several.get("sequences_shape")
    needs = layer.kind in ("Dense", "BatchNormalization") or layer.kind.startswith("Conv")
    if "input_shape" in config and needs and not isinstance(shape, (list, dict)):
        raise BuildError(f"has {shape!r} for a shape in build_config", "'NoneType' object is not subscriptable")
    if "input_shape" in config and layer.kind in _MERGING and not _are_shapes(shape):
        raise BuildError(
            f"has {shape!r} for the shapes in build_config",
            f"A merge layer should be called on a list of at least 1 input. Received: input_shape={shape}",
        )
    if layer.kind == "Dot" and not d.era.at_least(3, 2) and isinstance(shape, list):
        raise BuildError(
            "checks the shapes of build_config for tuples, which JSON has none of",
            f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={shape}",
        )
    sized = layer.kind in ("Dense", "LSTM", "GRU", "SimpleRNN") and bool(shape)
    if sized and isinstance(shape, list) and not (shape[-1] is None or isinstance(shape[-1], (int, float))):
        raise BuildError(f"has {shape!r} for a shape in build_config", f"Cannot convert '{shape}' to a shape.")
    given: Any
    if isinstance(shape, list) and _is_shape(shape):
        given = Tensor(tuple(shape))
    elif layer.kind in _MERGING and isinstance(shape, list) and len(shape) > 1 and all(map(_is_shape, shape)):
        given = [Tensor(tuple(each)) for each in shape]
    else:
        return
    made = Call(d, layer, given, {})
    made.checks_rank = layer.kind.startswith("Conv")  # `compute_conv_output_shape`, which `build` calls
    try:
        function(made)
        initial_values.check(d, layer)
    except UnimplementedError as error:  # which no Sequential model sees
        raise BuildError(str(error), error.error, error.cause) from None
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError):
        layer.known = False
    layer.built = True


def _are_shapes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(dim is None or isinstance(dim, int) for dim in value)
