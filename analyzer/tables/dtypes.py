"""The members of TensorFlow's DataType enum (`tensorflow/core/framework/types.proto`) and their names in op definitions.

Names are those of `DataTypeString` (`tensorflow/core/framework/types.cc`): `float` for DT_FLOAT.  A reference type is
its type plus 100.
"""

from __future__ import annotations

REF_OFFSET = 100
"""kDataTypeRefOffset of `tensorflow/core/framework/types.h`."""

DATA_TYPES: dict[str, int] = {
    "float": 1,
    "double": 2,
    "int32": 3,
    "uint8": 4,
    "int16": 5,
    "int8": 6,
    "string": 7,
    "complex64": 8,
    "int64": 9,
    "bool": 10,
    "qint8": 11,
    "quint8": 12,
    "qint32": 13,
    "bfloat16": 14,
    "qint16": 15,
    "quint16": 16,
    "uint16": 17,
    "complex128": 18,
    "half": 19,
    "resource": 20,
    "variant": 21,
    "uint32": 22,
    "uint64": 23,
    "float8_e5m2": 24,
    "float8_e4m3fn": 25,
    "float8_e4m3fnuz": 26,
    "float8_e4m3b11fnuz": 27,
    "float8_e5m2fnuz": 28,
    "int4": 29,
    "uint4": 30,
    "int2": 31,
    "uint2": 32,
    "float4_e2m1fn": 33,
}

NAMES: dict[int, str] = {number: name for name, number in DATA_TYPES.items()}


def data_type(name: str) -> int:
    """The number of a type as op definitions name it; `float_ref` is the reference type. Raises KeyError."""
    if name.endswith("_ref"):
        return DATA_TYPES[name[:-4]] + REF_OFFSET
    return DATA_TYPES[name]


def name_of(number: int) -> str:
    """The name of a type number, in the words of `DataTypeString`."""
    if number > REF_OFFSET and number - REF_OFFSET in NAMES:
        return NAMES[number - REF_OFFSET] + "_ref"
    return NAMES.get(number, f"unknown dtype enum ({number})")
