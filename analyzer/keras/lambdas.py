"""Lambda layers: bytecode that another Python wrote, safe mode, functions that have to be importable.

After `Lambda.from_config` and `_parse_function_from_config` (layers/core.py, layers/core/lambda_layer.py). Bytecode is read by
`analyzer.keras.bytecode` and never executed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import bytecode, lambda_names

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

# Wrappers that TensorFlow puts around its functions, and the cells that hold what they wrap.
_TF_WRAPPER = "tensorflow/python/util/"
_WRAPPED = ("fn", "target", "func", "dispatch_target")


def check(deserializer: Deserializer, config: dict[str, Any], where: str) -> None:
    """A Lambda's `function` and `output_shape`, as `Lambda.from_config` reads them."""
    if "function" not in config:
        return
    function = config["function"]
    arguments = config.get("arguments")
    given = frozenset(arguments) if isinstance(arguments, Mapping) else frozenset()
    if deserializer.era.is_3:
        shaped = config.get("output_shape") is not None
        _library(deserializer, function, f"{where}/function", given, runs=not shaped)
        if "output_shape" in config and isinstance(config["output_shape"], Mapping):
            _library(deserializer, config["output_shape"], f"{where}/output_shape", None, runs=True)
        return
    _legacy(deserializer, config, "function", "function_type", where, given)
    for key in ("output_shape", "mask"):
        if key in config and config.get(f"{key}_type") in ("function", "lambda"):
            _legacy(deserializer, config, key, f"{key}_type", where, None)


def plain(d: Deserializer, value: Mapping[str, Any], where: str) -> None:
    """A lambda among other values, a loss for one: `deserialize_keras_object` on `__lambda__`."""
    if d.target.safe_mode and not d.legacy:
        _unsafe(d, where)
    inner = value.get("config")
    if isinstance(inner, Mapping):
        inner = inner.get("value", inner.get("code"))
    code = inner[0] if isinstance(inner, list) and inner else inner
    _bytecode(d, code, where, runs=False)


def _legacy(
    deserializer: Deserializer,
    config: dict[str, Any],
    key: str,
    type_key: str,
    where: str,
    given: frozenset[str] | None,
) -> None:
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
        if deserializer.target.safe_mode and not deserializer.legacy:
            _unsafe(deserializer, place)
        parts = value if isinstance(value, list) and value else [value]
        code, defaults, closure = (*parts, None, None)[:3]
        module = config.get("module" if key == "function" else f"{key}_module")
        found = _bytecode(deserializer, code, place, module=module)
        if found is not None:
            _call(deserializer, found, defaults, closure, given, place)
    elif kind == "raw":
        pass
    else:
        deserializer.malformed(f"{type_key} is {kind!r}", where, f"Unknown function type: {kind}")


def _named(deserializer: Deserializer, name: str, module: Any, where: str, says: str = "") -> None:
    """A function by name, which Keras 2 looks for among custom objects and in its own module, Keras 3 among custom objects."""
    deserializer.out.say(
        "unresolved-custom-object",
        f"{where}: the Lambda calls the function {name!r}, which the load has to be given",
        where,
        says or f"Unknown function: {name}",
        remedy=f"import it and pass custom_objects={{{name!r}: {name}}}",
        name=name,
        kind="function",
        module=module or "",
        custom=True,
    )


def _unsafe(deserializer: Deserializer, where: str) -> None:
    """Archives of Keras 2.12 on, and H5 files from Keras 3.11 on, in safe mode."""
    deserializer.out.say(
        "unsafe-lambda",
        f"{where}: a Python lambda, which safe mode refuses to deserialize",
        where,
        "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. "
        "This carries a potential risk of arbitrary code execution",
        remedy="if you trust the file: load_model(..., safe_mode=False), which runs the lambda's bytecode; "
        "better, replace the lambda by a registered function",
    )


def _call(
    d: Deserializer, code: bytecode.Code, defaults: Any, closure: Any, given: frozenset[str] | None, where: str
) -> None:
    """What the first call of the function made again raises. `given`: the layer's `arguments`; None where it is no layer's."""
    cells = dict(zip(code.free, closure, strict=False)) if isinstance(closure, list) else {}
    if _TF_WRAPPER in code.file.replace("_core", "").replace("\\", "/") and any(
        isinstance(cells.get(name), str) for name in _WRAPPED
    ):
        name = next(cells[name] for name in _WRAPPED if isinstance(cells.get(name), str))
        d.later.say(
            "lambda-globals",
            f"{where}: the Lambda was given a function of TensorFlow, {name!r}; what it wraps was saved as that string, "
            "which cannot be called",
            where,
            "TypeError: 'str' object is not callable",
            remedy="wrap such functions before saving: Lambda(lambda x: tf.nn.relu(x))",
            names=[name],
        )
        return
    if given is None:
        return
    optional = len(defaults) if isinstance(defaults, list) else 0
    required = code.positional[1 : max(len(code.positional) - optional, 0)]
    filled = given | {name for name in ("mask", "training") if name in code.positional}
    missing = [name for name in required if name not in filled]
    missing += [name for name in code.keywords if name not in given]  # their defaults are not saved
    if missing:
        d.later.say(
            "invalid-argument",
            f"{where}: the lambda needs {', '.join(missing)}, which `arguments` does not give; defaults of keyword-only "
            "parameters are not saved",
            where,
            f"missing {len(missing)} required {'keyword-only' if missing[0] in code.keywords else 'positional'} argument"
            f"{'s' if len(missing) > 1 else ''}: {missing[0]!r}",
            argument="arguments",
        )


def _library(
    deserializer: Deserializer, function: Any, where: str, given: frozenset[str] | None, *, runs: bool
) -> None:
    """Keras 3."""
    if isinstance(function, Mapping) and function.get("class_name") == "__lambda__":
        era = deserializer.era
        safe = deserializer.target.safe_mode
        enforced = not deserializer.legacy or era.at_least(3, 11)
        if safe and enforced:
            _unsafe(deserializer, where)
        inner = function.get("config")
        if isinstance(inner, Mapping):
            if given is not None and isinstance(inner.get("defaults"), list):
                _no_tuple(deserializer, where)
            found = _bytecode(deserializer, inner.get("code"), f"{where}/config/code", runs=runs)
            if found is not None:
                _call(deserializer, found, inner.get("defaults"), inner.get("closure"), given, where)
        return
    if isinstance(function, Mapping) and function.get("class_name") == "function":
        deserializer.resolve.by_module(
            str(function.get("config")), function.get("registered_name"), function.get("module"), "function", where
        )
    elif isinstance(function, Mapping):
        deserializer.library(function, where)
    elif given is not None and not deserializer.resolve.supplied(function):
        _no_function(deserializer, function, where)


def _no_tuple(d: Deserializer, where: str) -> None:
    """`func_load` of Keras 3 makes a tuple of defaults only where they come in one list with the code; JSON has made a list."""
    d.out.say(
        "invalid-argument",
        f"{where}: the lambda has default values, which no Keras 3 puts back",
        where,
        "TypeError: arg 4 (defaults) must be None or tuple",
        remedy="save it without default values: Lambda(lambda x, s: x * s, arguments={'s': 2.5})",
        argument="defaults",
        class_name="Lambda",
    )


def _no_function(d: Deserializer, value: Any, where: str) -> None:
    """What `deserialize_keras_object` gives back as it is, `Lambda.__init__` cannot inspect: the name in H5 files of Keras 2."""
    if isinstance(value, str):
        _named(d, value, None, where, says="TypeError: unsupported callable")
    else:
        d.malformed(f"a Lambda whose function is {value!r:.80}", where, "TypeError: unsupported callable")


def _bytecode(d: Deserializer, text: Any, where: str, *, module: Any = None, runs: bool = True) -> bytecode.Code | None:
    """The code that a call would run, or what is wrong with it. `runs`: loading calls the layer, and it the lambda."""
    code = _unmarshalled(d, text, where)
    if code is None or not runs:
        return None
    python = d.era.python
    problem = bytecode.breaks(code, python)
    if problem:
        d.later.say(
            "lambda-bytecode",
            f"{where}: Python {'.'.join(map(str, python))} cannot run the lambda's bytecode ({problem})",
            where,
            "SystemError: unknown opcode",
            remedy="load it with the Python that wrote it, or rebuild the layer from source and load the weights",
            bytecode=problem,
        )
        return None
    lambda_names.check(d, code, module, where)
    return code


def _unmarshalled(d: Deserializer, text: Any, where: str) -> bytecode.Code | None:
    """`func_load`: base64 of marshalled code, which only the Python that wrote it is sure to read."""
    if not isinstance(text, str):
        d.malformed("a lambda whose code is not text", where)
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=False)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = text.encode("raw_unicode_escape")
    code = bytecode.parse(raw)
    bad = "ValueError: bad marshal data (unknown type code)"
    if code is None:
        d.out.say("lambda-bytecode", f"{where}: what should be the bytecode of a lambda is none", where, bad)
        return None
    python = d.era.python
    if code.layout != bytecode.layout_of(python):
        d.out.say(
            "lambda-bytecode",
            f"{where}: the lambda's bytecode was written by {code.written_by}; "
            f"Python {'.'.join(map(str, python))} cannot read it",
            where,
            bad,
            remedy=f"load it with {code.written_by}, or rebuild the layer from source and load the weights",
            bytecode=code.written_by,
        )
        return None
    return code
