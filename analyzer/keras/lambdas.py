"""Lambda layers: bytecode that another Python wrote, safe mode, functions that have to be importable.

After `Lambda.from_config` and `_parse_function_from_config` (layers/core.py, layers/core/lambda_layer.py). Bytecode is read by
`analyzer.keras.bytecode` and never executed.
"""

from __future__ import annotations

import base64
import binascii
import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import bytecode
from analyzer.keras.events import CUSTOM_OBJECTS, NO_SAFE_MODE

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_BUILTINS = frozenset(dir(builtins))
_LOADED = ("tensorflow", "tensorflow_core", "keras", "tf_keras", "numpy")  # packages that are there when Keras is
# Globals of tensorflow/python/keras/layers/core.py, where Lambda is up to 2.5.
_OLD_CORE = frozenset(
    [
        "Activation",
        "Dense",
        "Dropout",
        "Flatten",
        "InputSpec",
        "Masking",
        "Permute",
        "RepeatVector",
        "Reshape",
        "activations",
        "array_ops",
        "constraints",
        "context",
        "conv_utils",
        "dtypes",
        "gen_math_ops",
        "initializers",
        "math_ops",
        "nest",
        "nn",
        "ops",
        "regularizers",
        "sparse_ops",
        "standard_ops",
        "tensor_shape",
        "variable_scope",
        "functools",
        "operator",
        "constant_op",
    ]
)


def check(deserializer: Deserializer, config: dict[str, Any], where: str) -> None:
    """A Lambda's `function` and `output_shape`, as `Lambda.from_config` reads them."""
    if "function" not in config:
        return
    function = config["function"]
    if deserializer.era.is_3 or not deserializer.legacy:
        shaped = deserializer.era.is_3 and config.get("output_shape") is not None
        _library(deserializer, function, f"{where}/function", runs=not shaped)
        if "output_shape" in config and isinstance(config["output_shape"], Mapping):
            _library(deserializer, config["output_shape"], f"{where}/output_shape", runs=True)
        return
    _legacy(deserializer, config, "function", "function_type", where)
    if "output_shape" in config and config.get("output_shape_type") in ("function", "lambda"):
        _legacy(deserializer, config, "output_shape", "output_shape_type", where)


def _legacy(deserializer: Deserializer, config: dict[str, Any], key: str, type_key: str, where: str) -> None:
    """Keras 2: `_parse_function_from_config`."""
    kind = config.get(type_key, "function" if key == "function" else None)
    value = config[key]
    place = f"{where}/{key}"
    if type_key not in config:
        deserializer.malformed(f"a Lambda without {type_key}", where, f"KeyError: '{type_key}'")
    elif kind == "function":
        if isinstance(value, str) and not deserializer.resolve.supplied(value):
            module = config.get("module" if key == "function" else "output_shape_module")
            _named(deserializer, value, module, place)
    elif kind == "lambda":
        code = value[0] if isinstance(value, list) and value else value
        module = config.get("module" if key == "function" else "output_shape_module")
        _bytecode(deserializer, code, place, module=module)
    elif kind == "raw":
        pass
    else:
        deserializer.malformed(f"{type_key} is {kind!r}", where, f"Unknown function type: {kind}")


def _named(deserializer: Deserializer, name: str, module: Any, where: str) -> None:
    """A function by name, which Keras 2 looks for among custom objects and in its own module."""
    deserializer.out.say(
        "unresolved-custom-object",
        f"{where}: the Lambda calls the function {name!r}, which the load has to be given",
        where,
        f"Unknown function: {name}",
        remedy=f"import it and pass custom_objects={{{name!r}: {name}}}",
        rescued_by=(CUSTOM_OBJECTS,),
        name=name,
        kind="function",
        module=module or "",
        custom=True,
    )


def _library(deserializer: Deserializer, function: Any, where: str, *, runs: bool) -> None:
    """Keras 2.12 on in archives, Keras 3 throughout."""
    if isinstance(function, Mapping) and function.get("class_name") == "__lambda__":
        era = deserializer.era
        safe = deserializer.target.safe_mode
        enforced = not deserializer.legacy or era.at_least(3, 11)
        if safe and enforced:
            deserializer.out.say(
                "unsafe-lambda",
                f"{where}: a Python lambda, which safe mode refuses to deserialize",
                where,
                "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. "
                "This carries a potential risk of arbitrary code execution",
                remedy="if you trust the file: load_model(..., safe_mode=False), which runs the lambda's bytecode; "
                "better, replace the lambda by a registered function",
                rescued_by=(NO_SAFE_MODE,),
            )
        inner = function.get("config")
        if isinstance(inner, Mapping):
            _bytecode(deserializer, inner.get("code"), f"{where}/config/code", runs=runs)
        return
    if isinstance(function, Mapping) and function.get("class_name") == "function":
        deserializer.resolve.by_module(
            str(function.get("config")), function.get("registered_name"), function.get("module"), "function", where
        )


def _bytecode(d: Deserializer, text: Any, where: str, *, module: Any = None, runs: bool = True) -> None:
    """Base64 of marshalled code, or what is wrong with it. `runs`: loading calls the layer, and the layer the lambda."""
    if not isinstance(text, str):
        d.malformed("a lambda whose code is not text", where)
        return
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=False)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = text.encode("raw_unicode_escape")
    code = bytecode.parse(raw)
    python = d.era.python
    version = ".".join(map(str, python))
    if code is None:
        d.out.say(
            "lambda-bytecode",
            f"{where}: what should be the bytecode of a lambda is none",
            where,
            "ValueError: bad marshal data (unknown type code)",
        )
        return
    if code.layout != bytecode.layout_of(python):
        d.out.say(
            "lambda-bytecode",
            f"{where}: the lambda's bytecode was written by {code.written_by}; Python {version} cannot read it",
            where,
            "ValueError: bad marshal data (unknown type code)",
            remedy=f"load it with {code.written_by}, or rebuild the layer from source and load the weights",
            bytecode=code.written_by,
        )
        return
    if not runs:
        return
    problem = bytecode.breaks(code, python)
    if problem:
        d.later.say(
            "lambda-bytecode",
            f"{where}: Python {version} cannot run the lambda's bytecode ({problem})",
            where,
            "SystemError: unknown opcode",
            remedy="load it with the Python that wrote it, or rebuild the layer from source and load the weights",
            bytecode=problem,
        )
        return
    _globals(d, code, module, where)


def _globals(d: Deserializer, code: bytecode.Code, module: Any, where: str) -> None:
    """Globals of a lambda are those of Keras's own module, the module it came from where that is loaded, and custom objects."""
    if isinstance(module, str) and (module == "__main__" or module.split(".", 1)[0] in _LOADED):
        return
    given = _given(d)
    missing = sorted(bytecode.global_names(code, d.era.python) - given - d.target.custom_objects - _BUILTINS)
    if missing:
        d.later.say(
            "lambda-globals",
            f"{where}: the lambda uses {', '.join(missing)}, which it does not find where Keras runs it",
            where,
            f"NameError: name '{missing[0]}' is not defined",
            remedy="pass them: custom_objects={" + ", ".join(f"{name!r}: {name}" for name in missing) + "}",
            rescued_by=(CUSTOM_OBJECTS,) if not d.era.is_3 else (),
            names=missing,
        )


def _given(d: Deserializer) -> set[str]:
    """Global names of the module that Keras makes the function in."""
    era = d.era
    if era.is_3:
        return set()
    found = {"K", "np", "sys", "warnings", "copy"} | {
        "generic_utils",
        "tf_inspect",
        "tf_utils",
        "python_types",
        "Layer",
        "Lambda",
    }
    if era.at_least(2, 6):
        return (found - {"K", "copy"}) | {"tf", "textwrap", "tf_logging", "serialization_lib", "keras_export"}
    return found | _OLD_CORE
