"""The global names that a lambda uses, and those of the module that Keras makes it in again."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from analyzer.keras import bytecode

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_BUILTINS = frozenset(dir(builtins))
_LOADED = ("tensorflow", "tensorflow_core", "keras", "tf_keras", "numpy")  # packages that are there when Keras is
# What a program that loads models is likely to have in `__main__`, where lambdas of another `__main__` look for their globals.
_IMPORTED = ("tf", "tensorflow", "keras", "np", "numpy", "os", "sys")
# Globals of layers/core.py, where Lambda is up to 2.6, beside those that all releases have.
_CORE = frozenset(
    (
        *("K", "copy", "functools", "operator", "activations", "constraints", "initializers", "regularizers"),
        *("Activation", "Dense", "Dropout", "Flatten", "InputSpec", "Masking", "Permute", "RepeatVector", "Reshape"),
        "conv_utils",
    )
)
_CORE_TENSORFLOW = frozenset(  # modules that it imports up to 2.5
    (
        *("array_ops", "constant_op", "context", "dtypes", "gen_math_ops", "math_ops"),
        *("nest", "nn", "ops", "sparse_ops", "standard_ops", "tensor_shape", "variable_scope"),
    )
)


def check(d: Deserializer, code: bytecode.Code, module: Any, where: str) -> None:
    """Globals of a lambda are those of Keras's own module, the module it came from where that is loaded, and custom objects."""
    if isinstance(module, str) and module.split(".", 1)[0] in _LOADED:
        return
    given = _given(d) if d.era.is_3 else _given(d) | d.target.custom_objects  # `func_load` of Keras 3 is given none
    missing = sorted(bytecode.global_names(code, d.era.python) - given - _BUILTINS)
    if module == "__main__" and all(name in _IMPORTED for name in missing):
        return
    if missing:
        passed = "pass them: custom_objects={" + ", ".join(f"{name!r}: {name}" for name in missing) + "}"
        d.later.say(
            "lambda-globals",
            f"{where}: the lambda uses {', '.join(missing)}, which it does not find where Keras runs it",
            where,
            f"NameError: name '{missing[0]}' is not defined",
            remedy="build the model from its code and call model.load_weights on this file" if d.era.is_3 else passed,
            names=missing,
            custom=not d.era.is_3,
        )


def _given(d: Deserializer) -> set[str]:
    """Global names of the module that Keras makes the function in."""
    era = d.era
    if era.is_3:
        return set()
    found = {"np", "sys", "warnings", "generic_utils", "tf_inspect", "tf_utils", "python_types", "Layer", "Lambda"}
    if era.at_least(2, 6):
        found |= {"tf", "textwrap", "tf_logging", "serialization_lib", "keras_export"}
        return found if era.at_least(2, 7) else found | _CORE
    return found | _CORE | _CORE_TENSORFLOW
