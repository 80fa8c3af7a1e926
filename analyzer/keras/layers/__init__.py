"""What each built-in layer builds and returns: weights by name and shape, output shapes, and the inputs it refuses.

Each module's `FUNCTIONS` maps class names to functions of a `Call`. Every class that stands in one is fully modelled: its
weights' number, order and shapes follow from the configuration. `describe` lists them for the documentation.
"""

from __future__ import annotations

from importlib import import_module

from analyzer.keras.calls import Function

# Those that most models need come first: a module is imported when none before it knows a class.
_MODULES = [
    "core",
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "merging",
    "reshaping",
    "preprocessing",
    "recurrent",
    "attention",
    "tf_functions",
    "lookup",
    "wrappers",
    "features",
]
_imported: dict[str, Function] = {}


def function_of(kind: str) -> Function | None:
    """What a call of a layer of that class does; None where the class is not modelled."""
    while kind not in _imported and _MODULES:
        _imported.update(import_module(f"{__name__}.{_MODULES.pop(0)}").FUNCTIONS)
    return _imported.get(kind)


def describe() -> tuple[str, ...]:
    """The layer classes whose weights are fully modelled."""
    function_of("")
    return tuple(sorted(_imported))
