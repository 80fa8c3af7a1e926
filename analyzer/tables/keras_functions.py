"""Names under which TensorFlow finds a function or class for Keras 2: `get_symbol_from_name` (python/util/tf_export.py).

They are what `TFOpLambda` and its siblings write of the function that they call: `math.add`, `keras.backend.mean`,
`compat.v1.transpose`.
"""

from __future__ import annotations

from analyzer.tables.keras import KerasApi, position_of
from analyzer.tables.rows import Rows

_FUNCTIONS = Rows("keras_functions.jsonl", "function")
_ALWAYS = "math.add"  # a name of every release that has such names
NEVER_SAID = ("raw_ops.", "compat.v1.raw_ops.")  # thousands of names that no layer calls by

VERSION_1 = "compat.v1."  # a prefix that the table leaves out where the name has a row without it


def has_function(api: KerasApi, name: str) -> bool:
    """Whether the TensorFlow of this Keras knows the name; so are taken those of a Keras that was not asked."""
    if name.startswith(NEVER_SAID) or not _knows(api, _ALWAYS):
        return True
    return _knows(api, name) or (name.startswith(VERSION_1) and name.removeprefix(VERSION_1) in _FUNCTIONS)


def _knows(api: KerasApi, name: str) -> bool:
    return _FUNCTIONS.holding(name, api.position, position_of()) is not None
