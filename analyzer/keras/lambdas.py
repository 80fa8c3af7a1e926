"""Lambda layers: bytecode that another Python wrote, safe mode, functions that have to be importable.

Bytecode is recognised by the shape of its marshalled header and never executed. Layouts after `Python/marshal.c`: a code
object's integer fields are 5 up to Python 3.7, 6 with posonlyargcount from 3.8 to 3.10, and 5 with qualname and exception table
from 3.11 on (argcount, posonlyargcount, kwonlyargcount, stacksize, flags).
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.events import CUSTOM_OBJECTS, NO_SAFE_MODE

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_FLAG_REF = 0x80


def check(deserializer: Deserializer, config: dict[str, Any], where: str) -> None:
    """A Lambda's `function` and `output_shape`, as `Lambda.from_config` reads them."""
    if "function" not in config:
        return
    function = config["function"]
    if deserializer.era.is_3 or not deserializer.legacy:
        _library(deserializer, function, f"{where}/function")
        if "output_shape" in config and isinstance(config["output_shape"], Mapping):
            _library(deserializer, config["output_shape"], f"{where}/output_shape")
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
        _bytecode(deserializer, code, place)
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


def _library(deserializer: Deserializer, function: Any, where: str) -> None:
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
            _bytecode(deserializer, inner.get("code"), f"{where}/config/code")
        return
    if isinstance(function, Mapping) and function.get("class_name") == "function":
        deserializer.resolve.by_module(
            str(function.get("config")), function.get("registered_name"), function.get("module"), "function", where
        )


def _bytecode(deserializer: Deserializer, code: Any, where: str) -> None:
    """Base64 of marshalled code, or what is wrong with it."""
    if not isinstance(code, str):
        deserializer.malformed("a lambda whose code is not text", where)
        return
    try:
        raw = base64.b64decode(code.encode("ascii"), validate=False)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = code.encode("raw_unicode_escape")
    era = layout(raw)
    python = deserializer.era.python
    wanted = _layout_of(python)
    if era is None:
        deserializer.out.say(
            "lambda-bytecode",
            f"{where}: what should be the bytecode of a lambda is none",
            where,
            "ValueError: bad marshal data (unknown type code)",
        )
    elif era != wanted:
        version = ".".join(map(str, python))
        deserializer.out.say(
            "lambda-bytecode",
            f"{where}: the lambda's bytecode was written by {era}; Python {version} cannot read it",
            where,
            "ValueError: bad marshal data (unknown type code)",
            remedy=f"load it with {era}, or rebuild the layer from source and load the weights",
            bytecode=era,
        )


def _layout_of(python: tuple[int, ...]) -> str:
    if python >= (3, 11):
        return "Python 3.11 or newer"
    return "Python 3.8 to 3.10" if python >= (3, 8) else "Python 3.7 or older"


def layout(raw: bytes) -> str | None:
    """Which layout of code objects the bytes have; None where they are no marshalled code.

    After the type byte `c` come 4-byte integers and then the bytecode as a string object: after 5 integers up to
    Python 3.7 (argcount, kwonlyargcount, nlocals, stacksize, flags), after 6 from 3.8 to 3.10, after 5 without nlocals from 3.11 on.
    The latter is told from the first by its name being followed by tables: 3.11 code starts with RESUME (151) or COPY_FREE_VARS (149).
    """
    if not raw or raw[0] & ~_FLAG_REF != ord("c"):
        return None
    for count in (5, 6):
        at = 1 + 4 * count
        if len(raw) < at + 5 or raw[at] & ~_FLAG_REF != ord("s"):
            continue
        (length,) = struct.unpack_from("<i", raw, at + 1)
        if not 0 < length <= len(raw) - at - 5:
            continue
        if count == 6:
            return "Python 3.8 to 3.10"
        opcodes = raw[at + 5 : at + 5 + length : 2]
        new = length % 2 == 0 and any(opcode in (149, 151) for opcode in opcodes[:4]) and _is_old(raw, at) is False
        return "Python 3.11 or newer" if new else "Python 3.7 or older"
    return None


def _is_old(raw: bytes, at: int) -> bool:
    """Whether the fields after the bytecode are those of Python 3.7: nlocals is the third integer and small."""
    (argcount, second, third, _, _) = struct.unpack_from("<5i", raw, 1)
    # Up to 3.7: argcount, kwonlyargcount, nlocals, stacksize, flags. From 3.11: argcount, posonly, kwonly, stacksize, flags.
    return third >= argcount + second and third > 0 and raw[at + 5] not in (149, 151)
