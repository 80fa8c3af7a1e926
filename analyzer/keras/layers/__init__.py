"""What each built-in layer builds and returns: weights by name and shape, output shapes, and the inputs it refuses.

`FUNCTIONS` maps class names to functions of a `Call`. Every class that stands in it is fully modelled: its weights'
number, order and shapes follow from the configuration. `describe` lists them for the documentation.
"""

from __future__ import annotations

from analyzer.keras.calls import Function
from analyzer.keras.layers.activation import FUNCTIONS as ACTIVATION
from analyzer.keras.layers.attention import FUNCTIONS as ATTENTION
from analyzer.keras.layers.convolution import FUNCTIONS as CONVOLUTION
from analyzer.keras.layers.core import FUNCTIONS as CORE
from analyzer.keras.layers.lookup import FUNCTIONS as LOOKUP
from analyzer.keras.layers.merging import FUNCTIONS as MERGING
from analyzer.keras.layers.normalization import FUNCTIONS as NORMALIZATION
from analyzer.keras.layers.pooling import FUNCTIONS as POOLING
from analyzer.keras.layers.preprocessing import FUNCTIONS as PREPROCESSING
from analyzer.keras.layers.recurrent import FUNCTIONS as RECURRENT
from analyzer.keras.layers.reshaping import FUNCTIONS as RESHAPING
from analyzer.keras.layers.wrappers import FUNCTIONS as WRAPPERS

FUNCTIONS: dict[str, Function] = {
    **CORE,
    **ACTIVATION,
    **CONVOLUTION,
    **POOLING,
    **NORMALIZATION,
    **RECURRENT,
    **ATTENTION,
    **MERGING,
    **RESHAPING,
    **PREPROCESSING,
    **LOOKUP,
    **WRAPPERS,
}


def describe() -> tuple[str, ...]:
    """The layer classes whose weights are fully modelled."""
    return tuple(sorted(FUNCTIONS))
