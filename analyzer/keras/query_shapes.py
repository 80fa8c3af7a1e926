"""Shapes of queries, values and keys that an archive has for MultiHeadAttention and GroupedQueryAttention of Keras 3.

After `build` of src/layers/attention/multi_head_attention.py and grouped_query_attention.py: it looks at ranks and last dimensions,
compares some, and at nothing else of what may stand there. Tried value by value under 3.1, 3.6 and 3.14; the comparisons were
read from the sources of 3.0 to 3.13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.encoded import type_name
from analyzer.keras.era import Era
from analyzer.keras.model import BuildError, Layer, Tensor


def tensors(era: Era, layer: Layer, shapes: Mapping[str, Any]) -> list[Tensor]:
    """What a call on tensors of these shapes is given. Raises BuildError."""
    grouped = layer.kind != "MultiHeadAttention"
    value = shapes.get("value_shape")
    key = shapes.get("key_shape")
    query, value, key = (
        _measured(era, shape, 3 if grouped else 1)
        for shape in (shapes.get("query_shape"), value, value if key is None else key)
    )
    if not grouped and era.at_least(3, 5):
        _compare(era, query, value, key)
    return [Tensor((*(None for _ in shape[:-1]), shape[-1])) for shape in (query, value, key)]


def _measured(era: Era, shape: Any, least: int) -> list[Any]:
    if not isinstance(shape, list):
        raise _odd(shape, f"object of type '{type_name(shape)}' has no len()")
    if len(shape) < least:
        raise _odd(shape, "list index out of range")
    last = shape[-1]
    if last is None:
        raise _odd(shape, "Shapes used to initialize variables must be fully-defined (no `None` dimensions).")
    if not isinstance(last, int) or (isinstance(last, bool) and not era.at_least(3, 13)) or last < 0:
        raise _odd(shape, f"Cannot convert '({last!r}, ...)' to a shape.")
    return shape


def _compare(era: Era, query: list[Any], value: list[Any], key: list[Any]) -> None:
    if not era.at_least(3, 7) and query[-1] != value[-1]:
        error = (
            f"The last dimension of `query_shape` and `value_shape` must be equal, but are {query[-1]}, {value[-1]}."
        )
        raise BuildError(
            f"has queries of {query[-1]} and values of {value[-1]} in build_config", error, "malformed-config"
        )
    if value[1:-1] != key[1:-1]:
        error = "All dimensions of `value` and `key`, except the last one, must be equal."
        raise BuildError(f"has values of {value} with keys of {key} in build_config", error, "malformed-config")


def _odd(shape: Any, error: str) -> BuildError:
    return BuildError(f"has {shape!r} for a shape in build_config", error, "malformed-config")
