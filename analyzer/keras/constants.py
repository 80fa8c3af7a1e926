"""Arrays, tensors and slices that a configuration holds (`deserialize_keras_object`, saving/serialization_lib.py).

What `np.array` and `convert_to_tensor` refuse of the value and its dtype was tried under Keras 3.1 and 3.14.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.keras.encoded import type_name
from analyzer.keras.era import Era
from analyzer.keras.values.dtypes import is_dtype

_NEEDED = {
    **dict.fromkeys(("__tensor__", "__numpy__"), ("value", "dtype")),
    "__bytes__": ("value",),
    "__slice__": ("start", "stop", "step"),
}
_NUMPY = frozenset(
    (
        *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (2, 4, 8, 16, 32, 64)),
        *(
            "float16",
            "float32",
            "float64",
            "float96",
            "float128",
            "complex64",
            "complex128",
            "complex192",
            "complex256",
        ),
        *("bool", "int", "uint", "float", "complex", "str", "bytes", "object", "void", "unicode", "string"),
        *("bool8", "object0", "bytes0", "str0", "void0", "bool_", "int_", "float_", "complex_", "str_", "bytes_"),
        *(
            "object_",
            "string_",
            "unicode_",
            "half",
            "single",
            "double",
            "longdouble",
            "longfloat",
            "csingle",
            "cdouble",
        ),
        *("cfloat", "clongdouble", "clongfloat", "singlecomplex", "longcomplex", "byte", "ubyte", "short", "ushort"),
        *("intc", "uintc", "intp", "uintp", "long", "ulong", "longlong", "ulonglong", "bfloat16", "datetime64"),
        "timedelta64",
    )
)
_NUMERIC = ("float", "int", "uint", "bool", "complex", "bfloat")
_NAME = re.compile(r"[A-Za-z]{3}\w*", re.ASCII)  # and no code of numpy's, as `<f4` or `U10`


def refused(era: Era, class_name: str, inner: Any) -> str:
    """Keras's words for refusing to make a value; empty where it does not, or where we cannot tell."""
    needed = _NEEDED.get(class_name)
    if needed is None:
        return ""
    inner = inner or {}
    if not isinstance(inner, Mapping):
        return f"{type_name(inner)!r} object is not subscriptable"
    lacking = next((key for key in needed if key not in inner), None)
    if lacking is not None:
        return f"KeyError: {lacking!r}"
    if class_name == "__slice__":
        return ""
    value = inner["value"]
    if class_name == "__bytes__":
        return "" if isinstance(value, str) else f"{type_name(value)!r} object has no attribute 'encode'"
    if class_name == "__numpy__":
        return _array(value, inner["dtype"])
    return _tensor(era, value, inner["dtype"])


def _array(value: Any, dtype: Any) -> str:
    """`np.array(value, dtype=dtype)`."""
    if dtype is None or dtype == []:  # which is a record without fields
        return ""
    odd = not isinstance(dtype, str) or not dtype or (_NAME.fullmatch(dtype) and not _is_numpy(dtype))
    if odd:
        return f"Cannot interpret {dtype!r} as a data type"
    if not dtype.startswith(_NUMERIC):
        return ""
    if shape(value) is None:
        return "setting an array element with a sequence. The requested array has an inhomogeneous shape"
    refuse = {"int": _no_integer, "uint": _no_integer, "float": _no_float}.get(dtype.rstrip("0123456789"), _never)
    odd_leaves = [leaf for leaf in _leaves(value) if refuse(leaf)]
    return f"could not convert {odd_leaves[0]!r} to {dtype}" if odd_leaves else ""


def _tensor(era: Era, value: Any, dtype: Any) -> str:
    """`convert_to_tensor(value, dtype)`; of Keras 2 `tf.constant(value, dtype)`."""
    if era.is_3 and dtype is not None and not (isinstance(dtype, str) and is_dtype(era, dtype)):
        return f"Invalid dtype: {dtype}"
    if shape(value) is None:
        return "Can't convert non-rectangular Python sequence to Tensor."
    if not isinstance(dtype, str) or not dtype.startswith(_NUMERIC):
        return ""
    odd = any(leaf is None or isinstance(leaf, (str, Mapping)) for leaf in _leaves(value))
    return f"Failed to convert a Python value to a Tensor of {dtype}" if odd else ""


def _is_numpy(name: str) -> bool:
    return name in _NUMPY or name.startswith(("float8_", "float4_", "float6_", "datetime64", "timedelta64"))


def _no_integer(leaf: Any) -> bool:
    return leaf is None or isinstance(leaf, Mapping) or (isinstance(leaf, str) and not _is_number(int, leaf))


def _no_float(leaf: Any) -> bool:
    return isinstance(leaf, Mapping) or (isinstance(leaf, str) and not _is_number(float, leaf))


def _never(leaf: Any) -> bool:
    return False


def _is_number(kind: type, text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def shape(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists; None where they are ragged."""
    if not isinstance(value, list):
        return ()
    inner = {shape(each) for each in value}
    if len(inner) > 1 or None in inner:
        return None
    return (len(value), *(inner.pop() or () if inner else ()))


def _leaves(value: Any) -> list[Any]:
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [value]
