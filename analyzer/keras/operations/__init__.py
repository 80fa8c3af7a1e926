"""Operations of `keras.ops` in functional models: the shapes that `compute_output_spec` gives, and what it refuses.

What is modelled goes by shape alone, as Keras does before any backend is asked. Of the rest outputs are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import BuildError, Layer, Tensor
from analyzer.keras.operations import signatures
from analyzer.keras.operations.elementwise import FUNCTIONS as _ELEMENTWISE
from analyzer.keras.operations.given import Given, Shapes, UnknownError
from analyzer.keras.operations.items import FUNCTIONS as _ITEMS
from analyzer.keras.operations.joining import FUNCTIONS as _JOINING
from analyzer.keras.operations.layout import FUNCTIONS as _LAYOUT
from analyzer.keras.operations.products import FUNCTIONS as _PRODUCTS
from analyzer.keras.operations.reductions import FUNCTIONS as _REDUCTIONS

if TYPE_CHECKING:
    from analyzer.keras.era import Era

FUNCTIONS = {**_ELEMENTWISE, **_ITEMS, **_JOINING, **_LAYOUT, **_PRODUCTS, **_REDUCTIONS}


def output(era: Era, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> tuple[Any, bool]:
    """What comes out, and whether there may be more. Raises BuildError where the call ends the load."""
    if era.is_3:
        signatures.check(era, layer.kind, inputs, kwargs)
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
    except (TypeError, ValueError, KeyError, AttributeError, ZeroDivisionError, OverflowError):
        return Tensor(None), True  # arguments of odd types, of which Keras may make something
    return _tensors(given, result), False


def _tensors(given: Given, result: Shapes) -> Any:
    if isinstance(result, list):
        return [Tensor(given.learned(shape)) for shape in result]
    return Tensor(given.learned(result))
