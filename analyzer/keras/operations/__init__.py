"""Operations of `keras.ops` in functional models: the shapes that `compute_output_spec` gives, and what it refuses.

What is modelled goes by shape alone, as Keras does before any backend is asked. Of the rest outputs are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import BuildError, Layer, Tensor, shape_text
from analyzer.keras.operations import signatures
from analyzer.keras.operations.demands import FUNCTIONS as _DEMANDS
from analyzer.keras.operations.elementwise import FUNCTIONS as _ELEMENTWISE
from analyzer.keras.operations.given import Given, Shapes, Sizes, UnknownError
from analyzer.keras.operations.items import FUNCTIONS as _ITEMS
from analyzer.keras.operations.joining import FUNCTIONS as _JOINING
from analyzer.keras.operations.layout import FUNCTIONS as _LAYOUT
from analyzer.keras.operations.products import FUNCTIONS as _PRODUCTS
from analyzer.keras.operations.reductions import FUNCTIONS as _REDUCTIONS
from analyzer.keras.values.every_layer import odd_dimension

if TYPE_CHECKING:
    from analyzer.keras.era import Era

FUNCTIONS = {**_DEMANDS, **_ELEMENTWISE, **_ITEMS, **_JOINING, **_LAYOUT, **_PRODUCTS, **_REDUCTIONS}


def output(era: Era, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> tuple[Any, bool]:
    """What comes out, and whether there may be more. Raises BuildError where the call ends the load."""
    if era.is_3:
        signatures.check(era, layer.kind, inputs, kwargs)
        _dtype(layer.config.get("dtype"))
        _cast(layer)
        _dtype(kwargs.get("dtype"))
    function = FUNCTIONS.get(layer.kind) if era.is_3 else None
    if function is None:
        return Tensor(None), True
    given = Given(era, layer, [inputs, *(kwargs.get("*") or ())], kwargs)
    try:
        result = function(given)
    except UnknownError:
        return Tensor(None), True
    except IndexError:
        raise BuildError(
            f"goes along an axis that {given.described()} do not have", "list index out of range"
        ) from None
    except (TypeError, ValueError, KeyError, AttributeError, ZeroDivisionError, OverflowError) as error:
        # The functions calculate as Keras does, with what JSON gives both.
        raise BuildError("calculates with arguments that it cannot take", str(error), "invalid-argument") from None
    return _tensors(given, result), False


def _dtype(dtype: Any) -> None:
    """`standardize_dtype`, of the tensor that comes out if not of the argument. Raises BuildError."""
    if dtype and (isinstance(dtype, (int, float, list)) or (isinstance(dtype, Mapping) and "class_name" not in dtype)):
        raise BuildError(f"has dtype={dtype}", f"Invalid dtype: {dtype}", "invalid-argument")


def _cast(layer: Layer) -> None:
    """`Cast.__init__` asks for a dtype, whatever is false. Raises BuildError."""
    dtype = layer.config.get("dtype")
    if layer.kind == "Cast" and not dtype and dtype is not None:
        raise BuildError(f"has dtype={dtype!r}", f"Invalid dtype: {dtype}", "invalid-argument")


def _shaped(given: Given, shape: Sizes) -> Tensor:
    """`KerasTensor` makes a shape of numbers. Raises BuildError."""
    error = odd_dimension(given.era, list(shape))
    if error:
        raise BuildError(f"makes a tensor of shape {shape_text(shape)}", error, "invalid-argument")
    return Tensor(given.learned(shape))


def _tensors(given: Given, result: Shapes) -> Any:
    if isinstance(result, list):
        return [_shaped(given, shape) for shape in result]
    return _shaped(given, result)
