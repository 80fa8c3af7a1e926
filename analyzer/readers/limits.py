"""How much of an artifact is read before we say that it is too much."""

from __future__ import annotations

from analyzer.records import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes unless the name says otherwise. What lies over one becomes a problem of kind `limit`."""

    proto: int = 2**31 - 1  # protobuf itself reads no more (2 GiB)
    text_proto: int = 64 * 2**20
    nodes: int = 5_000_000  # nodes of one graph
    tensor_elements: int = 64  # decoded elements of a constant
    json: int = 256 * 2**20
    archive_member: int = 2**31
    archive_members: int = 100_000
    asset: int = 64 * 2**20


DEFAULT = Limits()
