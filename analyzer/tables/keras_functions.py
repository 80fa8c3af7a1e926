"""Names under which TensorFlow finds a function or class for Keras 2: `get_symbol_from_name` (python/util/tf_export.py).

They are what `TFOpLambda` and its siblings write of the function that they call: `math.add`, `keras.backend.mean`,
`compat.v1.transpose`. A row of a function that a layer may call has its `arguments`.
"""

from __future__ import annotations

from functools import lru_cache

from analyzer.tables.keras import KerasApi, position_of
from analyzer.tables.rows import Rows

_FUNCTIONS = Rows("keras_functions.jsonl", "function")
_ALWAYS = "math.add"  # a name of every release that has such names
NEVER_SAID = ("raw_ops.", "compat.v1.raw_ops.")  # thousands of names that no layer calls by

VERSION_1 = "compat.v1."  # a prefix that the table leaves out where the name without it has the same row


def has_function(api: KerasApi, name: str) -> bool:
    """Whether the TensorFlow of this Keras knows the name; so are taken those of a Keras that was not asked."""
    if name.startswith(NEVER_SAID) or not _knows(api, _ALWAYS):
        return True
    return _knows(api, name) or (name.startswith(VERSION_1) and name.removeprefix(VERSION_1) in _FUNCTIONS)


@lru_cache(maxsize=512)
def arguments_of(api: KerasApi, name: str) -> tuple[str, ...] | None:
    """The arguments of a function, in its order: `=` behind one that has a default, `*` and `**` for any further ones.

    None where the table does not tell: of what is no function, and of names that another one stands for.
    """
    row = _FUNCTIONS.holding(name, api.position, position_of())
    if row is None and name.startswith(VERSION_1):
        row = _FUNCTIONS.holding(name.removeprefix(VERSION_1), api.position, position_of())
    return tuple(row["arguments"].split()) if row is not None and "arguments" in row else None


def _knows(api: KerasApi, name: str) -> bool:
    return _FUNCTIONS.holding(name, api.position, position_of()) is not None
