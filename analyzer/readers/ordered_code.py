"""Keys of slices in checkpoints: EncodeTensorNameSlice of core/util/saved_tensor_slice_util.cc.

The encoding is OrderedCode (core/lib/strings/ordered_code.cc): numbers and strings whose bytes sort as the values do.
"""

from __future__ import annotations

import re

from analyzer.parts.checkpoint import TensorSlice

_ESCAPES = {b"\0": b"\0\xff", b"\xff": b"\xff\0"}
_ESCAPED = re.compile(rb"[\0\xff]")


def slice_key(name: bytes, part: TensorSlice) -> bytes:
    """The key under which the slice of a tensor is stored."""
    pieces = [_number(0), _ESCAPED.sub(lambda byte: _ESCAPES[byte.group()], name), b"\0\1"]
    pieces.append(_number(len(part.start)))
    for start, length in zip(part.start, part.length, strict=True):
        pieces += (_signed(start), _signed(length))
    return b"".join(pieces)


def _number(value: int) -> bytes:
    """WriteNumIncreasing: the count of bytes, then the bytes, largest first."""
    body = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([len(body)]) + body


def _signed(value: int) -> bytes:
    """WriteSignedNumIncreasing: a header of as many one bits as the code has bytes, flipped for negative numbers."""
    magnitude = ~value if value < 0 else value
    length = magnitude.bit_length() // 7 + 1
    code = value & ((1 << (8 * max(length, 2))) - 1)
    body = bytearray(code.to_bytes(max(length, 2), "big")[-length:] if length <= 8 else _wide(value, length))
    ones = (((1 << length) - 1) << (16 - length)).to_bytes(2, "big")
    body[0] ^= ones[0]
    if length > 1:
        body[1] ^= ones[1]
    return bytes(body)


def _wide(value: int, length: int) -> bytes:
    sign = b"\xff\xff" if value < 0 else b"\0\0"
    return (sign + (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big"))[-length:]
