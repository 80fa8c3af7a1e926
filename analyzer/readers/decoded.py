"""Pieces of messages that occur many times: each is decoded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_LONG = 1024  # bytes of a piece that is not expected to occur again


class Decoded(dict[bytes, T]):
    """What serialized pieces stand for. Looking one up decodes it where it is new, and raises what decoding raises."""

    def __init__(self, decode: Callable[[bytes], T]) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, piece: bytes) -> T:
        found = self._decode(piece)
        if len(piece) < _LONG:
            self[piece] = found
        return found
