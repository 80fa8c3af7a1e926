"""Operations of `keras.ops` in functional models: what a release refuses of the arguments that JSON keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import BuildError, Layer, Opaque

if TYPE_CHECKING:
    from analyzer.keras.era import Era


def check(era: Era, layer: Layer, kwargs: Mapping[str, Any]) -> None:
    """Raises BuildError where the call of an operation ends the load."""
    if layer.kind == "GetItem" and era.is_3:
        _get_item(era, kwargs)


def _get_item(era: Era, kwargs: Mapping[str, Any]) -> None:
    """`GetItem.compute_output_spec`: up to 3.1 a key is an int or a tuple, of which JSON makes a list."""
    further = kwargs.get("*") or [kwargs.get("key")]
    if not era.at_least(3, 2) and isinstance(further[0], (list, Opaque)):
        raise BuildError(
            f"takes slices as tuples, which Keras {era.version} reads back as lists",
            "Unsupported key type for array slice. Recieved: `[slice(None, None, None)]`",
        )
