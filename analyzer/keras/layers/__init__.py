"""What each built-in layer builds and returns: weights by name and shape, output shapes, and the inputs it refuses.

`FUNCTIONS` maps class names to functions of a `Call`. Every class that stands in it is fully modelled: its weights'
number, order and shapes follow from the configuration. `describe` lists them for the documentation.
"""

from __future__ import annotations

from analyzer.keras.calls import Function
from analyzer.keras.layers import (
    activation,
    attention,
    convolution,
    core,
    merging,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    reshaping,
    wrappers,
)

FUNCTIONS: dict[str, Function] = {}
for _module in (
    core,
    activation,
    convolution,
    pooling,
    normalization,
    recurrent,
    attention,
    merging,
    reshaping,
    preprocessing,
    wrappers,
):
    FUNCTIONS.update(_module.FUNCTIONS)


def describe() -> tuple[str, ...]:
    """The layer classes whose weights are fully modelled."""
    return tuple(sorted(FUNCTIONS))
