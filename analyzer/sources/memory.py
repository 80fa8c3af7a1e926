"""Files held in memory: for examples, notebooks and archives inside archives."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

from analyzer.artifact import FileEntry


class MemorySource:
    """A mapping of names to bytes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def list(self) -> Mapping[str, FileEntry]:
        """Every file by name."""
        return {name: FileEntry(name, len(content)) for name, content in sorted(self._files.items())}

    def open(self, name: str) -> BinaryIO:
        """A stream over the bytes. Raises FileNotFoundError."""
        try:
            return io.BytesIO(self._files[name])
        except KeyError:
            raise FileNotFoundError(name) from None

    def read(self, name: str, limit: int = -1) -> bytes:
        """The first `limit` bytes, all without a limit. Raises FileNotFoundError."""
        with self.open(name) as stream:
            return stream.read(limit)
