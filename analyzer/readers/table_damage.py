"""What is wrong with a file that should be a LevelDB table: an index of a checkpoint, or a V1 checkpoint."""

from __future__ import annotations

from typing import BinaryIO

from analyzer.artifact import Damage
from analyzer.readers import magic
from analyzer.readers.block import TableError


def table_damage(stream: BinaryIO, file: str, size: int, error: TableError) -> Damage:
    """The damage of a file that is no table: what it is instead where that can be told."""
    stream.seek(0)
    head = stream.read(magic.HEAD)
    kind = magic.recognize(head, size)
    if error.kind in ("too-short", "bad-magic") and kind:
        found = magic.damage(file, kind, head)
        return found._replace(facts={**found.facts, "tensorflow_error": error.message})
    return Damage(file, error.kind, error.message, error.byte, {"tensorflow_error": error.message})
